import { createPrivateKey, type KeyObject } from 'node:crypto'
import { isNootropicError, NootropicError } from '@nootropic/core'
import { createKeySigner, type Signer } from '@nootropic/validation/provenance'
import {
  type Invocation,
  type OptionDescription,
  requiredOption,
  type Streams,
  textOption,
  textOptions,
  type VerbResult,
} from '../verb.ts'
import { chooseOption, verifyPartners } from './choose.ts'
import { homeOptions } from './installation.ts'
import { readPassphrase } from './keys-passphrase.ts'
import { readKeys } from './keys-store.ts'
import { readSecret } from './read-secret.ts'
import { readText } from './read-text.ts'

/** The options that say with which key a model is signed. Secrets are in files: a process list shows the command line. */
export const signerOptions: Readonly<Record<string, OptionDescription>> = {
  'private-key': { type: 'string', value: 'PEM', description: 'sign with this EC key on P-256, P-384 or P-521' },
  pkcs11: {
    type: 'string',
    value: 'URI',
    description: 'sign with a key in a token: pkcs11:token=LABEL;object=LABEL?module-path=FILE',
  },
  key: { type: 'string', value: 'NAME', description: 'sign with a model signing key of the key store under --home' },
  'pin-file': { type: 'string', value: 'FILE', description: 'a private file with the PIN of the token' },
  certificate: {
    type: 'string',
    value: 'PEM',
    multiple: true,
    description: 'the certificate of the key, then each issuer, without the root (repeatable)',
  },
  ...homeOptions,
  'passphrase-file': {
    type: 'string',
    value: 'FILE',
    description:
      'a private file with the passphrase of the private key, or of the key store (default: ask at the terminal)',
  },
}

const privateKeyPassphrase = async (
  pem: Buffer,
  invocation: Invocation,
  streams: Streams,
): Promise<Buffer | undefined> => {
  const file = textOption(invocation, 'passphrase-file')
  if (file !== undefined) return readPassphrase(file, streams)
  return pem.includes('ENCRYPTED') ? streams.askSecret?.('Passphrase of the private key: ') : undefined
}

const readPrivateKey = async (invocation: Invocation, streams: Streams): Promise<KeyObject> => {
  const pem = await readSecret('private-key', requiredOption(invocation, 'private-key'), streams)
  let passphrase: Buffer | undefined
  try {
    passphrase = await privateKeyPassphrase(pem, invocation, streams)
    return createPrivateKey({ key: pem, format: 'pem', ...(passphrase === undefined ? {} : { passphrase }) })
  } catch (error) {
    if (isNootropicError(error)) throw error
    // Without its cause, which may quote the text.
    const { code } = error as NodeJS.ErrnoException
    const found = code === 'ERR_MISSING_PASSPHRASE' ? 'one that is encrypted' : 'another text or another passphrase'
    throw new NootropicError(
      'CONFIGURATION_INVALID',
      `expected --private-key to name a private key in PEM, and --passphrase-file if it is encrypted, found ${found}`,
    )
  } finally {
    pem.fill(0)
    passphrase?.fill(0)
  }
}

/** Works with a signer whose key is in a token. What tokens need is loaded only for them. */
const withToken = async (
  invocation: Invocation,
  streams: Streams,
  certificates: readonly string[],
  work: (signer: Signer) => Promise<VerbResult>,
): Promise<VerbResult> => {
  const pinFile = textOption(invocation, 'pin-file')
  const { openPkcs11Signer, parsePkcs11Uri } = await import('@nootropic/validation/pkcs11')
  const signer = await openPkcs11Signer({
    ...parsePkcs11Uri(requiredOption(invocation, 'pkcs11')),
    ...(pinFile === undefined ? {} : { pin: () => readPassphrase(pinFile, streams) }),
    certificates,
  })
  try {
    return await work(signer)
  } finally {
    signer.close()
  }
}

/** Works with the signer that the options name. */
export const withSigner = async (
  invocation: Invocation,
  streams: Streams,
  work: (signer: Signer) => Promise<VerbResult>,
): Promise<VerbResult> => {
  verifyPartners(invocation, {
    'passphrase-file': ['private-key', 'key'],
    'pin-file': ['pkcs11'],
    home: ['key'],
    manifests: ['key'],
  })
  const kind = chooseOption(invocation, ['private-key', 'pkcs11', 'key'])
  const paths = textOptions(invocation, 'certificate')
  const certificates = await Promise.all(paths.map((path) => readText('certificate', path, streams)))
  switch (kind) {
    case 'private-key':
      return work(createKeySigner({ privateKey: await readPrivateKey(invocation, streams), certificates }))
    case 'key':
      return readKeys(invocation, streams, async (keys) => {
        const { privateKey } = await keys.modelSigningKey(requiredOption(invocation, 'key'))
        return work(createKeySigner({ privateKey, certificates }))
      })
    case 'pkcs11':
      return withToken(invocation, streams, certificates, work)
  }
}
