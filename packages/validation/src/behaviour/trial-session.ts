import {
  type InferenceSession,
  isNootropicError,
  type ModelBytes,
  type SessionFactory,
  type Tensor,
  type TensorSpec,
} from '@nootropic/core'
import { type OnnxModel, onnxSignature, writeOnnx } from '@nootropic/core/formats'
import { prepareModel } from '../gradient/prepare/prepare.ts'
import { batchOf } from './classifier.ts'
import { type FloatTensor, isFloatTensor } from './dataset.ts'
import { type BatchSize, range, takeRows } from './rows.ts'

/** The model as attacks and corruptions run it. */
export interface TrialSession {
  /** Has one input: what all others hold is given. */
  readonly session: InferenceSession
  readonly batch: BatchSize
  close(): Promise<void>
}

/** What a trial session is opened from. */
export interface TrialModel {
  readonly model: OnnxModel
  readonly bytes: ModelBytes
  readonly sessions: SessionFactory
  readonly session: InferenceSession
  /** The input that is changed. */
  readonly input: TensorSpec
  /** What all other inputs hold. */
  readonly fixed: Readonly<Record<string, Tensor>>
  /** Examples to try it with, if there are any. */
  readonly examples: Tensor | undefined
}

const oneAtATime: BatchSize = { rows: 1, isFixed: true }

const withFixed = (session: InferenceSession, fixed: TrialModel['fixed']): InferenceSession => ({
  inputs: session.inputs.filter(({ name }) => !Object.hasOwn(fixed, name)),
  outputs: session.outputs,
  run: (feeds, options) => session.run({ ...fixed, ...feeds }, options),
  close: () => session.close(),
})

/** Whether the model takes two examples at once beside what its other inputs hold. */
const takesTwo = async (session: InferenceSession, input: string, examples: FloatTensor): Promise<boolean> => {
  try {
    await session.run({ [input]: takeRows(examples, [0, 0]) })
    return true
  } catch (error) {
    if (isNootropicError(error, 'INPUT_INVALID')) return false
    throw error
  }
}

/** The same function for any number of examples, where a model that was exported for one can be made that. */
const rebatch = async ({ model, bytes, sessions, input, fixed }: TrialModel, examples: FloatTensor) => {
  const output = onnxSignature(model).outputs[0]?.name
  if (output === undefined) return undefined
  const external = bytes.externalData === undefined ? {} : { externalData: bytes.externalData }
  const rows = range(2).map((row) => row % (examples.dims[0] ?? 1))
  try {
    const prepared = await prepareModel(
      model,
      { input: input.name, output, batch: 1 },
      { sessions, probe: takeRows(examples, rows), fixed, ...external },
    )
    // A branch that was taken for granted holds for the slope; an answer must not rest on it.
    if ('refused' in prepared || prepared.assumptions.length > 0) return undefined
    const spec = onnxSignature(prepared.model).inputs.find(({ name }) => name === input.name)
    if (spec === undefined || typeof spec.dims[0] === 'number') return undefined
    return { session: await sessions.open({ main: writeOnnx(prepared.model), ...external }), batch: batchOf(spec) }
  } catch (error) {
    // What cannot be prepared is run as it is.
    if (isNootropicError(error)) return undefined
    throw error
  }
}

/**
 * Opens a model for many examples: of several inputs one is left, and a batch of one is opened where that is possible, so
 * that the examples need not go through one by one.
 */
export const openTrialSession = async (trial: TrialModel): Promise<TrialSession> => {
  const { input, fixed, examples } = trial
  const session = Object.keys(fixed).length === 0 ? trial.session : withFixed(trial.session, fixed)
  const asIs: TrialSession = { session, batch: batchOf(input), close: async () => {} }
  if (examples === undefined || !isFloatTensor(examples) || (examples.dims[0] ?? 0) < 1) return asIs
  if (input.dims[0] === 1) {
    const opened = (examples.dims[0] ?? 0) < 2 ? undefined : await rebatch(trial, examples)
    return opened === undefined ? asIs : { ...opened, close: () => opened.session.close() }
  }
  if (session === trial.session || asIs.batch.isFixed || (await takesTwo(session, input.name, examples))) return asIs
  return { ...asIs, batch: oneAtATime }
}
