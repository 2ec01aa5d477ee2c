import type { GraphBuilder } from './graph-builder.ts'

/** A value's name, or a number that becomes a constant. */
type Operand = string | number

/** Arithmetic on values of a graph, so that a derivative reads as its formula. */
export interface Expressions {
  add(...terms: readonly Operand[]): string
  sub(left: Operand, right: Operand): string
  mul(...factors: readonly Operand[]): string
  div(left: Operand, right: Operand): string
  /** Any operator of one input. */
  apply(opType: string, value: Operand): string
  square(value: string): string
  equal(left: Operand, right: Operand): string
  greater(left: Operand, right: Operand): string
  where(condition: string, yes: Operand, no: Operand): string
}

/** Expressions that add their nodes to `graph`. */
export const expressionsOf = (graph: GraphBuilder): Expressions => {
  const name = (operand: Operand): string => (typeof operand === 'number' ? graph.floats([operand]) : operand)
  const binary =
    (opType: string) =>
    (left: Operand, right: Operand): string =>
      graph.add(opType, [name(left), name(right)])
  const chain =
    (opType: string) =>
    (...operands: readonly Operand[]): string =>
      operands.map(name).reduce((left, right) => graph.add(opType, [left, right]))
  return {
    add: chain('Add'),
    sub: binary('Sub'),
    mul: chain('Mul'),
    div: binary('Div'),
    apply: (opType, value) => graph.add(opType, [name(value)]),
    square: (value) => graph.add('Mul', [value, value]),
    equal: binary('Equal'),
    greater: binary('Greater'),
    where: (condition, yes, no) => graph.add('Where', [condition, name(yes), name(no)]),
  }
}
