import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { NootropicError } from '@nootropic/core'
import type { ManifestSet } from '@nootropic/core/manifest'
import { manifestOf } from './manifest-of.ts'
import { manifestPath } from './manifest-path.ts'

/** Where a host's keys, models and records lie. */
export interface Home {
  /** The directory that `~/.nootropic` stands for. */
  readonly root: string
  readonly keys: string
  readonly models: string
  /** Sealed copies of registered models, where backups are asked for. */
  readonly backups: string
  readonly audit: string
  /** Public keys and root certificates of those whose signatures are accepted. */
  readonly signers: string
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
 *
 * @throws NootropicError `CONFIGURATION_INVALID` for models in the place of their backups
 */
export const homeAt = (directory: string, settings: ManifestSet, environment: NodeJS.ProcessEnv): Home => {
  const root = userPath(directory, process.cwd())
  const storage = manifestOf(settings, 'ModelStorageEncryption')
  const place = (name: string, path: string | undefined): string => {
    if (storage === undefined || path === undefined) return join(root, name)
    return path === defaultHome || path.startsWith(`${defaultHome}/`)
      ? join(root, path.slice(defaultHome.length))
      : manifestPath(settings, storage, path, environment)
  }
  const models = place('models', storage?.spec.storage.path)
  const backups = join(root, 'snapshots', 'models')
  if (resolve(models) === resolve(backups)) {
    const message = `expected models elsewhere than their backups (spec.storage.path of ModelStorageEncryption), found ${models}`
    throw new NootropicError('CONFIGURATION_INVALID', `${message}; name another directory`)
  }
  return {
    root,
    keys: place('keys', storage?.spec.keyManagement.storage),
    models,
    backups,
    audit: join(root, 'audit'),
    signers: join(root, 'config', 'trusted-signers'),
    database: join(root, 'state.db'),
  }
}
