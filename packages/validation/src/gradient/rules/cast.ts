import { dataTypeOf } from '@nootropic/core/formats'
import type { ReverseRule } from '../rule.ts'

/** The same number in another floating type: the slope is cast back to the type that the input had. */
export const reverseCast: ReverseRule = ({ slope, input, output, wants, type, graph }) => {
  if (!wants(0)) return [undefined]
  const from = type(input(0))
  const isCovered = [from, type(output)].every((known) => known === 'float32' || known === 'float64')
  if (from === undefined || !isCovered) return { refused: 'other floats than float32 and float64' }
  return [graph.add('Cast', [slope], { to: BigInt(dataTypeOf[from]) })]
}
