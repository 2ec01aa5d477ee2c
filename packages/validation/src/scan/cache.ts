import { randomUUID } from 'node:crypto'
import { lstatSync, mkdirSync, readFileSync, renameSync, type Stats, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { findingSchema, NootropicError, sha256 } from '@nootropic/core'
import { z } from 'zod'
import type { ContentScan } from './inspect.ts'
import type { ScanLimits } from './limits.ts'
import { scanRules } from './rules.ts'

/** What scans found, by the digest of the bytes: the same bytes are looked at once. */
export interface ScanCache {
  /** What was found before, as of the file at `path`; nothing when there is no entry of ours. */
  read(digest: string, limits: ScanLimits, path: string): ContentScan | undefined
  /** Keeps what was found, when the bytes alone decide it: not the machine's speed, and not the files beside them. */
  write(digest: string, limits: ScanLimits, scan: ContentScan): void
}

const contentScanSchema = z.strictObject({ format: z.string(), findings: z.array(findingSchema) })

const { version } = createRequire(import.meta.url)('@nootropic/validation/package.json') as { version: string }

let scannerDigest: string | undefined

/** A file's digest, the limits, and the scanner itself: a new version may find more, and finds it. */
const entryName = (digest: string, limits: ScanLimits): string => {
  scannerDigest ??= sha256(JSON.stringify([version, scanRules]))
  return `${sha256(JSON.stringify([scannerDigest, digest, limits])).slice('sha256:'.length)}.json`
}

const openDirectory = (directory: string): Stats => {
  try {
    return lstatSync(directory)
  } catch {
    // Only the last part: a path that is mistyped would otherwise be made anew.
    try {
      mkdirSync(directory, { mode: 0o700 })
      return lstatSync(directory)
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      throw new NootropicError(
        'CONFIGURATION_INVALID',
        `expected the cache ${directory} to be a directory, or to be made in one; ${code}`,
        { cause },
      )
    }
  }
}

/** Who can write to the directory decides what passes: only this user may (CWE-732). Windows has no such modes. */
const verifyPrivate = (directory: string): void => {
  const status = openDirectory(directory)
  const user = process.geteuid?.() ?? status.uid
  const isPrivate = process.platform === 'win32' || (status.uid === user && (status.mode & 0o077) === 0)
  if (status.isDirectory() && isPrivate) return
  throw new NootropicError(
    'CONFIGURATION_INVALID',
    `expected the cache ${directory} to be a directory of this user alone; run: chmod 700 '${directory}', or choose another`,
  )
}

const readEntry = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/**
 * The cache in a directory, which is made if it is not there. It may be emptied at any time.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` when others can write to it
 */
export const openScanCache = (directory: string): ScanCache => {
  verifyPrivate(directory)
  return {
    read(digest, limits, path) {
      const entry = readEntry(join(directory, entryName(digest, limits)))
      if (entry === undefined) return undefined
      try {
        const { format, findings } = contentScanSchema.parse(JSON.parse(entry))
        return {
          format,
          findings: findings.map((finding) => ({ ...finding, location: { ...finding.location, path } })),
        }
      } catch {
        return undefined
      }
    },
    write(digest, limits, scan) {
      if (scan.incomplete !== undefined || scan.dependsOnDirectory === true) return
      // Renamed into place: a reader beside this one sees a whole entry or none.
      const temporary = join(directory, `.${randomUUID()}`)
      writeFileSync(temporary, JSON.stringify({ format: scan.format, findings: scan.findings }), {
        mode: 0o600,
        flag: 'wx',
      })
      renameSync(temporary, join(directory, entryName(digest, limits)))
    },
  }
}
