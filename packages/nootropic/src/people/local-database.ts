import { isIP } from 'node:net'
import { NootropicError } from '@nootropic/core'
import type { PrivacySettings } from './privacy-settings.ts'

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.')) || host.startsWith('/')

/** The hosts that a database URL names: of PostgreSQL also by its parameters, where a path is a socket of this host. */
const hostsOf = (location: string, environment: NodeJS.ProcessEnv): string[] => {
  // A user without a host, whose socket is a parameter, is no URL.
  const { hostname, searchParams } = new URL(location.replace('@/', '@localhost/'))
  const named = [hostname.replace(/^\[|\]$/g, ''), ...searchParams.getAll('host'), ...searchParams.getAll('hostaddr')]
  const hosts = named.map(decodeURIComponent).filter((host) => host !== '')
  return hosts.length === 0 && environment.PGHOST !== undefined ? [environment.PGHOST] : hosts
}

/**
 * Verifies that records stay on this host, where a manifest says so.
 *
 * @param location a path, `:memory:`, or `postgres://…`
 * @throws NootropicError `CONFIGURATION_INVALID` for a database elsewhere
 */
export const verifyLocalDatabase = (
  location: string,
  { localBy }: Pick<PrivacySettings, 'localBy'>,
  environment: NodeJS.ProcessEnv,
): void => {
  // What is no URL is refused by whoever opens it.
  const isServer = /^postgres(ql)?:\/\//.test(location) && URL.canParse(location.replace('@/', '@localhost/'))
  if (localBy.length === 0 || !isServer) return
  const elsewhere = hostsOf(location, environment).find((host) => !isLoopback(host))
  if (elsewhere === undefined) return
  const message = `expected a database on this host, as ${localBy.join(' and ')} asks, found one on ${elsewhere}`
  throw new NootropicError('CONFIGURATION_INVALID', `${message}; use one on this host, or take the setting out`)
}
