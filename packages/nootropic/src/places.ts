import { type ManifestSet, parseManifestSet, readManifests } from '@nootropic/core/manifest'
import { defaultHome, type Home, homeAt, userPath } from './home.ts'
import type { NootropicOptions } from './installation.ts'

/** What is known of an installation before anything of it is opened. */
interface Places {
  readonly settings: ManifestSet
  readonly home: Home
  /** A `postgres://…` address, or the path of a SQLite file. */
  readonly database: string
}

/**
 * Reads the settings of an installation, and where its parts lie.
 *
 * @throws NootropicError `MANIFEST_INVALID`, `CONFIGURATION_INVALID`
 */
export const readPlaces = async (
  options: Pick<NootropicOptions, 'manifests' | 'home' | 'database' | 'environment'>,
): Promise<Places> => {
  const { manifests, environment = process.env } = options
  const settings =
    manifests === undefined ? parseManifestSet([]) : await readManifests(userPath(manifests, process.cwd()))
  const home = homeAt(options.home ?? defaultHome, settings, environment)
  return { settings, home, database: options.database ?? home.database }
}
