import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { NootropicError } from '@nootropic/core'
import type { KeyStore } from '@nootropic/core/crypto'
import { readPrivateFile } from '@nootropic/core/storage'
import {
  provenanceRules,
  type Trust,
  trustAnyOf,
  trustCertificates,
  trustPublicKey,
} from '@nootropic/validation/provenance'

/** Where people put whom they trust: one PEM file a signer (CWE-770). */
const maximumFiles = 1000

/** Where every signer was revoked, a model needs another signature than theirs, and not none. */
const nobody: Trust = {
  check: () => {
    const message = 'expected a signer who is trusted, found that every model-signing key here was revoked'
    return { isAuthentic: false, sightings: [{ rule: provenanceRules['signer-untrusted'], message }] }
  },
}

const trustOfFile = async (path: string): Promise<Trust> => {
  const pem = (await readPrivateFile(path)).toString('latin1')
  if (pem.includes('-----BEGIN PUBLIC KEY-----')) return trustPublicKey({ publicKey: pem })
  // Models outlive the certificates they were signed with: what counts is when they were signed.
  if (pem.includes('-----BEGIN CERTIFICATE-----')) return trustCertificates({ roots: [pem], time: 'signing' })
  throw new NootropicError(
    'CONFIGURATION_INVALID',
    `expected a public key or a root certificate in ${path}, found neither; remove the file or put a PEM text there`,
  )
}

const filesIn = async (directory: string): Promise<string[]> => {
  let names: string[]
  try {
    names = (await readdir(directory)).filter((name) => name.endsWith('.pem')).sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new NootropicError(
      'FILE_UNREADABLE',
      `expected to list the trusted signers in ${directory}, found ${(error as NodeJS.ErrnoException).code}`,
      { cause: error },
    )
  }
  if (names.length > maximumFiles)
    throw new NootropicError('LIMIT_EXCEEDED', `expected at most ${maximumFiles} files in ${directory}`)
  return names.map((name) => join(directory, name))
}

/**
 * Whose signatures an installation accepts: those of its own model-signing keys, and of the public keys and root
 * certificates (`*.pem`, for their owner alone) in a directory.
 *
 * @returns undefined when nobody was ever named.
 * @throws NootropicError `CONFIGURATION_INVALID`, `FILE_UNREADABLE`
 */
export const readTrustedSigners = async (directory: string, keys: KeyStore): Promise<Trust | undefined> => {
  const trusts: Trust[] = []
  const signing = (await keys.list()).filter(({ purpose }) => purpose === 'model-signing')
  for (const { keyId, state } of signing) {
    if (state === 'revoked') continue
    trusts.push(trustPublicKey({ publicKey: await keys.publicKey(keyId) }))
  }
  for (const path of await filesIn(directory)) trusts.push(await trustOfFile(path))
  if (trusts.length > 0) return trustAnyOf(trusts)
  return signing.length > 0 ? nobody : undefined
}
