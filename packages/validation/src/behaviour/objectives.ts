import { createSeededRandom, type InferenceSession, type ModelBytes } from '@nootropic/core'
import { writeOnnx } from '@nootropic/core/formats'
import { buildGradient, type GradientModel } from '../gradient/build-gradient.ts'
import type { Objective } from './attacks/objective.ts'
import { createSpsaObjective } from './attacks/spsa.ts'
import { classifierLogits } from './classifier.ts'
import { type LossName, lossNames, lossOfLogits } from './losses.ts'
import { inBatches, range, takeRows } from './rows.ts'
import type { ClassifierTrial, Subject } from './subject.ts'

/** Pairs of forward passes for one estimated slope. */
const spsaSamples = 8

/** How far the two passes of a pair lie apart, half, as a fraction of the domain's width. */
const spsaDistance = 0.01

const whiteBox = (
  trial: ClassifierTrial,
  session: InferenceSession,
  gradient: GradientModel,
  loss: LossName,
): Objective => ({
  name: loss,
  slope: (inputs, labels) =>
    inBatches(inputs, trial.classifier.batch, async (batch, rows) => {
      const { names } = gradient
      const classes = BigInt64Array.from(rows, (row) => BigInt(labels[row] ?? 0))
      const outputs = await session.run({
        [names.input]: batch,
        [names.labels]: { type: 'int64', dims: [rows.length], data: classes },
      })
      return outputs[names.slope]?.data as ArrayLike<number>
    }),
})

/** An objective that needs nothing but the model's answers. */
export const blackBoxObjective = (subject: Subject, trial: ClassifierTrial, loss: LossName): Objective =>
  createSpsaObjective({
    name: `${loss} (estimated)`,
    loss: async (inputs, labels) =>
      lossOfLogits(loss, await classifierLogits(trial.classifier, inputs), trial.classifier.head.classes, labels),
    samples: spsaSamples,
    distance: spsaDistance * (trial.domain[1] - trial.domain[0]),
    random: createSeededRandom(subject.seed),
  })

/** The objectives that attacks climb, and the sessions that must be closed after them. */
export interface Objectives {
  readonly list: readonly Objective[]
  readonly isWhiteBox: boolean
  /** Why the slope is estimated, with the operators that stand in the way. */
  readonly note?: string
  close(): Promise<void>
}

/** One objective for each loss: by a gradient graph where one can be derived, else estimated from the outputs. */
export const openObjectives = async (subject: Subject, trial: ClassifierTrial): Promise<Objectives> => {
  const { batch } = trial.classifier
  const open: InferenceSession[] = []
  const list: Objective[] = []
  const close = async (): Promise<void> => {
    await Promise.all(open.map((session) => session.close()))
  }
  const external = subject.bytes.externalData === undefined ? {} : { externalData: subject.bytes.externalData }
  // Two rows where the batch is open, so that a dimension of 1 is known not to be the batch.
  const probeRows = range(batch.isFixed ? batch.rows : 2).map((row) => row % trial.labels.length)
  try {
    for (const loss of lossNames) {
      const gradient = await buildGradient(subject.model, {
        loss,
        sessions: subject.sessions,
        probe: takeRows(trial.inputs, probeRows),
        ...external,
      })
      if (!gradient.isDerived) {
        const named = gradient.operators.length === 0 ? '' : `: ${gradient.operators.join(', ')}`
        return {
          list: lossNames.map((name) => blackBoxObjective(subject, trial, name)),
          isWhiteBox: false,
          note: `no gradient (${gradient.reason}${named}); attacked as a black box by SPSA`,
          close,
        }
      }
      const bytes: ModelBytes = { main: writeOnnx(gradient.model), ...external }
      const session = await subject.sessions.open(bytes)
      open.push(session)
      list.push(whiteBox(trial, session, gradient, loss))
    }
    return { list, isWhiteBox: true, close }
  } catch (error) {
    await close()
    throw error
  }
}
