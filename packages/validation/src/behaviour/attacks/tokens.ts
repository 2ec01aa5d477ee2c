import { NootropicError } from '@nootropic/core'
import { type FloatTensor, floatArray } from '../dataset.ts'
import { type AttackedModel, bestOther, type DifferentiableModel, evaluate } from './objective.ts'

/** A classifier of token sequences as substitution attacks see it. */
export interface TokenModel {
  /** Two or more. */
  readonly classes: number
  /** The class scores of sequences of one length, row-major. */
  scores(sequences: readonly (readonly number[])[]): Promise<ArrayLike<number>>
}

/** A classifier of token sequences with the slope that HotFlip needs. */
export interface DifferentiableTokenModel extends TokenModel {
  readonly vocabulary: number
  /** The slope of the margin with regard to a one-hot sequence: `vocabulary` numbers for each position. */
  slope(sequence: readonly number[], label: number): Promise<ArrayLike<number>>
}

/** What attacks on tokens are given: one sequence. */
export interface TokenTarget {
  readonly sequence: readonly number[]
  readonly label: number
  /** The tokens that may stand at a position instead of the one that does: what leaves the meaning alone. */
  candidates(position: number, token: number): readonly number[]
  /** Positions that may be changed. */
  readonly most: number
}

/** What came of it. */
export interface TokenResult {
  readonly sequence: readonly number[]
  readonly isFooled: boolean
  /** Positions that differ from the original. */
  readonly changed: readonly number[]
}

/** Sequences that are scored in one run: what is held at once stays bounded (CWE-770). */
const sequencesPerRun = 256

const leads = async (
  model: TokenModel,
  sequences: readonly (readonly number[])[],
  label: number,
): Promise<number[]> => {
  const all: number[] = []
  for (let start = 0; start < sequences.length; start += sequencesPerRun) {
    const part = sequences.slice(start, start + sequencesPerRun)
    const scores = await model.scores(part)
    all.push(...part.map((_, row) => bestOther(scores, model.classes, row, label).lead))
  }
  if (all.some(Number.isNaN)) {
    throw new NootropicError('OUTPUT_INVALID', 'expected scores that are numbers, found NaN: no attack can follow them')
  }
  return all
}

const replaced = (sequence: readonly number[], position: number, token: number): number[] =>
  sequence.map((own, place) => (place === position ? token : own))

/** Replaces one token after the other, the best of what `propose` gives, as long as the margin rises. */
const substitute = async (
  model: TokenModel,
  target: TokenTarget,
  propose: (sequence: readonly number[], free: readonly number[]) => Promise<readonly (readonly number[])[]>,
): Promise<TokenResult> => {
  const { label, most } = target
  let sequence = target.sequence
  let [lead = Number.NaN] = await leads(model, [sequence], label)
  const changed: number[] = []
  while (lead <= 0 && changed.length < most) {
    const free = Array.from(sequence.keys()).filter((position) => !changed.includes(position))
    const proposals = await propose(sequence, free)
    const rated = await leads(model, proposals, label)
    let best = -1
    rated.forEach((value, place) => {
      if (value > (best === -1 ? lead : (rated[best] ?? 0))) best = place
    })
    const next = proposals[best]
    if (next === undefined) break
    changed.push(next.findIndex((token, position) => token !== sequence[position]))
    sequence = next
    lead = rated[best] ?? Number.NaN
  }
  return { sequence, isFooled: lead > 0, changed: changed.sort((left, right) => left - right) }
}

const alternatives = (target: TokenTarget, sequence: readonly number[], position: number): readonly number[] => {
  const own = sequence[position] ?? 0
  return target.candidates(position, own).filter((token) => token !== own)
}

/**
 * Greedy substitution from scores alone (in the way of TextFooler, Jin et al. 2020, arXiv 1907.11932, and PWWS): of all
 * allowed replacements of one token the one that raises the margin most, until the answer changes.
 */
export const attackTokensGreedily = (model: TokenModel, target: TokenTarget): Promise<TokenResult> =>
  substitute(model, target, async (sequence, free) =>
    free.flatMap((position) =>
      alternatives(target, sequence, position).map((token) => replaced(sequence, position, token)),
    ),
  )

/**
 * HotFlip (Ebrahimi et al. 2018, arXiv 1712.06751): the slope with regard to the one-hot sequence ranks the replacements,
 * and only the `tries` most promising ones are scored.
 */
export const attackWithHotFlip = (
  model: DifferentiableTokenModel,
  target: TokenTarget & { readonly tries: number },
): Promise<TokenResult> =>
  substitute(model, target, async (sequence, free) => {
    const slope = await model.slope(sequence, target.label)
    const promise = (position: number, token: number): number =>
      slope[position * model.vocabulary + token] ?? Number.NaN
    return free
      .flatMap((position) =>
        alternatives(target, sequence, position).map((token) => ({
          position,
          token,
          gain: promise(position, token) - promise(position, sequence[position] ?? 0),
        })),
      )
      .sort((left, right) => right.gain - left.gain || left.position - right.position || left.token - right.token)
      .slice(0, target.tries)
      .map(({ position, token }) => replaced(sequence, position, token))
  })

/** The rows of an embedding, one a token: `width` numbers each. */
export interface Embedding {
  readonly width: number
  readonly values: ArrayLike<number>
  /** Where it is given, the model also takes each token's number, behind its embedding and times this. */
  readonly tokenScale?: number
}

/** Numbers that the model takes for each token. */
const strideOf = ({ width, tokenScale }: Embedding): number => (tokenScale === undefined ? width : width + 1)

/** The embedding of a model whose input is one-hot: each token is its own axis. */
export const oneHot = (vocabulary: number): Embedding => {
  const values = new Float32Array(vocabulary * vocabulary)
  for (let token = 0; token < vocabulary; token += 1) values[token * vocabulary + token] = 1
  return { width: vocabulary, values }
}

/** Sequences of one length, each token as its embedding: [batch, length, width], or one more where numbers are carried. */
export const embedSequences = (
  sequences: readonly (readonly number[])[],
  embedding: Embedding,
  type: FloatTensor['type'] = 'float32',
): FloatTensor => {
  const { width, values, tokenScale } = embedding
  const [length, stride] = [sequences[0]?.length ?? 0, strideOf(embedding)]
  const data = floatArray(type, sequences.length * length * stride)
  sequences.flat().forEach((token, place) => {
    for (let index = 0; index < width; index += 1)
      data[place * stride + index] = values[token * width + index] ?? Number.NaN
    if (tokenScale !== undefined) data[place * stride + width] = token * tokenScale
  })
  return { type, dims: [sequences.length, length, stride], data }
}

/**
 * A model whose input is [batch, length, width] of embedded or one-hot tokens, as a model of the tokens themselves. Where
 * it has slopes, so has the result: that of a token is the slope along its embedding.
 *
 * For the attack in the space of embeddings take {@link attackWithPgd} on the embedded input itself.
 */
export const tokenModelOf = (
  model: AttackedModel | DifferentiableModel,
  embedding: Embedding,
  type: FloatTensor['type'] = 'float32',
): TokenModel | DifferentiableTokenModel => {
  const tokens: TokenModel = {
    classes: model.classes,
    scores: (sequences) => model.scores(embedSequences(sequences, embedding, type)),
  }
  if (!('slope' in model)) return tokens
  const stride = strideOf(embedding)
  const vocabulary = Math.floor(embedding.values.length / embedding.width)
  return {
    ...tokens,
    vocabulary,
    slope: async (sequence, label) => {
      const { slope } = await evaluate(model, 'margin', embedSequences([sequence], embedding, type), [label])
      return Float64Array.from({ length: sequence.length * vocabulary }, (_, place) => {
        const [position, token] = [Math.floor(place / vocabulary), place % vocabulary]
        let sum = 0
        for (let index = 0; index < embedding.width; index += 1) {
          sum += (slope[position * stride + index] ?? 0) * (embedding.values[token * embedding.width + index] ?? 0)
        }
        return sum
      })
    },
  }
}
