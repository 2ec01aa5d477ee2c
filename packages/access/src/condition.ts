import { BlockList, isIP } from 'node:net'
import type { AccessRequest } from '@nootropic/core'
import type { Condition } from './rule.ts'

/** Whether a condition holds; `error` if that cannot be told, with why. */
export type ConditionResult = { readonly kind: 'met' } | { readonly kind: 'unmet' | 'error'; readonly why: string }

/** Evaluates a condition for a request at an instant. */
export type ConditionCheck = (request: AccessRequest, now: Date) => ConditionResult

const met: ConditionResult = { kind: 'met' }

const timeCheck = ({ notBefore, notAfter, daily }: Extract<Condition, { kind: 'time' }>): ConditionCheck => {
  const from = notBefore === undefined ? Number.NEGATIVE_INFINITY : Date.parse(notBefore)
  const until = notAfter === undefined ? Number.POSITIVE_INFINITY : Date.parse(notAfter)
  return (_request, now) => {
    const time = now.getTime()
    if (!Number.isFinite(time)) return { kind: 'error', why: 'the time is not known' }
    if (time < from) return { kind: 'unmet', why: `it begins at ${notBefore}` }
    if (time >= until) return { kind: 'unmet', why: `it ended at ${notAfter}` }
    if (daily === undefined) return met
    const minute = now.toISOString().slice(11, 16)
    const isWithin =
      daily.from <= daily.until
        ? minute >= daily.from && minute < daily.until
        : minute >= daily.from || minute < daily.until
    return isWithin ? met : { kind: 'unmet', why: `it holds from ${daily.from} to ${daily.until} UTC` }
  }
}

const networkCheck = ({ ranges }: Extract<Condition, { kind: 'network' }>): ConditionCheck => {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    list.addSubnet(address, Number(bits), isIP(address) === 4 ? 'ipv4' : 'ipv6')
  }
  return ({ context }) => {
    const address = context?.ip
    const family = typeof address === 'string' ? isIP(address) : 0
    if (typeof address !== 'string' || family === 0) {
      return { kind: 'error', why: 'the request has no address in context.ip' }
    }
    return list.check(address, family === 4 ? 'ipv4' : 'ipv6')
      ? met
      : { kind: 'unmet', why: `it holds for ${ranges.join(', ')} only` }
  }
}

/** The check of one condition, prepared once for many requests. */
export const conditionCheck = (condition: Condition): ConditionCheck =>
  condition.kind === 'time' ? timeCheck(condition) : networkCheck(condition)

const run = (check: ConditionCheck, request: AccessRequest, now: Date): ConditionResult => {
  try {
    return check(request, now)
  } catch (error) {
    return { kind: 'error', why: error instanceof Error ? error.message : String(error) }
  }
}

/** All checks of a rule: an error is worse than an unmet one, because it says that nothing is known. */
export const checkAll = (checks: readonly ConditionCheck[], request: AccessRequest, now: Date): ConditionResult => {
  let result: ConditionResult = met
  for (const check of checks) {
    const next = run(check, request, now)
    if (next.kind === 'error') return next
    if (result.kind === 'met') result = next
  }
  return result
}
