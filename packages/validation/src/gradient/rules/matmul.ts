import type { ReverseRule, ReverseStep } from '../rule.ts'

/** An operand as matrices: a vector on the left is one row, on the right one column. */
interface Matrices {
  readonly name: string
  readonly dims: readonly number[]
}

/** The last two axes exchanged. */
const transposed = ({ graph }: ReverseStep, { name, dims }: Matrices): string => {
  const axes = dims.map((_, axis) => BigInt(axis))
  return graph.add('Transpose', [name], { perm: [...axes.slice(0, -2), ...axes.slice(-2).reverse()] })
}

/** Y = A B, the last two axes as matrices: dA = dY Bᵀ, dB = Aᵀ dY, summed over broadcast batches. */
export const reverseMatMul: ReverseRule = (step) => {
  const { slope, input, wants, shape, graph } = step
  const [left, right] = [shape(input(0)), shape(input(1))]
  const isRow = left.length === 1
  const isColumn = right.length === 1
  const a = isRow ? { name: graph.unsqueeze(input(0), [0]), dims: [1, ...left] } : { name: input(0), dims: left }
  const b = isColumn ? { name: graph.unsqueeze(input(1), [1]), dims: [...right, 1] } : { name: input(1), dims: right }
  const batch = shape(step.output).slice(0, shape(step.output).length - (isRow ? 0 : 1) - (isColumn ? 0 : 1))
  const rows = isRow ? graph.unsqueeze(slope, [batch.length]) : slope
  const whole = isColumn ? graph.unsqueeze(rows, [batch.length + 1]) : rows
  const slopeOf = (operand: Matrices, product: string, model: string): string => {
    const summed = graph.sumToShape(product, [...batch, ...operand.dims.slice(-2)], operand.dims)
    return operand.dims.length === shape(model).length ? summed : graph.reshapeLike(summed, model)
  }
  return [
    wants(0) ? slopeOf(a, graph.add('MatMul', [whole, transposed(step, b)]), input(0)) : undefined,
    wants(1) ? slopeOf(b, graph.add('MatMul', [transposed(step, a), whole]), input(1)) : undefined,
  ]
}
