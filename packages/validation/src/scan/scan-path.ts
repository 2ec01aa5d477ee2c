import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, NootropicError, type Report, sha256, systemClock } from '@nootropic/core'
import { reportOfScan } from './report.ts'
import { scanFile } from './scan-file.ts'

/** Files and directories under one path (CWE-770). */
const maximumEntries = 100_000

/** Directories inside one another (CWE-674). */
const maximumDepth = 64

/** Every file and link below a directory, in the order of their names. Links are listed and not followed. */
const listEntries = async (root: string): Promise<{ path: string; isFile: boolean }[]> => {
  const entries: { path: string; isFile: boolean }[] = []
  const visit = async (directory: string, depth: number): Promise<void> => {
    for await (const entry of await opendir(directory)) {
      const path = join(directory, entry.name)
      if (entries.length >= maximumEntries || depth > maximumDepth) {
        throw new NootropicError(
          'LIMIT_EXCEEDED',
          `expected at most ${maximumEntries} files, ${maximumDepth} directories deep, under ${root}; scan a smaller part`,
        )
      }
      if (entry.isDirectory()) await visit(path, depth + 1)
      else entries.push({ path, isFile: entry.isFile() })
    }
  }
  await visit(root, 0)
  return entries.sort((left, right) => (left.path < right.path ? -1 : 1))
}

/**
 * Scans a file, or every file under a directory: one report each. What cannot be read yet is `incomplete`, never `pass`,
 * and so is an empty directory, whose answer has no report at all: combine the verdicts with `combineVerdicts`.
 *
 * @throws NootropicError `FILE_UNREADABLE` or `LIMIT_EXCEEDED`
 * @example
 * ```ts
 * const reports = await scanPath('./models')
 * combineVerdicts(reports.map(({ verdict }) => verdict)) // 'pass', 'fail' or 'incomplete'
 * ```
 */
export const scanPath = async (path: string, options: { readonly clock?: Clock } = {}): Promise<Report[]> => {
  const status = await lstat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new NootropicError('FILE_UNREADABLE', `expected a file or directory at ${path}, found ${cause.code}`, {
      cause,
    })
  })
  if (!status.isDirectory()) return [await scanFile(path, options)]
  const clock = options.clock ?? systemClock
  const reports: Report[] = []
  for (const entry of await listEntries(path)) {
    if (entry.isFile) reports.push(await scanFile(entry.path, { clock }))
    else {
      const time = { clock, startedAt: clock.now().toISOString(), startedMs: clock.monotonicMs() }
      const incomplete = 'not scanned: it is a link or a special file, which is not followed; name what it points to'
      reports.push(
        reportOfScan({ format: 'unknown', findings: [], incomplete }, { path: entry.path, digest: sha256('') }, time),
      )
    }
  }
  return reports
}
