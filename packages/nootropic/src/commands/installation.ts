import { isolationLevels } from '@nootropic/runtime/sandbox'
import type { Nootropic, NootropicOptions } from '../installation.ts'
import { openNootropic } from '../open.ts'
import { type Invocation, type OptionDescription, type Streams, textOption } from '../verb.ts'
import { choose } from './choose.ts'
import { unlockOptions, withPassphrase } from './keys-passphrase.ts'

/** The options that say which installation is meant, and what opens its keys. */
export const homeOptions: Readonly<Record<string, OptionDescription>> = {
  home: { type: 'string', value: 'DIR', description: 'keys, models and records (default ~/.nootropic)' },
  manifests: { type: 'string', value: 'DIR', description: 'the settings (default: those of an empty directory)' },
  database: {
    type: 'string',
    value: 'PLACE',
    description: 'where the records are: postgres://… or a file (default $NOOTROPIC_DATABASE, or state.db in the home)',
  },
  ...unlockOptions,
}

/** Which installation the options name. */
export const namedHome = (
  invocation: Invocation,
  { environment }: Pick<Streams, 'environment'>,
): Pick<NootropicOptions, 'home' | 'manifests' | 'database' | 'environment'> => {
  const home = textOption(invocation, 'home')
  const manifests = textOption(invocation, 'manifests')
  const database = textOption(invocation, 'database') ?? environment.NOOTROPIC_DATABASE
  return {
    environment,
    ...(home === undefined ? {} : { home }),
    ...(manifests === undefined ? {} : { manifests }),
    ...(database === undefined ? {} : { database }),
  }
}

/** The options of every verb that works with an installation. */
export const installationOptions: Readonly<Record<string, OptionDescription>> = {
  ...homeOptions,
  isolation: {
    type: 'string',
    value: 'LEVEL',
    description: `the least isolation to accept: ${isolationLevels.join(', ')}`,
  },
}

/** Opens the installation that the options name, works with it, and closes it whatever happens. */
export const withInstallation = async <Result>(
  invocation: Invocation,
  streams: Streams,
  work: (nootropic: Nootropic) => Promise<Result>,
): Promise<Result> => {
  const level = textOption(invocation, 'isolation')
  const isolation = level === undefined ? undefined : choose('isolation', level, isolationLevels)
  const named = { ...namedHome(invocation, streams), ...(isolation === undefined ? {} : { isolation }) }
  const nootropic = await withPassphrase(invocation, streams, (unlock) => openNootropic({ ...unlock, ...named }))
  try {
    return await work(nootropic)
  } finally {
    await nootropic.close()
  }
}
