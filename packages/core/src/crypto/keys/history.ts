import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { canonicalJson } from '../../canonical.ts'
import { NootropicError } from '../../errors.ts'
import { openPrivateFile, syncDirectory } from '../../storage/private-file.ts'
import { keyStateSchema } from './key-entry.ts'
import { isMissing, keyUnavailable, refuseUnreadable } from './key-error.ts'

/** What was done to a key store, and to which key. Never a key. */
export type KeyStoreChange = z.infer<typeof keyStoreChangeSchema>
const keyStoreChangeSchema = z.strictObject({
  action: z.enum([
    'store-created',
    'store-restored',
    'key-created',
    'key-imported',
    'state-changed',
    'key-removed',
    'rotated',
    'protection-changed',
    'recovery-exported',
  ]),
  keyId: z.uuid().optional(),
  state: keyStateSchema.optional(),
})

/**
 * One line of the history: what one write of the ring changed. The ring keeps the last one under its MAC, and each names
 * the one before it: who cannot open the key store cannot alter a line.
 */
export type HistoryLine = z.infer<typeof historyLineSchema>
export const historyLineSchema = z.strictObject({
  revision: z.number().int().positive(),
  at: z.iso.datetime(),
  changes: z.array(keyStoreChangeSchema),
  /** SHA-256 of the line before this one, in hexadecimal; a history that begins has none. */
  previous: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
})

const linkTo = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The line that follows `line`. */
export const nextLine = (line: HistoryLine, at: string, changes: readonly KeyStoreChange[]): HistoryLine => ({
  revision: line.revision + 1,
  at,
  changes: [...changes],
  previous: linkTo(canonicalJson(line)),
})

/** What is written at once: its line must fit in what is read back of the file. */
export const maximumChangesPerWrite = 1000
const tailBytes = 256 * 1024

const pathIn = (directory: string): string => join(directory, 'history.jsonl')

const openHistory = (directory: string): Promise<FileHandle | undefined> =>
  openPrivateFile(pathIn(directory)).catch((error: unknown) => (isMissing(error) ? undefined : refuseUnreadable(error)))

const altered = (directory: string): NootropicError => {
  const message = `expected the history ${pathIn(directory)} as it was written, found lines of it changed or gone`
  return keyUnavailable(
    `${message}; put back what was there, or move the file away: another begins with the next change, and shows that one came before it`,
  )
}

/** The end of a history: its whole lines, and how long the one is that a crash cut. */
interface Tail {
  readonly lines: readonly string[]
  readonly cutBytes: number
}

const readTail = async (directory: string): Promise<Tail | undefined> => {
  const handle = await openHistory(directory)
  if (handle === undefined) return undefined
  try {
    const { size } = await handle.stat()
    const length = Math.min(size, tailBytes)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length)
    const end = buffer.subarray(0, bytesRead).lastIndexOf('\n') + 1
    if (end === 0 && size > bytesRead) throw altered(directory)
    return { lines: buffer.toString('utf8', 0, end).split('\n').slice(0, -1), cutBytes: bytesRead - end }
  } finally {
    await handle.close()
  }
}

const parseLine = (text: string | undefined): HistoryLine | undefined => {
  try {
    return historyLineSchema.safeParse(JSON.parse(text ?? '')).data
  } catch {
    return undefined
  }
}

/** The revision that the history ends with; 0 when there is no history. A last line that a crash cut does not count. */
export const lastRevision = async (directory: string): Promise<number> => {
  const lines = (await readTail(directory))?.lines ?? []
  return lines.reduce((last, line) => Math.max(last, parseLine(line)?.revision ?? 0), 0)
}

/** The whole lines: one that a crash cut is written again with the next change. */
async function* linesOf(handle: FileHandle, directory: string): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of handle.createReadStream({ encoding: 'utf8', autoClose: false })) {
    const lines = (rest + chunk).split('\n')
    // No line that is written is so long (CWE-770).
    if (lines.some(({ length }) => length > tailBytes)) throw altered(directory)
    rest = lines.pop() ?? ''
    yield* lines
  }
}

/**
 * Verifies that each line of the history follows the one before it, up to the last line of the ring or to the one before
 * that: a crash can cost one. The beginning may have been moved away; then the first line names one that is not there.
 *
 * @returns the revision that it ends with, which may be later than the ring's; undefined when there is no history.
 * @throws NootropicError `KEY_UNAVAILABLE`
 */
export const verifyHistory = async (directory: string, last: HistoryLine): Promise<number | undefined> => {
  const handle = await openHistory(directory)
  if (handle === undefined) return undefined
  let newest: { revision: number; link: string } | undefined
  try {
    for await (const text of linesOf(handle, directory)) {
      const line = parseLine(text)
      if (line === undefined) throw altered(directory)
      const link = linkTo(text)
      if (newest !== undefined && newest.link !== link && newest.link !== line.previous) throw altered(directory)
      newest = { revision: line.revision, link }
    }
  } finally {
    await handle.close()
  }
  if (newest === undefined || newest.revision > last.revision) return newest?.revision
  if (newest.link !== linkTo(canonicalJson(last)) && newest.link !== last.previous) throw altered(directory)
  return newest.revision
}

/**
 * Appends a line to the history of a key store (JSON lines), in the place of one that a crash cut, and syncs it.
 *
 * @throws NootropicError `STORAGE_FAILED`, or `KEY_UNAVAILABLE` when others can read the file.
 */
export const appendHistory = async (directory: string, line: HistoryLine): Promise<void> => {
  const tail = await readTail(directory)
  try {
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0)
    const handle = await open(pathIn(directory), flags, 0o600)
    try {
      if (tail !== undefined && tail.cutBytes > 0) await handle.truncate((await handle.stat()).size - tail.cutBytes)
      await handle.writeFile(`${canonicalJson(line)}\n`)
      await handle.datasync()
    } finally {
      await handle.close()
    }
    if (tail === undefined) await syncDirectory(directory)
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code
    const message = `expected to write ${pathIn(directory)}, found ${reason}; check free space and permissions`
    throw new NootropicError('STORAGE_FAILED', message, { cause })
  }
}
