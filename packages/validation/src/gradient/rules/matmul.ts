import type { ReverseRule, ReverseStep } from '../rule.ts'

/** The last two axes exchanged. */
const transposed = ({ graph, shape }: ReverseStep, name: string): string => {
  const axes = shape(name).map((_, axis) => BigInt(axis))
  return graph.add('Transpose', [name], { perm: [...axes.slice(0, -2), ...axes.slice(-2).reverse()] })
}

/** Y = A B, the last two axes as matrices: dA = dY Bᵀ, dB = Aᵀ dY, summed over broadcast batches. */
export const reverseMatMul: ReverseRule = (step) => {
  const { slope, input, wants, shape, output, graph } = step
  const [left, right] = [shape(input(0)), shape(input(1))]
  if (left.length < 2 || right.length < 2) return { refused: 'a vector as operand' }
  const batch = shape(output).slice(0, -2)
  return [
    wants(0)
      ? graph.sumToShape(graph.add('MatMul', [slope, transposed(step, input(1))]), [...batch, ...left.slice(-2)], left)
      : undefined,
    wants(1)
      ? graph.sumToShape(
          graph.add('MatMul', [transposed(step, input(0)), slope]),
          [...batch, ...right.slice(-2)],
          right,
        )
      : undefined,
  ]
}
