import { type Clock, isNootropicError, type ModelBytes, type SessionFactory, type Tensor } from '@nootropic/core'
import { type OnnxModel, writeOnnx } from '@nootropic/core/formats'
import { operatorName, subgraphs } from '../../gradient/graph-names.ts'
import { ownInitialisers } from '../../gradient/prepare/own-initialisers.ts'
import { probeValues } from '../../gradient/probe.ts'
import { printable } from '../../scan/rule.ts'
import { describeDurations, type LatencyFigures } from './durations.ts'
import { idleModel, isolateNode } from './isolate-node.ts'
import { type MeasureLimits, measureRuns, runFault, stopReason } from './measure-runs.ts'
import { type NodeCost, type OperatorProfile, sumCosts } from './operator-cost.ts'

/** Runs of one node: there may be a thousand of them. */
const mostRuns = 15

/** What measuring a model came to. */
type Measured = { readonly figures: LatencyFigures } | { readonly reason: string }

/** The reason of an error that leaves something unmeasured; every other error goes on. */
const reasonOf = (error: unknown): string =>
  isNootropicError(error, 'MODEL_MALFORMED') ? `${error.code}: ${error.message}` : runFault(error)

const unmeasured = (reason: string): OperatorProfile => sumCosts([], 0, [{ name: 'all', reason }])

/**
 * Measures each node of a model by running it alone on the values that it gets in the model, for a runtime behind
 * `SessionFactory` tells nothing from inside. The cost of a node is its fastest run less that of a model that does nothing:
 * what slows a run down is never the operator alone, and most take less than the noise of a run.
 *
 * What this cannot see: operators that the runtime fuses, values that are still in the cache, threads that work on several
 * nodes; `wholeMs` beside `totalMs` says how much that is. Behind a process boundary the transport of a node's inputs is
 * counted as its own.
 */
export const profileOperators = async (
  model: OnnxModel,
  options: MeasureLimits & {
    readonly sessions: SessionFactory
    readonly feeds: Readonly<Record<string, Tensor>>
    readonly runs: number
    readonly clock: Clock
    readonly externalData?: ModelBytes['externalData']
  },
): Promise<OperatorProfile> => {
  const { sessions, feeds, clock } = options
  const external = options.externalData === undefined ? {} : { externalData: options.externalData }
  const runs = Math.min(options.runs, mostRuns)
  const own = ownInitialisers(model)

  const run = async (one: OnnxModel, inputs: Readonly<Record<string, Tensor>>): Promise<Measured> => {
    const session = await sessions.open({ main: writeOnnx(one), ...external })
    try {
      const { durations, stopped } = await measureRuns(session, inputs, { ...options, runs, read: () => undefined })
      return durations.length === 0 ? { reason: stopped ?? 'no run' } : { figures: describeDurations(durations) }
    } finally {
      await session.close()
    }
  }
  const measure = (one: OnnxModel, inputs: Readonly<Record<string, Tensor>>): Promise<Measured> =>
    run(one, inputs).catch((error: unknown) => ({ reason: reasonOf(error) }))

  const whole = await measure(own, feeds)
  if ('reason' in whole) return unmeasured(whole.reason)
  const idle = idleModel(own)
  const overhead = await measure(idle.model, idle.feeds)
  if ('reason' in overhead) return unmeasured(overhead.reason)
  const costOf = ({ minimumMs }: LatencyFigures): number => Math.max(0, minimumMs - overhead.figures.minimumMs)
  const names = own.graph.node.flatMap((node) => node.output.filter((name) => name !== ''))
  const probed = await probeValues(own, names, { sessions, feeds, ...external }).catch(reasonOf)
  if (typeof probed === 'string') return unmeasured(`the values inside the model cannot be had: ${probed}`)
  const values = new Map([...probed, ...Object.entries(feeds)])

  const costs: NodeCost[] = []
  const skipped: { name: string; reason: string }[] = []
  for (const [place, node] of own.graph.node.entries()) {
    const stopped = stopReason(options, clock)
    if (stopped !== undefined) {
      skipped.push({ name: `${own.graph.node.length - place} further nodes`, reason: stopped })
      break
    }
    const operator = printable(operatorName(node))
    const name = `${printable(node.name || node.output[0] || String(place))} (${operator})`
    const alone = subgraphs(node).length > 0 ? undefined : isolateNode(own, node, values)
    const found: Measured =
      alone === undefined
        ? { reason: 'it holds graphs of its own, or reads what is no tensor' }
        : await measure(alone.model, alone.feeds)
    if ('reason' in found) {
      skipped.push({ name, reason: found.reason })
      continue
    }
    const deviationMs = Math.hypot(found.figures.deviationMs, overhead.figures.deviationMs)
    costs.push({ name, operator, milliseconds: costOf(found.figures), deviationMs })
  }
  return sumCosts(costs, costOf(whole.figures), skipped)
}
