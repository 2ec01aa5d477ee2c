import { createHash } from 'node:crypto'
import type { AccessRequest } from '@nootropic/core'
import { countsOf, type Quota, wholeUnitsOf } from './quota.ts'

/** Where a quota stands. Amounts are in its measure, times in seconds. */
export interface QuotaState {
  readonly id: string
  readonly measure: Quota['measure']
  readonly limit: number
  readonly windowSeconds: number
  /** What is left now, rounded down. */
  readonly remaining: number
  /** Until all of it is there again, rounded up. */
  readonly resetSeconds: number
}

/** One quota for one subject, model and time, in the unit that its counter holds. */
export interface Counter {
  readonly quota: Quota
  readonly key: string
  /** Whose it is, where each subject has one. */
  readonly subject: string | null
  /** What one count adds to the counter. */
  readonly unit: number
  /** What the counter never exceeds. */
  readonly capacity: number
  /** What flows off in each millisecond: 0 in a window. */
  readonly drain: number
  /** After so many milliseconds a full counter has run empty, or its window has ended. */
  readonly lastsMs: number
  /** When it ends, if nothing is added any more. */
  readonly endsAt: number
}

/** The text under which a subject's rows are found. */
export const subjectText = ({ type, id }: AccessRequest['subject']): string => JSON.stringify([type, id])

/** The counter of a quota for a subject and a model at a time. */
export const counterOf = (quota: Quota, subject: AccessRequest['subject'], model: string, now: number): Counter => {
  const { id, kind, measure, limit, windowSeconds, per } = quota
  const windowMs = windowSeconds * 1000
  const isRate = kind === 'rate'
  const start = isRate ? null : Math.floor(now / windowMs) * windowMs
  const whose = per.includes('subject') ? subjectText(subject) : null
  const parts = [id, kind, measure, windowSeconds, start, whose, per.includes('model') ? model : null]
  const unit = isRate ? windowMs : 1
  // A rate of nothing has no burst either.
  const most = isRate && limit > 0 ? (quota.burst ?? limit) : limit
  const capacity = countsOf(measure, most) * unit
  const drain = isRate ? countsOf(measure, limit) : 0
  const lastsMs = drain === 0 ? windowMs : Math.ceil(capacity / drain)
  return {
    quota,
    key: createHash('sha256').update(JSON.stringify(parts)).digest('hex'),
    subject: whose,
    unit,
    capacity,
    drain,
    lastsMs,
    endsAt: start === null ? now + lastsMs : start + windowMs,
  }
}

/** What a counter holds now: what was there, less what has flowed off. A clock that steps back lets nothing flow. */
export const levelAt = (
  counter: Counter,
  row: { used: number; updated_at: number } | undefined,
  now: number,
): number => (row === undefined ? 0 : Math.max(0, row.used - Math.max(0, now - row.updated_at) * counter.drain))

/** Where a quota stands when its counter holds `level`. */
export const stateOf = (counter: Counter, level: number, now: number): QuotaState => {
  const { quota, capacity, unit, drain, endsAt } = counter
  const { id, measure, limit, windowSeconds } = quota
  const resetMs = drain === 0 ? Math.max(0, endsAt - now) : level / drain
  return {
    id,
    measure,
    limit,
    windowSeconds,
    remaining: wholeUnitsOf(measure, Math.floor((capacity - level) / unit)),
    resetSeconds: quota.kind === 'rate' && drain === 0 ? windowSeconds : Math.ceil(resetMs / 1000),
  }
}

/** Seconds until `amount` fits, or undefined if it never will. */
export const secondsUntil = (counter: Counter, amount: number, level: number, now: number): number | undefined => {
  const { capacity, drain, endsAt } = counter
  if (amount > capacity) return undefined
  const waitMs = drain === 0 ? endsAt - now : (level + amount - capacity) / drain
  return Math.max(1, Math.ceil(waitMs / 1000))
}
