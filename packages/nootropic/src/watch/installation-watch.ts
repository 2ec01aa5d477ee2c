import type { Finding } from '@nootropic/core'
import { type AccessWatch, type AccessWatchParts, watchAccess } from './access-watch.ts'
import { type HostWatchParts, watchSystem } from './host-watch.ts'
import { openModelPermissions, protectedPaths } from './model-permissions.ts'

/** What watches an installation: its host, its files, and their owners and modes. */
export interface InstallationWatch {
  /** The first model is about to run. Nobody waits for it. */
  begin(): void
  readonly files: Pick<AccessWatch, 'check' | 'blindSpots'>
  /** What is wrong with the owners and modes that ModelPermissions asks for; it is mended where it can be. */
  checkPermissions(): Promise<Finding[]>
  stop(): Promise<void>
}

/**
 * Gives files the owners and modes that are asked for, and gets ready to watch them.
 *
 * @throws NootropicError what enforcing permissions and watching throw
 */
export const openInstallationWatch = async (
  parts: Omit<AccessWatchParts, 'permissions'> & HostWatchParts,
): Promise<InstallationWatch> => {
  const { settings, home, environment, audit } = parts
  const permissions = openModelPermissions(protectedPaths(settings, { root: home.root, environment }), audit)
  await permissions.enforce()
  const files = await watchAccess({ ...parts, permissions })
  const host = watchSystem(parts)
  return {
    begin() {
      host.begin()
      files.begin()
    },
    files,
    checkPermissions: () => permissions.check(),
    async stop() {
      try {
        await host.stop()
      } finally {
        await files.stop()
      }
    },
  }
}
