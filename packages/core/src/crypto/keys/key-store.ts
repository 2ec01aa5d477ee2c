import type { KeyObject } from 'node:crypto'
import type { KeyDescription, KeyState } from './key-entry.ts'
import type { KeyProtection } from './protection.ts'
import type { RecoveryReaders } from './recovery-file.ts'
import type { Curve, SigningKey } from './signing-key.ts'

/** What a data key is for: both names are bound to it. */
export interface DataKeyName {
  /** The part that uses it: `vault`. */
  readonly purpose: string
  /** What it encrypts: 1 to 512 characters, none of them a control character. */
  readonly id: string
}

/** Keys on disk. Private and secret keys leave it as `KeyObject`s only. One key, one purpose. */
export interface KeyStore {
  /**
   * Makes a key of 32 bytes for one content. It is on disk when this resolves; many calls at once share their writes.
   *
   * @throws NootropicError `STORAGE_FAILED`; `LIMIT_EXCEEDED` when the ring is full (16 MiB, some 50,000 keys)
   */
  createDataKey(name: DataKeyName): Promise<{ keyId: string; key: KeyObject }>
  /**
   * The data key of that id and name, by default to open what it sealed.
   *
   * @throws NootropicError `KEY_UNAVAILABLE` when there is none, it has another name, or its state does not allow the use
   */
  dataKey(keyId: string, name: DataKeyName, options?: { use?: 'seal' | 'open' }): Promise<KeyObject>
  /** The secret of 32 bytes for `purpose`, made on first use. @throws NootropicError `KEY_UNAVAILABLE` unless active */
  secret(purpose: string): Promise<KeyObject>
  /** The Ed25519 key pair for `purpose`, made on first use. @throws NootropicError `KEY_UNAVAILABLE` unless active */
  signingKey(purpose: string): Promise<SigningKey>
  /** Makes an ECDSA key pair to sign models with. @throws NootropicError `USAGE` when the name is taken */
  createModelSigningKey(name: string, curve: Curve): Promise<SigningKey>
  /**
   * Takes in an ECDSA private key as PEM (PKCS #8 or SEC 1). The PEM stays the caller's to wipe.
   *
   * @throws NootropicError `USAGE` when the name is taken, or the PEM is another kind of key or needs another passphrase
   */
  importModelSigningKey(
    name: string,
    pem: string | Buffer,
    options?: { passphrase?: string | Buffer },
  ): Promise<SigningKey>
  /** @throws NootropicError `KEY_UNAVAILABLE` when there is none of this name, or it may not sign */
  modelSigningKey(name: string): Promise<SigningKey>
  /** The public half of a key pair, to verify with. @throws NootropicError `KEY_UNAVAILABLE` when there is none, or it is revoked */
  publicKey(keyId: string): Promise<KeyObject>
  /** What keys there are, in the order in which they were made. */
  list(): Promise<KeyDescription[]>
  /**
   * Says what may be done with a key from now on. Revoked is for ever: what it sealed can be opened by a recovery export
   * from before only.
   *
   * @throws NootropicError `KEY_UNAVAILABLE` when there is none, or it is revoked
   */
  setState(keyId: string, state: KeyState): Promise<void>
  /**
   * Takes a key out of the ring, for ever and durably: what a data key sealed can be opened by nobody any more. A data key
   * may go in any state, for its content goes with it; any other key only once it is revoked, for others rely on it, and
   * revoking says that they no longer may. The history keeps its id.
   *
   * Copies of the ring, recovery exports too, still hold the key, and so may blocks of the disk: {@link rotate} afterwards
   * leaves blocks of a former ring without the key-encryption key that they need.
   *
   * @throws NootropicError `KEY_UNAVAILABLE` when there is none (`details.reason` is `unknown`; it may have been removed
   *   before), or it has to be revoked first (`state`)
   */
  removeKey(keyId: string): Promise<void>
  /**
   * Makes a new secret or key pair in the place of one, which becomes verify-only unless it is revoked.
   *
   * @returns the id of the new key.
   * @throws NootropicError `USAGE` for a data key: its content has to be sealed again instead
   */
  replaceKey(keyId: string): Promise<string>
  /**
   * Replaces the key-encryption key and wraps every key anew; no content is touched. The ring is replaced as a whole.
   * A copy of the old ring still opens with the old key-encryption key.
   */
  rotate(): Promise<void>
  /** Protects the same key-encryption key by something else. Nothing is wrapped anew; {@link rotate} afterwards if it leaked. */
  changeProtection(protection: KeyProtection): Promise<void>
  /**
   * Everything in the store as an age file, for `importRecovery`, or for the `age` command: JSON in the format that
   * `sealRecovery` documents.
   *
   * @throws NootropicError `USAGE` for recipients that are none
   */
  exportRecovery(readers: RecoveryReaders): Promise<Buffer>
}
