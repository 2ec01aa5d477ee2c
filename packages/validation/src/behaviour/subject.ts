import {
  createSeededRandom,
  type InferenceSession,
  type ModelBytes,
  NootropicError,
  type SessionFactory,
  type Tensor,
} from '@nootropic/core'
import type { OnnxModel } from '@nootropic/core/formats'
import { describeHead } from '../gradient/head.ts'
import { batchOf, type Classifier, predictClasses } from './classifier.ts'
import { type Dataset, type FloatTensor, isFloatTensor, synthesiseInput } from './dataset.ts'
import { range, takeRows } from './rows.ts'

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
  /** One batch of the smallest size that the model takes, for every input. */
  readonly feeds: Readonly<Record<string, Tensor>>
  /** Examples in {@link feeds}. */
  readonly rows: number
  /** Why figures measured on {@link feeds} say little about real inputs; nothing when they say what they should. */
  readonly unlikeReal: string | undefined
}

/** Where examples are made up, their elements are uniform in here. */
const synthesisedDomain = [0, 1] as const

/** Examples made up where there is no dataset. */
const synthesisedExamples = 32

/** Made-up inputs of a size that the model leaves open are of the least size, which no real input has. */
const checkSize = (session: InferenceSession, dataset: Dataset | undefined): string | undefined => {
  const open = session.inputs.filter(({ dims }) => dims.slice(1).some((dim) => typeof dim !== 'number'))
  const isGiven = dataset !== undefined && session.inputs.length === 1
  if (isGiven || open.length === 0) return undefined
  return `the model leaves the size of ${open.map(({ name }) => `"${name}"`).join(', ')} open and no dataset was given`
}

const feedsOf = (session: InferenceSession, dataset: Dataset | undefined, seed: number): Record<string, Tensor> => {
  const [only, ...others] = session.inputs
  if (dataset !== undefined && only !== undefined && others.length === 0) {
    const rows = typeof only.dims[0] === 'number' ? only.dims[0] : 1
    const total = dataset.inputs.dims[0] ?? 0
    return {
      [only.name]: takeRows(
        dataset.inputs,
        range(rows).map((row) => Math.min(row, total - 1)),
      ),
    }
  }
  return Object.fromEntries(
    session.inputs.map((spec) => [spec.name, synthesiseInput(spec, { rows: 1, seed, domain: synthesisedDomain })]),
  )
}

/** Opens a model for tests. Close its session afterwards. */
export const openSubject = async (
  options: Omit<Subject, 'session' | 'feeds' | 'rows' | 'unlikeReal'>,
): Promise<Subject> => {
  const session = await options.sessions.open(options.bytes)
  const feeds = feedsOf(session, options.dataset, options.seed)
  const rows = Object.values(feeds)[0]?.dims[0] ?? 1
  return { ...options, session, feeds, rows, unlikeReal: checkSize(session, options.dataset) }
}

/** What attacks and corruptions start from. */
export interface ClassifierTrial {
  readonly classifier: Classifier
  /** Only the examples that the model answers as labelled: the others have nothing to lose. */
  readonly inputs: FloatTensor
  readonly labels: readonly number[]
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

const trialInputs = (subject: Subject): FloatTensor | NoTrial => {
  const [spec, ...others] = subject.session.inputs
  if (spec === undefined || others.length > 0) {
    return {
      reason: `attacks and corruptions need a model with one input, this one has ${subject.session.inputs.length}`,
    }
  }
  if (subject.unlikeReal !== undefined) return { reason: subject.unlikeReal }
  if (subject.dataset !== undefined) {
    if (subject.dataset.inputs.type === spec.type) return subject.dataset.inputs
    throw new NootropicError('USAGE', `expected a dataset of ${spec.type}, got ${subject.dataset.inputs.type}`)
  }
  const fixed = typeof spec.dims[0] === 'number' ? spec.dims[0] : undefined
  const rows = fixed === undefined || fixed < 2 ? synthesisedExamples : fixed
  const open = { ...spec, dims: [rows, ...spec.dims.slice(1)] }
  const inputs = synthesiseInput(open, { rows, seed: subject.seed, domain: synthesisedDomain })
  return isFloatTensor(inputs)
    ? inputs
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
  const all = trialInputs(subject)
  if ('reason' in all) return all
  const [input] = subject.session.inputs
  const [output] = subject.session.outputs
  if (input === undefined || output === undefined) return { reason: 'the model has no input or no output' }
  const scores = (await subject.session.run(subject.feeds))[output.name]
  const head = scores && isFloatTensor(scores) ? describeHead(subject.model.graph, output.name, scores.dims) : undefined
  if (head === undefined) return { reason: `the output is no row of class scores: ${scores?.type} [${scores?.dims}]` }
  const classifier = { input: input.name, head, session: subject.session, batch: batchOf(input) }

  const rows = chooseRows(all.dims[0] ?? 0, most, subject.seed)
  const inputs = takeRows(all, rows)
  const answers = await predictClasses(classifier, inputs)
  const truth = subject.dataset?.labels
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
    examples: Math.round((rows.length * trial.examples) / trial.labels.length),
  }
}
