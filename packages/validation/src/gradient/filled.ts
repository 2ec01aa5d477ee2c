import { createTensor } from '@nootropic/core/formats'
import type { GraphBuilder } from './graph-builder.ts'

/** A value of the length or shape that `shape` holds at run time, filled with one number. */
export const filled = (graph: GraphBuilder, shape: string, number: number): string => {
  const data = graph.floatType === 'float32' ? Float32Array.of(number) : Float64Array.of(number)
  const value = createTensor({ name: '', type: graph.floatType, dims: [1], data })
  return graph.add('ConstantOfShape', [shape], { value })
}

/** Zeros in the shape that `model` has at run time. */
export const zerosLike = (graph: GraphBuilder, model: string): string => filled(graph, graph.add('Shape', [model]), 0)
