import type { NodeProto } from '@nootropic/core/formats'
import type { GraphBuilder } from '../../gradient/graph-builder.ts'
import type { Refusal } from '../../gradient/rule.ts'

/** Names of the least and the greatest value that each element can have. */
export interface Interval {
  readonly lower: string
  readonly upper: string
}

/** One node, with all that a rule may ask. */
export interface IntervalStep {
  readonly node: NodeProto
  /** Name of an input; `''` when it is left out. */
  input(index: number): string
  /** Whether an input depends on the model's input. */
  isMoving(index: number): boolean
  /** The interval of an input; one that does not depend on the model's input is an interval of one value. */
  interval(index: number): Interval
  /** The shape that a value had when the model was probed; its batch may differ at run time. */
  shape(name: string): readonly number[]
  /** The values of a constant. */
  constant(name: string): number[] | undefined
  readonly graph: GraphBuilder
}

/** The intervals of a node's outputs, from those of its inputs. */
export type IntervalRule = (step: IntervalStep) => readonly Interval[] | Refusal
