import { createSeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { corruptTensor, prepareCorruption } from '../../src/behaviour/corruptions/corrupt-tensor.ts'
import type { CorruptionSeverity } from '../../src/behaviour/corruptions/corruption-description.ts'
import { corruptionSeverities } from '../../src/behaviour/corruptions/corruption-description.ts'
import { cannyEdges, distanceToEdges } from '../../src/behaviour/corruptions/image/edges.ts'
import { affineBetween } from '../../src/behaviour/corruptions/image/elastic-transform.ts'
import { plasma } from '../../src/behaviour/corruptions/image/plasma.ts'
import { poisson } from '../../src/behaviour/corruptions/image/poisson.ts'
import { imageCorruptions } from '../../src/behaviour/corruptions/image/registry.ts'
import { scaleOf } from '../../src/behaviour/corruptions/picture-layout.ts'
import {
  corruptionRegistry,
  corruptionsOf,
  type TensorCorruptionName,
} from '../../src/behaviour/corruptions/registry.ts'
import type { FloatTensor } from '../../src/behaviour/dataset.ts'
import { channelsLast, digits, noisyPictures } from './pictures.ts'

const names = corruptionsOf('image') as TensorCorruptionName[]
const [least, greatest] = [-2, 3]

const corrupted = (name: TensorCorruptionName, inputs: FloatTensor, severity: CorruptionSeverity = 3, seed = 1) =>
  corruptTensor(name, inputs, { severity, domain: [0, 1], random: createSeededRandom(seed) })

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

const distance = (left: FloatTensor, right: FloatTensor): number =>
  meanOf(Array.from(left.data, (value, index) => Math.abs(value - (right.data[index] ?? 0))))

test('there are 19, of which the paper averages 15', () => {
  expect(names).toHaveLength(19)
  expect(names.filter((name) => corruptionRegistry[name].isInMean)).toHaveLength(15)
  for (const { severities, parameters } of Object.values(imageCorruptions)) {
    for (const strengths of Object.values(severities)) {
      expect(strengths).toHaveLength(5)
      for (const strength of strengths) expect(strength).toHaveLength(parameters.length)
    }
  }
})

test('every corruption stays in the domain, of any layout, channels and size from 8 x 8', () => {
  for (const dims of [
    [2, 1, 8, 8],
    [1, 3, 9, 14],
    [1, 3, 33, 12],
  ] as const) {
    const unit = noisyPictures(dims)
    const inputs = { ...unit, data: unit.data.map((value) => least + value * (greatest - least)) }
    for (const name of names) {
      for (const severity of [1, 5] as const) {
        const options = { severity, domain: [least, greatest] } as const
        const first = corruptTensor(name, inputs, { ...options, random: createSeededRandom(3) })
        expect(
          first.data.every((value) => value >= least && value <= greatest),
          name,
        ).toBe(true)
        const last = corruptTensor(name, channelsLast(inputs), { ...options, random: createSeededRandom(3) })
        expect(last.data, `${name}, channels last`).toEqual(channelsLast(first).data)
      }
    }
  }
})

test('the constants of larger pictures hold on small ones too, where they are asked for', () => {
  const inputs = noisyPictures([1, 3, 11, 9])
  for (const name of names) {
    for (const scale of ['tiny-imagenet', 'imagenet'] as const) {
      const options = { severity: 5, scale, domain: [0, 1], random: createSeededRandom(1) } as const
      expect(
        corruptTensor(name, inputs, options).data.every((value) => value >= 0 && value <= 1),
        name,
      ).toBe(true)
    }
  }
})

test('the size of pictures decides whose constants hold', () => {
  expect(scaleOf({ height: 63, width: 500 })).toBe('cifar')
  expect(scaleOf({ height: 64, width: 500 })).toBe('tiny-imagenet')
  expect(scaleOf({ height: 224, width: 224 })).toBe('imagenet')
})

test('the same seed gives the same bits, another seed others, and parts one after the other the whole', () => {
  const inputs = digits(6)
  for (const name of names) {
    const whole = corrupted(name, inputs)
    expect(corrupted(name, inputs), name).toEqual(whole)
    expect(distance(corrupted(name, inputs, 3, 2), whole) > 0, name).toBe(corruptionRegistry[name].isSeeded)
    const random = createSeededRandom(1)
    const corrupt = prepareCorruption(name, inputs, { severity: 3, domain: [0, 1] })
    const part = (start: number, end: number) =>
      corrupt({ ...inputs, dims: [end - start, 1, 28, 28], data: inputs.data.subarray(start * 784, end * 784) }, random)
    expect([...part(0, 2).data, ...part(2, 6).data], name).toEqual([...whole.data])
  }
})

test('originals are left as they are, and every corruption changes them', () => {
  const inputs = digits(10)
  const before = inputs.data.slice()
  for (const name of names) {
    const colour = name === 'saturate' ? noisyPictures([1, 3, 28, 28]) : inputs
    for (const severity of corruptionSeverities) {
      expect(distance(corrupted(name, colour, severity), colour), `${name} ${severity}`).toBeGreaterThan(1e-4)
    }
  }
  expect(inputs.data).toEqual(before)
})

test('worse severities move pictures farther, where one constant alone says how far', () => {
  const inputs = digits(20)
  for (const name of [
    'gaussian-noise',
    'shot-noise',
    'impulse-noise',
    'speckle-noise',
    'gaussian-blur',
    'contrast',
  ] as const) {
    const distances = corruptionSeverities.map((severity) => distance(corrupted(name, inputs, severity), inputs))
    expect(distances, name).toEqual(distances.toSorted((left, right) => left - right))
  }
})

test('noises have the moments that their constants say', () => {
  const grey: FloatTensor = { type: 'float64', dims: [1, 1, 200, 200], data: new Float64Array(40_000).fill(0.5) }
  const moments = (name: TensorCorruptionName) => {
    const { data } = corruptTensor(name, grey, {
      severity: 3,
      scale: 'cifar',
      domain: [0, 1],
      random: createSeededRandom(9),
    })
    const mean = meanOf(Array.from(data))
    return { mean, deviation: Math.sqrt(meanOf(Array.from(data, (value) => (value - mean) ** 2))) }
  }
  expect(moments('gaussian-noise').deviation).toBeCloseTo(0.08, 2)
  expect(moments('speckle-noise').deviation).toBeCloseTo(0.06, 2)
  expect(moments('shot-noise').mean).toBeCloseTo(0.5, 2)
  expect(moments('shot-noise').deviation).toBeCloseTo(Math.sqrt(0.5 / 100), 2)
  const { data } = corruptTensor('impulse-noise', grey, {
    severity: 5,
    scale: 'cifar',
    domain: [0, 1],
    random: createSeededRandom(9),
  })
  expect(data.filter((value) => value === 1).length / data.length).toBeCloseTo(0.035, 2)
  expect(data.filter((value) => value === 0).length / data.length).toBeCloseTo(0.035, 2)
})

test('counts of photons follow Poisson below and above the mean where the method changes', () => {
  for (const mean of [0.3, 4, 9.9, 10.1, 60, 500]) {
    const random = createSeededRandom(4)
    const counts = Array.from({ length: 20_000 }, () => poisson(mean, random))
    const average = counts.reduce((sum, count) => sum + count, 0) / counts.length
    const variance = counts.reduce((sum, count) => sum + (count - average) ** 2, 0) / counts.length
    // Five deviations of the mean and of the variance of so many draws.
    expect(Math.abs(average - mean)).toBeLessThan(5 * Math.sqrt(mean / counts.length))
    expect(Math.abs(variance - mean)).toBeLessThan(5 * Math.sqrt((2 * mean ** 2 + mean) / counts.length))
  }
  expect(poisson(0, createSeededRandom(1))).toBe(0)
})

test('grey pictures keep being grey when they come as three equal channels', () => {
  const grey = digits(1)
  const data = new Float32Array(3 * 784)
  for (const channel of [0, 1, 2]) data.set(grey.data, channel * 784)
  const colour: FloatTensor = { type: 'float32', dims: [1, 3, 28, 28], data }
  for (const name of [
    'brightness',
    'contrast',
    'motion-blur',
    'fog',
    'snow',
    'elastic-transform',
    'pixelate',
    'jpeg-compression',
  ] as const) {
    const one = corrupted(name, grey).data
    const three = corrupted(name, colour).data
    one.forEach((value, place) => {
      expect(Math.abs((three[place] ?? 0) - value), name).toBeLessThan(1e-6)
    })
  }
})

test('a cloud fills its range, and its roughness decays', () => {
  const roughness = (decay: number): number => {
    const cloud = plasma(64, decay, createSeededRandom(2))
    expect([Math.min(...cloud), Math.max(...cloud)]).toEqual([0, 1])
    return cloud.reduce((sum, value, place) => sum + Math.abs(value - (cloud[place ^ 1] ?? 0)), 0)
  }
  expect(roughness(3)).toBeLessThan(roughness(1.5))
})

test('an affine map takes its three points where it should', () => {
  const from = [
    [20, 20],
    [20, 8],
    [8, 8],
  ] as const
  const to = [
    [21, 19.5],
    [18, 9],
    [7.5, 8],
  ] as const
  const [a, b, c, d, e, f] = affineBetween([from[0], from[1], from[2]], [to[0], to[1], to[2]])
  from.forEach(([x, y], index) => {
    expect(a * x + b * y + c).toBeCloseTo(to[index]?.[0] ?? Number.NaN, 9)
    expect(d * x + e * y + f).toBeCloseTo(to[index]?.[1] ?? Number.NaN, 9)
  })
})

test('edges are where a square ends, and distances are counted from them', () => {
  const size = { height: 16, width: 16 }
  const square = new Float64Array(256)
  for (let row = 5; row < 11; row += 1) square.fill(255, row * 16 + 5, row * 16 + 11)
  const edges = cannyEdges(square, size, 50, 150)
  expect(edges.reduce((sum, edge) => sum + edge, 0)).toBeGreaterThanOrEqual(16)
  expect([edges[0], edges[8 * 16 + 8], edges[15 * 16 + 15]]).toEqual([0, 0, 0])
  const border = [4, 5, 10, 11]
  edges.forEach((edge, place) => {
    if (edge === 1) expect([place % 16, Math.floor(place / 16)].some((index) => border.includes(index))).toBe(true)
  })
  const dot = new Uint8Array(256)
  dot[8 * 16 + 8] = 1
  const distances = distanceToEdges(dot, size, 20)
  expect([distances[8 * 16 + 11], distances[11 * 16 + 11], distances[6 * 16 + 9]]).toEqual([
    3,
    expect.closeTo(4.2, 9),
    2.1969,
  ])
})

test('what is no picture, no severity or no number is refused with the reason', () => {
  const options = { severity: 1, domain: [0, 1], random: createSeededRandom(1) } as const
  const line: FloatTensor = { type: 'float32', dims: [1, 784], data: new Float32Array(784) }
  expect(() => corruptTensor('fog', line, options)).toThrow(/no pictures/)
  expect(() => corruptTensor('fog', noisyPictures([1, 1, 7, 9]), options)).toThrow(/8 x 8 pixels or more, found 9 x 7/)
  expect(() => corruptTensor('fog', noisyPictures([1, 2, 9, 9]), options)).toThrow(/1 or 3 channels/)
  expect(() => corruptTensor('fog', noisyPictures([1, 1, 9, 9]), { ...options, severity: 6 as never })).toThrow(
    /severity/,
  )
  expect(() => corruptTensor('toString' as never, noisyPictures([1, 1, 9, 9]), options)).toThrow(/name of a corruption/)
  expect(() => corruptTensor('typos' as never, noisyPictures([1, 1, 9, 9]), options)).toThrow(/name of a corruption/)
  const broken = noisyPictures([1, 1, 9, 9])
  broken.data[4] = Number.NaN
  expect(() => corruptTensor('fog', broken, options)).toThrow(/inside their domain/)
  expect(() => corruptTensor('fog', noisyPictures([1, 1, 9, 9]), { ...options, domain: [1, 1] })).toThrow(/domain/)
  expect(() => corruptTensor('fog', noisyPictures([0, 1, 9, 9]), options)).toThrow(/one example or more/)
})

test('pictures whose channels were normalised are corrupted as the pictures before were', () => {
  const inputs = noisyPictures([2, 3, 12, 10])
  const normalisation = {
    axis: 1,
    mean: [0.485, 0.456, 0.406],
    deviation: [0.229, 0.224, 0.225],
    domain: [0, 1],
  } as const
  const channelOf = (place: number): number => Math.floor(place / 120) % 3
  const normalised = {
    ...inputs,
    data: inputs.data.map(
      (value, place) =>
        (value - (normalisation.mean[channelOf(place)] ?? 0)) / (normalisation.deviation[channelOf(place)] ?? 1),
    ),
  }
  for (const name of ['brightness', 'jpeg-compression', 'fog'] as const) {
    const plain = corrupted(name, inputs).data
    const options = { severity: 3, domain: [-2.2, 2.7], normalisation, random: createSeededRandom(1) } as const
    corruptTensor(name, normalised, options).data.forEach((value, place) => {
      const back =
        value * (normalisation.deviation[channelOf(place)] ?? 1) + (normalisation.mean[channelOf(place)] ?? 0)
      expect(back, name).toBeCloseTo(plain[place] ?? Number.NaN, 9)
    })
  }
})
