import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where a host's keys, models and records lie. */
export interface Home {
  readonly keys: string
  readonly models: string
  readonly audit: string
  readonly database: string
}

/** The places under a home directory; `~/` is the user's own. */
export const homeAt = (directory: string): Home => {
  const root = directory === '~' || directory.startsWith('~/') ? join(homedir(), directory.slice(1)) : resolve(directory)
  return {
    keys: join(root, 'keys'),
    models: join(root, 'models'),
    audit: join(root, 'audit'),
    database: join(root, 'state.db'),
  }
}
