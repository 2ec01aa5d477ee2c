import type { ModelBytes, SessionFactory, Tensor, TensorSpec } from '@nootropic/core'
import { createValueInfo, type OnnxModel, onnxSignature } from '@nootropic/core/formats'
import type { FloatTensor } from '../behaviour/dataset.ts'
import { createGraphBuilder, type GraphBuilder } from './graph-builder.ts'
import { namesIn } from './graph-names.ts'
import { describeHead, sigmoidLogits } from './head.ts'
import { learnGraph } from './known-graph.ts'
import type { Loss } from './losses/loss.ts'
import { addLoss, type LossName } from './losses.ts'
import type { Assumption } from './prepare/inline-branches.ts'
import { type PreparedModel, prepareModel } from './prepare/prepare.ts'
import { opsetOf } from './prepare/upgrade-opset.ts'
import { reverse } from './reverse.ts'

/** A model that computes a loss and its slope with regard to the input, in standard operators only. */
export interface GradientModel {
  readonly isDerived: true
  /**
   * The operators on the way that move with the input in steps only, such as rounding, quantising and deciding, so that no
   * slope goes through them: an attack that follows the slope is blind to them, and the gradient may be masked there.
   */
  readonly flat: readonly string[]
  /** Its batch is open where it can be; all other dimensions of the input are those of the probe. */
  readonly model: OnnxModel
  /** Names of its inputs and outputs. `loss` is [batch]; `slope` has the input's shape. */
  readonly names: {
    readonly input: string
    /**
     * What the loss compares the output with: int64 [batch] class numbers for losses of class scores; numbers in the
     * output's shape for `mse`, `bce` and `cosine`; for `seed` the weights of the scores, [batch, classes], or of the
     * output where it is no row of class scores.
     */
    readonly labels: string
    /** int64 [batch]: the class aimed at; for `targeted-dlr` only. */
    readonly target?: string
    readonly value: string
    readonly loss: string
    readonly slope: string
  }
}

/** Why there is no gradient; attacks then estimate it from the outputs alone. */
export interface GradientRefusal {
  readonly isDerived: false
  /**
   * The operators that no rule covers, each once, with the reason where the operator itself is covered; where all have a
   * rule and no slope arrives, those that let none through.
   */
  readonly operators: readonly string[]
  readonly reason: string
}

/** What a gradient is built from. */
export interface GradientOptions {
  readonly loss: LossName
  /** Opens the model for the runs that find out all shapes. */
  readonly sessions: SessionFactory
  /** An example or more, batch first: what the model is probed with. */
  readonly probe: FloatTensor
  readonly externalData?: ModelBytes['externalData']
  /** The input to differentiate for; the only one where it is left out. */
  readonly input?: string
  /** What all other inputs hold, by name; the gradient model has them as constants. */
  readonly fixed?: Readonly<Record<string, Tensor>>
  /** The output that the loss is put behind; the first where it is left out. */
  readonly output?: string
}

const refusal = (reason: string, operators: readonly string[] = []): GradientRefusal => ({
  isDerived: false,
  operators,
  reason,
})

/** Which input and output are meant, or why none can be. */
const choose = (model: OnnxModel, options: GradientOptions) => {
  const { inputs, outputs } = onnxSignature(model)
  const fixed = options.fixed ?? {}
  const open = inputs.filter(({ name }) => !Object.hasOwn(fixed, name))
  const input = options.input === undefined ? open[0] : open.find(({ name }) => name === options.input)
  const output = options.output === undefined ? outputs[0] : outputs.find(({ name }) => name === options.output)
  if (input === undefined || output === undefined) return refusal('it has no such input or output')
  if ((options.probe.dims[0] ?? 0) === 0) return refusal('the probe holds no example')
  if (open.length > 1) {
    const names = open.filter(({ name }) => name !== input.name).map(({ name }) => name)
    return refusal(`it has further inputs, whose values must be given: ${names.join(', ')}`)
  }
  return input.type !== options.probe.type || output.type !== input.type
    ? refusal(`its input and output are not both ${options.probe.type}`)
    : { input, output }
}

/** A name that the model does not use. */
const unlike = (taken: ReadonlySet<string>, name: string): string =>
  taken.has(name) ? unlike(taken, `${name}'`) : name

/** The slope, or NaN wherever a branch was taken for granted that the input's shape would not take. */
const underAssumptions = (graph: GraphBuilder, slope: string, assumptions: readonly Assumption[]): string =>
  assumptions.reduce((value, { condition, held }) => {
    const holds = held ? condition : graph.add('Not', [condition])
    return graph.add('Where', [holds, value, graph.floats([Number.NaN])])
  }, slope)

const assemble = (
  prepared: PreparedModel,
  graph: GraphBuilder,
  outputs: {
    readonly value: TensorSpec
    readonly loss: Loss
    readonly slope: string
    readonly flat: readonly string[]
  },
  input: TensorSpec,
): GradientModel => {
  const { model } = prepared
  const { loss, slope, value } = outputs
  const [labels, target] = loss.inputs
  return {
    isDerived: true,
    flat: outputs.flat,
    model: {
      ...model,
      graph: {
        ...model.graph,
        node: [...model.graph.node, ...graph.nodes],
        initializer: [...model.graph.initializer, ...graph.initialisers],
        input: [input, ...loss.inputs].map(createValueInfo),
        output: [
          value,
          { name: loss.value, type: graph.floatType, dims: [null] },
          { name: slope, type: graph.floatType, dims: input.dims },
        ].map(createValueInfo),
      },
    },
    names: {
      input: input.name,
      labels: labels?.name ?? '',
      ...(target === undefined ? {} : { target: target.name }),
      value: value.name,
      loss: loss.value,
      slope,
    },
  }
}

/**
 * Builds, from a model, the model that also computes a loss and the slope of it with regard to the input: the same
 * function in one operator set and with an open batch, a loss head, and for each operator on the way its vector-Jacobian
 * product. Any `SessionFactory` can open it.
 *
 * @returns the model, or why there is none and which operators stand in the way
 * @example
 * ```ts
 * const gradient = await buildGradient(readOnnx(bytes), { loss: 'margin', sessions, probe })
 * if (!gradient.isDerived) gradient.operators // ['Loop', 'GridSample']
 * ```
 */
export const buildGradient = async (
  model: OnnxModel,
  options: GradientOptions,
): Promise<GradientModel | GradientRefusal> => {
  const chosen = choose(model, options)
  if ('isDerived' in chosen) return chosen
  const { input, output } = chosen
  const batch = typeof input.dims[0] === 'number' ? input.dims[0] : undefined
  const { sessions, probe, externalData, fixed = {} } = options
  const prepared = await prepareModel(
    model,
    { input: input.name, output: output.name, batch },
    { sessions, probe, fixed, ...(externalData === undefined ? {} : { externalData }) },
  )
  if ('refused' in prepared) return refusal(prepared.refused)
  const { graph: forward } = prepared.model
  const known = await learnGraph(prepared, { input: input.name, output: output.name }, externalData)
  if ('refused' in known) return refusal('operators without a reverse rule', [known.refused])

  const taken = namesIn(forward)
  const graph = createGraphBuilder({ floatType: probe.type, opset: opsetOf(prepared.model), taken })
  const shape = known.shape(output.name)
  const isRowwise = shape[0] === prepared.probe.dims[0]
  const source = {
    output: output.name,
    shape,
    head: isRowwise ? describeHead(forward, output.name, shape) : undefined,
    logits: sigmoidLogits(forward, output.name),
  }
  const loss = addLoss(graph, options.loss, source, {
    labels: unlike(taken, 'gradient/labels'),
    target: unlike(taken, 'gradient/target'),
  })
  if ('refused' in loss) return refusal(loss.refused)
  const { slopes, refused, flat } = reverse(forward.node, graph, loss, known)
  if (refused.length > 0) return refusal('operators without a reverse rule', refused)
  const slope = slopes.get(input.name)
  if (slope === undefined)
    return refusal('no slope reaches its input: the output depends on it in steps, or not at all', flat)
  // The batch may differ from the probe's where the prepared model leaves it open; every other shape was built in.
  const rows = onnxSignature(prepared.model).inputs[0]?.dims[0] ?? null
  const open = (dims: readonly number[]): TensorSpec['dims'] => (dims.length === 0 ? [] : [rows, ...dims.slice(1)])
  return assemble(
    prepared,
    graph,
    {
      value: { name: output.name, type: probe.type, dims: open(shape) },
      loss,
      slope: underAssumptions(graph, slope, prepared.assumptions),
      flat,
    },
    { name: input.name, type: probe.type, dims: open(probe.dims) },
  )
}
