import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { NootropicError } from '../../errors.ts'
import { openPrivateFile, syncDirectory } from '../../storage/private-file.ts'
import { keyStateSchema } from './key-entry.ts'
import { isMissing, refuseUnreadable } from './key-error.ts'

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

/** One line of the history: what one write of the ring changed. */
export type HistoryLine = z.infer<typeof historyLineSchema>
export const historyLineSchema = z.strictObject({
  revision: z.number().int().positive(),
  at: z.iso.datetime(),
  changes: z.array(keyStoreChangeSchema),
})

/** What is written at once: its line must fit in what is read back of the file. */
export const maximumChangesPerWrite = 1000
const tailBytes = 256 * 1024

const pathIn = (directory: string): string => join(directory, 'history.jsonl')

const readTail = async (directory: string): Promise<string | undefined> => {
  const handle = await openPrivateFile(pathIn(directory)).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    return refuseUnreadable(error)
  })
  if (handle === undefined) return undefined
  try {
    const { size } = await handle.stat()
    const length = Math.min(size, tailBytes)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length)
    return buffer.toString('utf8', 0, bytesRead)
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
  const lines = (await readTail(directory))?.split('\n').slice(0, -1) ?? []
  return lines.reduce((last, line) => Math.max(last, parseLine(line)?.revision ?? 0), 0)
}

/**
 * Appends a line to the history of a key store (JSON lines), and syncs it.
 *
 * @throws NootropicError `STORAGE_FAILED`, or `KEY_UNAVAILABLE` when others can read the file.
 */
export const appendHistory = async (directory: string, line: HistoryLine): Promise<void> => {
  const tail = await readTail(directory)
  const isCut = tail !== undefined && tail !== '' && !tail.endsWith('\n')
  try {
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0)
    const handle = await open(pathIn(directory), flags, 0o600)
    try {
      await handle.writeFile(`${isCut ? '\n' : ''}${JSON.stringify(line)}\n`)
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
