import { NootropicError, type Tensor } from '@nootropic/core'
import { z } from 'zod'
import { isNumeric } from './elements.ts'
import { moments, mostBlocks, summariseExamples } from './summary.ts'

const tensorProfileSchema = z.strictObject({
  /** Of each number of a summary, its mean over the examples. */
  means: z
    .array(z.number())
    .min(moments.length)
    .max(moments.length + mostBlocks),
  /** And its standard deviation. */
  deviations: z
    .array(z.number().positive())
    .min(moments.length)
    .max(moments.length + mostBlocks),
  /** The score above which an example is unusual. */
  threshold: z.number().nonnegative(),
  /** How many examples of the same source are expected to be called unusual. */
  falseAlarmRate: z.number().min(0).max(1),
  examples: z.number().int().positive(),
})

/** The schema of {@link Profile}. */
export const profileSchema = z.strictObject({
  version: z.literal(1),
  tensors: z.record(z.string(), tensorProfileSchema),
})

/** What tensors usually hold: plain JSON, of some kilobytes however large they are. */
export type Profile = z.infer<typeof profileSchema>

/** The profile of one tensor. */
export type TensorProfile = Profile['tensors'][string]

/** How a profile is learned. */
export interface ProfileOptions {
  /** The share of honest examples that may be called unusual. */
  readonly falseAlarmRate?: number
}

/** One honest example in two hundred is called unusual, unless the host chooses. */
export const defaultFalseAlarmRate = 0.005

/** Fewer examples say nothing about what is usual. */
export const fewestExamples = 20

// A number that never varied is given a part of what its neighbours vary by: else a rounding error would be unusual.
const leastShareOfSpread = 0.05
const leastDeviation = 1e-9
// One number alone cannot be more unusual than this many deviations, so that a score stays a number.
const mostDeviations = 1e4

/** How far a summary is from a profile: the mean squared number of deviations, of the moments and of the blocks alike. */
export const scoreOf = (
  summary: Float64Array,
  { means, deviations }: Pick<TensorProfile, 'means' | 'deviations'>,
): number => {
  if (summary.length !== means.length) return mostDeviations ** 2
  let [ofMoments, ofBlocks] = [0, 0]
  for (let index = 0; index < summary.length; index += 1) {
    const distance = Math.abs((summary[index] as number) - (means[index] as number)) / (deviations[index] as number)
    const square = distance < mostDeviations ? distance * distance : mostDeviations ** 2
    if (index < moments.length) ofMoments += square
    else ofBlocks += square
  }
  return ofMoments / moments.length + ofBlocks / (summary.length - moments.length)
}

const fit = (summaries: readonly Float64Array[]): Pick<TensorProfile, 'means' | 'deviations'> => {
  const size = summaries[0]?.length ?? 0
  const means = new Array<number>(size).fill(0)
  const squares = new Array<number>(size).fill(0)
  for (const summary of summaries)
    for (let index = 0; index < size; index += 1)
      means[index] = (means[index] as number) + (summary[index] as number) / summaries.length
  for (const summary of summaries)
    for (let index = 0; index < size; index += 1)
      squares[index] =
        (squares[index] as number) + ((summary[index] as number) - (means[index] as number)) ** 2 / summaries.length
  const deviations = squares.map(Math.sqrt)
  const ofBlocks = deviations.slice(moments.length)
  const spread = Math.max(...ofBlocks, deviations[1] as number, Math.abs(means[1] as number))
  const least = Math.max(leastDeviation, spread * leastShareOfSpread)
  return { means, deviations: deviations.map((deviation) => Math.max(deviation, least)) }
}

const refuse = (name: string, found: string): never => {
  throw new NootropicError(
    'CONFIGURATION_INVALID',
    `expected at least ${fewestExamples} examples of "${name}", all of finite numbers and one size, to learn a profile from; found ${found}`,
  )
}

const learnTensor = (name: string, tensors: readonly Tensor[], wantedRate: number): TensorProfile => {
  const summaries = tensors.flatMap(summariseExamples)
  if (summaries.length < fewestExamples) return refuse(name, `${summaries.length}`)
  const size = (summaries[0] as Float64Array).length
  if (summaries.some((summary) => summary.length !== size)) return refuse(name, 'examples of several sizes')
  if (summaries.some((summary) => !summary.every(Number.isFinite))) return refuse(name, 'NaN or infinity')

  // Split conformal prediction (Vovk et al. 2005): what is fitted on one half is calibrated on the other, so that the rate
  // holds for new examples of the same source, whatever their distribution.
  const fitted = fit(summaries.filter((_, index) => index % 2 === 0))
  const scores = summaries.filter((_, index) => index % 2 === 1).map((summary) => scoreOf(summary, fitted))
  scores.sort((a, b) => a - b)
  const rank = Math.min(scores.length, Math.ceil((scores.length + 1) * (1 - wantedRate)))
  const falseAlarmRate = Math.max(wantedRate, 1 / (scores.length + 1))
  return { ...fitted, threshold: scores[rank - 1] as number, falseAlarmRate, examples: summaries.length }
}

/**
 * Learns what tensors usually hold, from honest examples: of each example its mean, deviation, extremes, zeros, roughness
 * and the means of up to 64 parts. The first dimension counts examples. Texts are left out.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` for too few examples or ones that are not comparable.
 * @example
 * ```ts
 * const profile = learnProfile(trainingInputs)
 * checkProfile('input', profile, { image })
 * ```
 */
export const learnProfile = (
  examples: Iterable<Readonly<Record<string, Tensor>>>,
  { falseAlarmRate = defaultFalseAlarmRate }: ProfileOptions = {},
): Profile => {
  if (!(falseAlarmRate > 0 && falseAlarmRate < 1)) {
    throw new NootropicError(
      'CONFIGURATION_INVALID',
      `expected a false-alarm rate between 0 and 1, found ${falseAlarmRate}; 0.005 is usual`,
    )
  }
  const byName = new Map<string, Tensor[]>()
  for (const example of examples)
    for (const [name, tensor] of Object.entries(example)) {
      if (!isNumeric(tensor) || tensor.data.length === 0) continue
      const same = byName.get(name)
      if (same === undefined) byName.set(name, [tensor])
      else same.push(tensor)
    }
  const tensors = [...byName].map(([name, same]) => [name, learnTensor(name, same, falseAlarmRate)] as const)
  return { version: 1, tensors: Object.fromEntries(tensors) }
}

/**
 * Reads a profile that was stored as JSON.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` when it is none.
 */
export const parseProfile = (value: unknown): Profile => {
  const result = profileSchema.safeParse(value)
  const broken = result.success
    ? Object.entries(result.data.tensors).find(([, { means, deviations }]) => means.length !== deviations.length)?.[0]
    : result.error.issues[0]?.path.join('.')
  if (result.success && broken === undefined) return result.data
  throw new NootropicError(
    'CONFIGURATION_INVALID',
    `expected a profile as learnProfile returns it, found something else at "${broken ?? ''}"; learn it again`,
  )
}
