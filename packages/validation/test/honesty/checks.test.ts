import { expect, test } from 'vitest'
import {
  checkConstantAnswers,
  checkCurve,
  checkDeclaredDomain,
  checkInputDomain,
  checkLayers,
  checkLossSaturation,
  checkMaskedGradient,
  checkQuantisedInput,
  checkRandomAnswers,
  type HonestyTarget,
  type Observation,
  type Unchecked,
} from '../../src/behaviour/honesty/index.ts'
import { halfSpaces, linearTarget, linearWeights, tensorOf } from '../attacks/support.ts'

const rules = (result: Observation | Unchecked): string[] =>
  'unchecked' in result ? ['unchecked'] : result.sightings.map(({ rule }) => rule.id)
const target = { ...linearTarget, seed: 1, hadProbabilities: false }
const scored = (scores: (row: number) => readonly number[]): HonestyTarget => ({
  ...target,
  model: {
    classes: 2,
    scores: async ({ dims }) => Array.from({ length: dims[0] ?? 0 }, (_, row) => scores(row)).flat(),
  },
})

test('a curve that falls, stays or rises by one example is sound; one that rises by more is not', () => {
  const curve = (...standing: number[]) =>
    standing.map((count, place) => ({ epsilon: (place + 1) / 10, standing: count }))
  expect(rules(checkCurve(curve(40, 30, 10, 0), 40))).toEqual([])
  expect(rules(checkCurve(curve(30, 30, 31, 30), 40))).toEqual([])
  expect(rules(checkCurve(curve(20, 5, 30), 40))).toEqual(['behaviour/accuracy-rises-with-radius'])
  const risen = checkCurve(curve(30, 20, 22, 24), 40)
  expect(risen.measurements).toEqual({ riseWithRadius: 0.1 })
  expect(rules(risen)).toEqual(['behaviour/accuracy-rises-with-radius'])
  expect(rules(checkCurve([], 40))).toEqual([])
})

test('a linear model has a slope everywhere; scores that no slope leads to have none', async () => {
  expect(await checkMaskedGradient(target)).toEqual({ sightings: [], measurements: { zeroSlopeShare: 0 } })
  const flat = { ...target.model, slope: async () => new Float64Array(12) }
  expect(rules(await checkMaskedGradient({ ...target, model: flat }))).toEqual(['behaviour/masked-gradient'])
  // Where nothing has a slope the cross-entropy is not to blame.
  expect(rules(await checkLossSaturation({ ...target, model: flat }))).toEqual([])
})

test('the cross-entropy is flat where scores lie 69 apart, not where they lie 60 apart', async () => {
  for (const [lead, found] of [
    [60, []],
    [80, ['behaviour/saturated-loss']],
  ] as const) {
    const [first = []] = [linearWeights]
    const model = { ...halfSpaces(first, 0.4), scores: async () => [lead, 0, 0, lead] }
    expect(rules(await checkLossSaturation({ ...target, model }))).toEqual(found)
  }
})

test('chance shows between runs and between copies in one batch; NaN is no answer', async () => {
  expect(rules(await checkRandomAnswers(target))).toEqual([])
  let calls = 0
  const drifting = scored(() => {
    calls += 1
    return [calls, 0]
  })
  expect(rules(await checkRandomAnswers(drifting))).toEqual(['behaviour/random-answers'])
  expect(rules(await checkRandomAnswers(scored((row) => [row, 0])))).toEqual(['behaviour/random-answers'])
  expect(rules(await checkRandomAnswers(scored(() => [Number.NaN, 0])))).toEqual(['behaviour/random-answers'])
  expect(rules(await checkRandomAnswers(scored(() => [3, 0])))).toEqual([])
})

test('scores that are the same for all examples are constant; one example cannot tell', async () => {
  expect(rules(await checkConstantAnswers(target))).toEqual([])
  expect(rules(await checkConstantAnswers(scored(() => [5, 3])))).toEqual(['behaviour/constant-answers'])
  expect(rules(await checkConstantAnswers(scored((row) => [5, 3 + 1e-9 * row])))).toEqual([
    'behaviour/constant-answers',
  ])
  expect(rules(await checkConstantAnswers(scored((row) => [5, 3 + row])))).toEqual([])
  expect(rules(await checkConstantAnswers({ ...target, labels: [0] }))).toEqual(['unchecked'])
})

test('a layer is dead when nine of ten units give the same for every example, wherever they are looked at', () => {
  const layer = (alive: number, places: number) => ({
    name: 'hidden',
    dims: [2, 10, places],
    data: Array.from({ length: 20 * places }, (_, index) => {
      const unit = Math.floor(index / places) % 10
      return unit < alive && index % places === places - 1 ? index : (index % places) * 0.5
    }),
  })
  expect(rules(checkLayers([layer(1, 4)]))).toEqual(['behaviour/dead-layer'])
  expect(rules(checkLayers([layer(0, 1), layer(10, 1)]))).toEqual(['behaviour/dead-layer'])
  expect(rules(checkLayers([layer(2, 4)]))).toEqual([])
  expect(checkLayers([layer(5, 1)]).measurements).toEqual({ deadUnitShare: 0.5 })
})

const steps = (size: number) => ({
  ...target,
  inputs: tensorOf(
    Array.from({ length: 8 }, (_, row) => linearWeights.map((_, column) => ((row * 7 + column * 3) % 17) / 17)),
  ),
  labels: Array.from({ length: 8 }, () => 0),
  domain: [0, 1] as const,
  model: {
    ...target.model,
    scores: async (inputs: HonestyTarget['inputs']) =>
      target.model.scores({
        ...inputs,
        data: inputs.data.map((value) => (size === 0 ? value : Math.round(value / size) * size)),
      }),
  },
})

test('rounding of the input shows from 8 bits to 5 levels, and not where there is none or hardly any', async () => {
  expect(rules(await checkQuantisedInput(steps(1 / 255)))).toEqual(['behaviour/quantised-input'])
  expect(rules(await checkQuantisedInput(steps(1 / 5)))).toEqual(['behaviour/quantised-input'])
  expect(rules(await checkQuantisedInput(steps(0)))).toEqual([])
  expect(rules(await checkQuantisedInput(steps(1 / 65535)))).toEqual([])
})

test('probabilities that are one and nothing hide small changes, so nothing is said of them', async () => {
  const certain = {
    ...steps(0),
    model: { classes: 2, scores: async () => Array.from({ length: 8 }, () => [0, -69.1]).flat() },
  }
  expect(rules(await checkQuantisedInput({ ...certain, hadProbabilities: true }))).toEqual(['unchecked'])
})

test('data outside their domain, or in a small part of it, are of another one', () => {
  const data = tensorOf([
    [0, 0.5],
    [0.25, 1],
  ])
  expect(rules(checkDeclaredDomain(data, [0, 1]))).toEqual([])
  expect(rules(checkDeclaredDomain(data, [-1, 1]))).toEqual([])
  expect(rules(checkDeclaredDomain(data, [0, 255]))).toEqual(['behaviour/wrong-input-domain'])
  expect(rules(checkDeclaredDomain(data, [0, 0.5]))).toEqual(['behaviour/wrong-input-domain'])
})

/** Pictures of one pixel a channel, and a model that knows the colour that is brightest when they are scaled as it likes. */
const colours = Array.from({ length: 30 }, (_, row) => ({ label: row % 3, level: 0.6 + (row % 4) / 10 }))
const pictures = {
  inputs: {
    type: 'float32' as const,
    dims: [30, 3, 1, 1],
    data: Float32Array.from(
      colours.flatMap(({ label, level }) => [0, 1, 2].map((channel) => (channel === label ? level : 0.1))),
    ),
  },
  labels: colours.map(({ label }) => label),
  domain: [0, 1] as const,
}
const brightest =
  (isFit: (least: number, greatest: number) => boolean, order = [0, 1, 2]) =>
  async ({ data }: HonestyTarget['inputs']): Promise<number[]> =>
    isFit(Math.min(...data), Math.max(...data))
      ? colours.map((_, row) => {
          const seen = order.map((channel) => data[3 * row + channel] ?? 0)
          return seen.indexOf(Math.max(...seen))
        })
      : colours.map(() => 0)

test('the scaling that mends the answers is named: bytes, both signs, the order of the channels', async () => {
  const named = async (predict: ReturnType<typeof brightest>): Promise<unknown> => {
    const result = await checkInputDomain(predict, pictures)
    return 'unchecked' in result ? result.unchecked : result.sightings[0]?.evidence?.scaling
  }
  expect(await named(brightest((_, greatest) => greatest > 2))).toBe('0 to 255')
  expect(await named(brightest((least) => least < -0.7 && least > -1))).toBe('-1 to 1')
  expect(await named(brightest(() => true, [2, 1, 0]))).toBe('0 to 1 with blue first')
  expect(await named(brightest((least) => least < -1.5 && least > -3))).toContain('CIFAR-10')
  expect(await named(brightest(() => true))).toBeUndefined()
  expect(await named(brightest(() => false))).toBeUndefined()
  expect(
    rules(
      await checkInputDomain(
        brightest(() => false),
        pictures,
      ),
    ),
  ).toEqual(['behaviour/wrong-input-domain'])
})

test('bytes that are said to lie in 0 to 1 are found out, and still tried as they would be right', async () => {
  const bytes = { ...pictures, inputs: { ...pictures.inputs, data: pictures.inputs.data.map((value) => 255 * value) } }
  const result = await checkInputDomain(
    brightest((_, greatest) => greatest < 2),
    bytes,
  )
  expect(rules(result)).toEqual(['behaviour/wrong-input-domain', 'behaviour/wrong-input-domain'])
})

test('without labels, or with few examples, the domain stays unchecked', async () => {
  const { inputs, labels, domain } = pictures
  expect(
    rules(
      await checkInputDomain(
        brightest(() => true),
        { inputs, domain },
      ),
    ),
  ).toEqual(['unchecked'])
  expect(
    rules(
      await checkInputDomain(
        brightest(() => true),
        { inputs, domain, labels: labels.slice(0, 10) },
      ),
    ),
  ).toEqual(['unchecked'])
})
