import type { NodeProto } from '@nootropic/core/formats'
import { floatAttribute, textAttribute } from '../../../gradient/attributes.ts'
import { expressionsOf } from '../../../gradient/expressions.ts'
import type { Interval, IntervalRule, IntervalStep } from '../interval-rule.ts'
import { widenByApproximation, widenByStep } from '../rounding.ts'
import { multiplied } from './arithmetic.ts'

/** Both ends through the operator itself, which never falls; inputs that do not move stay as they are. */
const throughBoth = (step: IntervalStep): Interval => {
  const through = (end: keyof Interval): string =>
    step.graph.addCopy(
      step.node,
      step.node.input.map((name, index) => (name === '' ? '' : step.interval(index)[end])),
    )
  return { lower: through('lower'), upper: through('upper') }
}

/** The operator chooses or moves elements and computes nothing. */
export const exact: IntervalRule = (step) => [throughBoth(step)]

/** The operator multiplies or adds once or twice. */
export const rising: IntervalRule = (step) => [widenByStep(step.graph, throughBoth(step))]

/** The kernel approximates the function. */
export const approximated: IntervalRule = (step) => [widenByApproximation(step.graph, throughBoth(step))]

/** Only the first input moves, as in Reshape and Gather. */
export const movedFirst: IntervalRule = (step) =>
  step.node.input.slice(1).some((_, index) => step.isMoving(index + 1))
    ? { refused: 'a place that depends on the input' }
    : exact(step)

/** Passes its input on, but while it trains: then it drops elements by chance. */
export const dropout: IntervalRule = (step) => {
  const training = step.input(2)
  return training === '' || step.constant(training)?.every((value) => Number(value) === 0) === true
    ? movedFirst(step)
    : { refused: 'a training mode' }
}

/**
 * A rule of an operator that gives numbers even where its input has no bound: it might have overflowed to what is no
 * number there, which the operator passes on. So what has no bound keeps none.
 */
export const saturating =
  (rule: IntervalRule): IntervalRule =>
  (step) => {
    const result = rule(step)
    if ('refused' in result) return result
    const { add, sub, greater, where } = expressionsOf(step.graph)
    const [first, ...others] = step.node.input.flatMap((_, index) => {
      const { lower, upper } = step.interval(index)
      return step.isMoving(index) ? [sub(upper, lower)] : []
    })
    if (first === undefined) return result
    const isBounded = greater(Number.POSITIVE_INFINITY, others.length === 0 ? first : add(first, ...others))
    return result.map(({ lower, upper }) => ({
      lower: where(isBounded, lower, Number.NEGATIVE_INFINITY),
      upper: where(isBounded, upper, Number.POSITIVE_INFINITY),
    }))
  }

/** Parts of the first input. */
export const split: IntervalRule = (step) => {
  const { node, graph } = step
  const attributes = Object.fromEntries(
    node.attribute
      .filter(({ name }) => name === 'axis' || name === 'num_outputs')
      .map(({ name, i }) => [name, i ?? 0n]),
  )
  const { lower, upper } = step.interval(0)
  const through = (value: string): string[] =>
    graph.addMany('Split', [value, ...node.input.slice(1)], node.output.length, attributes)
  const uppers = through(upper)
  return through(lower).map((name, index) => ({ lower: name, upper: uppers[index] ?? '' }))
}

/** A rule that holds only where an attribute, by whose sign the function rises or falls, is not negative. */
export const whereNotNegative =
  (attributes: Readonly<Record<string, number>>, rule: IntervalRule): IntervalRule =>
  (step) => {
    const negative = Object.entries(attributes).find(
      ([name, fallback]) => floatAttribute(step.node, name, fallback) < 0,
    )
    return negative === undefined ? rule(step) : { refused: `a negative ${negative[0]}` }
  }

/** A rule that holds only for one value of a text attribute. */
export const whereText =
  (attribute: string, fallback: string, wanted: string, rule: IntervalRule): IntervalRule =>
  (step) => {
    const found = textAttribute(step.node, attribute, fallback)
    return found === wanted ? rule(step) : { refused: `${attribute} ${found}` }
  }

/** x times a gate that rises from 0 to 1: bounded as a product, which is sound though not tight. */
export const gated =
  (gate: (node: NodeProto) => readonly [opType: string, attributes: Readonly<Record<string, number>>]): IntervalRule =>
  (step) => {
    const { graph, node } = step
    const [opType, attributes] = gate(node)
    const { lower, upper } = step.interval(0)
    const opened = widenByApproximation(graph, {
      lower: graph.add(opType, [lower], attributes),
      upper: graph.add(opType, [upper], attributes),
    })
    return [multiplied(graph, { lower, upper }, opened)]
  }
