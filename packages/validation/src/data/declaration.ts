import { NootropicError, type TensorSpec } from '@nootropic/core'
import type { FloatTensor } from '../behaviour/dataset.ts'
import { type DataLimits, dataLimits } from './limits.ts'

/** In which order the elements of a picture stand: channels first, or last. */
export type PictureLayout = 'nchw' | 'nhwc'

/** What a model wants done to its inputs before it sees them. */
export interface Preprocessing {
  /** Pictures are resized to this, bilinearly and, where they shrink, smoothed. Without it they must be of one size. */
  readonly size?: { readonly width: number; readonly height: number }
  /** Pictures only; by default `rgb`. Grey is ITU-R BT.601 luma, as PIL computes it. */
  readonly channels?: 'rgb' | 'bgr' | 'grey'
  /** What the model wants; by default `nchw`. */
  readonly layout?: PictureLayout
  /**
   * What the range of the values is mapped to: `[0, 1]`, `[0, 255]`, `[-1, 1]`. Pictures, whose values range from 0 to 255,
   * go to `[0, 1]` by default; numbers stay as they are.
   */
  readonly scale?: readonly [number, number]
  /** After `scale`: (value - mean) / deviation, one of each a channel, or one for all. */
  readonly normalise?: { readonly mean: readonly number[]; readonly deviation: readonly number[] }
}

/** What a dataset on disk does not say of itself. */
export interface DatasetDeclaration {
  /** The model's input: examples are given its shape, or refused. */
  readonly input?: TensorSpec | undefined
  /** How many classes the model tells apart: every label must be below. */
  readonly classes?: number
  /** The name of class 0, class 1, …; without it folders and labels are numbered as they are, or in the order of their names. */
  readonly classNames?: readonly string[]
  /** Examples at most: a seeded choice of them. Without it all are read. */
  readonly limit?: number
  /** Decides the choice; a whole number, by default 0. */
  readonly seed?: number
  /** A file of labels: `.npy`, `.json`, `.csv` or text with one a line. A folder's own is `labels.csv` or `labels.json`. */
  readonly labels?: string
  /** Which arrays of an `.npz` file hold inputs and labels. */
  readonly arrays?: { readonly inputs?: string; readonly labels?: string }
  /** The shape of one example, where a file holds nothing but a row of numbers; by default that of `input`. */
  readonly shape?: readonly number[]
  /** The range of the values in the file. Whole numbers of 8 bits and pictures have their own, all others need it. */
  readonly domain?: readonly [number, number]
  /** How the elements of a file's pictures stand, where that is not the layout that the model wants. */
  readonly fileLayout?: PictureLayout
  readonly preprocessing?: Preprocessing
  readonly limits?: Partial<DataLimits>
}

/** A declaration with nothing left open. */
export interface ReadingPlan extends Omit<DatasetDeclaration, 'limits' | 'limit' | 'seed' | 'preprocessing'> {
  readonly limit: number
  readonly seed: number
  readonly preprocessing: Preprocessing
  readonly limits: DataLimits
  readonly elementType: FloatTensor['type']
}

const isRange = ([least, greatest]: readonly [number, number]): boolean =>
  Number.isFinite(least) && Number.isFinite(greatest) && least < greatest

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value > 0

/** @throws NootropicError `USAGE` for a declaration that no dataset can meet */
export const planReading = (declaration: DatasetDeclaration): ReadingPlan => {
  const { input, classes, classNames, limit, seed = 0, shape, domain, preprocessing = {}, limits } = declaration
  const { size, scale, normalise } = preprocessing
  const verify = (holds: boolean, expected: string, found: unknown): void => {
    if (!holds)
      throw new NootropicError('USAGE', `expected ${expected}, found ${JSON.stringify(found)}; correct the declaration`)
  }
  verify(limit === undefined || isCount(limit), 'limit to be a whole number from 1', limit)
  verify(Number.isSafeInteger(seed) && seed >= 0 && seed < 2 ** 32, 'seed to be a whole number below 2^32', seed)
  verify(classes === undefined || isCount(classes), 'classes to be a whole number from 1', classes)
  verify(
    classNames === undefined || (classNames.length > 0 && new Set(classNames).size === classNames.length),
    'classNames to be one or more names, each once',
    classNames,
  )
  verify(shape === undefined || shape.every(isCount), 'shape to be whole numbers from 1', shape)
  verify(domain === undefined || isRange(domain), 'domain to be [least, greatest]', domain)
  verify(scale === undefined || isRange(scale), 'preprocessing.scale to be [least, greatest]', scale)
  verify(
    size === undefined || (isCount(size.width) && isCount(size.height)),
    'preprocessing.size to be a width and a height from 1',
    size,
  )
  verify(
    normalise === undefined ||
      (normalise.mean.length > 0 &&
        normalise.mean.length === normalise.deviation.length &&
        normalise.mean.every(Number.isFinite) &&
        normalise.deviation.every((value) => Number.isFinite(value) && value > 0)),
    'preprocessing.normalise to be as many means as deviations, and those above 0',
    normalise,
  )
  const type = input?.type ?? 'float32'
  if (type !== 'float32' && type !== 'float64')
    throw new NootropicError(
      'USAGE',
      `expected an input of float32 or float64, which attacks can change, found ${type}; test this model with texts or feeds of your own`,
    )
  return {
    ...declaration,
    limit: limit ?? Number.POSITIVE_INFINITY,
    seed,
    preprocessing,
    limits: { ...dataLimits, ...limits },
    elementType: type,
  }
}
