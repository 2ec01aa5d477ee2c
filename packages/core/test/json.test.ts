import { expect, test } from 'vitest'
import { accessRequestSchema, jsonSchema, wellFormedJson } from '../src/index.ts'

const nested = (levels: number): unknown => {
  let value: unknown = null
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { value }
  return value
}

test('JSON of 64 levels is taken; deeper than any stack it is refused, not a crash', () => {
  expect(jsonSchema.safeParse(nested(64)).success).toBe(true)
  expect(jsonSchema.safeParse(nested(65)).success).toBe(false)
  const request = { subject: { type: 'user', id: 'a' }, action: { name: 'b' }, resource: { type: 'model', id: 'c' } }
  expect(accessRequestSchema.safeParse({ ...request, context: { deep: nested(100_000) } }).success).toBe(false)
})

test.each([undefined, Number.NaN, Number.POSITIVE_INFINITY, 1n, new Date(0), new Map(), () => 1, [undefined]])(
  'what JSON cannot say is refused: %s',
  (value) => expect(jsonSchema.safeParse(value).success).toBe(false),
)

test('a text that was cut inside a character is kept, with a sign in its place', () => {
  expect(wellFormedJson({ cut: ['\ud83d', 'whole \u{1f600}'] })).toEqual({ cut: ['\uFFFD', 'whole \u{1f600}'] })
})
