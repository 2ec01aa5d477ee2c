import {
  type Finding,
  type InferenceSession,
  isNootropicError,
  type SessionOptions,
  type Tensor,
} from '@nootropic/core'
import { dataTypes, type OnnxModel, writeOnnx } from '@nootropic/core/formats'
import type { StageOutcome } from '../outcome.ts'
import { behaviourFinding } from './behaviour-finding.ts'
import { isFloatTensor, synthesiseInput } from './dataset.ts'
import { range, takeRows } from './rows.ts'
import type { Subject } from './subject.ts'

type Tensors = Readonly<Record<string, Tensor>>

/** How often the same input is run. */
const repetitions = 3

/** Threads that the model is also run with; one is what every other test uses. */
const otherThreads = 2

/** Examples that are run together and one by one. */
const batchRows = 4

/** Levels of optimisation that the model is also run with; `all` is what every other test uses. */
const otherLevels = ['disabled', 'basic', 'extended'] as const

/**
 * How far answers may differ in another setting, as a share of the output's greatest number: kernels may sum in another
 * order, which moves float32 by some 1e-6. Repeated runs and a resaved model have no such excuse.
 */
const settingTolerance = 1e-4

/** The same for models that compute in fewer bits: a number that is rounded the other way is off by a whole step. */
const coarseTolerance = 0.05

/**
 * Whether a model computes in 8 or 16 bits. One that is quantised while it runs takes its steps from the greatest number of
 * a whole batch, so that examples change each other's answers by design.
 */
const isCoarse = ({ graph }: OnnxModel): boolean =>
  graph.node.some(({ opType }) => /Quant|Integer|QLinear/.test(opType)) ||
  graph.initializer.some(({ dataType }) => dataType === dataTypes.FLOAT16)

/** A resaved model is held beside the original: above this it is not tried (CWE-770). */
const largestResaved = 512 * 1024 * 1024

const greatest = (tensor: Tensor): number => {
  let most = 0
  if (isFloatTensor(tensor)) for (const value of tensor.data) most = Math.max(most, Math.abs(value))
  return most
}

/** The greatest difference as a share of `scale`; infinite where the tensors are of different form. */
const differenceOf = (
  reference: Tensor | undefined,
  other: Tensor | undefined,
  scale = reference === undefined ? 0 : greatest(reference),
): number => {
  if (reference === undefined || other?.type !== reference.type || other.data.length !== reference.data.length)
    return Number.POSITIVE_INFINITY
  let most = 0
  for (let index = 0; index < reference.data.length; index += 1) {
    const [left, right] = [reference.data[index], other.data[index]]
    if (Object.is(left, right)) continue
    if (typeof left !== 'number' || typeof right !== 'number' || !isFloatTensor(reference))
      return Number.POSITIVE_INFINITY
    const difference = Math.abs(left - right) / scale
    if (!(difference <= most)) most = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference
  }
  return most
}

const greatestDifference = (reference: Tensors, other: Tensors): number =>
  Math.max(0, ...Object.keys(reference).map((name) => differenceOf(reference[name], other[name])))

/** What is told apart from the model as it is: how far its answers moved, or why that could not be seen. */
interface Comparison {
  readonly name: string
  readonly tolerance: number
  readonly difference?: number
  readonly skipped?: string
}

const inSession = async (
  subject: Subject,
  main: Uint8Array,
  options: SessionOptions,
  work: (session: InferenceSession) => Promise<Tensors>,
): Promise<Tensors> => {
  const session = await subject.sessions.open({ ...subject.bytes, main }, options)
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}

/** Written anew, field by field, by the writer that gradients and watermarks use. */
const compareResaved = async (subject: Subject, reference: Tensors): Promise<Comparison> => {
  const comparison = { name: 'resaved', tolerance: 0 }
  if (subject.bytes.main.length > largestResaved)
    return { ...comparison, skipped: `the model is larger than ${largestResaved} bytes` }
  // A copy has forgotten the bytes that it was read from, which would else be written as they stood.
  const main = writeOnnx(structuredClone(subject.model))
  const answers = await inSession(subject, main, {}, (session) => session.run(subject.feeds))
  return { ...comparison, difference: greatestDifference(reference, answers) }
}

const toleranceOf = ({ model }: Subject): number => (isCoarse(model) ? coarseTolerance : settingTolerance)

const compareSetting = async (
  subject: Subject,
  reference: Tensors,
  setting: { readonly name: string } & SessionOptions,
): Promise<Comparison> => {
  const { name, ...options } = setting
  const answers = await inSession(subject, subject.bytes.main, options, (session) => session.run(subject.feeds))
  return { name, tolerance: toleranceOf(subject), difference: greatestDifference(reference, answers) }
}

const settings = [
  { name: 'threads', threads: otherThreads },
  ...otherLevels.map((optimisation) => ({ name: `optimisation-${optimisation}`, optimisation })),
]

/** Each in its turn: a session of a large model takes much memory. */
const compareSettings = async (subject: Subject, reference: Tensors): Promise<Comparison[]> => {
  const comparisons: Comparison[] = []
  for (const setting of settings) comparisons.push(await compareSetting(subject, reference, setting))
  return comparisons
}

/** Several examples for every input of the model; of the data set where that can be. */
const batchOfExamples = ({ session, dataset, seed }: Subject): Tensors => {
  const [only, ...others] = session.inputs
  const total = dataset?.inputs.dims[0] ?? 0
  if (dataset !== undefined && only !== undefined && others.length === 0) {
    const rows = range(batchRows).map((row) => row % total)
    return { [only.name]: takeRows(dataset.inputs, rows) }
  }
  return Object.fromEntries(
    session.inputs.map((spec) => [spec.name, synthesiseInput(spec, { rows: batchRows, seed, domain: [0, 1] })]),
  )
}

/** One example of a tensor, batch first. */
const exampleOf = (tensor: Tensor, row: number): Tensor => {
  const length = tensor.data.length / (tensor.dims[0] ?? 1)
  const data = tensor.data.slice(row * length, (row + 1) * length)
  return { type: tensor.type, dims: [1, ...tensor.dims.slice(1)], data }
}

const compareBatch = async (subject: Subject): Promise<Comparison> => {
  const { session } = subject
  const comparison = { name: 'batch', tolerance: toleranceOf(subject) }
  if (Object.keys(subject.fixed).length > 0)
    return { ...comparison, skipped: 'inputs were given for so many examples as they are' }
  if (session.inputs.some(({ dims }) => dims.length === 0 || typeof dims[0] === 'number'))
    return { ...comparison, skipped: 'the model fixes the number of examples' }
  const feeds = batchOfExamples(subject)
  try {
    const together = await session.run(feeds)
    const batched = Object.entries(together).filter(([, { dims }]) => dims[0] === batchRows)
    if (batched.length === 0) return { ...comparison, skipped: 'no output has one row an example' }
    let difference = 0
    for (const row of range(batchRows)) {
      const alone = await session.run(
        Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, exampleOf(tensor, row)])),
      )
      for (const [name, tensor] of batched)
        difference = Math.max(difference, differenceOf(exampleOf(tensor, row), alone[name], greatest(tensor)))
    }
    return { ...comparison, difference }
  } catch (error) {
    // An open first dimension need not be the examples.
    if (!isNootropicError(error, 'INPUT_INVALID')) throw error
    return { ...comparison, skipped: `the model does not take ${batchRows} examples: ${error.message}` }
  }
}

const described: Readonly<Record<string, string>> = {
  resaved: 'saved anew',
  threads: `run with ${otherThreads} threads`,
  batch: `run with ${batchRows} examples at once`,
  ...Object.fromEntries(otherLevels.map((level) => [`optimisation-${level}`, `with optimisation "${level}"`])),
}

const unstableFinding = (subject: Subject, message: string, remediation: string): Finding =>
  behaviourFinding(subject, {
    rule: 'behaviour/unstable-output',
    severity: 'medium',
    title: 'The model answers the same input differently',
    message,
    remediation,
    tags: ['CWE-330'],
  })

const hasNonFinite = (tensor: Tensor): boolean => isFloatTensor(tensor) && !tensor.data.every(Number.isFinite)

/**
 * Runs one input several times, with the model saved anew, with more threads, at each level of optimisation and in a larger
 * batch. Answers must be finite, the same to the last bit for the same or a resaved model, and nearly the same in another
 * setting. The differences are measured and reported.
 */
export const testOutputStability = async (subject: Subject): Promise<StageOutcome> => {
  const first = await subject.session.run(subject.feeds)
  const unstable = new Set<string>()
  for (let run = 1; run < repetitions; run += 1) {
    const again = await subject.session.run(subject.feeds)
    for (const name of Object.keys(first)) if (differenceOf(first[name], again[name]) > 0) unstable.add(name)
  }
  const nonFinite = Object.keys(first).filter((name) => first[name] !== undefined && hasNonFinite(first[name]))
  // A model that answers the same input differently differs in every setting: that says nothing of the setting.
  const comparisons =
    unstable.size > 0
      ? []
      : [await compareResaved(subject, first), ...(await compareSettings(subject, first)), await compareBatch(subject)]
  const measured = comparisons.flatMap(({ name, tolerance, difference }) =>
    difference === undefined ? [] : [{ name, tolerance, difference }],
  )
  const findings: Finding[] = [
    ...[...unstable].map((name) =>
      unstableFinding(
        subject,
        `expected output "${name}" to be the same in ${repetitions} runs, it differed`,
        'Export the model without random operators; a random answer cannot be tested or fingerprinted.',
      ),
    ),
    ...measured
      .filter(({ difference, tolerance }) => !(difference <= tolerance))
      .map(({ name, tolerance, difference }) =>
        unstableFinding(
          subject,
          `expected the same answer within ${tolerance} of its greatest number ${described[name]}, found ${difference}`,
          'Look for operators that depend on the order of sums or mix examples; figures hold only for the setting they were measured in.',
        ),
      ),
    ...nonFinite.map((name) =>
      behaviourFinding(subject, {
        rule: 'behaviour/non-finite-output',
        severity: 'medium',
        title: 'The model answers with a number that is not one',
        message: `expected finite numbers in output "${name}" for a finite input, found NaN or infinity`,
        remediation: 'Check the weights, and that the inputs are scaled as the model expects.',
        tags: ['CWE-682'],
      }),
    ),
  ]
  return {
    verdict: findings.length === 0 ? 'pass' : 'fail',
    measurements: {
      runs: repetitions,
      unstableOutputs: unstable.size,
      nonFiniteOutputs: nonFinite.length,
      // JSON has no infinity: what differs in form is a finding and no measurement.
      ...Object.fromEntries(
        measured
          .filter(({ difference }) => Number.isFinite(difference))
          .map(({ name, difference }) => [`difference=${name}`, difference]),
      ),
    },
    findings,
    ...(subject.unlikeReal === undefined ? {} : { note: `measured on the smallest input: ${subject.unlikeReal}` }),
    skipped: comparisons.flatMap(({ name, skipped }) =>
      skipped === undefined ? [] : [{ name: `output-stability/${name}`, reason: skipped }],
    ),
  }
}
