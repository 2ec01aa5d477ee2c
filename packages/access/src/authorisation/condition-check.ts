import { BlockList, isIP } from 'node:net'
import type { AccessRequest } from '@nootropic/core'
import { attributeCheck, propertyOf } from './attribute-check.ts'
import { authenticationCheck } from './authentication-check.ts'
import { type Condition, type PlainCondition, weekdays } from './condition.ts'
import type { ConditionCheck, ConditionResult } from './condition-result.ts'

/** A condition of a rule with its check, prepared once for many requests. */
export interface PreparedCondition {
  readonly condition: Condition
  readonly check: ConditionCheck
}

/** A condition that does not hold, or of which that cannot be told. */
export interface ConditionFailure {
  readonly kind: 'unmet' | 'error'
  readonly why: string
  readonly condition: Condition
}

const met: ConditionResult = { kind: 'met' }

type Of<Kind extends Condition['kind']> = Extract<Condition, { kind: Kind }>

const timeCheck = ({ notBefore, notAfter, days, daily }: Of<'time'>): ConditionCheck => {
  const from = notBefore === undefined ? Number.NEGATIVE_INFINITY : Date.parse(notBefore)
  const until = notAfter === undefined ? Number.POSITIVE_INFINITY : Date.parse(notAfter)
  return (_request, now) => {
    const time = now.getTime()
    if (!Number.isFinite(time)) return { kind: 'error', why: 'the time is not known' }
    if (time < from) return { kind: 'unmet', why: `it begins at ${notBefore}` }
    if (time >= until) return { kind: 'unmet', why: `it ended at ${notAfter}` }
    const day = weekdays[now.getUTCDay()]
    if (days !== undefined && (day === undefined || !days.includes(day))) {
      return { kind: 'unmet', why: `it holds on ${days.join(', ')} UTC` }
    }
    if (daily === undefined) return met
    const minute = now.toISOString().slice(11, 16)
    const isWithin =
      daily.from <= daily.until
        ? minute >= daily.from && minute < daily.until
        : minute >= daily.from || minute < daily.until
    return isWithin ? met : { kind: 'unmet', why: `it holds from ${daily.from} to ${daily.until} UTC` }
  }
}

const networkCheck = ({ ranges }: Of<'network'>): ConditionCheck => {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    list.addSubnet(address, Number(bits), isIP(address) === 4 ? 'ipv4' : 'ipv6')
  }
  return ({ context }) => {
    const address = propertyOf(context, 'ip')
    const family = typeof address === 'string' ? isIP(address) : 0
    if (typeof address !== 'string' || family === 0) {
      return { kind: 'error', why: 'the request has no address in context.ip' }
    }
    return list.check(address, family === 4 ? 'ipv4' : 'ipv6')
      ? met
      : { kind: 'unmet', why: `it holds for ${ranges.join(', ')} only` }
  }
}

const purposeCheck = ({ purposes }: Of<'purpose'>): ConditionCheck => {
  const allowed = new Set(purposes)
  return ({ context }) => {
    const purpose = propertyOf(context, 'purpose')
    if (typeof purpose !== 'string') return { kind: 'error', why: 'the request has no purpose in context.purpose' }
    return allowed.has(purpose) ? met : { kind: 'unmet', why: `it holds for the purposes ${purposes.join(', ')} only` }
  }
}

const tenantCheck: ConditionCheck = ({ subject, resource }) => {
  const theirs = propertyOf(subject.properties, 'tenant')
  const its = propertyOf(resource.properties, 'tenant')
  for (const [whose, tenant] of [
    ['subject', theirs],
    ['resource', its],
  ]) {
    if (typeof tenant !== 'string' || tenant === '') {
      return { kind: 'error', why: `the request has no tenant in ${whose}.properties.tenant` }
    }
  }
  return theirs === its ? met : { kind: 'unmet', why: 'subject and resource are of different tenants' }
}

const ownerCheck: ConditionCheck = ({ subject, resource }) => {
  const owner = propertyOf(resource.properties, 'owner')
  if (typeof owner === 'string' && owner !== '') {
    return owner === subject.id ? met : { kind: 'unmet', why: 'it is for the owner of the resource' }
  }
  if (typeof owner === 'object' && owner !== null && !Array.isArray(owner)) {
    const type = propertyOf(owner, 'type')
    const id = propertyOf(owner, 'id')
    if (typeof type === 'string' && typeof id === 'string') {
      const isOwner = type === subject.type && id === subject.id
      return isOwner ? met : { kind: 'unmet', why: 'it is for the owner of the resource' }
    }
  }
  return { kind: 'error', why: 'the request has no owner in resource.properties.owner' }
}

const plainCheck = (condition: PlainCondition): ConditionCheck => {
  switch (condition.kind) {
    case 'time':
      return timeCheck(condition)
    case 'network':
      return networkCheck(condition)
    case 'purpose':
      return purposeCheck(condition)
    case 'tenant':
      return tenantCheck
    case 'owner':
      return ownerCheck
    case 'authentication':
      return authenticationCheck(condition)
    case 'attribute':
      return attributeCheck(condition)
  }
}

const notCheck = ({ condition }: Of<'not'>): ConditionCheck => {
  const check = plainCheck(condition)
  return (request, now) => {
    const result = check(request, now)
    if (result.kind === 'error') return result
    return result.kind === 'unmet'
      ? met
      : { kind: 'unmet', why: `its ${condition.kind} condition excludes the request` }
  }
}

/** The check of one condition, prepared once for many requests. */
export const prepareCondition = (condition: Condition): PreparedCondition => ({
  condition,
  check: condition.kind === 'not' ? notCheck(condition) : plainCheck(condition),
})

const none: readonly ConditionFailure[] = []

/** The conditions of a rule that do not hold, in their order. */
export const failuresOf = (
  conditions: readonly PreparedCondition[],
  request: AccessRequest,
  now: Date,
): readonly ConditionFailure[] => {
  if (conditions.length === 0) return none
  const failures: ConditionFailure[] = []
  for (const { condition, check } of conditions) {
    let result: ConditionResult
    try {
      result = check(request, now)
    } catch (error) {
      result = { kind: 'error', why: error instanceof Error ? error.message : String(error) }
    }
    if (result.kind !== 'met') failures.push({ ...result, condition })
  }
  return failures
}
