import { createSeededRandom, type ModelBytes, type Tensor } from '@nootropic/core'
import { writeOnnx } from '@nootropic/core/formats'
import { buildGradient, type GradientOptions } from '../gradient/build-gradient.ts'
import { type AttackedModel, type DifferentiableModel, lossesOf, type Objective } from './attacks/objective.ts'
import { stageLosses } from './attacks/score-losses.ts'
import { createSpsaObjective } from './attacks/spsa.ts'
import { classifierLogits } from './classifier.ts'
import { type FloatTensor, floatArray } from './dataset.ts'
import { inBatches, range, takeRows } from './rows.ts'
import type { ClassifierTrial, Subject } from './subject.ts'

/** Pairs of forward passes for one estimated slope. */
const spsaSamples = 8

/** How far the two passes of a pair lie apart, half, as a fraction of the domain's width. */
const spsaDistance = 0.01

/** A gradient graph that is open to be run. */
interface OpenGradient {
  /** Operators that no slope goes through although the answer does. */
  readonly flat: readonly string[]
  /** The slope at `inputs`; `labelsOf` gives what the loss compares the examples at those rows with. */
  slope(inputs: FloatTensor, labelsOf: (rows: readonly number[]) => Tensor): Promise<ArrayLike<number>>
  close(): Promise<void>
}

/** Why there is none, with the operators that stand in the way. */
interface NoGradient {
  readonly note: string
}

const openGradient = async (
  subject: Subject,
  trial: ClassifierTrial,
  loss: GradientOptions['loss'],
): Promise<OpenGradient | NoGradient> => {
  const { batch } = trial.classifier
  const external = subject.bytes.externalData === undefined ? {} : { externalData: subject.bytes.externalData }
  // Two rows where the batch is open, so that a dimension of 1 is known not to be the batch.
  const probeRows = range(batch.isFixed ? batch.rows : 2).map((row) => row % trial.labels.length)
  const gradient = await buildGradient(subject.model, {
    loss,
    sessions: subject.sessions,
    probe: takeRows(trial.inputs, probeRows),
    input: trial.classifier.input,
    fixed: subject.fixed,
    ...external,
  })
  if (!gradient.isDerived) {
    const named = gradient.operators.length === 0 ? '' : `: ${gradient.operators.join(', ')}`
    return { note: `no gradient (${gradient.reason}${named})` }
  }
  const { names } = gradient
  const bytes: ModelBytes = { main: writeOnnx(gradient.model), ...external }
  const session = await subject.sessions.open(bytes)
  return {
    flat: gradient.flat,
    slope: (inputs, labelsOf) =>
      inBatches(inputs, batch, async (examples, rows) => {
        const outputs = await session.run({ [names.input]: examples, [names.labels]: labelsOf(rows) })
        return outputs[names.slope]?.data as ArrayLike<number>
      }),
    close: () => session.close(),
  }
}

/** Class numbers of the examples at `rows`. */
const classNumbers =
  (labels: readonly number[]) =>
  (rows: readonly number[]): Tensor => ({
    type: 'int64',
    dims: [rows.length],
    data: BigInt64Array.from(rows, (row) => BigInt(labels[row] ?? 0)),
  })

/** What the scores of the examples at `rows` count. */
const scoreWeights =
  (weights: Float64Array, classes: number, type: FloatTensor['type']) =>
  (rows: readonly number[]): Tensor => {
    const data = floatArray(type, rows.length * classes)
    rows.forEach((row, place) => {
      data.set(weights.subarray(row * classes, (row + 1) * classes), place * classes)
    })
    return { type, dims: [rows.length, classes], data }
  }

/** An objective that needs nothing but the model's answers. */
export const blackBoxObjective = (
  subject: Subject,
  trial: ClassifierTrial,
  loss: (typeof stageLosses)[number],
): Objective =>
  createSpsaObjective({
    name: `${loss} (estimated)`,
    loss: async (inputs, labels) =>
      Array.from(
        lossesOf(loss, await classifierLogits(trial.classifier, inputs), trial.classifier.head.classes, labels).losses,
      ),
    samples: spsaSamples,
    distance: spsaDistance * (trial.domain[1] - trial.domain[0]),
    random: createSeededRandom(subject.seed),
  })

/** The objectives that attacks climb, and the sessions that must be closed after them. */
export interface Objectives {
  readonly list: readonly Objective[]
  readonly isWhiteBox: boolean
  /** Why the slope is estimated, or what it does not see, with the operators that stand in the way. */
  readonly note?: string
  close(): Promise<void>
}

/** One objective for each loss: by a gradient graph where one can be derived, else estimated from the outputs. */
export const openObjectives = async (subject: Subject, trial: ClassifierTrial): Promise<Objectives> => {
  const open: OpenGradient[] = []
  const list: Objective[] = []
  const close = async (): Promise<void> => {
    await Promise.all(open.map((gradient) => gradient.close()))
  }
  try {
    for (const loss of stageLosses) {
      const gradient = await openGradient(subject, trial, loss)
      if ('note' in gradient) {
        return {
          list: stageLosses.map((name) => blackBoxObjective(subject, trial, name)),
          isWhiteBox: false,
          note: `${gradient.note}; attacked as a black box by SPSA`,
          close,
        }
      }
      open.push(gradient)
      list.push({ name: loss, slope: (inputs, labels) => gradient.slope(inputs, classNumbers(labels)) })
    }
    const flat = new Set(open.flatMap((gradient) => gradient.flat))
    const note =
      flat.size === 0 ? {} : { note: `no slope goes through ${[...flat].join(', ')}: it may be masked there` }
    return { list, isWhiteBox: true, ...note, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** A classifier for attacks that choose their own losses. Close it afterwards. */
export interface OpenModel {
  readonly model: AttackedModel | DifferentiableModel
  /** Why it has no slope, with the operators that stand in the way. */
  readonly note?: string
  close(): Promise<void>
}

/** The model of a trial without any slope. */
export const scoredModel = (trial: ClassifierTrial): AttackedModel => ({
  classes: trial.classifier.head.classes,
  scores: (inputs) => classifierLogits(trial.classifier, inputs),
})

/** The model of a trial as attacks see it: with slopes where a gradient graph can be derived, else without. */
export const openAttackedModel = async (subject: Subject, trial: ClassifierTrial): Promise<OpenModel> => {
  const model = scoredModel(trial)
  const gradient = await openGradient(subject, trial, 'seed')
  if ('note' in gradient) return { model, note: gradient.note, close: async () => {} }
  return {
    model: {
      ...model,
      slope: (inputs, weights) => gradient.slope(inputs, scoreWeights(weights, model.classes, inputs.type)),
    },
    close: gradient.close,
  }
}
