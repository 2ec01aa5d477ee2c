import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AccessDecision, accessDecisionSchema, accessRequestSchema, entityText } from '../src/index.ts'

const denied: AccessDecision = {
  decision: false,
  context: {
    reason: 'no rule permits user "ada" to "export" model "digits" yet',
    rules: ['exports'],
    nearest: [{ rule: 'exports', lacks: [{ part: 'condition', why: 'it needs authentication by totp' }] }],
    stepUp: { factors: ['totp'], maximumAgeSeconds: 0 },
  },
}

test('a decision says why, and may say what is missing', () => {
  const { reason, rules } = denied.context
  expect(accessDecisionSchema.parse(denied)).toEqual(denied)
  expect(accessDecisionSchema.parse({ decision: true, context: { reason, rules } }).decision).toBe(true)
})

test('what is no decision is refused: one without a reason, with other parts, or that is not true or false', () => {
  for (const wrong of [
    { decision: false },
    { decision: 'false', context: denied.context },
    { decision: false, context: { reason: 'x' } },
    { decision: false, context: { ...denied.context, missing: 'totp' } },
    { decision: false, context: { ...denied.context, stepUp: { factors: ['totp'], maximumAgeSeconds: -1 } } },
    { decision: false, context: { ...denied.context, nearest: [{ rule: 'x', lacks: [{ part: 'luck', why: '' }] }] } },
  ]) {
    expect(accessDecisionSchema.safeParse(wrong).success).toBe(false)
  }
})

test('a request has a subject, an action and a resource, and nothing besides', () => {
  const request = {
    subject: { type: 'user', id: 'ada', properties: { roles: ['analyst'] } },
    action: { name: 'execute' },
    resource: { type: 'model', id: 'digits' },
    context: { ip: '192.0.2.1' },
  }
  expect(accessRequestSchema.parse(request)).toEqual(request)
  for (const wrong of [
    { ...request, proof: {} },
    { ...request, subject: { type: 'user', id: '' } },
    { ...request, action: {} },
    { subject: request.subject, action: request.action },
  ]) {
    expect(accessRequestSchema.safeParse(wrong).success).toBe(false)
  }
})

test('no two subjects or resources have the same text', () => {
  expect(entityText({ type: 'user', id: 'ada' })).toBe('user:ada')
  expect(entityText({ type: 'user:ada', id: 'x' })).not.toBe(entityText({ type: 'user', id: 'ada:x' }))
  const part = fc.string({ unit: fc.constantFrom('a', ':', '%', '3', 'A'), minLength: 1, maxLength: 5 })
  const entity = fc.record({ type: part, id: part })
  fc.assert(
    fc.property(entity, entity, (one, other) => {
      const isSame = one.type === other.type && one.id === other.id
      expect(entityText(one) === entityText(other)).toBe(isSame)
    }),
    { seed: 7, numRuns: 2000 },
  )
})
