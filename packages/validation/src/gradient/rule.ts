import type { ElementType } from '@nootropic/core'
import type { NodeProto } from '@nootropic/core/formats'
import type { GraphBuilder } from './graph-builder.ts'

/** One node on the way back, with all that a rule may ask. */
export interface ReverseStep {
  readonly node: NodeProto
  /** Name of the loss's slope with regard to the node's first output. */
  readonly slope: string
  /** The slope with regard to any output, or nothing where none arrives. */
  slopeOf(output: number): string | undefined
  /** Name of an input; `''` when it is left out. */
  input(index: number): string
  /** Name of the node's first output. */
  readonly output: string
  /** The node that computes a value, or nothing where it is an input or a constant. */
  producer(name: string): NodeProto | undefined
  /** Whether the slope with regard to this input is needed: whether it depends on the model's input. */
  wants(index: number): boolean
  /** The shape that a value had when the model was probed. Its batch dimension may differ at run time. */
  shape(name: string): readonly number[]
  /** The type that a value had when the model was probed; integers and booleans have no slope. */
  type(name: string): ElementType | undefined
  /** The values of a constant, or nothing when the value is computed from the input. */
  constant(name: string): number[] | undefined
  readonly graph: GraphBuilder
}

/** Why a rule cannot differentiate this particular node. */
export interface Refusal {
  readonly refused: string
}

/**
 * The vector-Jacobian product of one operator: adds nodes that compute the loss's slope with regard to each input, and
 * returns their names, `undefined` where there is none or none is wanted.
 */
export type ReverseRule = (step: ReverseStep) => readonly (string | undefined)[] | Refusal

/** An axis counted from the front. */
export const frontAxis = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)
