import type { Finding } from '@nootropic/core'
import type { NodeProto } from '@nootropic/core/formats'
import { createConstantLookup } from '../constants.ts'
import { type Scope, walkScopes } from '../graphs.ts'
import { findingAt, type OnnxRule, printable } from '../rule.ts'

/** Elements that one operator may make out of constants: 2^28 floats are 1 GiB (CWE-789). */
const maximumElements = 2 ** 28

/** How much larger one operator may make its input; a vocabulary or a picture grows by less (CWE-409). */
const maximumGrowth = 2 ** 20

type Operand = (index: number) => number[] | undefined

const product = (numbers: readonly number[]): number => numbers.reduce((total, number) => total * Math.abs(number), 1)

const integers = (node: NodeProto, name: string): number[] | undefined =>
  node.attribute.find((attribute) => attribute.name === name)?.ints.map(Number)

/** The elements that a node makes whatever its input, when constants say so. */
const elements: Readonly<Record<string, (operand: Operand, node: NodeProto) => number[] | undefined>> = {
  ConstantOfShape: (operand) => operand(0),
  Expand: (operand) => operand(1),
  RandomNormal: (_, node) => integers(node, 'shape'),
  RandomUniform: (_, node) => integers(node, 'shape'),
  OneHot: (operand) => operand(1),
  Resize: (operand) => operand(3),
  Range: (operand) => {
    const [start, limit, delta] = [operand(0)?.[0], operand(1)?.[0], operand(2)?.[0]]
    if (start === undefined || limit === undefined || delta === undefined) return undefined
    return [Math.max(0, Math.ceil((limit - start) / delta))]
  },
}

/** How many times larger a node makes its input, when constants say so. */
const growth: Readonly<Record<string, (operand: Operand, node: NodeProto) => number[] | undefined>> = {
  Tile: (operand) => operand(1),
  Resize: (operand) => operand(2),
  Upsample: (operand) => operand(1),
}

/** Padding adds to a dimension, so its amounts are judged one by one. */
const padding = (operand: Operand, node: NodeProto): number[] | undefined => integers(node, 'pads') ?? operand(1)

/** Why running this node would exhaust memory, or nothing. */
const describe = (node: NodeProto, operand: Operand): string | undefined => {
  if (node.domain !== '' && node.domain !== 'ai.onnx') return undefined
  const shape = elements[node.opType]?.(operand, node)
  const made = shape === undefined ? 0 : product(shape)
  if (made > maximumElements) return `an output of ${made} elements, above ${maximumElements}`
  const factors = growth[node.opType]?.(operand, node)
  const times = factors === undefined ? 0 : product(factors)
  if (times > maximumGrowth) return `an output ${times} times its input, above ${maximumGrowth}`
  const pads = node.opType === 'Pad' ? padding(operand, node) : undefined
  const largest = pads === undefined ? 0 : Math.max(...pads)
  return largest > maximumGrowth ? `padding of ${largest} elements on one side, above ${maximumGrowth}` : undefined
}

/** Operators whose constant operands make a small file ask for a large output. */
export const allocationRule: OnnxRule = {
  name: 'allocation',
  check: (scan) => {
    const lookUp = createConstantLookup(scan)
    const check = (scope: Scope, node: NodeProto, index: number): Finding[] => {
      const operand: Operand = (place) => {
        const name = node.input[place]
        return name === undefined || name === '' ? undefined : lookUp(scope, name)
      }
      const problem = describe(node, operand)
      if (problem === undefined) return []
      return [
        findingAt(scan, {
          rule: 'onnx/unbounded-allocation',
          severity: 'high',
          title: 'An operator asks for more memory than any model needs',
          message: `expected constants that ask for a bounded output, ${printable(node.opType)} asks for ${problem}`,
          inside: `${scope.place}.node[${index}]`,
          evidence: { operator: printable(node.opType) },
          remediation: 'Do not run this model; if you trust it, run it in a sandbox with a memory limit.',
          tags: ['CWE-789', 'CWE-409', 'AML.T0029'],
        }),
      ]
    }
    return [...walkScopes(scan.model)].flatMap((scope) =>
      scope.nodes.flatMap((node, index) => check(scope, node, index)),
    )
  },
}
