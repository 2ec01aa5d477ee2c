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

/** How a key store that does not exist yet is protected: whoever gives a passphrase means it to protect something. */
export const newProtection = (passphrase: AskPassphrase | undefined): ProtectionKind =>
  passphrase === undefined ? 'file' : 'passphrase'

/**
 * Opens the keys of an installation with what its ring says that protects them, or makes them: under the passphrase that
 * was given, or else with a file. The passphrase is not asked for when the ring names another protection.
 *
 * @throws NootropicError `KEY_UNAVAILABLE`, `PEER_DEPENDENCY_MISSING` for the keychain, `STORAGE_FAILED`
 */
export const openKeys = async (options: {
  directory: string
  passphrase?: AskPassphrase | undefined
  random?: Random
  clock?: Clock
}): Promise<KeyStore> => {
  const { directory, passphrase, ...rest } = options
  const kind = (await protectionOf(directory)) ?? newProtection(passphrase)
  return openKeyStore({ directory, protection: protectionBy(kind, { directory, passphrase }), ...rest })
}
