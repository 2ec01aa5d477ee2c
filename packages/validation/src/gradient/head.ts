import type { GraphProto, NodeProto } from '@nootropic/core/formats'
import type { ClassifierHead } from '../behaviour/classifier.ts'
import { integerAttribute } from './attributes.ts'
import { frontAxis } from './rule.ts'

/** Where a classifier's scores come from. */
export interface LogitSource extends ClassifierHead {
  /** The value before the last softmax or sigmoid: losses are taken there, because saturated scores have no slope. */
  readonly logits: string
}

/** Operators behind an activation that only move or rename its scores. */
const transparent = new Set(['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'])

/** The node behind an output, where moves and renames are passed over. */
const lastNode = (graph: GraphProto, output: string): NodeProto | undefined => {
  const producers = new Map<string, NodeProto>(graph.node.flatMap((node) => node.output.map((name) => [name, node])))
  let node = producers.get(output)
  while (node !== undefined && node.domain === '' && transparent.has(node.opType)) {
    node = producers.get(node.input[0] ?? '')
  }
  return node
}

/** What a last sigmoid was applied to, or nothing where the output is no sigmoid. */
export const sigmoidLogits = (graph: GraphProto, output: string): string | undefined => {
  const node = lastNode(graph, output)
  return node?.opType === 'Sigmoid' ? node.input[0] : undefined
}

/**
 * Reads an output as class scores: one row an example, two or more classes, or one sigmoid for two.
 *
 * @param shape the output's shape, batch first.
 * @returns nothing when it is neither.
 */
export const describeHead = (graph: GraphProto, output: string, shape: readonly number[]): LogitSource | undefined => {
  const wide = shape.slice(1).filter((dim) => dim !== 1)
  if (shape.length < 2 || wide.length > 1) return undefined
  const width = wide[0] ?? 1
  const node = lastNode(graph, output)
  const logits = node?.input[0] ?? ''
  if (width === 1) {
    return node?.opType === 'Sigmoid' ? { output, activation: 'sigmoid', classes: 2, logits } : undefined
  }
  // Only a softmax over the classes: any other axis, and the scores are taken as they are.
  const axis = node === undefined ? 0 : integerAttribute(node, 'axis', -1)
  const isOverClasses = axis === -1 || shape[frontAxis(axis, shape.length)] === width
  return node?.opType === 'Softmax' && isOverClasses
    ? { output, activation: 'softmax', classes: width, logits }
    : { output, activation: 'none', classes: width, logits: output }
}
