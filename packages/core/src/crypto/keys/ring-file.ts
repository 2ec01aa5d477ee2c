import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../clock.ts'
import { ensurePrivateDirectory, readPrivateFile, writePrivateFile } from '../../storage/private-file.ts'
import { appendHistory, type KeyStoreChange, lastRevision, nextLine, verifyHistory } from './history.ts'
import { isMissing, keyUnavailable, refuseUnreadable } from './key-error.ts'
import {
  decodeRing,
  encodeRing,
  type KeyEncryptionKey,
  type KeyRing,
  keyEncryptionKey,
  verifyRing,
} from './key-ring.ts'
import type { KeyProtection, ProtectionRecord } from './protection.ts'
import { hasRemains, removeRemains } from './remains.ts'
import { useSecret } from './secret-bytes.ts'
import { withStoreLock } from './store-lock.ts'

/** A ring that was verified, and the key that its keys are wrapped by. */
export interface OpenRing {
  readonly ring: KeyRing
  readonly key: KeyEncryptionKey
}

/** What a ring becomes, and what the history says of it. */
interface RingUpdate extends OpenRing {
  readonly changes: readonly KeyStoreChange[]
  /** What protects the key-encryption key from then on, when it is something else. */
  readonly protection?: KeyProtection
}

/** The ring of a key store on disk. */
export interface RingFile {
  /** The ring as it is now, written by whichever process. */
  read(): Promise<OpenRing>
  /**
   * Replaces the ring, durably and as a whole, while no other process does; undefined leaves it as it is.
   *
   * @throws NootropicError what `work` throws, `STORAGE_FAILED` or `KEY_UNAVAILABLE`; the ring is then as it was, unless
   *   only the key that it no longer needs could not be removed.
   */
  update(work: (current: OpenRing, protection: KeyProtection) => Promise<RingUpdate | undefined>): Promise<void>
}

const pathIn = (directory: string): string => join(directory, 'keys.json')

/**
 * How the key store in a directory says that it is protected, before anything of it is verified: to choose what opens it.
 * Undefined when there is no key store.
 *
 * @throws NootropicError `KEY_UNAVAILABLE` when its ring is damaged or not private
 */
export const protectionOf = async (directory: string): Promise<ProtectionRecord['kind'] | undefined> => {
  const path = pathIn(directory)
  const text = await readPrivateFile(path).catch((error: unknown) =>
    isMissing(error) ? undefined : refuseUnreadable(error),
  )
  return text === undefined ? undefined : decodeRing(text, path).protection.kind
}

/** Writes the first ring of a directory, whose lock is held. */
export const writeFirstRing = async (directory: string, { ring, key }: OpenRing): Promise<void> => {
  await writePrivateFile(pathIn(directory), encodeRing(ring, key))
  await appendHistory(directory, ring.last)
}

// A file that is replaced or changed in any way, mode and owner too, has another one of these; none has none.
const identityOf = (path: string): Promise<string | undefined> =>
  lstat(path, { bigint: true }).then(
    ({ dev, ino, size, ctimeNs }) => `${dev} ${ino} ${size} ${ctimeNs}`,
    () => undefined,
  )

const openRing = async (
  directory: string,
  text: Buffer,
  protection: KeyProtection,
  held: OpenRing | undefined,
): Promise<OpenRing> => {
  const path = pathIn(directory)
  const ring = decodeRing(text, path)
  if (ring.protection.kind !== protection.kind) {
    const message = `expected the key store ${directory} to be protected by a ${protection.kind}`
    throw keyUnavailable(`${message}, found a ${ring.protection.kind}; open it with that protection`)
  }
  const { generation } = ring
  const isSameKey =
    held?.ring.generation === generation && JSON.stringify(held.ring.protection) === JSON.stringify(ring.protection)
  const key = isSameKey
    ? held.key
    : await useSecret(await protection.reveal(ring.protection, { directory, generation }), keyEncryptionKey)
  verifyRing(text, key, path)
  return { ring, key }
}

/**
 * Opens the ring in a directory; `create` makes the first one where there never was any.
 *
 * @throws NootropicError `KEY_UNAVAILABLE`, `STORAGE_FAILED`
 */
export const openRingFile = async (options: {
  directory: string
  protection: KeyProtection
  clock: Clock
  create: () => Promise<OpenRing>
}): Promise<RingFile> => {
  const { directory, clock, create } = options
  const path = pathIn(directory)
  let { protection } = options
  let held: (OpenRing & { readonly identity: string | undefined }) | undefined

  const load = async (): Promise<OpenRing> => {
    for (;;) {
      const identity = await identityOf(path)
      const text = await readPrivateFile(path)
      try {
        const { ring, key } = await openRing(directory, text, protection, held)
        const known = held?.ring.last.revision ?? (await verifyHistory(directory, ring.last)) ?? 0
        if (ring.last.revision < known) {
          const message = `expected revision ${known} or later of the key ring ${path}, found ${ring.last.revision}`
          throw keyUnavailable(`${message}: an older copy was put in its place; restore the newest one`)
        }
        held = { ring, key, identity }
        return held
      } catch (error) {
        // Another process may have rotated after the ring was read and before what protects its key was.
        if (text.equals(await readPrivateFile(path))) throw error
      }
    }
  }

  const read = async (): Promise<OpenRing> => {
    await ensurePrivateDirectory(directory)
    const identity = await identityOf(path)
    return held !== undefined && identity !== undefined && held.identity === identity ? held : load()
  }

  const createIfNone = async (): Promise<void> => {
    if ((await identityOf(path)) !== undefined) return
    if ((await lastRevision(directory)) > 0) {
      // A new one would leave all that its keys sealed unreadable, and hide why.
      const message = `expected the key ring at ${path}, found its history but not itself`
      throw keyUnavailable(`${message}; restore the file from its backup`)
    }
    await writeFirstRing(directory, await create())
  }

  const write = async (current: OpenRing, { ring, key, changes }: RingUpdate): Promise<void> => {
    const last = nextLine(current.ring.last, clock.now().toISOString(), changes)
    const written = { ...ring, last }
    await writePrivateFile(path, encodeRing(written, key))
    held = { ring: written, key, identity: await identityOf(path) }
    await appendHistory(directory, last).catch(() => {}) // done, and the ring keeps the line for the next change
  }

  const update: RingFile['update'] = async (work) => {
    const current = await read().catch(refuseUnreadable)
    const { last, protection: record, generation } = current.ring
    // A crash can leave the history one line short, which the ring has kept.
    if ((await lastRevision(directory)) < last.revision) await appendHistory(directory, last)
    let next: RingUpdate | undefined
    try {
      next = await work(current, protection)
      if (next !== undefined) await write(current, next)
    } catch (error) {
      // By what is on disk: a write that failed may have come into force or not.
      await removeRemains(directory, decodeRing(await readPrivateFile(path), path).protection)
      throw error
    }
    if (next === undefined || next.ring.protection === record) return
    const former = protection
    protection = next.protection ?? former
    await former.forget(record, { directory, generation })
    await removeRemains(directory, next.ring.protection)
  }

  await ensurePrivateDirectory(directory).catch(refuseUnreadable)
  if ((await identityOf(path)) === undefined) await withStoreLock(directory, createIfNone)
  const { ring } = await read().catch(refuseUnreadable)
  if (await hasRemains(directory, ring.protection)) {
    // Again under the lock: another process may be about to name them.
    await withStoreLock(directory, async () => removeRemains(directory, (await read()).ring.protection))
  }

  return {
    read: () => read().catch(refuseUnreadable),
    update: (work) => withStoreLock(directory, () => update(work)),
  }
}
