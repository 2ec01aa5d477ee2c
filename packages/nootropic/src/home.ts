import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { type ManifestSet, resolvePath } from '@nootropic/core/manifest'
import { manifestOf } from './manifest-of.ts'

/** Where a host's keys, models and records lie. */
export interface Home {
  readonly keys: string
  readonly models: string
  readonly audit: string
  readonly database: string
}

/** What `~/.nootropic` stands for in a manifest, where the host does not say otherwise. */
export const defaultHome = '~/.nootropic'

/** The absolute path of a path as a user writes it: `~/` is the user's own directory. */
export const userPath = (path: string, base: string): string =>
  path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : resolve(base, path)

/**
 * The places of an installation. `~/.nootropic` in the manifests means `directory`, so that one set of manifests serves any
 * number of installations, and a test never touches the user's own.
 */
export const homeAt = (directory: string, settings: ManifestSet, environment: NodeJS.ProcessEnv): Home => {
  const root = userPath(directory, process.cwd())
  const place = (path: string, base: string): string =>
    path === defaultHome || path.startsWith(`${defaultHome}/`)
      ? join(root, path.slice(defaultHome.length))
      : resolvePath(path, { env: environment, home: homedir(), base })
  const storage = manifestOf(settings, 'ModelStorageEncryption')
  const source = storage === undefined ? undefined : settings.sources[settings.manifests.indexOf(storage)]
  const base = resolve(source?.file ?? '.', '..')
  return {
    keys: storage === undefined ? join(root, 'keys') : place(storage.spec.keyManagement.storage, base),
    models: storage === undefined ? join(root, 'models') : place(storage.spec.storage.path, base),
    audit: join(root, 'audit'),
    database: join(root, 'state.db'),
  }
}
