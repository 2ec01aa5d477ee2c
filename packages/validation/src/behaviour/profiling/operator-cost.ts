/** What all nodes of one operator take together. */
interface OperatorCost {
  /** `Conv`, `com.microsoft:Gelu`. */
  readonly operator: string
  readonly nodes: number
  /** The fastest runs of its nodes, each run alone, less what running nothing takes. */
  readonly milliseconds: number
  /** Of the sum over all operators. */
  readonly share: number
  /** How noisy `milliseconds` is: the deviations of its nodes, added as independent errors are. */
  readonly deviationMs: number
}

/** What each operator of a model takes. */
export interface OperatorProfile {
  /** The dearest first. */
  readonly operators: readonly OperatorCost[]
  /** The dearest nodes, the dearest first. */
  readonly nodes: readonly { readonly name: string; readonly operator: string; readonly milliseconds: number }[]
  /** The sum over all nodes that were measured. */
  readonly totalMs: number
  /** The same of the whole model: alone, operators lose what the runtime gains by fusing them, so they sum to more. */
  readonly wholeMs: number
  /** Nodes that were not measured, and why. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[]
}

/** Nodes that are listed by name. */
const listedNodes = 20

/** What one node takes. */
export interface NodeCost {
  readonly name: string
  readonly operator: string
  readonly milliseconds: number
  readonly deviationMs: number
}

const sumOf = (costs: readonly { readonly milliseconds: number }[]): number =>
  costs.reduce((sum, { milliseconds }) => sum + milliseconds, 0)

const noiseOf = (costs: readonly NodeCost[]): number =>
  Math.sqrt(costs.reduce((sum, { deviationMs }) => sum + deviationMs ** 2, 0))

const dearestFirst = <Cost extends { readonly milliseconds: number }>(costs: readonly Cost[]): Cost[] =>
  costs.toSorted((left, right) => right.milliseconds - left.milliseconds)

/** The costs of nodes by their operators. Costs that the noise hides are said to be. */
export const sumCosts = (
  costs: readonly NodeCost[],
  wholeMs: number,
  skipped: OperatorProfile['skipped'],
): OperatorProfile => {
  const totalMs = sumOf(costs)
  const noiseMs = noiseOf(costs)
  const hidden = {
    name: 'costs',
    reason: `noise of ${noiseMs.toPrecision(2)} ms hides them: profile in process, or with more examples`,
  }
  const byOperator = new Map<string, NodeCost[]>()
  for (const cost of costs) {
    const nodes = byOperator.get(cost.operator)
    if (nodes === undefined) byOperator.set(cost.operator, [cost])
    else nodes.push(cost)
  }
  const operators = [...byOperator].map(([operator, nodes]) => ({
    operator,
    nodes: nodes.length,
    milliseconds: sumOf(nodes),
    share: totalMs > 0 ? sumOf(nodes) / totalMs : 0,
    deviationMs: noiseOf(nodes),
  }))
  return {
    operators: dearestFirst(operators),
    nodes: dearestFirst(costs)
      .slice(0, listedNodes)
      .map(({ name, operator, milliseconds }) => ({ name, operator, milliseconds })),
    totalMs,
    wholeMs,
    skipped: costs.length > 0 && totalMs <= noiseMs ? [...skipped, hidden] : skipped,
  }
}
