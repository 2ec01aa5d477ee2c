import type { Clock } from '@nootropic/core'
import type { StageOutcome } from '../outcome.ts'
import { checkHonesty, type HonestyOptions } from './honesty/index.ts'
import type { Subject } from './subject.ts'

/** Checks that the data can have no part in: they are named as not done, and leave nothing open. */
const isBesideThePoint = (name: string, { dataset }: Subject): boolean =>
  name === 'honesty/input-domain' && dataset !== undefined && dataset.labels === undefined

/** The checks of honesty as a stage: whether what attacks leave standing can be believed. */
export const testHonesty = async (subject: Subject, options: HonestyOptions, clock: Clock): Promise<StageOutcome> => {
  const outcome = await checkHonesty(subject, options, clock)
  const { verdict, skipped = [], note } = outcome
  const isOpen =
    note !== undefined || skipped.length === 0 || !skipped.every(({ name }) => isBesideThePoint(name, subject))
  return verdict === 'incomplete' && !isOpen ? { ...outcome, verdict: 'pass' } : outcome
}
