import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { NootropicError, type Report } from '@nootropic/core'
import { type ManifestSet, type ModelVulnerabilityScanning, readManifests } from '@nootropic/core/manifest'
import { sarifOf } from '@nootropic/validation/scan'
import { manifestOf } from '../manifest-of.ts'
import { manifestPath } from '../manifest-path.ts'
import type { Streams } from '../verb.ts'
import { version } from '../version.ts'

/** The ModelVulnerabilityScanning manifest among the settings of a directory. */
export interface ScanningManifest {
  readonly manifest: ModelVulnerabilityScanning
  readonly settings: ManifestSet
}

/** Reads the manifest that says how models are scanned. @throws NootropicError `CONFIGURATION_INVALID` when there is none */
export const readScanningManifest = async (path: string, streams: Streams): Promise<ScanningManifest> => {
  const settings = await readManifests(resolve(streams.directory, path))
  const manifest = manifestOf(settings, 'ModelVulnerabilityScanning')
  if (manifest !== undefined) return { manifest, settings }
  throw new NootropicError(
    'CONFIGURATION_INVALID',
    `expected a manifest of kind ModelVulnerabilityScanning in ${path}, found none; \`nootropic init\` writes one`,
  )
}

const writers = {
  json: (reports: readonly Report[]) => ({ schemaVersion: 1, reports }),
  sarif: (reports: readonly Report[]) => sarifOf(reports, version),
} as const

/** Writes reports where and as the manifest says. Answers the file. */
export const writeScanReports = async (
  reports: readonly Report[],
  { manifest, settings }: ScanningManifest,
  streams: Streams,
  now: Date,
): Promise<string> => {
  const { format, location } = manifest.spec.reports
  const name = `scan-${now.toISOString().replaceAll(':', '-')}.${format}`
  const path = join(manifestPath(settings, manifest, location, streams.environment), name)
  const content = `${JSON.stringify(writers[format](reports), undefined, 2)}\n`
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeFile(path, content, { flag: 'wx', mode: 0o600 })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new NootropicError(
      'CONFIGURATION_INVALID',
      `expected reports.location to be a directory that can be written, ${path}: ${code}`,
      { cause },
    )
  }
  return path
}
