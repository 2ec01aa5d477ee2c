import { floatAttribute, integerAttribute } from '../attributes.ts'
import type { ReverseRule } from '../rule.ts'

const flag = (value: boolean): bigint => (value ? 1n : 0n)

/** Y = alpha op(A) op(B) + beta C, where op transposes or not. */
export const reverseGemm: ReverseRule = ({ node, slope, input, output, wants, shape, graph }) => {
  const alpha = floatAttribute(node, 'alpha', 1)
  const beta = floatAttribute(node, 'beta', 1)
  const isTransposedA = integerAttribute(node, 'transA', 0) !== 0
  const isTransposedB = integerAttribute(node, 'transB', 0) !== 0
  const product = (left: string, transA: boolean, right: string, transB: boolean): string =>
    graph.add('Gemm', [left, right], { alpha, transA: flag(transA), transB: flag(transB) })
  const slopeOfA = (): string =>
    isTransposedA ? product(input(1), isTransposedB, slope, true) : product(slope, false, input(1), !isTransposedB)
  const slopeOfB = (): string =>
    isTransposedB ? product(slope, true, input(0), isTransposedA) : product(input(0), !isTransposedA, slope, false)
  const slopeOfC = (): string => {
    const summed = graph.sumToShape(slope, shape(output), shape(input(2)))
    return beta === 1 ? summed : graph.add('Mul', [summed, graph.floats([beta])])
  }
  return [wants(0) ? slopeOfA() : undefined, wants(1) ? slopeOfB() : undefined, wants(2) ? slopeOfC() : undefined]
}
