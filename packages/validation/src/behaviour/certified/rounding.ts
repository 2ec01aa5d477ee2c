import { expressionsOf } from '../../gradient/expressions.ts'
import type { GraphBuilder } from '../../gradient/graph-builder.ts'
import type { Interval } from './interval-rule.ts'

/*
 * What the bound promises is about the numbers that the runtime gives, not about those that exact arithmetic would: so
 * every step is widened by more than it, and the same step of the model, can round.
 *
 * A sum of n products in floating point, in any order, is off by at most n u / (1 - n u) times the sum of the products'
 * magnitudes, where u is the unit roundoff (Higham 2002, Accuracy and Stability of Numerical Algorithms, section 3.1).
 * The model's sum, that of the middle and that of the radius may each be off so far, which makes three; the fourth covers
 * halving, adding the bias and subtracting the radius, and what a runtime that melts steps into one rounds differently.
 */
const sumsOff = 4
const stepsBeside = 4

/** Units by which one step element by element may be off, with what melting it into its neighbours changes. */
const elementwiseUnits = 16

/**
 * Kernels of sigmoid, tanh, erf, exp and their like are approximations and rise not quite everywhere. Those of
 * onnxruntime are within 1e-6 of the function, absolutely or of its size; this is four times as much.
 */
const approximationError = 2 ** -18

const unitRoundoff = ({ floatType }: GraphBuilder): number => (floatType === 'float32' ? 2 ** -24 : 2 ** -53)

/** By what share of its magnitudes a sum of `terms` products is widened. */
export const sumSlack = (graph: GraphBuilder, terms: number): number =>
  sumsOff * (terms + stepsBeside) * unitRoundoff(graph)

/** By what share of its magnitude a value that one step gave is widened. */
export const stepSlack = (graph: GraphBuilder): number => elementwiseUnits * unitRoundoff(graph)

/**
 * A share of a number below the least normal one is less than it is rounded by. Each such rounding is off by at most 2^-24
 * of this (2^-53 in float64), so that it covers those of sums with as many terms.
 */
export const underflowSlack = ({ floatType }: GraphBuilder): number =>
  floatType === 'float32' ? 2 ** -126 : 2 ** -1022

/** No magnitude in an interval is greater; nothing that is no number gets lost in it, as it would in a maximum. */
export const magnitude = (graph: GraphBuilder, { lower, upper }: Interval): string => {
  const { add, apply } = expressionsOf(graph)
  return lower === upper ? apply('Abs', lower) : add(apply('Abs', lower), apply('Abs', upper))
}

/** Far above what any sound model computes, and far from overflow in float32. */
const greatestSlack = 1e30

/**
 * The interval, wider by `slack` on both sides; all numbers where `slack` is none, or has no end. Overflow in a hostile
 * model makes such ends, and operators like Relu would turn them into zeros that look like a bound.
 */
export const widen = (graph: GraphBuilder, { lower, upper }: Interval, slack: string): Interval => {
  const { add, sub, greater, where } = expressionsOf(graph)
  const isBounded = greater(greatestSlack, slack)
  const least = underflowSlack(graph)
  return {
    lower: where(isBounded, sub(sub(lower, slack), least), Number.NEGATIVE_INFINITY),
    upper: where(isBounded, add(add(upper, slack), least), Number.POSITIVE_INFINITY),
  }
}

/** The interval of a step's value, wider by what one step may be off. */
export const widenByStep = (graph: GraphBuilder, interval: Interval): Interval =>
  widen(graph, interval, expressionsOf(graph).mul(stepSlack(graph), magnitude(graph, interval)))

/** The interval of an approximated function, wider by how far its kernel may be off. */
export const widenByApproximation = (graph: GraphBuilder, interval: Interval): Interval => {
  const { add, mul } = expressionsOf(graph)
  return widen(graph, interval, mul(approximationError, add(1, magnitude(graph, interval))))
}
