import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

/** A place in the shared test data; a conformance test without its data fails. */
export const sharedData = (path: string): URL => {
  const root = process.env.NOOTROPIC_SHARED
  const base = root === undefined ? new URL('../../../../../shared/', import.meta.url) : pathToFileURL(`${root}/`)
  const url = new URL(`data/${path}`, base)
  if (!existsSync(url))
    throw new Error(`EXPECTED THE SHARED TEST DATA AT ${url.href}; set NOOTROPIC_SHARED to its directory`)
  return url
}
