import type { ModelBytes, SessionFactory, Tensor, TensorSpec } from '@nootropic/core'
import { createValueInfo, type NodeProto, type OnnxModel, onnxSignature, tensorValues } from '@nootropic/core/formats'
import type { FloatTensor } from '../behaviour/dataset.ts'
import type { LossName } from '../behaviour/losses.ts'
import { dependents } from './dependence.ts'
import { createGraphBuilder, type GraphBuilder } from './graph-builder.ts'
import { describeHead, type LogitSource } from './head.ts'
import { addLoss } from './losses.ts'
import { probeValues } from './probe.ts'
import type { ReverseStep } from './rule.ts'
import { reverseRules } from './rules.ts'

/** The first operator set whose operators all rules can be written in. */
const minimumOpset = 11

/** A model that computes a loss and its slope with regard to the input, in standard operators only. */
export interface GradientModel {
  readonly isDerived: true
  readonly model: OnnxModel
  /** Names of its inputs and outputs. `labels` is int64 [batch]; `loss` is [batch]; `slope` has the input's shape. */
  readonly names: {
    readonly input: string
    readonly labels: string
    readonly value: string
    readonly loss: string
    readonly slope: string
  }
}

/** Why there is no gradient; attacks then estimate it from the outputs alone. */
export interface GradientRefusal {
  readonly isDerived: false
  /** The operators that no rule covers, each once, with the reason where the operator itself is covered. */
  readonly operators: readonly string[]
  readonly reason: string
}

/** What a gradient is built from. */
export interface GradientOptions {
  readonly loss: LossName
  /** Opens the model for one run that finds out all shapes. */
  readonly sessions: SessionFactory
  /** An example or more, batch first: what the model is probed with. */
  readonly probe: FloatTensor
  readonly externalData?: ModelBytes['externalData']
}

const refusal = (reason: string, operators: readonly string[] = []): GradientRefusal => ({
  isDerived: false,
  operators,
  reason,
})

const namesIn = (model: OnnxModel): Set<string> =>
  new Set([
    ...model.graph.input.map(({ name }) => name),
    ...model.graph.initializer.map(({ name }) => name),
    ...model.graph.node.flatMap(({ input, output }) => [...input, ...output]),
  ])

/** Looks up values that do not depend on the input: initialisers, and what the probe computed from them. */
const constantsOf =
  (model: OnnxModel, values: ReadonlyMap<string, Tensor>, dependent: ReadonlySet<string>) =>
  (name: string): number[] | undefined => {
    if (dependent.has(name)) return undefined
    const initialiser = model.graph.initializer.find((tensor) => tensor.name === name)
    const data = initialiser === undefined ? values.get(name)?.data : tensorValues(initialiser)
    return data === undefined ? undefined : Array.from(data as ArrayLike<number | bigint>, Number)
  }

/** Walks the nodes backwards from the logits and adds what each one's rule says. */
const reverse = (
  nodes: readonly NodeProto[],
  graph: GraphBuilder,
  start: { readonly logits: string; readonly slope: string },
  known: Pick<ReverseStep, 'shape' | 'constant'> & { readonly isDependent: (name: string) => boolean },
): { readonly slopes: ReadonlyMap<string, string>; readonly refused: readonly string[] } => {
  const slopes = new Map([[start.logits, start.slope]])
  const refused = new Set<string>()
  const accumulate = (name: string, slope: string): void => {
    const other = slopes.get(name)
    slopes.set(name, other === undefined ? slope : graph.add('Add', [other, slope]))
  }
  for (const node of nodes.toReversed()) {
    const output = node.output.find((name) => slopes.has(name))
    const slope = slopes.get(output ?? '')
    if (output === undefined || slope === undefined || !node.output.some(known.isDependent)) continue
    const step: ReverseStep = {
      node,
      slope,
      input: (index) => node.input[index] ?? '',
      output,
      wants: (index) => known.isDependent(node.input[index] ?? ''),
      shape: known.shape,
      constant: known.constant,
      graph,
    }
    const rule = node.domain === '' || node.domain === 'ai.onnx' ? reverseRules.get(node.opType) : undefined
    const result =
      rule === undefined ? undefined : output === node.output[0] ? rule(step) : { refused: 'a second output' }
    if (result === undefined) refused.add(node.domain === '' ? node.opType : `${node.domain}:${node.opType}`)
    else if ('refused' in result) refused.add(`${node.opType} (${result.refused})`)
    // Behind a refused node the walk goes on, so that all refusals are named at once; its graph is thrown away.
    const inputSlopes = result === undefined || 'refused' in result ? node.input.map(() => slope) : result
    for (const [index, inputSlope] of inputSlopes.entries()) {
      if (inputSlope !== undefined && step.wants(index)) accumulate(step.input(index), inputSlope)
    }
  }
  return { slopes, refused: [...refused] }
}

const assemble = (
  model: OnnxModel,
  graph: GraphBuilder,
  outputs: { readonly head: LogitSource; readonly loss: string; readonly slope: string },
  specs: { readonly input: TensorSpec; readonly labels: string },
): GradientModel => {
  const declare = (name: string, dims: TensorSpec['dims']): ReturnType<typeof createValueInfo> =>
    createValueInfo({ name, type: graph.floatType, dims })
  const value = model.graph.output.filter(({ name }) => name === outputs.head.output)
  return {
    isDerived: true,
    model: {
      ...model,
      graph: {
        ...model.graph,
        node: [...model.graph.node, ...graph.nodes],
        initializer: [...model.graph.initializer, ...graph.initialisers],
        input: [...model.graph.input, createValueInfo({ name: specs.labels, type: 'int64', dims: [null] })],
        output: [...value, declare(outputs.loss, [null]), declare(outputs.slope, specs.input.dims)],
      },
    },
    names: {
      input: specs.input.name,
      labels: specs.labels,
      value: outputs.head.output,
      loss: outputs.loss,
      slope: outputs.slope,
    },
  }
}

/**
 * Builds, from a classifier, the model that also computes a loss and the slope of it with regard to the input: the same
 * nodes, a loss head, and for each operator on the way its vector-Jacobian product. Any `SessionFactory` can open it.
 *
 * @returns the model, or why there is none and which operators stand in the way
 * @example
 * ```ts
 * const gradient = await buildGradient(readOnnx(bytes), { loss: 'margin', sessions, probe })
 * if (!gradient.isDerived) gradient.operators // ['LSTM', 'Resize']
 * ```
 */
export const buildGradient = async (
  model: OnnxModel,
  options: GradientOptions,
): Promise<GradientModel | GradientRefusal> => {
  const { inputs, outputs } = onnxSignature(model)
  const [input, ...others] = inputs
  const [output] = outputs
  if (input === undefined || output === undefined || others.length > 0) return refusal('it has not exactly one input')
  if (input.type !== options.probe.type || output.type !== input.type) {
    return refusal(`its input and output are not both ${options.probe.type}`)
  }
  const opset = model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0
  if (opset < minimumOpset) return refusal(`its operator set is ${opset}, below ${minimumOpset}`)

  const dependent = dependents(model.graph, input.name)
  const computed = new Set(model.graph.node.flatMap((node) => node.output.filter((name) => name !== '')))
  const onTheWay = model.graph.node.filter((node) => node.output.some((name) => dependent.has(name)))
  const asked = new Set([output.name, ...onTheWay.flatMap((node) => [...node.input, ...node.output])])
  const values = await probeValues(
    model,
    [...asked].filter((name) => computed.has(name)),
    {
      sessions: options.sessions,
      feeds: { [input.name]: options.probe },
      ...(options.externalData === undefined ? {} : { externalData: options.externalData }),
    },
  )
  const initialisers = new Map(model.graph.initializer.map((tensor) => [tensor.name, tensor]))
  const shape = (name: string): readonly number[] =>
    name === input.name ? options.probe.dims : (values.get(name)?.dims ?? initialisers.get(name)?.dims ?? [])
  const head = describeHead(model.graph, output.name, shape(output.name))
  if (head === undefined) return refusal(`its output, of shape [${shape(output.name)}], is no row of class scores`)

  const taken = namesIn(model)
  const graph = createGraphBuilder({ floatType: input.type as GraphBuilder['floatType'], opset, taken })
  const labels = 'gradient/labels'
  const loss = addLoss(graph, options.loss, head, labels)
  const { slopes, refused } = reverse(
    model.graph.node,
    graph,
    { logits: head.logits, slope: loss.slope },
    {
      shape,
      constant: constantsOf(model, values, dependent),
      isDependent: (name) => dependent.has(name),
    },
  )
  if (refused.length > 0) return refusal('operators without a reverse rule', refused)
  const slope = slopes.get(input.name)
  if (slope === undefined) return refusal('its output does not depend on its input')
  return assemble(model, graph, { head, loss: loss.value, slope }, { input, labels })
}
