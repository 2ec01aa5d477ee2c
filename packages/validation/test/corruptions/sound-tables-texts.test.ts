import { createSeededRandom } from '@nootropic/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { corruptTensor } from '../../src/behaviour/corruptions/corrupt-tensor.ts'
import { corruptTexts } from '../../src/behaviour/corruptions/corrupt-texts.ts'
import { corruptionSeverities } from '../../src/behaviour/corruptions/corruption-description.ts'
import {
  corruptionsOf,
  type TensorCorruptionName,
  type TextCorruptionName,
} from '../../src/behaviour/corruptions/registry.ts'
import type { FloatTensor } from '../../src/behaviour/dataset.ts'

const samples = 4000
const tone: FloatTensor = {
  type: 'float32',
  dims: [1, samples],
  data: Float32Array.from({ length: samples }, (_, index) => 0.5 * Math.sin(index / 8)),
}
const domain = [-1, 1] as const

const heard = (name: TensorCorruptionName, severity: 1 | 2 | 3 | 4 | 5, inputs = tone) =>
  corruptTensor(name, inputs, { severity, domain, random: createSeededRandom(1) }).data

const power = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value * value, 0) / values.length

const differences = (left: ArrayLike<number>, right: ArrayLike<number>): number[] =>
  Array.from(left, (value, index) => value - (right[index] ?? 0))

test('sound is changed more with each severity, stays in its domain, and silence stays silent', () => {
  const silence = { ...tone, data: new Float32Array(samples) }
  for (const name of corruptionsOf('audio') as TensorCorruptionName[]) {
    const changes = corruptionSeverities.map((severity) => power(differences(heard(name, severity), tone.data)))
    expect(changes, name).toEqual(changes.toSorted((left, right) => left - right))
    expect(changes[0], name).toBeGreaterThan(0)
    expect(
      heard(name, 5).every((value) => Math.abs(value) <= 1),
      name,
    ).toBe(true)
    // Mu-law with an even number of steps has none at zero.
    expect(power(heard(name, 3, silence)), name).toBeLessThan(1e-4)
  }
})

test('noise has the ratio to the signal that it says', () => {
  const ratio = 10 * Math.log10(power(tone.data) / power(differences(heard('audio-noise', 3), tone.data)))
  expect(ratio).toBeGreaterThan(9.7)
  expect(ratio).toBeLessThan(10.3)
})

test('clipping ends at a share of the peak, and mu-law leaves as many values as it has bits for', () => {
  expect(Math.max(...heard('clipping', 2))).toBeCloseTo(0.25, 3)
  expect(new Set(heard('mu-law', 5)).size).toBeLessThanOrEqual(16)
})

test('a room rings after the sound has ended', () => {
  const click = { ...tone, data: Float32Array.from({ length: samples }, (_, index) => (index === 0 ? 1 : 0)) }
  const rung = heard('reverb', 3, click)
  expect(power(rung.subarray(2000))).toBeGreaterThan(0)
  expect(power(rung.subarray(0, 2000))).toBeGreaterThan(power(rung.subarray(2000)))
})

test('tables lose, scale, swap and stretch the share of values that is asked for', () => {
  const [rows, columns] = [500, 20]
  const random = createSeededRandom(2)
  const table: FloatTensor = {
    type: 'float64',
    dims: [rows, columns],
    data: new Float64Array(rows * columns).map(() => 0.3 + 0.2 * random.uniform()),
  }
  const changed = (name: TensorCorruptionName) =>
    corruptTensor(name, table, { severity: 3, domain: [0, 1], random: createSeededRandom(1) }).data
  const share = (name: TensorCorruptionName): number =>
    differences(changed(name), table.data).filter((change) => change !== 0).length / table.data.length
  expect(share('missing-values')).toBeCloseTo(0.2, 1)
  expect(share('outliers')).toBeCloseTo(0.05, 1)
  expect(share('wrong-scale')).toBeCloseTo(0.1, 1)
  const swapped = changed('swapped-values')
  for (let row = 0; row < rows; row += 1) {
    const sorted = (data: ArrayLike<number>) =>
      Array.from(data)
        .slice(row * columns, (row + 1) * columns)
        .toSorted()
    expect(sorted(swapped)).toEqual(sorted(table.data))
  }
  const means = Array.from(
    { length: columns },
    (_, column) =>
      Array.from({ length: rows }, (__, row) => table.data[row * columns + column] ?? 0).reduce(
        (sum, v) => sum + v,
        0,
      ) / rows,
  )
  const filled = Array.from(changed('missing-values')).filter((value, place) => value !== table.data[place])
  for (const value of filled) expect(means.some((mean) => Math.abs(mean - value) < 1e-9)).toBe(true)
})

test('texts stay well-formed, are seeded, and change as they say', () => {
  const names = corruptionsOf('text') as TextCorruptionName[]
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 1000 }), (text, seed) => {
      for (const name of names) {
        const corrupt = () => corruptTexts(name, [text], { severity: 5, random: createSeededRandom(seed) })
        const [changed = ''] = corrupt()
        expect(/\p{Cs}/u.test(changed)).toBe(false)
        expect(corrupt()).toEqual([changed])
      }
    }),
    { seed: 1, numRuns: 200 },
  )
  const text = 'A slow evening by the river, where nobody counts the boats. '.repeat(20)
  const changed = (name: TextCorruptionName) =>
    corruptTexts(name, [text], { severity: 3, random: createSeededRandom(1) })[0]
  expect(changed('case')?.toLowerCase()).toBe(text.toLowerCase())
  expect(changed('case')).not.toBe(text)
  expect(changed('spaces')?.replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
  expect(changed('homoglyphs')).toHaveLength(text.length)
  expect(/[а-яА-Я]/.test(changed('homoglyphs') ?? '')).toBe(true)
  expect(changed('typos')).not.toBe(text)
})

test('what does not fit is refused with the reason', () => {
  const picture: FloatTensor = { type: 'float32', dims: [1, 2, 2, 2], data: new Float32Array(8) }
  expect(() => heard('reverb', 1, picture)).toThrow(/one row of values/)
  const random = createSeededRandom(1)
  expect(() => corruptTexts('fog' as never, ['a'], { severity: 1, random })).toThrow(/typos/)
  expect(() => corruptTexts('typos', ['a'], { severity: 0 as never, random })).toThrow(/severity/)
})
