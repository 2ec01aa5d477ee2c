import {
  type InferenceSession,
  type ModelBytes,
  NootropicError,
  type SessionFactory,
  type Tensor,
} from '@nootropic/core'
import { type OnnxModel, writeOnnx } from '@nootropic/core/formats'
import { buildGradient } from '../../gradient/build-gradient.ts'
import { describeHead } from '../../gradient/head.ts'
import { batchOf, type Classifier, classifierLogits } from '../classifier.ts'
import { type FloatTensor, floatArray } from '../dataset.ts'
import { inBatches } from '../rows.ts'
import { embedTokens } from './embed-tokens.ts'
import type { DifferentiableModel } from './objective.ts'
import {
  type DifferentiableTokenModel,
  type Embedding,
  embedSequences,
  type TokenModel,
  tokenModelOf,
} from './tokens.ts'

/** What a classifier of tokens is opened from. */
export interface TokenModelOptions {
  readonly model: OnnxModel
  readonly bytes: ModelBytes
  readonly sessions: SessionFactory
  /** Sequences of one length, one or more: what the model is probed with. Slopes are of sequences as long as they. */
  readonly sequences: readonly (readonly number[])[]
  /** The input of token numbers, [batch, length]; the only one of integers that is not fixed where it is left out. */
  readonly input?: string
  /** What all other inputs hold, by name. */
  readonly fixed?: Readonly<Record<string, Tensor>>
}

/** A classifier of tokens that is open to be attacked. Close it afterwards. */
export interface OpenTokenModel {
  /** Has slopes where the model could be cut open behind its embedding and differentiated. */
  readonly tokens: TokenModel | DifferentiableTokenModel
  /** The same model of embedded tokens, for attacks in the space of embeddings; nothing where it could not be cut open. */
  readonly embedded?: {
    readonly model: DifferentiableModel
    readonly embedding: Embedding
    readonly type: FloatTensor['type']
  }
  /** Why it has no slopes: then only attacks that need scores alone are possible. */
  readonly note?: string
  close(): Promise<void>
}

/** The tokens as numbers of no type, which carry any token exactly. */
const asFloats = (sequences: readonly (readonly number[])[]): FloatTensor => {
  const data = floatArray('float64', sequences.length * (sequences[0]?.length ?? 0))
  data.set(sequences.flat())
  return { type: 'float64', dims: [sequences.length, sequences[0]?.length ?? 0], data }
}

const asTokens = ({ dims, data }: Tensor, type: Tensor['type']): Tensor =>
  type === 'int64'
    ? { type, dims, data: BigInt64Array.from(data as Float64Array, BigInt) }
    : { type: 'int32', dims, data: Int32Array.from(data as Float64Array) }

const verifySequences = (sequences: readonly (readonly number[])[]): void => {
  const length = sequences[0]?.length ?? 0
  if (length > 0 && sequences.every((sequence) => sequence.length === length)) return
  throw new NootropicError('USAGE', 'expected sequences of one length, one token or more, found others; pad them')
}

/** Runs a session whose tokens come as numbers of no type, beside what its other inputs hold. */
const ofNumbers = (
  session: InferenceSession,
  input: InferenceSession['inputs'][number],
  fixed: Readonly<Record<string, Tensor>>,
): InferenceSession => ({
  ...session,
  run: ({ [input.name]: tokens, ...others }, options) =>
    session.run(
      { ...fixed, ...others, ...(tokens === undefined ? {} : { [input.name]: asTokens(tokens, input.type) }) },
      options,
    ),
})

const openSlopes = async (options: TokenModelOptions & { readonly output: string }, classifier: Classifier) => {
  const { sessions, sequences, fixed = {}, output, bytes } = options
  const external = bytes.externalData === undefined ? {} : { externalData: bytes.externalData }
  const cut = embedTokens(options.model, { input: classifier.input, ...external })
  if ('reason' in cut) return { note: cut.reason }
  const { embedding, type, input } = cut
  const [first = [], second = first] = sequences
  const probe = embedSequences(classifier.batch.isFixed ? [first] : [first, second], embedding, type)
  const gradient = await buildGradient(cut.model, { loss: 'seed', sessions, probe, input, output, fixed, ...external })
  if (!gradient.isDerived) return { note: `no gradient (${gradient.reason}: ${gradient.operators.join(', ')})` }
  const forward = await sessions.open({ main: writeOnnx(cut.model), ...external })
  const backward = await sessions
    .open({ main: writeOnnx(gradient.model), ...external })
    .catch(async (error: unknown) => {
      await forward.close()
      throw error
    })
  const { names } = gradient
  const { head, batch } = classifier
  const withFixed: InferenceSession = { ...forward, run: (feeds, run) => forward.run({ ...fixed, ...feeds }, run) }
  const model: DifferentiableModel = {
    classes: head.classes,
    scores: (inputs) => classifierLogits({ input, head, batch, session: withFixed }, inputs),
    slope: (inputs, weights) =>
      inBatches(inputs, batch, async (examples, rows) => {
        const data = floatArray(type, rows.length * head.classes)
        rows.forEach((row, place) => {
          data.set(weights.subarray(row * head.classes, (row + 1) * head.classes), place * head.classes)
        })
        const labels = { type, dims: [rows.length, head.classes], data } as Tensor
        const outputs = await backward.run({ [names.input]: examples, [names.labels]: labels })
        return (outputs[names.slope]?.data ?? []) as ArrayLike<number>
      }),
  }
  const close = async (): Promise<void> => {
    await Promise.all([forward.close(), backward.close()])
  }
  return { model, embedding, type, close }
}

/**
 * Opens a classifier of token numbers, such as one of texts, for attacks that substitute tokens and for attacks in the
 * space of its embeddings. Scores come from the model itself; slopes from the same model cut open behind the one Gather
 * that looks its tokens up.
 *
 * @throws NootropicError `USAGE` for sequences of several lengths, or where no one input of tokens is left,
 *   `OUTPUT_INVALID` where the output is no row of class scores
 * @example
 * ```ts
 * const open = await openTokenModel({ model: readOnnx(main), bytes: { main }, sessions, sequences })
 * const candidates = synonyms([[7, 12], [3, 9, 21]])
 * const result = await attackTokensGreedily(open.tokens, { sequence, label: 1, candidates, most: 3 })
 * ```
 */
export const openTokenModel = async (options: TokenModelOptions): Promise<OpenTokenModel> => {
  const { model, bytes, sessions, sequences, fixed = {} } = options
  verifySequences(sequences)
  const session = await sessions.open(bytes)
  try {
    const open = session.inputs.filter(({ name }) => !Object.hasOwn(fixed, name))
    const [input, ...others] = open.filter(({ name }) => options.input === undefined || options.input === name)
    if (input === undefined || open.length !== 1 || (input.type !== 'int64' && input.type !== 'int32')) {
      const found = [input, ...others].map((spec) => `${spec?.name} (${spec?.type})`).join(', ')
      throw new NootropicError(
        'USAGE',
        `expected one input of token numbers, found ${found}; give what the others hold`,
      )
    }
    const numbered = ofNumbers(session, input, fixed)
    const batch = batchOf(input)
    const first = asFloats(Array.from({ length: batch.isFixed ? batch.rows : 1 }, () => sequences[0] ?? []))
    const [output] = session.outputs
    const dims = output === undefined ? [] : ((await numbered.run({ [input.name]: first }))[output.name]?.dims ?? [])
    const head = output === undefined ? undefined : describeHead(model.graph, output.name, dims)
    if (output === undefined || head === undefined)
      throw new NootropicError('OUTPUT_INVALID', `expected a row of class scores, found an output of shape [${dims}]`)
    const classifier = { input: input.name, head, session: numbered, batch }
    const tokens: TokenModel = {
      classes: head.classes,
      scores: async (given) => classifierLogits(classifier, asFloats(given)),
    }
    const slopes = await openSlopes({ ...options, output: output.name }, classifier)
    if ('note' in slopes) return { tokens, note: slopes.note, close: () => session.close() }
    const { embedding, type } = slopes
    const cut = tokenModelOf(slopes.model, embedding, type) as DifferentiableTokenModel
    return {
      tokens: { ...tokens, vocabulary: cut.vocabulary, slope: cut.slope },
      embedded: { model: slopes.model, embedding, type },
      close: async () => {
        await slopes.close()
        await session.close()
      },
    }
  } catch (error) {
    await session.close()
    throw error
  }
}
