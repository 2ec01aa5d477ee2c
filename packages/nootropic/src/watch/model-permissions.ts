import { sep } from 'node:path'
import { checkPermissions, enforcePermissions, type PathPermission } from '@nootropic/access'
import { type AuditLog, type Finding, NootropicError } from '@nootropic/core'
import type { ManifestSet } from '@nootropic/core/manifest'
import { installationPath } from '../installation-path.ts'

/** Owners and modes that the ModelPermissions manifests ask for, in one installation. */
export interface ModelPermissions {
  /**
   * Gives what is there its modes.
   *
   * @throws NootropicError `FILE_UNREADABLE` where they cannot be had: a link, another owner, a second name, parents that
   *   others can write to; `AUDIT_UNAVAILABLE`
   */
  enforce(): Promise<void>
  /** What is wrong now; it is mended where it can be. */
  check(): Promise<Finding[]>
}

const isWithin = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep)

// Two modes for one file cannot both hold; whichever is enforced last would win in silence.
const verifyApart = (permissions: readonly PathPermission[]): void => {
  for (const [index, { path }] of permissions.entries()) {
    const other = permissions.find((one, at) => at !== index && isWithin(path, one.path))
    if (other !== undefined) {
      const message = `expected paths of ModelPermissions that lie apart, found ${path} and ${other.path}`
      throw new NootropicError('CONFIGURATION_INVALID', `${message}; name the one or the other`)
    }
  }
}

/**
 * The paths that the ModelPermissions manifests protect.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` for a path inside another one
 */
export const protectedPaths = (
  settings: ManifestSet,
  place: { root: string; environment: Readonly<Record<string, string | undefined>> },
): PathPermission[] => {
  const permissions = settings.manifests.flatMap((manifest) =>
    manifest.kind === 'ModelPermissions'
      ? manifest.spec.files.map(({ path, mode, owner }) => ({
          path: installationPath(settings, manifest, path, place),
          mode,
          owner,
        }))
      : [],
  )
  verifyApart(permissions)
  return permissions
}

/** A path that does not exist yet has nothing wrong with it: whoever makes it is checked then. */
const isNotThereYet = ({ rule, location }: Finding, permissions: readonly PathPermission[]): boolean =>
  rule === 'permissions/missing' && permissions.some(({ path }) => path === location.path)

/** What is wrong with the owners and modes of what is there, without changing it. */
export const checkProtectedPaths = async (permissions: readonly PathPermission[]): Promise<Finding[]> =>
  (await checkPermissions(permissions)).filter((finding) => !isNotThereYet(finding, permissions))

/** Enforces and checks the protected paths; what was mended, and what could not be, is on record. */
export const openModelPermissions = (
  permissions: readonly PathPermission[],
  audit: Pick<AuditLog, 'append'>,
): ModelPermissions => {
  const record = async (found: readonly Finding[], outcome: 'succeeded' | 'failed'): Promise<void> => {
    for (const { rule, message, location } of found) {
      await audit.append({
        category: 'security',
        actor: 'system:/nootropic/access',
        action: 'permissions.enforce',
        resource: `file:${location.path}`,
        outcome,
        reason: rule,
        details: { message },
      })
    }
  }
  /** What was wrong, and what is wrong still. */
  const mend = async (): Promise<{ found: Finding[]; left: Finding[] }> => {
    const found = await checkProtectedPaths(permissions)
    if (found.length === 0) return { found, left: [] }
    const left = (await enforcePermissions(permissions)).filter((finding) => !isNotThereYet(finding, permissions))
    const isLeft = ({ rule, location }: Finding): boolean =>
      left.some((other) => other.rule === rule && other.location.path === location.path)
    await record(
      found.filter((finding) => !isLeft(finding)),
      'succeeded',
    )
    return { found, left }
  }
  return {
    async enforce() {
      const { left } = await mend()
      const [first] = left
      if (first === undefined) return
      await record(left, 'failed')
      const { location, message, remediation } = first
      const more = left.length === 1 ? '' : ` (and ${left.length - 1} more)`
      throw new NootropicError(
        'FILE_UNREADABLE',
        `expected ${location.path} as ModelPermissions asks for it, found: ${message}${more}; ${remediation}`,
        { details: { findings: left } },
      )
    },
    check: async () => (await mend()).found,
  }
}
