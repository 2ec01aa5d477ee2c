import { createTensor } from '@nootropic/core/formats'
import { integerAttribute, textAttribute } from '../attributes.ts'
import { zerosLike } from '../filled.ts'
import type { GraphBuilder } from '../graph-builder.ts'
import type { ReverseRule, ReverseStep } from '../rule.ts'

/** y = x at indices along an axis, index by index: each slope is added where its element came from. */
export const reverseGatherElements: ReverseRule = ({ node, slope, input, wants, graph }) => {
  if (!wants(0)) return [undefined]
  const axis = BigInt(integerAttribute(node, 'axis', 0))
  const inputs = [zerosLike(graph, input(0)), input(1), slope]
  return [graph.add('ScatterElements', inputs, { axis, reduction: 'add' })]
}

/** y = the k greatest or least of x: the slope goes to the ones that were chosen. */
export const reverseTopK: ReverseRule = ({ node, slope, input, graph }) => {
  const [, indices = ''] = node.output
  if (indices === '') return { refused: 'no output of indices' }
  const axis = BigInt(integerAttribute(node, 'axis', -1))
  return [graph.add('ScatterElements', [zerosLike(graph, input(0)), indices, slope], { axis })]
}

/** Numbers from 1 on in the shape of a value. */
const numbered = (graph: GraphBuilder, model: string): string => {
  const end = graph.add('Add', [graph.add('Size', [model]), graph.integers([1], [])])
  return graph.reshapeLike(graph.add('Range', [graph.integers([1], []), end, graph.integers([1], [])]), model)
}

const integerZerosLike = (graph: GraphBuilder, model: string): string => {
  const value = createTensor({ name: '', type: 'int64', dims: [1], data: BigInt64Array.of(0n) })
  return graph.add('ConstantOfShape', [graph.add('Shape', [model])], { value })
}

/**
 * y = data with updates put, or added, at indices: what was put over has no slope left. Of several updates put at one
 * index only the one that the kernel left standing has a slope: scattering their numbers instead shows which.
 */
const scatterRule =
  (scatter: string, gather: string, attributes: (step: ReverseStep) => Readonly<Record<string, bigint>>): ReverseRule =>
  (step) => {
    const { node, slope, input, wants, graph } = step
    const reduction = textAttribute(node, 'reduction', 'none')
    if (reduction !== 'none' && reduction !== 'add') return { refused: `reduction ${reduction}` }
    const put = (data: string, updates: string): string =>
      graph.add(scatter, [data, input(1), updates], attributes(step))
    const taken = (data: string): string => graph.add(gather, [data, input(1)], attributes(step))
    const slopeOfUpdates = (): string => {
      if (reduction === 'add') return taken(slope)
      const numbers = numbered(graph, input(2))
      const standing = taken(put(integerZerosLike(graph, input(0)), numbers))
      return graph.add('Where', [graph.add('Equal', [standing, numbers]), taken(slope), graph.floats([0])])
    }
    return [
      wants(0) ? (reduction === 'add' ? slope : put(slope, zerosLike(graph, input(2)))) : undefined,
      undefined,
      wants(2) ? slopeOfUpdates() : undefined,
    ]
  }

/** Along an axis, index by index. */
export const reverseScatterElements: ReverseRule = scatterRule('ScatterElements', 'GatherElements', ({ node }) => ({
  axis: BigInt(integerAttribute(node, 'axis', 0)),
}))

/** Slices, by tuples of indices. */
export const reverseScatterNd: ReverseRule = scatterRule('ScatterND', 'GatherND', () => ({}))
