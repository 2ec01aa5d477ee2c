import { NootropicError } from '@nootropic/core'
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

/** An empty text would be the working directory, as of a shell's variable that is not set. */
const verifyPlace = (name: string, place: unknown): void => {
  if (place === undefined || (typeof place === 'string' && place !== '')) return
  const found = place === '' ? 'an empty text' : typeof place
  throw new NootropicError(
    'CONFIGURATION_INVALID',
    `expected a path as ${name}, found ${found}; name it or leave it out`,
  )
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
  for (const name of ['home', 'manifests', 'database'] as const) verifyPlace(name, options[name])
  const settings =
    manifests === undefined ? parseManifestSet([]) : await readManifests(userPath(manifests, process.cwd()))
  const home = homeAt(options.home ?? defaultHome, settings, environment)
  return { settings, home, database: options.database ?? home.database }
}
