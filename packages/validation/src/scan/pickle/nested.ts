import type { Inspection } from '../inspection.ts'
import { type ByteSource, partOf } from '../source.ts'
import { type Effort, effortOf, effortSpent } from './effort.ts'
import { mayImport } from './may-import.ts'
import type { PickleRun } from './pickle-run.ts'
import { isInReadRange, rememberRange } from './read-ranges.ts'
import { actsPlausibly } from './refused-imports.ts'
import { operationsPerRun, runPickle } from './run-pickle.ts'

/** A first name stands near the front; random bytes end sooner. */
const operationsToFirstImport = 2 ** 12
/** What stands behind is told of as far as this. */
const maximumOperations = 2 ** 20

/** The pickle that begins at `offset`, if it acts. */
const actingPickleAt = (
  content: ByteSource,
  offset: number,
  inspection: Inspection,
  effort: Effort,
): PickleRun | undefined => {
  const carved = partOf(content, offset, content.size - offset)
  const run = (maximum: number): PickleRun => {
    const checkTime = (): void => inspection.budget.checkTime()
    const found = runPickle(carved, 0, { checkTime, effort, maximumOperations: Math.min(maximum, effort.left) })
    effort.take(operationsPerRun + found.operations)
    return found
  }
  const trial = run(operationsToFirstImport)
  if (!actsPlausibly(trial)) return undefined
  return trial.end.kind === 'paused' ? run(maximumOperations) : trial
}

/**
 * Reads the pickle that begins at `offset` of a content that is no pickle as a whole, and reports what it would do.
 * Answers whether there is one: bytes that CPython would follow to an import or a call. Pickles that stand side by side cost
 * what a run over the content does; places that each lead through the next would cost its square.
 */
export const checkPickleAt = (
  content: ByteSource,
  offset: number,
  inspection: Inspection,
  effort = effortOf(inspection.budget, content),
): boolean => {
  if (effort.isSpent) return false
  const mayBegin = mayImport(content, offset, effort)
  const isRead = mayBegin && isInReadRange(content, offset)
  const found = mayBegin && !isRead ? actingPickleAt(content, offset, inspection, effort) : undefined
  // What was left out of a try may be what it looked for.
  if (effort.isSpent) inspection.incomplete(effortSpent)
  if (found === undefined) return isRead
  const { log, end } = found
  rememberRange(content, offset, offset + end.offset)
  for (const sighting of log.sightings) {
    inspection.report({ ...sighting, offset: offset + (sighting.offset ?? 0), inside: `pickle at ${offset}` })
  }
  for (const reason of log.reasons) inspection.incomplete(reason)
  return true
}
