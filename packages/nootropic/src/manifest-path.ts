import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { type Manifest, type ManifestSet, resolvePath } from '@nootropic/core/manifest'

/** The absolute path that a manifest means: relative ones begin where the manifest's own file stands. */
export const manifestPath = (
  settings: ManifestSet,
  manifest: Manifest,
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
): string => {
  const source = settings.sources[settings.manifests.indexOf(manifest)]
  return resolvePath(path, { env: environment, home: homedir(), base: resolve(source?.file ?? '.', '..') })
}
