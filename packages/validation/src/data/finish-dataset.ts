import { elementCount, type TensorSpec } from '@nootropic/core'
import type { Dataset, FloatTensor } from '../behaviour/dataset.ts'
import { type ClassLabels, verifyLabels } from './class-labels.ts'
import type { ReadingPlan } from './declaration.ts'
import { normaliseChannels, scaleValues, transposeChannels } from './preprocess.ts'
import { unfit } from './refusals.ts'

/** A dataset that was read, and what its reader must say of it. */
export interface ReadDataset extends Dataset {
  /** The name of each class, where classes have names. */
  readonly classNames?: readonly string[]
  /** Examples there are; `inputs` holds as many as `limit` let in. */
  readonly available: number
  /** What a reader of results must know of the data. */
  readonly notes: readonly string[]
}

/** Examples as a file holds them, chosen already. */
export interface RawExamples extends Partial<ClassLabels> {
  readonly data: FloatTensor['data']
  /** Of one example. */
  readonly shape: readonly number[]
  /** The range of the values, where the kind of file fixes it. */
  readonly domain?: readonly [number, number]
  readonly available: number
  readonly notes?: readonly string[]
}

const isFitting = (wanted: TensorSpec['dims'][number], found: number): boolean =>
  typeof wanted !== 'number' || wanted === found

/**
 * The shape that examples get to fit an input, or nothing. Dimensions of 1 come and go, and rows of numbers are folded or
 * unfolded; anything else would change which element is which.
 */
const fitShape = (shape: readonly number[], wanted: TensorSpec['dims']): readonly number[] | undefined => {
  if (wanted.length === shape.length && wanted.every((dim, axis) => isFitting(dim, shape[axis] ?? 0))) return shape
  const rest = shape.filter((dim) => dim !== 1)
  const spread = wanted.map((dim) => (dim === 1 ? 1 : (rest.shift() ?? 0)))
  if (rest.length === 0 && wanted.every((dim, axis) => spread[axis] !== 0 && isFitting(dim, spread[axis] ?? 0)))
    return spread
  const isFlat = wanted.length === 1 || shape.length === 1
  const fixed = wanted.filter((dim) => typeof dim === 'number')
  if (isFlat && fixed.length === wanted.length && elementCount(fixed) === elementCount(shape)) return fixed
  return undefined
}

/** The least and the greatest value; a value that is not finite is refused. */
const boundsOf = (path: string, data: FloatTensor['data'], rowLength: number): [number, number] => {
  let least = Number.POSITIVE_INFINITY
  let greatest = Number.NEGATIVE_INFINITY
  for (let index = 0; index < data.length; index += 1) {
    const value = data[index] ?? Number.NaN
    if (!Number.isFinite(value))
      throw unfit(
        path,
        'hold finite numbers',
        `${value} in example ${Math.floor(index / rowLength)}`,
        'take the example out, or mend what wrote it',
      )
    if (value < least) least = value
    if (value > greatest) greatest = value
  }
  return [least, greatest]
}

const domainOf = (path: string, raw: RawExamples, plan: ReadingPlan): readonly [number, number] => {
  const [least, greatest] = boundsOf(path, raw.data, elementCount(raw.shape))
  const domain = plan.domain ?? raw.domain
  if (domain === undefined)
    throw unfit(
      path,
      'come with the range of its values',
      `numbers from ${least} to ${greatest} and no domain`,
      'declare `domain` (`--domain` of the command), the least and the greatest value that an input may have: epsilon is a share of it',
    )
  if (least < domain[0] || greatest > domain[1])
    throw unfit(
      path,
      `hold values in its domain [${domain}]`,
      `values from ${least} to ${greatest}`,
      'declare the domain that the file has; scaling is declared apart',
    )
  return domain
}

/**
 * Brings examples to what the model takes: layout, scale, normalisation, shape, in this order; and checks their labels.
 *
 * @throws NootropicError `USAGE`
 */
export const finishDataset = (path: string, raw: RawExamples, plan: ReadingPlan): ReadDataset => {
  const rows = raw.data.length / Math.max(1, elementCount(raw.shape))
  if (rows === 0 || raw.available === 0)
    throw unfit(path, 'hold one example or more', 'none', 'name the file or folder that holds them')
  const { layout = 'nchw', scale, normalise } = plan.preprocessing
  const fileDomain = domainOf(path, raw, plan)
  let { shape } = raw
  if (plan.fileLayout !== undefined && plan.fileLayout !== layout)
    shape = transposeChannels(path, raw.data, shape, layout)
  const scaled = scale ?? fileDomain
  scaleValues(raw.data, fileDomain, scaled)
  const normalised =
    normalise === undefined
      ? { domain: scaled }
      : normaliseChannels(path, raw.data, shape, {
          ...normalise,
          layout,
          domain: scaled,
        })

  const wanted = plan.input?.dims ?? []
  const fitted = wanted.length === 0 ? shape : fitShape(shape, wanted.slice(1))
  if (fitted === undefined)
    throw unfit(
      path,
      `hold examples of the shape [${wanted.slice(1).map((dim) => dim ?? '?')}] of input "${plan.input?.name}"`,
      `[${shape}]`,
      'declare size, channels, layout or fileLayout so that they meet, or give the data of this model',
    )
  if (normalised.normalisation !== undefined && fitted.join() !== shape.join())
    throw unfit(
      path,
      'keep its channels apart',
      `the shape [${shape}] folded to [${fitted}] after each was normalised`,
      'normalise with one mean and one deviation, or give the data in the shape of the model',
    )
  if (raw.labels !== undefined) {
    if (raw.labels.length !== rows)
      throw unfit(path, `have ${rows} labels, one an example`, `${raw.labels.length}`, 'give the labels of these data')
    verifyLabels(path, raw.labels, plan.classes ?? (plan.classNames ?? raw.classNames)?.length)
  }
  const inputs = { type: plan.elementType, dims: [rows, ...fitted], data: raw.data } as FloatTensor
  return {
    inputs,
    ...normalised,
    ...(raw.labels === undefined ? {} : { labels: raw.labels }),
    ...(raw.classNames === undefined ? {} : { classNames: raw.classNames }),
    available: raw.available,
    notes: [
      ...(raw.notes ?? []),
      ...(rows < raw.available ? [`${rows} of ${raw.available} examples, chosen with the seed ${plan.seed}`] : []),
      ...(raw.labels === undefined ? ['no labels: what is measured is consistency with the clean answer'] : []),
      ...(normalised.normalisation === undefined
        ? []
        : [
            'channels have different bounds: the domain is the widest of theirs; foldNormalisation makes epsilon exact',
          ]),
    ],
  }
}
