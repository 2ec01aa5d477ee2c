import { resolve } from 'node:path'
import { NootropicError } from '@nootropic/core'
import { type TimePolicy, type Trust, trustCertificates, trustPublicKey } from '@nootropic/validation/provenance'
import { z } from 'zod'
import {
  type Invocation,
  type OptionDescription,
  requiredOption,
  type Streams,
  textOption,
  textOptions,
} from '../verb.ts'
import { chooseOption, verifyPartners } from './choose.ts'
import { readText } from './read-text.ts'

/** The options that say whose signatures are wanted. */
export const trustOptions: Readonly<Record<string, OptionDescription>> = {
  'public-key': { type: 'string', value: 'PEM', description: 'trust the holder of this key' },
  'root-certificate': {
    type: 'string',
    value: 'PEM',
    multiple: true,
    description: 'trust certificates for signing under this root (repeatable)',
  },
  time: {
    type: 'string',
    value: 'TIME',
    description:
      'when the certificates must be valid: signing (when that of the signer began: a model outlives it), now, or an RFC 3339 time (default signing)',
  },
  identity: {
    type: 'string',
    value: 'ID',
    description: 'trust the keyless signature (Sigstore) of this e-mail address or workflow',
  },
  issuer: { type: 'string', value: 'URL', description: 'who vouches for the identity: its OpenID provider' },
  'trusted-root': {
    type: 'string',
    value: 'FILE',
    description:
      'the trusted_root.json of your own Sigstore (default: that of the public one, as @sigstore/tuf has it)',
  },
}

const timeSchema = z.iso.datetime({ offset: true })

const parseTime = (value: string | undefined): TimePolicy => {
  if (value === undefined) return 'signing'
  if (value === 'now' || value === 'signing') return value
  if (timeSchema.safeParse(value).success) return new Date(value)
  throw new NootropicError(
    'USAGE',
    `expected --time to be now, signing, or a time such as 2026-11-22T12:00:00Z, got "${value}"`,
  )
}

/** The trust that the options ask for. What verifies keyless signatures is loaded only for them. */
export const readTrust = async (invocation: Invocation, streams: Streams): Promise<Trust> => {
  verifyPartners(invocation, {
    issuer: ['identity'],
    'trusted-root': ['identity'],
    time: ['root-certificate'],
  })
  switch (chooseOption(invocation, ['public-key', 'root-certificate', 'identity'])) {
    case 'public-key': {
      const publicKey = await readText('public-key', requiredOption(invocation, 'public-key'), streams)
      return trustPublicKey({ publicKey })
    }
    case 'root-certificate': {
      const paths = textOptions(invocation, 'root-certificate')
      const roots = await Promise.all(paths.map((path) => readText('root-certificate', path, streams)))
      return trustCertificates({ roots, time: parseTime(textOption(invocation, 'time')) })
    }
    case 'identity': {
      const identity = requiredOption(invocation, 'identity')
      const issuer = requiredOption(invocation, 'issuer')
      const trustedRoot = textOption(invocation, 'trusted-root')
      const { trustKeyless } = await import('@nootropic/validation/keyless')
      return trustKeyless({
        identity,
        issuer,
        ...(trustedRoot === undefined ? {} : { trustedRoot: resolve(streams.directory, trustedRoot) }),
      })
    }
  }
}
