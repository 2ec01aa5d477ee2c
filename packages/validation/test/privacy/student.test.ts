import { createSeededRandom } from '@nootropic/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { featuresOf, oneHot } from '../../src/privacy/student/features.ts'
import { backward, createNetwork, forward } from '../../src/privacy/student/network.ts'
import { learnScaling, scale } from '../../src/privacy/student/scaling.ts'
import { trainStudent } from '../../src/privacy/student/train-student.ts'
import { smallDigits } from './small-digits.ts'

test('the slope of the cross-entropy is the one that differences show', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.constantFrom(0, 3, 5), (seed, hidden) => {
      const random = createSeededRandom(seed)
      const network = createNetwork({ width: 4, hidden, classes: 3 }, random)
      const { parameters } = network
      parameters.forEach((_, index) => {
        parameters[index] = random.normal()
      })
      const input = Float64Array.from({ length: 4 }, random.normal)
      const target = Float64Array.from([0.2, 0.5, 0.3])
      const [active, output] = [new Float64Array(hidden), new Float64Array(3)]
      const loss = (): number => {
        forward(network, input, active, output)
        return -output.reduce((sum, value, column) => sum + value * (target[column] ?? 0), 0)
      }
      loss()
      const slope = new Float64Array(parameters.length)
      backward(network, { input, active, output }, target, slope)
      parameters.forEach((value, index) => {
        parameters[index] = value + 1e-6
        const above = loss()
        parameters[index] = value - 1e-6
        const below = loss()
        parameters[index] = value
        expect(slope[index]).toBeCloseTo((above - below) / 2e-6, 5)
      })
    }),
    { seed: 3, numRuns: 30 },
  )
})

test('scaled columns have mean 0 and deviation 1, and one that never varies is silent', () => {
  const features = { rows: 3, width: 2, values: Float64Array.from([1, 7, 2, 7, 3, 7]) }
  const { values } = scale(features, learnScaling(features))
  expect([...values].map((value) => Number(value.toFixed(6)))).toEqual([-1.224745, 0, 0, 0, 1.224745, 0])
})

test('a student learns digits, the same one for the same seed', async () => {
  const train = smallDigits(0, 600)
  const held = smallDigits(7000, 400)
  const lesson = { features: featuresOf(train.inputs), targets: oneHot(train.labels, 10), classes: 10 }
  const options = { effort: { hidden: 32, epochs: 15 }, seed: 1 }
  const student = await trainStudent(lesson, options)
  const answers = student.logProbabilities(featuresOf(held.inputs))
  const right = held.labels.filter((label, row) => {
    const scores = answers.subarray(row * 10, (row + 1) * 10)
    return scores.indexOf(Math.max(...scores)) === label
  })
  expect(right.length / held.labels.length).toBeGreaterThan(0.8)
  const again = await trainStudent(lesson, options)
  expect(again.network.parameters).toEqual(student.network.parameters)
})

test('training stops when it is told to', async () => {
  const { inputs, labels } = smallDigits(0, 50)
  const lesson = { features: featuresOf(inputs), targets: oneHot(labels, 10), classes: 10 }
  const limits = { signal: AbortSignal.abort() }
  await expect(trainStudent(lesson, { seed: 1, limits })).rejects.toMatchObject({ code: 'ABORTED' })
})
