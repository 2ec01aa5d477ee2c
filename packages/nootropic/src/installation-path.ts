import { join } from 'node:path'
import type { Manifest, ManifestSet } from '@nootropic/core/manifest'
import { defaultHome } from './home.ts'
import { manifestPath } from './manifest-path.ts'

/** The absolute path that a manifest means in an installation: `~/.nootropic` stands for its root. */
export const installationPath = (
  settings: ManifestSet,
  manifest: Manifest,
  path: string,
  { root, environment }: { root: string; environment: Readonly<Record<string, string | undefined>> },
): string =>
  path === defaultHome || path.startsWith(`${defaultHome}/`)
    ? join(root, path.slice(defaultHome.length))
    : manifestPath(settings, manifest, path, environment)
