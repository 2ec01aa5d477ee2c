import { createHash } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import { join } from 'node:path'
import type { ContentHash } from '@nootropic/core/formats'
import { z } from 'zod'
import type { HashTask } from './hash-files.ts'

/** Digests of files that did not change since they were hashed: for signing a model anew, never for trusting one. */
export interface DigestCache {
  /** What is remembered of the model at `root`; nothing when its file is missing or not ours. */
  load(root: string): Promise<RememberedDigests>
}

/** What is remembered of one model. */
interface RememberedDigests {
  read(task: HashTask, algorithm: ContentHash): string | undefined
  /** Remembers a digest of a file that was last hashed not before `hashedAt`. */
  write(task: HashTask, algorithm: ContentHash, digest: string, hashedAt: Date): void
  /** Keeps what was read or written since it was loaded, and forgets the rest. */
  save(): Promise<void>
}

/** Fifty thousand entries take eight megabytes; more are not kept (CWE-770). */
const maximumEntries = 50_000

/** The coarsest clock of a file system in use (FAT): changes within it may leave the times of a file as they are. */
const granuleNs = 2_000_000_000n

const entrySchema = z.strictObject({
  digest: z.string().regex(/^([0-9a-f]{64}|[0-9a-f]{128})$/),
  /** Nanoseconds since 1970: when the hashing began, or before. */
  hashedAt: z.string().regex(/^\d{1,20}$/),
})
const fileSchema = z.strictObject({
  version: z.literal(1),
  entries: z.record(z.string(), entrySchema),
})
type Entries = z.infer<typeof fileSchema>['entries']

/** All that a changed file cannot keep: whoever writes to it changes at least `ctimeNs`. */
const keyOf = ({ file, start, end }: HashTask, algorithm: ContentHash): string => {
  const { dev, ino, size, mtimeNs, ctimeNs } = file.status
  return [algorithm, dev, ino, size, mtimeNs, ctimeNs, start, end].join(' ')
}

const lastChange = ({ mtimeNs, ctimeNs }: BigIntStats): bigint => (mtimeNs > ctimeNs ? mtimeNs : ctimeNs)

const parseEntries = (content: Buffer): Entries => {
  try {
    return fileSchema.parse(JSON.parse(content.toString())).entries
  } catch {
    // A file that was cut is no reason to fail: everything is hashed anew.
    return {}
  }
}

/**
 * A cache of digests in a directory of this user alone (0700, files 0600), which is made if it is not there. It may be
 * emptied at any time. Who can write to it decides what is signed, so that others' directories are refused.
 *
 * As in git's index, a file that was changed within two seconds before it was hashed is hashed again: it could change once
 * more without its times telling.
 */
export const openDigestCache = (directory: string): DigestCache => ({
  async load(root) {
    // Loaded when it is needed: the room of storage opens databases too.
    const { ensurePrivateDirectory, readPrivateFileIfPresent, writePrivateFile } = await import(
      '@nootropic/core/storage'
    )
    await ensurePrivateDirectory(directory)
    const path = join(directory, `${createHash('sha256').update(root).digest('hex')}.json`)
    const found = await readPrivateFileIfPresent(path)
    const remembered = new Map(Object.entries(found === undefined ? {} : parseEntries(found)))
    const kept = new Map<string, Entries[string]>()
    return {
      read(task, algorithm) {
        const key = keyOf(task, algorithm)
        const entry = remembered.get(key)
        if (entry === undefined || lastChange(task.file.status) + granuleNs >= BigInt(entry.hashedAt)) return undefined
        kept.set(key, entry)
        return entry.digest
      },
      write(task, algorithm, digest, hashedAt) {
        const hashedAtNs = BigInt(hashedAt.getTime()) * 1_000_000n
        if (lastChange(task.file.status) + granuleNs >= hashedAtNs || kept.size >= maximumEntries) return
        kept.set(keyOf(task, algorithm), { digest, hashedAt: String(hashedAtNs) })
      },
      save: () =>
        writePrivateFile(path, Buffer.from(JSON.stringify({ version: 1, entries: Object.fromEntries(kept) }))),
    }
  },
})
