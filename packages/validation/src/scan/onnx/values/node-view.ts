import type { AttributeProto, NodeProto } from '@nootropic/core/formats'
import { maximumNumbers, type Value } from './value.ts'

/** A node with what is known of its inputs. */
export interface NodeView {
  readonly node: NodeProto
  /** What is known of an input; nothing when the node has none there. */
  input(index: number): Value | undefined
  /** All numbers of an input that is a constant of at most `maximum` elements. */
  numbers(index: number, maximum: number): readonly number[] | undefined
  attribute(name: string): AttributeProto | undefined
}

/** What can be said of a node's first output, or of its outputs, by what is known of its inputs. */
export type Infer = (view: NodeView) => Value | readonly Value[] | undefined

/** An integer attribute, as a number. */
export const integerOf = (view: NodeView, name: string): number | undefined => {
  const value = view.attribute(name)?.i
  return value === undefined ? undefined : Number(value)
}

/** A short list of integers, as numbers; nothing when it is absent, empty or longer than any that says a shape. */
export const integersOf = (view: NodeView, name: string): readonly number[] | undefined => {
  const values = view.attribute(name)?.ints
  return values === undefined || values.length === 0 || values.length > maximumNumbers ? undefined : values.map(Number)
}

/** A text attribute. */
export const textOf = (view: NodeView, name: string): string | undefined => {
  const value = view.attribute(name)?.s
  return value === undefined ? undefined : Buffer.from(value).toString('utf8')
}

/** How many values a list attribute has, of whichever type; a tensor counts its elements. 0 when it is absent. */
export const countOf = (view: NodeView, name: string): number => {
  const attribute = view.attribute(name)
  if (attribute === undefined) return 0
  if (attribute.t !== undefined) return attribute.t.dims.reduce((total, dim) => total * dim, 1)
  return Math.max(attribute.ints.length, attribute.floats.length, attribute.strings.length)
}

/** What an operand that moved from an attribute to an input says, wherever it stands. */
export const operandOf = (view: NodeView, name: string, index: number): readonly number[] | undefined =>
  integersOf(view, name) ?? view.input(index)?.numbers
