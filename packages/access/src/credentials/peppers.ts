import { createHmac, type KeyObject } from 'node:crypto'
import { NootropicError } from '@nootropic/core'

/** Secrets that are not in the database, by id: new keys take the current one, older keys name theirs. */
export interface Peppers {
  readonly currentId: string
  readonly keys: ReadonlyMap<string, KeyObject>
}

/** What every key had before peppers had ids. */
export const firstPepperId = '1'

// RFC 2104 section 3: as many bytes as the hash gives.
const pepperBytes = 32

/** @throws NootropicError `USAGE` for a pepper of another length, or a former one with the id of the current one. */
export const createPeppers = (
  pepper: KeyObject,
  currentId: string,
  former: Readonly<Record<string, KeyObject>>,
): Peppers => {
  if (Object.hasOwn(former, currentId)) {
    const found = JSON.stringify(currentId)
    throw new NootropicError(
      'USAGE',
      `expected former peppers with other ids than the current one, got ${found} twice; give the new pepper a new id`,
    )
  }
  const keys = new Map([...Object.entries(former), [currentId, pepper] as const])
  for (const [id, key] of keys) {
    if (key.type !== 'secret' || (key.symmetricKeySize ?? 0) < pepperBytes) {
      const found = `${key.symmetricKeySize ?? 'no'} as ${JSON.stringify(id)}`
      throw new NootropicError('USAGE', `expected a pepper of at least ${pepperBytes} secret bytes, got ${found}`)
    }
  }
  return { currentId, keys }
}

/** HMAC-SHA256 of a key's text. No slow derivation: at 256 random bits it adds nothing but a way to exhaust the host. */
export const macOf = (pepper: KeyObject, text: string): Buffer => createHmac('sha256', pepper).update(text).digest()
