import type { Finding, Severity } from '@nootropic/core'
import { dataTypes, externalLocation, type TensorBytes, type TensorProto, walkTensors } from '@nootropic/core/formats'
import { elementsOf, expectedBytes, isKnownDataType } from '../element-size.ts'
import { bytesLength, findingAt, type OnnxRule, type OnnxScan, printable, tensorOffset } from '../rule.ts'

/** A 64-bit number takes at most ten bytes as a variable-length integer. */
const maximumVarintBytes = 10n

const lengthOf = (runs: readonly TensorBytes[]): bigint => runs.reduce((sum, run) => sum + BigInt(bytesLength(run)), 0n)

const isComplex = (dataType: number): boolean => dataType === dataTypes.COMPLEX64 || dataType === dataTypes.COMPLEX128

/** Why the tensor's data cannot be the elements that dims and type declare. */
const mismatch = (tensor: TensorProto): string | undefined => {
  const elements = elementsOf(tensor.dims)
  const numbers = isComplex(tensor.dataType) ? elements * 2n : elements
  const declared = `dims [${tensor.dims}] declare ${elements} element(s)`
  if (tensor.rawData !== undefined) {
    const expected = expectedBytes(tensor)
    if (expected === undefined) return 'raw bytes in a tensor of strings'
    const found = BigInt(bytesLength(tensor.rawData))
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

const checkTensor = (scan: OnnxScan, tensor: TensorProto, place: string): Finding[] => {
  const report = (rule: string, severity: Severity, message: string, tags: string[]): Finding =>
    findingAt(scan, {
      rule,
      severity,
      title: 'A tensor is not what it declares',
      message,
      inside: place,
      offset: tensorOffset(scan, tensor),
      evidence: { tensor: printable(tensor.name), dims: [...tensor.dims], dataType: tensor.dataType },
      remediation: 'Do not load this file: a kernel that trusts the dims reads or writes past the data.',
      tags: [...tags, 'AML.T0011.000'],
    })
  if (!isKnownDataType(tensor.dataType)) {
    return [
      report('onnx/tensor-type', 'high', `expected an element type that ONNX names, found ${tensor.dataType}`, [
        'CWE-20',
      ]),
    ]
  }
  if (tensor.dataLocation === externalLocation) return []
  const stores = [
    tensor.rawData === undefined ? 0 : bytesLength(tensor.rawData),
    ...[tensor.floatData, tensor.int32Data, tensor.int64Data, tensor.doubleData, tensor.uint64Data].map((runs) =>
      Number(lengthOf(runs)),
    ),
    tensor.stringData.length,
  ].filter((length) => length > 0)
  if (stores.length > 1) {
    const message = `expected the values in one place, found them in ${stores.length}: readers choose differently`
    return [report('onnx/tensor-data-ambiguous', 'high', message, ['CWE-436'])]
  }
  const problem = mismatch(tensor)
  if (problem === undefined) return []
  return [
    report('onnx/tensor-length', 'high', `expected data of the declared size: ${problem}`, ['CWE-130', 'CWE-125']),
  ]
}

/** Type and dims of every tensor against the data that is there. */
export const tensorDataRule: OnnxRule = {
  name: 'tensor-data',
  check: (scan) => [...walkTensors(scan.model)].flatMap(({ tensor, place }) => checkTensor(scan, tensor, place)),
}
