import type { AccessRequest } from '@nootropic/core'
import type { AttributeTest, Condition } from './condition.ts'
import type { ConditionCheck, ConditionResult } from './condition-result.ts'

type Properties = Readonly<Record<string, unknown>> | undefined

/** A property that the object itself has, never one of its prototype (CWE-1321). */
export const propertyOf = (properties: object | undefined, name: string): unknown =>
  properties !== undefined && Object.hasOwn(properties, name) ? (properties as Properties)?.[name] : undefined

const met: ConditionResult = { kind: 'met' }
const typeName = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : typeof value

type Judge = (value: unknown) => boolean | undefined

// Undefined: the value is not of the kind that the test compares. Were that merely "not equal", a forbid would not hold
// for `["archived"]` where it was written for "archived".
const judgeOf = (test: AttributeTest): { judge: Judge; expected: string } => {
  if ('equals' in test) {
    const { equals } = test
    const judge: Judge = (value) => (typeof value === typeof equals ? value === equals : undefined)
    return { judge, expected: JSON.stringify(equals) }
  }
  if ('in' in test) {
    const values = new Set<unknown>(test.in)
    const types = new Set(test.in.map((value) => typeof value))
    const judge: Judge = (value) => (types.has(typeof value as 'string') ? values.has(value) : undefined)
    return { judge, expected: `one of ${test.in.map((value) => JSON.stringify(value)).join(', ')}` }
  }
  if ('contains' in test) {
    const { contains } = test
    const judge: Judge = (value) => (Array.isArray(value) ? value.includes(contains) : undefined)
    return { judge, expected: `a list with ${JSON.stringify(contains)}` }
  }
  const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
  if ('atLeast' in test) {
    const judge: Judge = (value) => (isNumber(value) ? value >= test.atLeast : undefined)
    return { judge, expected: `at least ${test.atLeast}` }
  }
  return { judge: (value) => (isNumber(value) ? value <= test.atMost : undefined), expected: `at most ${test.atMost}` }
}

const readerOf = (of: Extract<Condition, { kind: 'attribute' }>['of']): ((request: AccessRequest) => Properties) =>
  of === 'context' ? (request) => request.context : (request) => request[of].properties

/** Compares one attribute of a request. */
export const attributeCheck = (condition: Extract<Condition, { kind: 'attribute' }>): ConditionCheck => {
  const { of, name, test, whenAbsent } = condition
  const place = of === 'context' ? `context.${name}` : `${of}.properties.${name}`
  const { judge, expected } = judgeOf(test)
  const read = readerOf(of)
  const unmet: ConditionResult = { kind: 'unmet', why: `${place} is to be ${expected}` }
  return (request) => {
    const value = propertyOf(read(request), name)
    if (value === undefined) {
      if (whenAbsent === undefined) return { kind: 'error', why: `the request has no ${place}` }
      return whenAbsent === 'met' ? met : unmet
    }
    const isMet = judge(value)
    if (isMet === undefined) return { kind: 'error', why: `${place} is to be ${expected}, and is ${typeName(value)}` }
    return isMet ? met : unmet
  }
}
