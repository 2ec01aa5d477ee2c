import { elementCount, type Tensor } from '@nootropic/core'
import { type OnnxModel, writeOnnx } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { type FloatTensor, floatArray } from '../../src/behaviour/dataset.ts'
import { buildGradient, type LossName } from '../../src/gradient/index.ts'

const sessions = createInProcessSessions()

/** The slope that the gradient model gives at `inputs`, beside central differences of its own loss. */
export const compareWithDifferences = async (
  model: OnnxModel,
  inputs: FloatTensor,
  options: { loss: LossName; labels: readonly number[]; distance: number },
): Promise<{ slope: readonly number[]; differences: readonly number[] }> => {
  const gradient = await buildGradient(model, { loss: options.loss, sessions, probe: inputs })
  if (!gradient.isDerived) throw new Error(`${gradient.reason}: ${gradient.operators.join(', ')}`)
  const { names } = gradient
  const session = await sessions.open({ main: writeOnnx(gradient.model) })
  const labels: Tensor = {
    type: 'int64',
    dims: [options.labels.length],
    data: BigInt64Array.from(options.labels, BigInt),
  }
  const run = async (data: FloatTensor['data']): Promise<{ loss: number; slope: readonly number[] }> => {
    const outputs = await session.run({ [names.input]: { ...inputs, data }, [names.labels]: labels })
    const losses = Array.from(outputs[names.loss]?.data as ArrayLike<number>)
    return {
      loss: losses.reduce((sum, loss) => sum + loss, 0),
      slope: Array.from(outputs[names.slope]?.data as ArrayLike<number>),
    }
  }
  try {
    const { slope } = await run(inputs.data)
    const differences: number[] = []
    for (let index = 0; index < elementCount(inputs.dims); index += 1) {
      const shifted = (by: number): FloatTensor['data'] => {
        const data = floatArray(inputs.type, inputs.data.length)
        data.set(inputs.data)
        data[index] = (inputs.data[index] ?? 0) + by
        return data
      }
      const above = await run(shifted(options.distance))
      const below = await run(shifted(-options.distance))
      differences.push((above.loss - below.loss) / (2 * options.distance))
    }
    return { slope, differences }
  } finally {
    await session.close()
  }
}

/** Relative L2 distance of two vectors. */
export const relativeError = (actual: readonly number[], expected: readonly number[]): number => {
  const norm = (values: readonly number[]): number => Math.hypot(...values)
  return norm(actual.map((value, index) => value - (expected[index] ?? Number.NaN))) / norm(expected)
}
