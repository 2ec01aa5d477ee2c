import type { Affected, RangeEvent } from './advisory.ts'
import type { VersionOrder } from './versions.ts'

/** Whether a version is affected, and the versions that mend it; `unknown` when a bound cannot be compared. */
export interface Effect {
  readonly isAffected: boolean | 'unknown'
  readonly fixedIn: readonly string[]
}

// OSV writes the beginning of all versions so, whatever the ecosystem.
const beginning = '0'

const compareEvents = (order: VersionOrder, left: RangeEvent, right: RangeEvent): number => {
  if (left.version === beginning || right.version === beginning) {
    return Number(right.version === beginning) - Number(left.version === beginning)
  }
  return order.compare(left.version, right.version)
}

/** The evaluation of one range, as the OSV schema gives it ("Evaluation"). */
const isInRange = (version: string, events: readonly RangeEvent[], order: VersionOrder): boolean => {
  const limits = events.filter(({ kind }) => kind === 'limit')
  const isBelowLimit = limits.length === 0 || limits.some(({ version: limit }) => order.compare(version, limit) < 0)
  if (!isBelowLimit) return false
  let isAffected = false
  for (const event of events.toSorted((left, right) => compareEvents(order, left, right))) {
    if (event.kind === 'introduced') {
      if (event.version === beginning || order.compare(version, event.version) >= 0) isAffected = true
    } else if (event.kind === 'fixed' && order.compare(version, event.version) >= 0) isAffected = false
    else if (event.kind === 'last_affected' && order.compare(version, event.version) > 0) isAffected = false
  }
  return isAffected
}

const isComparable = ({ kind, version }: RangeEvent, order: VersionOrder): boolean =>
  (kind === 'introduced' && version === beginning) || order.isValid(version)

/** Whether `version` of a package is among those that an advisory is about. */
export const affects = (affected: Affected, version: string, order: VersionOrder): Effect => {
  const isValid = order.isValid(version)
  const isListed = affected.versions.some(
    (listed) => listed === version || (isValid && order.isValid(listed) && order.compare(listed, version) === 0),
  )
  const ranges = affected.ranges.map((events) => events.filter((event) => event.version !== '*'))
  const comparable = ranges.filter((events) => events.every((event) => isComparable(event, order)))
  const isInside = isValid && comparable.some((events) => isInRange(version, events, order))
  const fixedIn = comparable
    .flat()
    .filter(({ kind, version: fixed }) => kind === 'fixed' && isValid && order.compare(fixed, version) > 0)
    .map((event) => event.version)
    .toSorted(order.compare)
  if (isListed || isInside) return { isAffected: true, fixedIn }
  const isUnknown = ranges.length > 0 && (!isValid || comparable.length < ranges.length)
  return { isAffected: isUnknown ? 'unknown' : false, fixedIn }
}
