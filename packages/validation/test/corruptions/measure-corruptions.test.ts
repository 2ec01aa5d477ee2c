import { createManualClock, NootropicError } from '@nootropic/core'
import { expect, test } from 'vitest'
import { meanCorruptionError } from '../../src/behaviour/corruptions/mean-corruption-error.ts'
import { type CorruptionTable, measureCorruptions } from '../../src/behaviour/corruptions/measure-corruptions.ts'
import type { FloatTensor } from '../../src/behaviour/dataset.ts'
import { digits } from './pictures.ts'

/** Bright pictures are class 1: what fog and snow undo at once, and blur never. */
const brightness = async ({ dims, data }: FloatTensor): Promise<number[]> => {
  const width = data.length / (dims[0] ?? 1)
  return Array.from({ length: dims[0] ?? 0 }, (_, row) => {
    const sum = Array.from(data.subarray(row * width, (row + 1) * width)).reduce((total, value) => total + value, 0)
    return sum / width > 0.5 ? 1 : 0
  })
}

const inputs = digits(20)
const subject = { modality: 'image', inputs, domain: [0, 1], predict: brightness } as const
const labels = Array.from({ length: 20 }, () => 0)
const few = { corruptions: ['snow', 'gaussian-blur', 'contrast'], severities: [1, 5], seed: 1, labels } as const

test('accuracy is measured for each corruption and severity, and the worst is named', async () => {
  const table = await measureCorruptions(
    {
      ...subject,
      predict: async (examples: FloatTensor) =>
        (await brightness(examples)).map((answer, row) => (row < 5 ? 1 : answer)),
    },
    few,
  )
  expect(table).toMatchObject({
    examples: 20,
    measure: 'accuracy',
    cleanAccuracy: 0.75,
    severities: [1, 5],
    skipped: [],
  })
  expect(table.rows.map(({ name, results }) => [name, results.length])).toEqual([
    ['snow', 2],
    ['gaussian-blur', 2],
    ['contrast', 2],
  ])
  expect(table.rows[1]?.results).toEqual([
    { severity: 1, accuracy: 0.75, unanswered: 0 },
    { severity: 5, accuracy: 0.75, unanswered: 0 },
  ])
  expect(table.stopped).toBeUndefined()
})

test('without labels it is the clean answers that are kept or lost', async () => {
  const { labels: _, ...unlabelled } = few
  const table = await measureCorruptions(subject, unlabelled)
  expect(table).toMatchObject({ measure: 'consistency', cleanAccuracy: 1 })
})

test('the same seed gives the same table, however many corruptions are asked for', async () => {
  const all = await measureCorruptions(subject, { ...few, corruptions: ['fog', 'snow'] })
  const one = await measureCorruptions(subject, { ...few, corruptions: ['snow'] })
  expect(all.rows.find(({ name }) => name === 'snow')).toEqual(one.rows[0])
})

test('text is measured too', async () => {
  const texts = ['good good good', 'bad bad bad']
  const predict = async (given: readonly string[]) => given.map((text) => (text.includes('good') ? 0 : 1))
  const table = await measureCorruptions({ modality: 'text', texts, predict }, { labels: [0, 1], seed: 1 })
  expect(table.rows.map(({ name }) => name)).toEqual(['typos', 'case', 'homoglyphs', 'spaces'])
  expect(table.cleanAccuracy).toBe(1)
})

test('what was measured before a stop is kept, and the stop is named', async () => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const slow = async (examples: FloatTensor) => {
    clock.advance(100)
    return brightness(examples)
  }
  const spent = await measureCorruptions({ ...subject, predict: slow }, { ...few, clock, budgetMs: 350 })
  expect(spent.stopped).toContain('DEADLINE_EXCEEDED')
  expect(spent.rows.flatMap(({ results }) => results)).toHaveLength(3)

  const nothing = await measureCorruptions(subject, { ...few, clock, budgetMs: 0 })
  expect(nothing).toMatchObject({ rows: [], stopped: expect.stringContaining('DEADLINE_EXCEEDED') })
  expect(nothing.cleanAccuracy).toBeUndefined()
  expect(meanCorruptionError(nothing)).toBeUndefined()

  const controller = new AbortController()
  const aborted = await measureCorruptions(subject, {
    ...few,
    signal: controller.signal,
    progress: (done, total) => {
      expect(total).toBe(6)
      if (done === 2) controller.abort()
    },
  })
  expect(aborted.stopped).toContain('ABORTED')
  expect(aborted.rows.flatMap(({ results }) => results)).toHaveLength(2)

  const failing = async () => {
    throw new NootropicError('WORKER_FAILED', 'the worker ended')
  }
  expect((await measureCorruptions({ ...subject, predict: failing }, few)).stopped).toContain('the worker ended')
})

test('an answer that is no number counts as wrong and is told apart', async () => {
  const table = await measureCorruptions(
    { ...subject, predict: async (examples: FloatTensor) => new Array(examples.dims[0]).fill(-1) },
    few,
  )
  expect(table.cleanAccuracy).toBe(0)
  expect(table.rows[0]?.results[0]).toEqual({ severity: 1, accuracy: 0, unanswered: 20 })
  const { labels: _, ...unlabelled } = few
  const unanswered = await measureCorruptions(
    { ...subject, predict: async (examples: FloatTensor) => new Array(examples.dims[0]).fill(-1) },
    unlabelled,
  )
  expect(unanswered.cleanAccuracy).toBe(0)
  const short = await measureCorruptions({ ...subject, predict: async () => [0] }, few)
  expect(short.stopped).toContain('OUTPUT_INVALID')
})

test('memory is bounded: examples come in parts, and the parts do not matter', async () => {
  const many = digits(1000)
  const sizes: number[] = []
  const predict = async (examples: FloatTensor) => {
    sizes.push(examples.dims[0] ?? 0)
    return brightness(examples)
  }
  await measureCorruptions(
    { ...subject, inputs: many, predict },
    { corruptions: ['contrast'], severities: [1], seed: 1 },
  )
  expect(sizes).toHaveLength(6)
  expect(Math.max(...sizes)).toBeLessThan(400)
})

test('what does not fit is named: skipped where it is the shape, refused where it is the call', async () => {
  const line: FloatTensor = { type: 'float32', dims: [20, 784], data: inputs.data as Float32Array }
  const skipped = await measureCorruptions({ ...subject, inputs: line }, few)
  expect(skipped.rows).toEqual([])
  expect(skipped.skipped).toHaveLength(3)
  expect(meanCorruptionError(skipped)).toBeUndefined()
  for (const [run, expected] of [
    [{ labels: [0] }, /one label an example/],
    [{ labels: labels.map(() => -1) }, /labels that are class numbers/],
    [{ corruptions: ['typos'] }, /some of gaussian-noise/],
    [{ corruptions: [] }, /some of gaussian-noise/],
    [{ severities: [6] }, /severities/],
  ] as const) {
    await expect(measureCorruptions(subject, { ...few, ...run } as never)).rejects.toThrow(expected)
  }
  await expect(measureCorruptions({ ...subject, domain: [0, 0.5] }, few)).rejects.toThrow(/inside their domain/)
})

const table = (accuracies: Readonly<Record<string, readonly number[]>>): CorruptionTable => ({
  examples: 100,
  measure: 'accuracy',
  cleanAccuracy: 0.9,
  severities: [1, 2, 3, 4, 5],
  rows: Object.entries(accuracies).map(([name, values]) => ({
    name: name as 'fog',
    results: values.map((accuracy, index) => ({ severity: (index + 1) as 1, accuracy, unanswered: 0 })),
  })),
  skipped: [],
})

test('the mean corruption error is that of the paper, by hand', () => {
  const measured = table({
    fog: [0.8, 0.7, 0.6, 0.5, 0.4],
    snow: [0.9, 0.9, 0.8, 0.8, 0.6],
    // Kept back by the paper, and measured in part.
    saturate: [0.1, 0.1, 0.1, 0.1, 0.1],
    frost: [0.1, 0.1],
  })
  const plain = meanCorruptionError(measured)
  expect(plain).toMatchObject({ isRelativeToBaseline: false, corruptions: ['fog', 'snow'] })
  expect(plain?.meanCorruptionError).toBeCloseTo((0.4 + 0.2) / 2, 12)
  expect(plain?.relativeMeanCorruptionError).toBeCloseTo((0.3 + 0.1) / 2, 12)
  const baseline = {
    cleanError: 0.2,
    errors: { fog: [0.4, 0.5, 0.5, 0.5, 0.6], snow: [0.2, 0.3, 0.4, 0.5, 0.6] },
  }
  const relative = meanCorruptionError(measured, baseline)
  expect(relative?.isRelativeToBaseline).toBe(true)
  expect(relative?.meanCorruptionError).toBeCloseTo((2 / 2.5 + 1 / 2) / 2, 12)
  expect(relative?.relativeMeanCorruptionError).toBeCloseTo((1.5 / 1.5 + 0.5 / 1) / 2, 12)
})

test('a baseline that misses a corruption is refused, one that corruption does not hurt gives no relative figure', () => {
  const measured = table({ fog: [0.8, 0.7, 0.6, 0.5, 0.4] })
  expect(() => meanCorruptionError(measured, { cleanError: 0.2, errors: {} })).toThrow(/baseline's error under fog/)
  const flat = { cleanError: 0.5, errors: { fog: [0.5, 0.5, 0.5, 0.5, 0.5] } }
  expect(meanCorruptionError(measured, flat)?.relativeMeanCorruptionError).toBeUndefined()
  const perfect = { cleanError: 0, errors: { fog: [0, 0, 0, 0, 0] } }
  expect(() => meanCorruptionError(measured, perfect)).toThrow(/error above 0/)
})
