import type { Clock } from '@nootropic/core'
import type { StageOutcome } from '../outcome.ts'
import { checkHonesty, type HonestyOptions } from './honesty/index.ts'
import type { Subject } from './subject.ts'

/** Checks that a model or its data can have no part in: they are named as not done, and leave nothing open. */
const isBesideThePoint = ({ name, reason }: { name: string; reason: string }, { dataset }: Subject): boolean => {
  if (name === 'honesty/input-domain') return dataset !== undefined && dataset.labels === undefined
  return name === 'honesty/dead-layer' && reason.startsWith('the model has no activation')
}

/** The checks of honesty as a stage: whether what attacks leave standing can be believed. */
export const testHonesty = async (subject: Subject, options: HonestyOptions, clock: Clock): Promise<StageOutcome> => {
  const outcome = await checkHonesty(subject, options, clock)
  const { verdict, skipped = [], note } = outcome
  const isOpen =
    note !== undefined || skipped.length === 0 || !skipped.every((check) => isBesideThePoint(check, subject))
  return verdict === 'incomplete' && !isOpen ? { ...outcome, verdict: 'pass' } : outcome
}
