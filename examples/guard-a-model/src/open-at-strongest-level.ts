import { isNootropicError } from '@nootropic/core'
import { type IsolationLevel, type IsolationReport, isolationLevels } from '@nootropic/runtime/sandbox'
import { type Nootropic, type NootropicOptions, openNootropic } from 'nootropic'

/**
 * Opens the installation at the strongest level of isolation that this host can prove. A library must not lower a level by
 * itself; this demo does, because it brings its own model, and it says so.
 */
export const openAtStrongestLevel = async (
  options: NootropicOptions,
): Promise<{ nootropic: Nootropic; level: IsolationLevel; isolation: IsolationReport }> => {
  for (const level of isolationLevels) {
    const nootropic = await openNootropic({ ...options, isolation: level })
    try {
      return { nootropic, level, isolation: await nootropic.isolation() }
    } catch (error) {
      await nootropic.close()
      if (!isNootropicError(error, 'ISOLATION_UNAVAILABLE')) throw error
    }
  }
  throw new Error('expected a worker to start without isolation at least')
}
