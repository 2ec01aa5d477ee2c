import {
  createSeededRandom,
  type InferenceSession,
  type ModelBytes,
  NootropicError,
  type SessionFactory,
  type Tensor,
  type TensorSpec,
} from '@nootropic/core'
import { type OnnxModel, writeOnnx } from '@nootropic/core/formats'
import { foldNormalisation } from '../data/fold-normalisation.ts'
import { describeHead } from '../gradient/head.ts'
import { type Classifier, predictClasses } from './classifier.ts'
import { type Dataset, type FloatTensor, isFloatTensor, synthesiseInput } from './dataset.ts'
import { range, takeRows } from './rows.ts'
import { checkSize, feedsOf, openInputs, synthesisedDomain, verifyFixed } from './subject-feeds.ts'
import { openTrialSession, type TrialSession } from './trial-session.ts'

/** A model that is open for behavioural tests. */
export interface Subject {
  /** The model as its findings shall name it. */
  readonly path: string
  readonly model: OnnxModel
  readonly bytes: ModelBytes
  readonly sessions: SessionFactory
  readonly session: InferenceSession
  readonly dataset: Dataset | undefined
  readonly seed: number
  /** What all inputs but the one that is examined hold, by name. */
  readonly fixed: Readonly<Record<string, Tensor>>
  /** The model as attacks and corruptions run it; nothing where no one input is left to examine. */
  readonly trialSession: TrialSession | undefined
  /** One batch of the smallest size that the model takes, for every input. */
  readonly feeds: Readonly<Record<string, Tensor>>
  /** Examples in {@link feeds}. */
  readonly rows: number
  /** Why figures measured on {@link feeds} say little about real inputs; nothing when they say what they should. */
  readonly unlikeReal: string | undefined
  /** Closes all its sessions. */
  close(): Promise<void>
}

/** Examples made up where there is no dataset. */
const synthesisedExamples = 32

/** Channels that were normalised each on its own are that inside the model, so that an epsilon means the same in all of them. */
const withoutNormalisation = ({ model, bytes, dataset }: Pick<Subject, 'model' | 'bytes' | 'dataset'>) => {
  if (dataset?.normalisation === undefined) return { model, bytes, dataset }
  const folded = foldNormalisation(model, dataset)
  return { ...folded, bytes: { ...bytes, main: writeOnnx(folded.model) } }
}

/** Opens a model for tests. Close it afterwards. */
export const openSubject = async (
  options: Pick<Subject, 'path' | 'model' | 'bytes' | 'sessions' | 'dataset' | 'seed'> & {
    readonly fixed?: Subject['fixed']
  },
): Promise<Subject> => {
  const { sessions, seed, fixed = {} } = options
  const { model, bytes, dataset } = withoutNormalisation(options)
  const session = await sessions.open(bytes)
  try {
    verifyFixed(session, fixed)
    const inputs = openInputs(session, fixed)
    const feeds = { ...fixed, ...feedsOf(inputs, dataset, seed) }
    const [input, ...others] = inputs
    const trialSession =
      input === undefined || others.length > 0
        ? undefined
        : await openTrialSession({ model, bytes, sessions, session, input, fixed, examples: dataset?.inputs })
    return {
      ...options,
      model,
      bytes,
      dataset,
      fixed,
      session,
      trialSession,
      feeds,
      rows: feeds[input?.name ?? '']?.dims[0] ?? 1,
      unlikeReal: checkSize(inputs, dataset),
      close: async () => {
        await trialSession?.close()
        await session.close()
      },
    }
  } catch (error) {
    await session.close()
    throw error
  }
}

/** What attacks and corruptions start from. */
export interface ClassifierTrial {
  readonly classifier: Classifier
  /** Only the examples that the model answers as labelled: the others have nothing to lose. */
  readonly inputs: FloatTensor
  readonly labels: readonly number[]
  /** Where each of them stands among the examples that were given, or made up. */
  readonly rows: readonly number[]
  readonly domain: Dataset['domain']
  /** All examples that were tried. */
  readonly examples: number
  /** With true labels it is accuracy, else consistency with the clean answer. */
  readonly measure: 'accuracy' | 'consistency'
  /** Whether the examples were made up: then what is measured is shown, and nothing is judged by it. */
  readonly isMadeUp: boolean
}

/** What a reader must know of the figures of a trial. */
export const trialNotes = (trial: ClassifierTrial): string[] => [
  ...(trial.measure === 'consistency' ? ['no labels: consistency with the clean answer, not accuracy'] : []),
  ...(trial.isMadeUp ? ['the inputs are made up, and models are unsure of such: give a dataset to judge by'] : []),
]

/** Why a model cannot be attacked or corrupted. */
export interface NoTrial {
  readonly reason: string
}

/** A seeded choice of at most `most` of `count` examples, without repetition. */
const chooseRows = (count: number, most: number, seed: number): number[] => {
  const random = createSeededRandom(seed)
  const rows = range(count)
  for (let index = 0; index < Math.min(most, count); index += 1) {
    const other = index + random.integer(count - index)
    const chosen = rows[other] ?? 0
    rows[other] = rows[index] ?? 0
    rows[index] = chosen
  }
  return rows.slice(0, most)
}

/** The examples, and the input that they are for. */
const trialInputs = (subject: Subject): { readonly spec: TensorSpec; readonly inputs: FloatTensor } | NoTrial => {
  const [spec, ...others] = openInputs(subject.session, subject.fixed)
  if (spec === undefined || others.length > 0) {
    const named = others.map(({ name }) => `"${name}"`).join(', ')
    return {
      reason: `attacks and corruptions need a model with one input, this one has ${subject.session.inputs.length}: give what ${named} hold`,
    }
  }
  if (subject.unlikeReal !== undefined) return { reason: subject.unlikeReal }
  if (subject.dataset !== undefined) {
    if (subject.dataset.inputs.type === spec.type) return { spec, inputs: subject.dataset.inputs }
    throw new NootropicError('USAGE', `expected a dataset of ${spec.type}, got ${subject.dataset.inputs.type}`)
  }
  const fixed = typeof spec.dims[0] === 'number' ? spec.dims[0] : undefined
  const rows = fixed === undefined || fixed < 2 ? synthesisedExamples : fixed
  const open = { ...spec, dims: [rows, ...spec.dims.slice(1)] }
  const inputs = synthesiseInput(open, { rows, seed: subject.seed, domain: synthesisedDomain })
  return isFloatTensor(inputs)
    ? { spec, inputs }
    : { reason: `attacks and corruptions need real numbers, the input is ${spec.type}` }
}

/** The most examples that an answer which never looks at its input gets right; none where there is one class only. */
const rightWithoutLooking = (labels: readonly number[]): number => {
  const counts = new Map<number, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  return counts.size < 2 ? 0 : Math.max(...counts.values())
}

/**
 * The model as a classifier, with at most `most` examples that it answers as labelled. Without a dataset examples are
 * made up, and without labels its own clean answers are the labels.
 */
export const prepareTrial = async (subject: Subject, most: number): Promise<ClassifierTrial | NoTrial> => {
  const given = trialInputs(subject)
  if ('reason' in given) return given
  const { spec: input, inputs: all } = given
  const [output] = subject.session.outputs
  const { trialSession } = subject
  if (output === undefined || trialSession === undefined) return { reason: 'the model has no output' }
  const scores = (await subject.session.run(subject.feeds))[output.name]
  const head = scores && isFloatTensor(scores) ? describeHead(subject.model.graph, output.name, scores.dims) : undefined
  if (head === undefined) return { reason: `the output is no row of class scores: ${scores?.type} [${scores?.dims}]` }
  const { session, batch } = trialSession
  const classifier = { input: input.name, head, session, batch }

  const rows = chooseRows(all.dims[0] ?? 0, most, subject.seed)
  const inputs = takeRows(all, rows)
  const answers = await predictClasses(classifier, inputs)
  const truth = subject.dataset?.labels
  const beyond = truth?.find((label) => label >= head.classes)
  if (beyond !== undefined)
    return {
      reason: `expected labels from 0 to ${head.classes - 1}, found ${beyond}: number the classes as the model does`,
    }
  const labels = truth === undefined ? answers : rows.map((row) => truth[row] ?? -1)
  const right = range(rows.length).filter((row) => answers[row] !== -1 && answers[row] === labels[row])
  if (right.length === 0)
    return { reason: 'the model answers no example as labelled: check labels, domain and scaling' }
  // Such a model keeps all its answers under any attack, and would score as robust.
  if (truth !== undefined && right.length <= rightWithoutLooking(labels))
    return { reason: 'the model does no better than one answer to everything: check labels, domain and scaling' }
  return {
    classifier,
    inputs: takeRows(inputs, right),
    labels: right.map((row) => labels[row] ?? -1),
    rows: right.map((row) => rows[row] ?? -1),
    domain: subject.dataset?.domain ?? synthesisedDomain,
    examples: rows.length,
    measure: truth === undefined ? 'consistency' : 'accuracy',
    isMadeUp: subject.dataset === undefined,
  }
}

/** The same trial with `most` examples at most, as many right and wrong ones in proportion as before. */
export const firstExamples = (trial: ClassifierTrial, most: number): ClassifierTrial => {
  const rows = range(Math.min(most, trial.labels.length))
  return {
    ...trial,
    inputs: takeRows(trial.inputs, rows),
    labels: rows.map((row) => trial.labels[row] ?? -1),
    rows: rows.map((row) => trial.rows[row] ?? -1),
    examples: Math.round((rows.length * trial.examples) / trial.labels.length),
  }
}
