import type { Tensor } from '@nootropic/core'
import { expect, test } from 'vitest'
import { checkText, checkTextTensors, sanitiseTensors } from '../../../src/guards/index.ts'

const texts = (...data: string[]): Tensor => ({ type: 'string', dims: [data.length], data })
const image: Tensor = { type: 'float32', dims: [1], data: new Float32Array(1) }

test('texts are made plain, everything else stays the same object', () => {
  const [plain, hidden] = [texts('a', 'b'), texts('a', 'b\u200bc')]
  const { tensors, changed } = sanitiseTensors({ image, plain, hidden })
  expect(tensors.image).toBe(image)
  expect(tensors.plain).toBe(plain)
  expect(tensors.hidden).toEqual(texts('a', 'bc'))
  expect(changed).toEqual([
    {
      path: 'hidden[1]',
      changes: [{ type: 'zero-width', start: 1, end: 2, confidence: 1, why: 'U+200B' }],
      isNormalised: false,
    },
  ])
  expect(hidden.data).toEqual(['a', 'b\u200bc'])
})

test('normalisation alone is told too', () => {
  expect(sanitiseTensors({ x: texts('e\u0301') }).changed).toEqual([{ path: 'x[0]', changes: [], isNormalised: true }])
})

test('a check is asked about every text, by its place', () => {
  const findings = checkTextTensors({ image, x: texts('a', 'b\u0000') }, checkText)
  expect(findings.map(({ rule, location }) => `${rule} ${location.path}`)).toEqual(['text/control-character x[1]'])
})
