import type { AttributeProto, NodeProto, SparseTensorProto } from '@nootropic/core/formats'
import type { Sighting } from '../../rule.ts'
import type { OnnxCheck } from '../check.ts'
import type { OnnxScan } from '../onnx-scan.ts'
import { onnxRules } from '../rules.ts'
import { tensorNumbers } from '../values/constant-numbers.ts'

/** Indices that are read: beyond any sparse tensor in use (CWE-770). */
const maximumIndices = 2 ** 20

const product = (dims: readonly number[]): number => dims.reduce((total, dim) => total * dim, 1)

/** Why the indices do not say where the values stand, or nothing. */
const problemOf = (scan: OnnxScan, { values, indices, dims }: SparseTensorProto): string | undefined => {
  if (values === undefined || indices === undefined) return 'no values or no indices'
  const count = product(values.dims)
  if (values.dims.length !== 1) return `values of ${values.dims.length} dims`
  const isLinear = indices.dims.length === 1
  if (indices.dims[0] !== count) return `${indices.dims[0] ?? 0} indices for ${count} values`
  if (!isLinear && (indices.dims.length !== 2 || indices.dims[1] !== dims.length)) {
    return `indices of dims [${indices.dims}] for a tensor of ${dims.length} dims`
  }
  const numbers = tensorNumbers(scan, indices, maximumIndices)
  if (numbers === undefined) return undefined
  const limits = isLinear ? [product(dims)] : dims
  let last = -1
  for (let row = 0; row < count; row += 1) {
    let linear = 0
    for (const [axis, limit] of limits.entries()) {
      const index = numbers[row * limits.length + axis] ?? 0
      if (index < 0 || index >= limit) return `the index ${index} where ${limit} ends`
      linear = linear * limit + index
    }
    if (linear <= last) return `the index ${linear} after ${last}`
    last = linear
  }
  return undefined
}

const ofAttributes = (nodes: readonly NodeProto[]): [string, SparseTensorProto][] =>
  nodes.flatMap(({ attribute }, index) =>
    attribute.flatMap(({ sparseTensor, sparseTensors }: AttributeProto, place): [string, SparseTensorProto][] =>
      [...(sparseTensor === undefined ? [] : [sparseTensor]), ...sparseTensors].map((sparse) => [
        `node[${index}].attribute[${place}]`,
        sparse,
      ]),
    ),
  )

/** Sparse tensors: every value has one place, inside the dims, in ascending order. */
export const sparseTensorsCheck: OnnxCheck = {
  name: 'sparse-tensors',
  *check(scan, { scopes }): Generator<Sighting> {
    for (const { place, nodes, sparseInitialisers } of scopes) {
      const initialisers = sparseInitialisers.map((sparse, index): [string, SparseTensorProto] => [
        `sparseInitializer[${index}]`,
        sparse,
      ])
      for (const [name, sparse] of [...initialisers, ...ofAttributes(nodes)]) {
        scan.checkTime?.()
        const problem = problemOf(scan, sparse)
        if (problem === undefined) continue
        yield {
          rule: onnxRules['sparse-indices'],
          message: `expected an index inside dims [${sparse.dims}] for each value, in ascending order; found ${problem}`,
          inside: `${place}.${name}`,
        }
      }
    }
  },
}
