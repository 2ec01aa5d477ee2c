import { type Clock, isNootropicError, NootropicError, type Random } from '@nootropic/core'
import {
  type AskPassphrase,
  fileProtection,
  type KeyProtection,
  type KeyStore,
  keychainProtection,
  openKeyStore,
  type PassphraseDerivation,
  passphraseProtection,
  protectionOf,
} from '@nootropic/core/crypto'

/** What can protect the keys of an installation: a file beside them, a passphrase, or the keychain of the operating system. */
export const protectionKinds = ['file', 'passphrase', 'keychain'] as const
export type ProtectionKind = (typeof protectionKinds)[number]

const passphraseMissing = 'passphrase-missing'

/** Whether a key store was not opened only because nobody gave its passphrase. */
export const isPassphraseMissing = (error: unknown): boolean =>
  isNootropicError(error, 'KEY_UNAVAILABLE') && error.details.reason === passphraseMissing

const requirePassphrase = (directory: string, passphrase: AskPassphrase | undefined): AskPassphrase => {
  if (passphrase !== undefined) return passphrase
  const message = `expected the passphrase of the key store ${directory}, got none`
  throw new NootropicError(
    'KEY_UNAVAILABLE',
    `${message}; name a private file that holds it (--passphrase-file FILE), give openNootropic a passphrase, or work at a terminal`,
    { details: { reason: passphraseMissing } },
  )
}

/** One kind of protection for the key store in a directory. @throws NootropicError `KEY_UNAVAILABLE` when the passphrase is missing */
export const protectionBy = (
  kind: ProtectionKind,
  options: { directory: string; passphrase?: AskPassphrase | undefined; derivation?: PassphraseDerivation },
): KeyProtection => {
  const { directory, passphrase, derivation } = options
  switch (kind) {
    case 'file':
      return fileProtection()
    case 'keychain':
      return keychainProtection()
    case 'passphrase':
      return passphraseProtection({
        passphrase: requirePassphrase(directory, passphrase),
        ...(derivation === undefined ? {} : { derivation }),
      })
  }
}

/**
 * Who gives a passphrase believes that it protects the keys: where it does not, that is said.
 *
 * @throws NootropicError `USAGE`
 */
const verifyPassphraseUsed = (directory: string, kind: ProtectionKind, passphrase: AskPassphrase | undefined): void => {
  if (kind === 'passphrase' || passphrase === undefined) return
  const message = `expected no passphrase for the key store ${directory}, which is protected by a ${kind}, got one`
  throw new NootropicError(
    'USAGE',
    `${message}; leave it away, or put the keys under it: nootropic keys protect --by passphrase`,
  )
}

/**
 * Opens the keys of an installation with what its ring says that protects them, or makes them: under the passphrase that
 * was given, or else with a file.
 *
 * @throws NootropicError `KEY_UNAVAILABLE`, `USAGE` for a passphrase where something else protects the keys,
 *   `PEER_DEPENDENCY_MISSING` for the keychain, `STORAGE_FAILED`
 */
export const openKeys = async (options: {
  directory: string
  passphrase?: AskPassphrase | undefined
  random?: Random
  clock?: Clock
}): Promise<KeyStore> => {
  const { directory, passphrase, ...rest } = options
  const kind = (await protectionOf(directory)) ?? (passphrase === undefined ? 'file' : 'passphrase')
  verifyPassphraseUsed(directory, kind, passphrase)
  return openKeyStore({ directory, protection: protectionBy(kind, { directory, passphrase }), ...rest })
}
