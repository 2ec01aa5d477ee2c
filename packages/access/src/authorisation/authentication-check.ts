import { z } from 'zod'
import { propertyOf } from './attribute-check.ts'
import type { Condition } from './condition.ts'
import type { ConditionCheck } from './condition-result.ts'

const instantSchema = z.iso.datetime()

/**
 * Whether one of the factors was proved lately: `subject.properties.factor` and `factorProvedAt` (RFC 3339), as a session
 * gives them. A subject without both has proved none. A time in the future counts as none: after a clock was set back,
 * nothing is fresh until it is proved again.
 */
export const authenticationCheck = (condition: Extract<Condition, { kind: 'authentication' }>): ConditionCheck => {
  const { factors, maximumAgeSeconds } = condition
  const why = `it needs authentication by ${factors.join(' or ')} within ${maximumAgeSeconds} s`
  return ({ subject }, now) => {
    const factor = propertyOf(subject.properties, 'factor')
    const provedAt = propertyOf(subject.properties, 'factorProvedAt')
    if (factor === undefined && provedAt === undefined) return { kind: 'unmet', why }
    if (typeof factor !== 'string' || !instantSchema.safeParse(provedAt).success) {
      return { kind: 'error', why: 'subject.properties.factor and factorProvedAt are no factor with its time' }
    }
    const age = now.getTime() - Date.parse(String(provedAt))
    if (Number.isNaN(age)) return { kind: 'error', why: 'the time is not known' }
    const isFresh = factors.includes(factor) && age >= 0 && age <= maximumAgeSeconds * 1000
    return isFresh ? { kind: 'met' } : { kind: 'unmet', why }
  }
}
