import { createNode, createTensor, createValueInfo, type OnnxModel } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { expect, test } from 'vitest'
import { attackModel } from '../../src/behaviour/index.ts'
import { diagonalClassifier, diagonalDataset } from '../support/models.ts'
import { packageOf } from '../support/package.ts'

const mean = [0.5, 0.4]
const deviation = [0.25, 0.5]

test('where channels were normalised each on its own, an epsilon is one of the values before that', async () => {
  const plain = diagonalClassifier(4)
  const constant = (name: string, values: readonly number[]) =>
    createTensor({ name, type: 'float32', dims: [1, 2], data: Float32Array.from(values) })
  // The same classifier, for points that were normalised.
  const normalised: OnnxModel = {
    ...plain,
    graph: {
      ...plain.graph,
      node: [
        createNode('Mul', ['n', 'deviation'], ['scaled']),
        createNode('Add', ['scaled', 'mean'], ['x']),
        ...plain.graph.node,
      ],
      initializer: [...plain.graph.initializer, constant('mean', mean), constant('deviation', deviation)],
      input: [createValueInfo({ name: 'n', type: 'float32', dims: ['batch', 2] })],
    },
  }
  const points = diagonalDataset(20, 0.1)
  const data = points.inputs.data.map((value, index) => (value - (mean[index % 2] ?? 0)) / (deviation[index % 2] ?? 1))
  const dataset = {
    inputs: { ...points.inputs, data },
    labels: points.labels,
    domain: [-2, 2] as const,
    normalisation: { axis: 1, mean, deviation, domain: [0, 1] as const },
  }
  const given = { sessions: createInProcessSessions(), attacks: [{ name: 'pgd' as const }], seed: 1 }
  const folded = await attackModel(packageOf(normalised), { ...given, dataset })
  const unfolded = await attackModel(packageOf(plain), { ...given, dataset: points })
  expect(folded.data?.domain).toEqual([0, 1])
  expect(folded.attacks?.worstCase[0]?.curve).toEqual(unfolded.attacks?.worstCase[0]?.curve)
})
