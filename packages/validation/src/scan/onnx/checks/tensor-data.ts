import { dataTypes, externalLocation, type TensorBytes, type TensorProto, walkTensors } from '@nootropic/core/formats'
import { printable, type Sighting } from '../../rule.ts'
import type { OnnxCheck } from '../check.ts'
import { elementsOf, expectedBytes, isKnownDataType, valueField } from '../element-size.ts'
import { type OnnxScan, tensorOffset } from '../onnx-scan.ts'
import { onnxRules } from '../rules.ts'

/** A 64-bit number takes at most ten bytes as a variable-length integer. */
const maximumVarintBytes = 10n

/** What a runtime can count: the bytes of a tensor fit in a signed 64-bit number (CWE-190). */
const maximumBytes = 2n ** 63n

const lengthOf = (runs: readonly TensorBytes[]): bigint => runs.reduce((sum, run) => sum + BigInt(run.length), 0n)

const isComplex = (dataType: number): boolean => dataType === dataTypes.COMPLEX64 || dataType === dataTypes.COMPLEX128

const typedFields = ['floatData', 'int32Data', 'int64Data', 'doubleData', 'uint64Data', 'stringData'] as const

/** Why the tensor's data cannot be the elements that dims and type declare. */
const mismatch = (tensor: TensorProto): string | undefined => {
  const elements = elementsOf(tensor.dims)
  const numbers = isComplex(tensor.dataType) ? elements * 2n : elements
  const declared = `dims [${tensor.dims}] declare ${elements} element(s)`
  if (tensor.rawData !== undefined) {
    const expected = expectedBytes(tensor)
    if (expected === undefined) return 'raw bytes in a tensor of strings'
    const found = BigInt(tensor.rawData.length)
    return found === expected ? undefined : `${declared}, ${expected} bytes; there are ${found}`
  }
  const fixed: [readonly TensorBytes[], bigint][] = [
    [tensor.floatData, 4n],
    [tensor.doubleData, 8n],
  ]
  for (const [runs, size] of fixed) {
    if (runs.length === 0) continue
    const found = lengthOf(runs)
    return found === numbers * size ? undefined : `${declared}; there are ${found / size}`
  }
  for (const runs of [tensor.int32Data, tensor.int64Data, tensor.uint64Data]) {
    if (runs.length === 0) continue
    const found = lengthOf(runs)
    // Two 4-bit elements share a number; so at least half as many numbers as elements, of one to ten bytes each.
    const isPossible = found * 2n >= numbers && found <= numbers * maximumVarintBytes
    return isPossible ? undefined : `${declared}; ${found} bytes of numbers cannot hold them`
  }
  const strings = BigInt(tensor.stringData.length)
  if (tensor.dataType === dataTypes.STRING || strings > 0n) {
    return strings === elements ? undefined : `${declared}; there are ${strings} strings`
  }
  return elements === 0n ? undefined : `${declared}; there is no data`
}

function* checkTensor(scan: OnnxScan, tensor: TensorProto, place: string): Generator<Sighting> {
  const sighting = (rule: Sighting['rule'], message: string): Sighting => ({
    rule,
    message,
    inside: place,
    offset: tensorOffset(scan, tensor),
    evidence: { tensor: printable(tensor.name), dims: [...tensor.dims], dataType: tensor.dataType },
  })
  if (!isKnownDataType(tensor.dataType)) {
    yield sighting(onnxRules['tensor-type'], `expected an element type that ONNX names, found ${tensor.dataType}`)
    return
  }
  const bytes = expectedBytes(tensor) ?? elementsOf(tensor.dims)
  if (bytes >= maximumBytes) {
    yield sighting(
      onnxRules['tensor-overflow'],
      `expected a size below 2^63 bytes, dims [${tensor.dims}] ask for ${bytes}`,
    )
  }
  if (tensor.dataLocation === externalLocation) return
  const filled = typedFields.filter((name) => tensor[name].some((run) => run.length > 0 || name === 'stringData'))
  const stores = filled.length + Number((tensor.rawData?.length ?? 0) > 0)
  if (stores > 1) {
    const message = `expected the values in one place, found them in ${stores}: readers choose differently`
    yield sighting(onnxRules['tensor-data-ambiguous'], message)
    return
  }
  const [field] = filled
  if (field !== undefined && field !== valueField(tensor.dataType)) {
    const message = `expected values of type ${tensor.dataType} in ${valueField(tensor.dataType)}, found them in ${field}`
    yield sighting(onnxRules['tensor-field'], message)
  }
  const problem = mismatch(tensor)
  if (problem !== undefined) {
    yield sighting(onnxRules['tensor-length'], `expected data of the declared size: ${problem}`)
  }
}

/** Type and dims of every tensor against the data that is there. */
export const tensorDataCheck: OnnxCheck = {
  name: 'tensor-data',
  *check(scan) {
    for (const { tensor, place } of walkTensors(scan.model)) yield* checkTensor(scan, tensor, place)
  },
}
