import { readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const manifest = 'onnxruntime-node/package.json'

/** A manifest is a few kilobytes (CWE-770). */
const maximumManifestBytes = 2 ** 16

const versionIn = (from: string): string | undefined => {
  try {
    const path = createRequire(from).resolve(manifest)
    if (statSync(path).size > maximumManifestBytes) return undefined
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version?: unknown }
    return typeof version === 'string' ? version : undefined
  } catch {
    // Not installed there, or not as Node would find it: then nothing is known of it.
    return undefined
  }
}

/**
 * The version of the onnxruntime-node that an application in this directory would load, else of the one that this package
 * would load; by the manifest alone, without loading it. Nothing when there is none.
 */
export const installedRuntimeVersion = (directory?: string): string | undefined =>
  (directory === undefined ? undefined : versionIn(join(directory, 'application.js'))) ?? versionIn(import.meta.url)
