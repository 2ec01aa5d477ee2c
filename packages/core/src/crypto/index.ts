export type { CryptoEngine, GcmParameters, Hash } from './engine/engine.ts'
export { loadPortableEngine } from './engine/load-portable.ts'
export { nodeEngine } from './engine/node.ts'
export {
  type ContentObserver,
  type OpenFileOptions,
  openFloeFile,
  type SealFileOptions,
  sealFloeFile,
} from './floe-file.ts'
export { openFloe, openFloeSegments, openFloeStream } from './floe-open.ts'
export { createFileSource, type FloeReader, openFloeReader, type RandomAccessSource } from './floe-reader.ts'
export { sealFloe, sealFloeSegments, sealFloeStream } from './floe-seal.ts'
export type { OpenOptions, SealOptions } from './floe-segment.ts'
export { hkdf, hkdfExpand } from './hkdf.ts'
export { fileProtection } from './keys/file-protection.ts'
export { importRecovery } from './keys/import-recovery.ts'
export type { KeyAlgorithm, KeyDescription, KeyState } from './keys/key-entry.ts'
export type { KeyRefusal } from './keys/key-error.ts'
export type { DataKeyName, KeyStore } from './keys/key-store.ts'
export { type Keyring, keychainProtection } from './keys/keychain-protection.ts'
export { openKeyStore } from './keys/open-key-store.ts'
export type { PassphraseDerivation } from './keys/passphrase-derivation.ts'
export { type AskPassphrase, passphraseProtection } from './keys/passphrase-protection.ts'
export type {
  FileRecord,
  KeychainRecord,
  KeyProtection,
  PassphraseRecord,
  ProtectedStore,
  ProtectionRecord,
} from './keys/protection.ts'
export type { RecoveryOpeners, RecoveryReaders } from './keys/recovery-file.ts'
export { protectionOf } from './keys/ring-file.ts'
export type { Curve, SigningKey } from './keys/signing-key.ts'
