import { setImmediate } from 'node:timers/promises'
import { type AttackLimits, verifyMayGoOn } from '../behaviour/attacks/guarded-model.ts'

/**
 * Lets timers, signals and other requests of this process through, then says whether the work may go on: what computes
 * here for seconds would otherwise see no signal.
 *
 * @throws NootropicError `ABORTED` or `DEADLINE_EXCEEDED`
 */
export const breathe = async (limits: AttackLimits): Promise<void> => {
  await setImmediate()
  verifyMayGoOn(limits)
}
