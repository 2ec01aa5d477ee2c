import type { ModelBytes, SessionFactory, TensorSpec } from '@nootropic/core'
import { createValueInfo, type NodeProto, type OnnxModel, onnxSignature } from '@nootropic/core/formats'
import { createGraphBuilder, type GraphBuilder } from '../../gradient/graph-builder.ts'
import { namesIn, operatorName, subgraphs } from '../../gradient/graph-names.ts'
import { describeHead } from '../../gradient/head.ts'
import { type KnownGraph, learnGraph } from '../../gradient/known-graph.ts'
import { foldConstants } from '../../gradient/prepare/fold-constants.ts'
import { prepareModel } from '../../gradient/prepare/prepare.ts'
import { opsetOf } from '../../gradient/prepare/upgrade-opset.ts'
import type { FloatTensor } from '../dataset.ts'
import type { Interval, IntervalStep } from './interval-rule.ts'
import { intervalRules } from './interval-rules.ts'

/** A model that takes two inputs, the least and the greatest of each element, and gives what lies between. */
export interface IntervalModel {
  readonly isDerived: true
  readonly model: OnnxModel
  readonly names: {
    /** Inputs, in the shape of the model's own. */
    readonly lower: string
    readonly upper: string
    /** Outputs: the least and the greatest that the value {@link bounded} can have. */
    readonly least: string
    readonly greatest: string
  }
  /** Name of the value that is bounded: the scores before a last softmax or sigmoid where the model is a classifier, else the output. */
  readonly bounded: string
}

/** Why there are no bounds: the operators that no rule covers, each once. */
export interface IntervalRefusal {
  readonly isDerived: false
  readonly operators: readonly string[]
  readonly reason: string
}

/** What bounds are built from. */
export interface IntervalOptions {
  readonly sessions: SessionFactory
  /** An example or more, batch first. */
  readonly probe: FloatTensor
  readonly externalData?: ModelBytes['externalData']
  /** The first where it is left out. */
  readonly output?: string
}

const refusal = (reason: string, operators: readonly string[] = []): IntervalRefusal => ({
  isDerived: false,
  operators,
  reason,
})

const isRandom = ({ opType }: NodeProto): boolean => /^(?:Random|Bernoulli|Multinomial)/.test(opType)

/** Walks the nodes forwards and adds what each one's rule says. */
const propagate = (
  nodes: readonly NodeProto[],
  graph: GraphBuilder,
  start: { readonly input: string; readonly interval: Interval },
  known: KnownGraph,
): { readonly intervals: ReadonlyMap<string, Interval>; readonly refused: readonly string[] } => {
  const intervals = new Map([[start.input, start.interval]])
  const refused = new Set<string>()
  // What reads only how large a value is may read it of either end.
  const renamed = (name: string): string => intervals.get(name)?.lower ?? name
  for (const node of nodes) {
    const outputs = node.output.filter((name) => name !== '')
    if (!outputs.some(known.isDependent)) {
      const [only = '', ...others] = outputs
      // Only shapes are computed beside the way; the bounds of a run must hold for all runs, so chance has none.
      if (others.length > 0 || subgraphs(node).length > 0 || isRandom(node))
        refused.add(`${operatorName(node)} (beside the way)`)
      const same = graph.addCopy(node, node.input.map(renamed))
      intervals.set(only, { lower: same, upper: same })
      continue
    }
    const input = (index: number): string => node.input[index] ?? ''
    const step: IntervalStep = {
      node: { ...node, input: node.input.map((name) => (known.isDependent(name) ? name : renamed(name))) },
      input: (index) => (known.isDependent(input(index)) ? input(index) : renamed(input(index))),
      isMoving: (index) => known.isDependent(input(index)),
      interval: (index) => intervals.get(input(index)) ?? { lower: input(index), upper: input(index) },
      shape: known.shape,
      constant: known.constant,
      graph,
    }
    const rule = intervalRules.get(operatorName(node))
    const result = rule?.(step)
    if (result === undefined) refused.add(operatorName(node))
    else if ('refused' in result) refused.add(`${operatorName(node)} (${result.refused})`)
    // Behind a refused node the walk goes on, so that all refusals are named at once; its graph is thrown away.
    const found = result === undefined || 'refused' in result ? [] : result
    outputs.forEach((name, index) => {
      const interval = found[index]
      if (interval === undefined && found.length > 0 && known.isDependent(name))
        refused.add(`${operatorName(node)} (a further output)`)
      intervals.set(name, interval ?? start.interval)
    })
  }
  return { intervals, refused: [...refused] }
}

/**
 * Builds, from a model, the model of its intervals (interval bound propagation, Gowal et al. 2018): given the least and
 * the greatest value of every input element it computes bounds that no input between them can make the runtime's own
 * float32 answer leave, for every step is widened by more than it may round.
 *
 * @returns the model, or why there is none and which operators stand in the way
 */
export const buildIntervals = async (
  model: OnnxModel,
  options: IntervalOptions,
): Promise<IntervalModel | IntervalRefusal> => {
  const { sessions, probe, externalData } = options
  const { inputs, outputs } = onnxSignature(model)
  const [input, ...others] = inputs
  const output = options.output === undefined ? outputs[0] : outputs.find(({ name }) => name === options.output)
  if (input === undefined || output === undefined || others.length > 0) {
    return refusal(`expected one input and an output, found ${inputs.length} inputs and ${outputs.length} outputs`)
  }
  if (input.type !== probe.type || output.type !== input.type) {
    return refusal(`its input and output are not both ${probe.type}`)
  }
  const names = { input: input.name, output: output.name }
  const batch = typeof input.dims[0] === 'number' ? input.dims[0] : undefined
  const external = externalData === undefined ? {} : { externalData }
  const prepared = await prepareModel(model, { ...names, batch }, { sessions, probe, fixed: {}, ...external })
  if ('refused' in prepared) return refusal(prepared.refused)
  // A branch that is taken for granted, or chosen by the input, may be another one inside the box.
  if (prepared.assumptions.length > 0 || prepared.choices.length > 0) return refusal('it chooses branches', ['If'])
  // What expansions made of weights alone is constant, too.
  const folded = await foldConstants(prepared.model, prepared.valuesOf)
  const { graph: forward } = folded
  const known = await learnGraph({ ...prepared, model: folded }, names, externalData)
  if ('refused' in known) return refusal('operators without an interval rule', [known.refused])

  const taken = namesIn(forward)
  const unlike = (name: string): string => (taken.has(name) ? unlike(`${name}'`) : name)
  const graph = createGraphBuilder({ floatType: probe.type, opset: opsetOf(prepared.model), taken })
  const ends: Interval = { lower: unlike('interval/lower'), upper: unlike('interval/upper') }
  const { intervals, refused } = propagate(forward.node, graph, { input: input.name, interval: ends }, known)
  const shape = known.shape(output.name)
  const head = shape[0] === prepared.probe.dims[0] ? describeHead(forward, output.name, shape) : undefined
  const bounded = head?.logits ?? output.name
  // What lies behind the scores is not bounded, and need not have a rule.
  const needed = head === undefined ? refused : refused.filter((name) => !isBehind(forward.node, bounded, name))
  if (needed.length > 0) return refusal('operators without an interval rule', needed)
  const result = intervals.get(bounded)
  if (result === undefined) return refusal('its output does not depend on its input')
  const rows = onnxSignature(prepared.model).inputs[0]?.dims[0] ?? null
  const open = (dims: readonly number[]): TensorSpec['dims'] => (dims.length === 0 ? [] : [rows, ...dims.slice(1)])
  const spec = (name: string, dims: readonly number[]): TensorSpec => ({ name, type: probe.type, dims: open(dims) })
  return {
    isDerived: true,
    model: {
      ...folded,
      graph: {
        ...forward,
        node: graph.nodes,
        initializer: [...forward.initializer, ...graph.initialisers],
        input: [spec(ends.lower, probe.dims), spec(ends.upper, probe.dims)].map(createValueInfo),
        output: [result.lower, result.upper].map((name) => createValueInfo(spec(name, known.shape(bounded)))),
      },
    },
    names: { ...ends, least: result.lower, greatest: result.upper },
    bounded,
  }
}

/** Whether an operator stands only behind the node that makes `value`. */
const isBehind = (nodes: readonly NodeProto[], value: string, refused: string): boolean => {
  const made = nodes.findIndex(({ output }) => output.includes(value))
  return !nodes
    .slice(0, made + 1)
    .some((node) => refused === operatorName(node) || refused.startsWith(`${operatorName(node)} (`))
}
