import { dataTypeOf } from '@nootropic/core/formats'
import { expressionsOf } from '../expressions.ts'
import type { ReverseRule } from '../rule.ts'

/**
 * y = aᵇ: da = dy b aᵇ⁻¹, and 0 where b is 0; db = dy y log a, and 0 where a is not positive, for aᵇ is there defined at
 * whole b only.
 */
export const reversePow: ReverseRule = ({ slope, input, output, wants, shape, constant, graph }) => {
  const { sub, mul, apply, equal, greater, where } = expressionsOf(graph)
  const base = input(0)
  // The exponent may be of another type, integers too.
  const exponent = graph.add('Cast', [input(1)], { to: BigInt(dataTypeOf[graph.floatType]) })
  const slopeOfBase = (): string => {
    if (constant(input(1))?.every((value) => value === 2)) return mul(2, slope, base)
    const lowered = graph.add('Pow', [base, sub(exponent, 1)])
    return where(equal(exponent, 0), 0, mul(slope, exponent, lowered))
  }
  const slopeOfExponent = (): string => {
    const isPositive = greater(base, 0)
    return where(isPositive, mul(slope, output, apply('Log', where(isPositive, base, 1))), 0)
  }
  return [slopeOfBase, slopeOfExponent].map((formula, index) =>
    wants(index) ? graph.sumToShape(formula(), shape(output), shape(input(index))) : undefined,
  )
}
