import type { ManifestSet } from '@nootropic/core/manifest'
import { type DependencyOptions, dependencyOptions } from '@nootropic/validation'
import { manifestOf } from './manifest-of.ts'
import { manifestPath } from './manifest-path.ts'

/** How the settings say that dependencies are checked. */
export const dependencySettings = (
  settings: ManifestSet,
  environment: Readonly<Record<string, string | undefined>>,
): DependencyOptions => {
  const manifest = manifestOf(settings, 'DependencyScanning')
  if (manifest === undefined) return {}
  const database = manifest.spec.tools.find((tool) => tool.database !== undefined)?.database
  return dependencyOptions(
    manifest,
    database === undefined ? undefined : manifestPath(settings, manifest, database, environment),
  )
}
