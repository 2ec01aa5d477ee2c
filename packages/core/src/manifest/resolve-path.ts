import { join, resolve } from 'node:path'
import { NootropicError } from '../errors.ts'
import { pathSchema } from './values/path.ts'

/** What the path of a manifest is resolved against. */
export interface PathContext {
  /** The variables that `${env:NAME}` may name, such as `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** What `~` stands for. */
  readonly home: string
  /** What relative paths are relative to: the directory of the manifest. */
  readonly base: string
}

/**
 * The absolute path that a path-typed field means: `~/` and `${env:NAME}` are expanded, nothing else is.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` where a variable is unset or empty, or the form is not a path's.
 *
 * @example
 * ```ts
 * resolvePath('~/.nootropic/keys', { env: {}, home: '/home/ada', base: '/srv' }) // '/home/ada/.nootropic/keys'
 * ```
 */
export const resolvePath = (value: string, { env, home, base }: PathContext): string => {
  const parsed = pathSchema.safeParse(value)
  if (!parsed.success) {
    throw new NootropicError(
      'CONFIGURATION_INVALID',
      `${parsed.error.issues[0]?.message}; found ${JSON.stringify(value)}`,
    )
  }
  const expanded = value.replace(/\$\{env:(\w+)\}/g, (_, name: string) => {
    // An empty one would turn "${env:DATA}/models" into a directory at the root.
    if (!env[name]) {
      throw new NootropicError(
        'CONFIGURATION_INVALID',
        `expected the environment variable ${name}, which the path ${JSON.stringify(value)} names, to be set`,
      )
    }
    return env[name]
  })
  return value.startsWith('~') ? join(home, expanded.slice(1)) : resolve(base, expanded)
}
