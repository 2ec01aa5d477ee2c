import { quoted } from '../../quoted.ts'
import type { KeyEntry } from './key-entry.ts'
import { keyUnavailable } from './key-error.ts'

/** Which keys are meant. */
export type KeyFilter = (entry: KeyEntry) => boolean

/** Secrets and key pairs of our own parts: one of each for a purpose. */
export const keyOfPurpose =
  (purpose: string, algorithm: 'HMAC-SHA-256' | 'Ed25519'): KeyFilter =>
  (entry) =>
    entry.purpose === purpose && entry.id === undefined && entry.algorithm === algorithm

export const modelSigningPurpose = 'model-signing'

export const modelSigningKeyOf =
  (name: string): KeyFilter =>
  (entry) =>
    entry.purpose === modelSigningPurpose && entry.id === name && entry.algorithm.startsWith('ECDSA')

const labelOf = ({ purpose, id }: { purpose: string; id?: string | undefined }): string =>
  id === undefined ? quoted(purpose) : `${quoted(purpose)} ${quoted(id)}`

/** @throws NootropicError `KEY_UNAVAILABLE` when no key has this id. */
export const requireKey = (keys: readonly KeyEntry[], keyId: string): KeyEntry => {
  const entry = keys.find((one) => one.keyId === keyId)
  if (entry !== undefined) return entry
  throw keyUnavailable(`expected key ${quoted(String(keyId))} in this key store, found none; list its keys`, {
    reason: 'unknown',
  })
}

/** The data key of an id. @throws NootropicError `KEY_UNAVAILABLE` when it is for something else. */
export const requireDataKey = (
  keys: readonly KeyEntry[],
  keyId: string,
  name: { purpose: string; id: string },
): KeyEntry => {
  const entry = requireKey(keys, keyId)
  const isData = entry.algorithm === 'FLOE-AES-256-GCM'
  if (isData && entry.purpose === name.purpose && entry.id === name.id) return entry
  const found = `one of ${isData ? '' : `${entry.algorithm} `}${labelOf(entry)}`
  const message = `expected key ${keyId} to be the data key of ${labelOf(name)}, found ${found}; a key has one use`
  throw keyUnavailable(message, { reason: 'other-name' })
}

/** Verifies that a key may make something new, or only open and verify what it made. @throws NootropicError `KEY_UNAVAILABLE` */
export const requireState = (entry: KeyEntry, use: 'make' | 'open'): KeyEntry => {
  const { keyId, state } = entry
  if (state === 'active' || (state === 'verify-only' && use === 'open')) return entry
  const wanted = use === 'make' ? 'active' : 'active or verify-only'
  const advice =
    state === 'revoked' ? 'it does nothing any more; use another key, or replace it' : 'make it active, or replace it'
  throw keyUnavailable(`expected key ${keyId} of ${labelOf(entry)} to be ${wanted}, found it ${state}; ${advice}`, {
    reason: 'state',
  })
}

/** Verifies that a key may leave the ring: content takes its data key with it, other keys have to be revoked first. */
export const requireRemovable = (entry: KeyEntry): void => {
  if (entry.algorithm === 'FLOE-AES-256-GCM' || entry.state === 'revoked') return
  const message = `expected key ${entry.keyId} of ${labelOf(entry)} to be revoked, found it ${entry.state}`
  throw keyUnavailable(`${message}; revoke it before it is removed`, { reason: 'state' })
}
