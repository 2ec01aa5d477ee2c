import { dataTypeOf } from '@nootropic/core/formats'
import { expressionsOf } from '../expressions.ts'
import type { ReverseRule } from '../rule.ts'

/** y = start + i step, for each i before the limit; the limit itself decides only how many there are. */
export const reverseRange: ReverseRule = ({ slope, input, output, wants, graph }) => {
  const total = (value: string, model: string): string => graph.reshapeLike(graph.sum(value, [0], true), model)
  const places = (): string => {
    const indices = graph.add('Range', [graph.integers([0], []), graph.add('Size', [output]), graph.integers([1], [])])
    return graph.add('Cast', [indices], { to: BigInt(dataTypeOf[graph.floatType]) })
  }
  return [
    wants(0) ? total(slope, input(0)) : undefined,
    undefined,
    wants(2) ? total(expressionsOf(graph).mul(slope, places()), input(2)) : undefined,
  ]
}
