const localProtocol = /^(file|link|portal|workspace|patch):/

/** Where a package of npm is fetched from, when that is no registry: a repository, an archive, a path. */
export const sourceOutsideRegistry = (resolved: string | undefined): string | undefined => {
  if (resolved === undefined || resolved === '' || localProtocol.test(resolved)) return undefined
  if (/^(git|git\+\w+|ssh|github|gitlab|bitbucket):/.test(resolved)) return resolved
  if (/^http:/.test(resolved)) return resolved
  // Registries, private ones too, serve archives below `/-/`; yarn's and pnpm's short paths are no addresses.
  return /^https:/.test(resolved) && !resolved.includes('/-/') ? resolved : undefined
}

/** Whether what a project asks for lies in its own tree. */
export const isLocal = (specifier: string): boolean => localProtocol.test(specifier)
