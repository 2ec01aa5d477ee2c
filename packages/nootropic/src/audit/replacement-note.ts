import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { NootropicError } from '@nootropic/core'
import { readPrivateFileIfPresent, writePrivateFile } from '@nootropic/core/storage'
import { z } from 'zod'
import type { Home } from '../home.ts'

const noteSchema = z.strictObject({
  /** What was wrong with the log. */
  found: z.string(),
  /** Its last checkpoint that the database had. */
  checkpoint: z.string().optional(),
  /** The name that its directory gets; undefined if there was none. */
  keptIn: z
    .string()
    .regex(/^[\w.-]+$/)
    .optional(),
})

/** What is known of a log that is being replaced: whoever is stopped on the way goes on from it. */
export type ReplacementNote = z.infer<typeof noteSchema>

const pathIn = ({ root }: Pick<Home, 'root'>): string => join(root, 'audit-replacement')

/** The replacement of the log that was begun and not ended, if there is one. */
export const readReplacementNote = async (home: Pick<Home, 'root'>): Promise<ReplacementNote | undefined> => {
  const bytes = await readPrivateFileIfPresent(pathIn(home))
  if (bytes === undefined) return undefined
  try {
    return noteSchema.parse(JSON.parse(bytes.toString()))
  } catch {
    return { found: 'a replacement that was stopped, and no text that says of what' }
  }
}

export const writeReplacementNote = (home: Pick<Home, 'root'>, note: ReplacementNote): Promise<void> =>
  writePrivateFile(pathIn(home), Buffer.from(JSON.stringify(note)))

export const removeReplacementNote = (home: Pick<Home, 'root'>): Promise<void> => rm(pathIn(home), { force: true })

/** @throws NootropicError `AUDIT_CORRUPT` while a replacement waits for its end: a log that was begun says nothing of it yet */
export const verifyNoReplacement = async (home: Pick<Home, 'root'>): Promise<void> => {
  if ((await readReplacementNote(home)) === undefined) return
  const message = `expected the audit log that is begun in ${home.root} to say what it replaces`
  throw new NootropicError('AUDIT_CORRUPT', `${message}, found a replacement that was stopped`)
}
