import type { Tensor } from '@nootropic/core'
import { createNode, type OnnxModel, writeOnnx } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { expect, test } from 'vitest'
import { foldNormalisation, readDataset } from '../../src/data/index.ts'
import { floats, modelOf } from '../support/models.ts'
import { fileOf, floatsOf } from './support.ts'

const run = async (model: OnnxModel, x: Tensor): Promise<number[]> => {
  const session = await createInProcessSessions().open({ main: writeOnnx(model) })
  try {
    const outputs = await session.run({ [session.inputs[0]?.name ?? '']: x })
    return Array.from(outputs.y?.data as ArrayLike<number>)
  } finally {
    await session.close()
  }
}

const model = modelOf({
  nodes: [createNode('Mul', ['x', 'x_mean'], ['y'])],
  initializer: [floats('float32', 'x_mean', [1], [3])],
  input: ['batch', 2, 1, 2],
  output: ['batch', 2, 1, 2],
})

test('a normalisation moved into the model gives the answers that it gave outside, from values in their own domain', async () => {
  const path = await fileOf('x.npy', floatsOf([2, 2, 1, 2], [0, 1, 0.5, 0.25, 0.1, 0.9, 0.3, 0.7]))
  const dataset = await readDataset(path, {
    domain: [0, 1],
    preprocessing: { normalise: { mean: [0.485, 0.406], deviation: [0.229, 0.225] } },
  })
  const folded = foldNormalisation(model, dataset)
  expect(folded.dataset.domain).toEqual([0, 1])
  expect(folded.dataset.normalisation).toBeUndefined()
  const [outside, inside] = [await run(model, dataset.inputs), await run(folded.model, folded.dataset.inputs)]
  outside.forEach((value, index) => {
    expect(inside[index]).toBeCloseTo(value, 5)
  })
})

test('a dataset without one leaves the model as it is, and an old model is refused', async () => {
  const path = await fileOf('x.npy', floatsOf([1, 2, 1, 2], [0, 1, 0.5, 0.25]))
  const plain = await readDataset(path, { domain: [0, 1] })
  expect(foldNormalisation(model, plain)).toEqual({ model, dataset: plain })
  const normalised = await readDataset(path, {
    domain: [0, 1],
    preprocessing: { normalise: { mean: [0, 1], deviation: [1, 2] } },
  })
  const old = { ...model, opsetImport: model.opsetImport.map((set) => ({ ...set, version: 6 })) }
  expect(() => foldNormalisation(old, normalised)).toThrowError(expect.objectContaining({ code: 'USAGE' }))
})
