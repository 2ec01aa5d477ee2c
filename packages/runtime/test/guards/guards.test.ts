import type { Signature, Tensor } from '@nootropic/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkInputs, checkOutputs, defaultGuardLimits } from '../../src/index.ts'

const specs = [
  { name: 'image', type: 'float32', dims: ['batch', 2] },
  { name: 'label', type: 'string', dims: ['batch'] },
] as const
const signature: Signature = { inputs: [...specs.map((spec) => ({ ...spec, dims: [...spec.dims] }))], outputs: [] }
const outputSignature: Signature = { inputs: [], outputs: signature.inputs }

const image = (...data: number[]): Tensor => ({
  type: 'float32',
  dims: [data.length / 2, 2],
  data: Float32Array.from(data),
})
const label = (...data: string[]): Tensor => ({ type: 'string', dims: [data.length], data })
const rules = (inputs: Record<string, Tensor>, limits = defaultGuardLimits) =>
  checkInputs(signature, inputs, limits).map((finding) => finding.rule)

test('inputs that fit are let through', () => {
  expect(rules({ image: image(1, 2), label: label('snow ☃ and 𝄞') })).toEqual([])
})

test('inputs are held against the signature first', () => {
  expect(rules({ image: image(1, 2) })).toEqual(['input/missing'])
  expect(rules({ image: image(1, Number.NaN), label: label('a', 'b') })).toEqual(['input/shape'])
  expect(rules({ image: image(1, 2), label: label('a'), more: label('b') })).toEqual(['input/unknown'])
  expect(rules({ image: label('a'), label: label('a') })).toEqual(['input/type'])
})

test('NaN and infinities go neither in nor out', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    expect(rules({ image: image(1, value), label: label('a') })).toEqual(['input/not-finite'])
    const [finding] = checkOutputs(outputSignature, { image: image(1, value), label: label('a') })
    expect(finding?.message).toBe('output "image": expected finite numbers, found NaN or infinity at element 1')
  }
})

test('float16 is judged by its bits', () => {
  const half: Signature = { inputs: [{ name: 'x', type: 'float16', dims: [1] }], outputs: [] }
  const check = (bits: number) =>
    checkInputs(half, { x: { type: 'float16', dims: [1], data: Uint16Array.of(bits) } }).length
  // 65504, the smallest subnormal, -0; then infinity, -infinity, a NaN.
  expect([0x7bff, 0x0001, 0x8000].map(check)).toEqual([0, 0, 0])
  expect([0x7c00, 0xfc00, 0x7e01].map(check)).toEqual([1, 1, 1])
})

test('too much and too long is refused', () => {
  const inputs = { image: image(1, 2), label: label('12345') }
  expect(rules(inputs, { ...defaultGuardLimits, bytes: 13, textBytes: 5 })).toEqual([])
  expect(rules(inputs, { ...defaultGuardLimits, bytes: 12 })).toEqual(['input/size'])
  expect(rules(inputs, { ...defaultGuardLimits, textBytes: 4 })).toEqual(['input/text-length'])
  expect(rules(inputs, { ...defaultGuardLimits, allTextBytes: 4 })).toEqual(['input/text-length'])
  expect(rules(inputs, { ...defaultGuardLimits, texts: 0 })).toEqual(['input/text-count'])
})

test('text that UTF-8 cannot hold is refused', () => {
  expect(rules({ image: image(1, 2), label: label('a\ud800') })).toEqual(['input/text-encoding'])
  expect(rules({ image: image(1, 2), label: label('\udc00a') })).toEqual(['input/text-encoding'])
})

test('whatever is sent, checking never throws', () => {
  const tensor = fc.record({ type: fc.anything(), dims: fc.anything(), data: fc.anything() })
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('image', 'label', '__proto__', 'toString'), tensor), (inputs) => {
      expect(checkInputs(signature, inputs as Record<string, Tensor>).length).toBeGreaterThan(0)
    }),
    { seed: 20_260_101, numRuns: 500 },
  )
})
