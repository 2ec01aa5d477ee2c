import type { LaunchOrder } from '../launcher/order.ts'
import type { HostTools } from './host-tools.ts'
import { type ProcessLimits, type ResourceLimit, resourceLimits } from './limits.ts'

/** 65534 is `nobody` on every Linux: it owns nothing. */
export const nobody = 65534

/** A command that does what `order` says and becomes its program. */
export const launchCommand = (launcher: string, order: LaunchOrder): string[] => [
  process.execPath,
  launcher,
  JSON.stringify(order),
]

/** The launcher's form of the limits, or of those that are named. */
export const launchLimits = (limits: ProcessLimits, names?: readonly ResourceLimit['name'][]): LaunchOrder['limits'] =>
  resourceLimits(limits)
    .filter(({ name }) => names === undefined || names.includes(name))
    .map(({ resource, value }) => [resource, value] as const)

const prlimitWord = ({ name, value }: ResourceLimit): string => `--${name}=${value}:${value}`

/** A program and what it is started with. */
export interface Start {
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** The user and group to become; undefined: who the host is. */
  readonly user?: number
}

/**
 * The command, limited and as its user: by prlimit(1) and setpriv(1), which are faster to start, or by the launcher where
 * they are absent. Undefined where there is neither.
 */
export const limitedCommand = (
  { prlimit, setpriv, launcher }: HostTools,
  limits: ProcessLimits,
  { command, environment, user }: Start,
): string[] | undefined => {
  const asUser = `--reuid=${user} --regid=${user} --clear-groups --`.split(' ')
  if (prlimit !== undefined && (user === undefined || setpriv !== undefined)) {
    const prefix = [prlimit, ...resourceLimits(limits).map(prlimitWord)]
    return [...prefix, ...(user === undefined ? [] : [setpriv ?? '', ...asUser]), ...command]
  }
  const [program] = command
  if (launcher === undefined || program === undefined) return undefined
  const becoming = user === undefined ? {} : { user }
  return launchCommand(launcher, {
    limits: launchLimits(limits),
    ...becoming,
    filter: false,
    program,
    words: command,
    environment,
  })
}
