import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { NootropicError, type Report, sha256, systemClock } from '@nootropic/core'
import { applyIgnores, type Ignore } from './ignore.ts'
import { defaultScanReactions, unreadReport } from './report.ts'
import { type ScanOptions, scan, scanFile } from './scan.ts'
import { createScanPool } from './scan-pool.ts'
import { findWeightsBeside } from './weights-beside.ts'

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

/** How the files under a path are scanned. */
export interface ScanPathOptions extends ScanOptions {
  /** Threads beside one another; by default the files are scanned one after the other in this one. */
  readonly workers?: number
  /** Findings that were reviewed and are left out. */
  readonly ignores?: readonly Ignore[]
  /** Called after each file. */
  onProgress?(progress: { readonly scanned: number; readonly files: number; readonly path: string }): void
}

const linkReport = (path: string, options: ScanOptions): Report =>
  unreadReport(
    { path, format: 'link', digest: sha256('') },
    'it is a link or a special file, which is not followed; name what it points to',
    options,
  )

const scanEntries = async (
  entries: readonly { path: string; isFile: boolean }[],
  scanOne: (path: string) => Promise<Report>,
  options: ScanPathOptions,
): Promise<Report[]> => {
  const reports = new Array<Report>(entries.length)
  let next = 0
  let scanned = 0
  const work = async (): Promise<void> => {
    for (let index = next++; index < entries.length; index = next++) {
      const entry = entries[index]
      if (entry === undefined) continue
      reports[index] = entry.isFile ? await scanOne(entry.path) : linkReport(entry.path, options)
      scanned += 1
      options.onProgress?.({ scanned, files: entries.length, path: entry.path })
    }
  }
  await Promise.all(Array.from({ length: options.workers ?? 1 }, work))
  return reports
}

/**
 * Scans a file, or every file under a directory: one report each, in the order of their names. What cannot be read is
 * `incomplete`, never `pass`, and so is an empty directory, whose answer has no report at all: combine the verdicts with
 * `combineVerdicts`.
 *
 * @throws NootropicError `FILE_UNREADABLE` or `LIMIT_EXCEEDED`
 * @example
 * ```ts
 * const reports = await scanPath('./models', { workers: 2 })
 * combineVerdicts(reports.map(({ verdict }) => verdict)) // 'pass', 'fail' or 'incomplete'
 * ```
 */
export const scanPath = async (path: string, options: ScanPathOptions = {}): Promise<Report[]> => {
  const status = await lstat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new NootropicError('FILE_UNREADABLE', `expected a file or directory at ${path}, found ${cause.code}`, {
      cause,
    })
  })
  const entries = status.isDirectory() ? await listEntries(path) : [{ path, isFile: true }]
  const threads = Math.min(options.workers ?? 0, entries.length)
  // A thread takes longer to start than most files take to scan.
  const pool = threads > 1 ? createScanPool(threads) : undefined
  try {
    const scanOne =
      pool === undefined ? (file: string) => scan(file, options) : (file: string) => pool.scan(file, options)
    const found = await scanEntries(entries, scanOne, { ...options, workers: Math.max(1, threads) })
    // Numbers have no format of their own; a model beside them says that they are its own.
    const weights = await findWeightsBeside(found)
    const reports: Report[] = []
    // One after the other: each may be held in memory while it is scanned.
    for (const report of found) {
      const isWeights = report.subject.format === 'unknown' && weights.has(report.subject.path)
      reports.push(isWeights ? await scanFile(report.subject.path, options, 'weights') : report)
    }
    const review = { clock: options.clock ?? systemClock, reactions: options.reactions ?? defaultScanReactions }
    return reports.map((report) => applyIgnores(report, options.ignores ?? [], review))
  } finally {
    await pool?.close()
  }
}
