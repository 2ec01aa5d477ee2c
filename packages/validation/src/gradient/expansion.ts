import type { NodeProto } from '@nootropic/core/formats'
import type { GraphBuilder } from './graph-builder.ts'
import type { Refusal } from './rule.ts'

/** One node that smaller operators shall take the place of, with all that an expansion may ask. */
export interface ExpansionStep {
  readonly node: NodeProto
  /** Name of an input; `''` when it is left out. */
  input(index: number): string
  /** The shape that a value had when the model was probed; the batch dimension may differ at run time. */
  shape(name: string): readonly number[]
  /** Where the smaller operators are written. */
  readonly graph: GraphBuilder
}

/**
 * An operator as smaller ones, each with a reverse rule: adds nodes that compute the node's outputs, and returns their
 * names, `undefined` for outputs that serve training only.
 */
export type Expansion = (step: ExpansionStep) => readonly (string | undefined)[] | Refusal
