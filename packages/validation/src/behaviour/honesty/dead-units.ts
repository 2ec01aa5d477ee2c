import type { SessionFactory } from '@nootropic/core'
import { type NodeProto, type OnnxModel, onnxSignature } from '@nootropic/core/formats'
import { operatorName } from '../../gradient/graph-names.ts'
import { probeValues } from '../../gradient/probe.ts'
import type { Sighting } from '../../scan/rule.ts'
import type { FloatTensor } from '../dataset.ts'
import { range } from '../rows.ts'
import type { Subject } from '../subject.ts'
import { type HonestyTarget, type Observation, observe, percent, type Unchecked } from './observation.ts'
import { honestyRules } from './rules.ts'

/** The activations whose outputs are looked at. */
const activations = new Set(['Relu', 'LeakyRelu', 'Sigmoid', 'Tanh', 'Elu', 'HardSigmoid', 'HardSwish', 'Clip'])

/** From this share of units that never move a layer is called dead. Trained layers keep a few such units. */
const deadShare = 0.9

/** Below this share of the greatest score the scores of all examples are the same. */
const leastSpread = 1e-6

/** Whether the scores are the same for all examples. */
export const checkConstantAnswers = async ({
  model,
  inputs,
  labels,
}: HonestyTarget): Promise<Observation | Unchecked> => {
  if (labels.length < 2) return { unchecked: 'one example cannot tell whether the answer is always the same' }
  const scores = await model.scores(inputs)
  let scale = Number.MIN_VALUE
  let spread = 0
  for (const column of range(model.classes)) {
    const values = labels.map((_, row) => scores[row * model.classes + column] ?? Number.NaN)
    scale = Math.max(scale, ...values.map(Math.abs))
    spread = Math.max(spread, Math.max(...values) - Math.min(...values))
  }
  const relative = spread / scale
  // So written that NaN is a constant answer.
  return observe({ answerSpread: relative }, !(relative > leastSpread), () => ({
    rule: honestyRules['constant-answers'],
    message: `expected the scores to depend on the input, those of ${labels.length} examples are the same`,
    evidence: { relative },
  }))
}

/** The outputs of a layer on all examples. */
export interface LayerValues {
  readonly name: string
  /** Examples, units, then places within a unit. */
  readonly dims: readonly number[]
  readonly data: ArrayLike<number>
}

/** Units, axis 1, whose output is the same for every example at every place. */
const deadUnits = ({ dims, data }: LayerValues): number => {
  const [rows = 0, units = 0, ...rest] = dims
  const places = rest.reduce((product, dim) => product * dim, 1)
  const moves = (unit: number): boolean => {
    for (let place = 0; place < places; place += 1) {
      const first = data[unit * places + place]
      for (let row = 1; row < rows; row += 1) {
        if (data[(row * units + unit) * places + place] !== first) return true
      }
    }
    return false
  }
  return range(units).filter((unit) => !moves(unit)).length
}

/** Layers of which nearly all units give the same for every example. */
export const checkLayers = (layers: readonly LayerValues[]): Observation => {
  const sightings: Sighting[] = []
  let most = 0
  for (const layer of layers) {
    const units = layer.dims[1] ?? 0
    const share = deadUnits(layer) / Math.max(1, units)
    most = Math.max(most, share)
    if (share < deadShare) continue
    sightings.push({
      rule: honestyRules['dead-layer'],
      message: `expected the units of a layer to move with the input, ${percent(share)} of ${units} do not for ${layer.dims[0]} examples`,
      inside: layer.name,
      evidence: { share, units },
    })
  }
  return { sightings, measurements: { deadUnitShare: most } }
}

const activationsOf = (model: OnnxModel): NodeProto[] =>
  model.graph.node.filter((node) => activations.has(operatorName(node)))

/** Runs the model with the outputs of all activations exposed, and looks for layers that never move. */
export const checkDeadLayers = async (
  subject: Pick<Subject, 'model' | 'bytes'> & { readonly sessions: SessionFactory },
  inputs: FloatTensor,
): Promise<Observation | Unchecked> => {
  const rows = inputs.dims[0] ?? 0
  const [spec] = onnxSignature(subject.model).inputs
  const names = activationsOf(subject.model).flatMap(({ output }) => output.slice(0, 1))
  if (spec === undefined) return { unchecked: 'the model has no input' }
  // What has no activation has none that could be dead.
  if (names.length === 0) return { sightings: [], measurements: { deadUnitShare: 0 } }
  if (typeof spec.dims[0] === 'number' && spec.dims[0] !== rows) {
    return { unchecked: `the model takes exactly ${spec.dims[0]} example(s) at once, layers are compared over ${rows}` }
  }
  const { externalData } = subject.bytes
  const values = await probeValues(subject.model, names, {
    sessions: subject.sessions,
    feeds: { [spec.name]: inputs },
    ...(externalData === undefined ? {} : { externalData }),
  })
  const layers = names.flatMap((name): LayerValues[] => {
    const value = values.get(name)
    if (value === undefined || value.dims.length < 2 || value.dims[0] !== rows) return []
    return [{ name, dims: value.dims, data: value.data as ArrayLike<number> }]
  })
  return layers.length === 0 ? { unchecked: 'no activation has one row an example' } : checkLayers(layers)
}
