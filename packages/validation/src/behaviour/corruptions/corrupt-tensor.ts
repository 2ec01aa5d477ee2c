import { NootropicError, type SeededRandom } from '@nootropic/core'
import { isInDomain } from '../attacks/objective.ts'
import { type ChannelNormalisation, type Dataset, type FloatTensor, floatArray } from '../dataset.ts'
import { rowLength } from '../rows.ts'
import {
  type CorruptionSeverity,
  corruptionSeverities,
  type ExampleChange,
  type PictureScale,
} from './corruption-description.ts'
import { pictureLayout, scaleOf } from './picture-layout.ts'
import { corruptionRegistry, type TensorCorruptionName } from './registry.ts'
import { textCorruptions } from './text/registry.ts'

/** How a tensor is corrupted. */
export interface CorruptionOptions {
  readonly severity: CorruptionSeverity
  /** The least and the greatest value that an element may have. What is corrupted stays inside. */
  readonly domain: Dataset['domain']
  /** How the channels of pictures were normalised, where each was on its own; `domain` is then the widest of theirs. */
  readonly normalisation?: ChannelNormalisation
  /** Whose constants pictures are corrupted with; by default those for pictures of their size. */
  readonly scale?: PictureScale
  /** Samples a second of sound; 16,000 by default. */
  readonly sampleRate?: number
}

/** Corrupts some of the examples that it was prepared for. */
export type PreparedCorruption = (examples: FloatTensor, random: SeededRandom) => FloatTensor

const usualSampleRate = 16_000

/** The range that corruptions of a modality compute in. */
const unit = [0, 1] as const
const swing = [-1, 1] as const

const mapped = (value: number, from: readonly [number, number], to: readonly [number, number]): number =>
  to[0] + ((value - from[0]) / (from[1] - from[0])) * (to[1] - to[0])

interface Change {
  readonly change: ExampleChange
  /** The range of the elements that `change` is given. */
  readonly range: readonly [number, number]
  /** Where each element that it is given stands in the example; in order where there is nothing. */
  readonly places?: Int32Array
  readonly channels?: number
}

/** What takes the elements of one example into the range of a change: value * gain + offset. */
const toRange = ({ range, channels = 1 }: Change, width: number, { domain, normalisation }: CorruptionOptions) => {
  const gains = new Float64Array(width)
  const offsets = new Float64Array(width)
  const [least, greatest] = normalisation?.domain ?? domain
  const scale = (range[1] - range[0]) / (greatest - least)
  for (let index = 0; index < width; index += 1) {
    const channel = Math.floor((index * channels) / width)
    gains[index] = (normalisation?.deviation[channel] ?? 1) * scale
    offsets[index] = range[0] + ((normalisation?.mean[channel] ?? 0) - least) * scale
  }
  return { gains, offsets }
}

const columnMeans = (examples: FloatTensor, domain: Dataset['domain']): Float64Array => {
  const width = rowLength(examples)
  const rows = examples.dims[0] ?? 0
  const means = new Float64Array(width)
  for (let place = 0; place < examples.data.length; place += 1) {
    means[place % width] = (means[place % width] ?? 0) + mapped(examples.data[place] ?? 0, domain, unit) / rows
  }
  return means
}

const isLine = (dims: readonly number[]): boolean => dims.length === 2 || (dims.length === 3 && dims[1] === 1)

const changeOf = (name: TensorCorruptionName, examples: FloatTensor, options: CorruptionOptions): Change | string => {
  const { severity, domain } = options
  const corruption = corruptionRegistry[name]
  const place = severity - 1
  if (corruption.modality === 'image') {
    const layout = pictureLayout(examples.dims)
    if (typeof layout === 'string') return layout
    const strength = corruption.severities[options.scale ?? scaleOf(layout.shape)][place] ?? []
    return {
      change: corruption.prepare(layout.shape, strength),
      range: unit,
      places: layout.places,
      channels: layout.shape.channels,
    }
  }
  const strength = corruption.severities[place] ?? []
  if (!isLine(examples.dims)) return `expected one row of values an example, found the shape [${examples.dims}]`
  if (corruption.modality === 'tabular')
    return { change: corruption.prepare(columnMeans(examples, domain), strength), range: unit }
  const sound = { samples: rowLength(examples), sampleRate: options.sampleRate ?? usualSampleRate }
  return { change: corruption.prepare(sound, strength), range: swing }
}

/** Why the corruption says nothing about such examples; nothing where it does. */
export const whyUnfit = (name: TensorCorruptionName, dims: readonly number[]): string | undefined => {
  if (corruptionRegistry[name].modality !== 'image')
    return isLine(dims) ? undefined : `expected one row of values an example, found the shape [${dims}]`
  const layout = pictureLayout(dims)
  return typeof layout === 'string' ? layout : undefined
}

/**
 * Refuses examples that cannot be corrupted for what they hold.
 *
 * @throws NootropicError `USAGE`
 */
export const verifyCorruptible = (examples: FloatTensor, domain: Dataset['domain']): void => {
  const refuse = (expected: string, found: string): never => {
    throw new NootropicError('USAGE', `expected ${expected} to corrupt, found ${found}`)
  }
  if (!(domain[0] < domain[1] && Number.isFinite(domain[1] - domain[0])))
    refuse('a domain [least, greatest]', `[${domain}]`)
  if ((examples.dims[0] ?? 0) < 1) refuse('one example or more', 'none')
  if (examples.data.length !== (examples.dims[0] ?? 0) * rowLength(examples))
    refuse(`as many elements as the shape [${examples.dims}] says`, String(examples.data.length))
  // So asked that NaN is outside.
  if (!isInDomain(examples, domain))
    refuse(`examples inside their domain [${domain}]`, 'elements outside; check the scaling')
}

/**
 * Makes ready what a corruption needs for such examples once: kernels, textures, the means of columns.
 *
 * @throws NootropicError `USAGE` for an unknown name or severity, `INPUT_INVALID` for examples of another kind
 */
export const prepareCorruption = (
  name: TensorCorruptionName,
  examples: FloatTensor,
  options: CorruptionOptions,
): PreparedCorruption => {
  if (!Object.hasOwn(corruptionRegistry, name) || Object.hasOwn(textCorruptions, name))
    throw new NootropicError('USAGE', `expected the name of a corruption of numbers, found "${name}"`)
  if (!corruptionSeverities.includes(options.severity))
    throw new NootropicError('USAGE', `expected a severity from 1 to 5, found ${options.severity}`)
  const prepared = changeOf(name, examples, options)
  const { normalisation } = options
  const isPicture = corruptionRegistry[name].modality === 'image'
  if (normalisation !== undefined && !isPicture)
    throw new NootropicError('USAGE', `expected channels that were normalised in pictures only, found them for ${name}`)
  if (typeof prepared === 'string') throw new NootropicError('INPUT_INVALID', `${name}: ${prepared}`)
  const { change, range, places } = prepared
  const { domain } = options
  const width = rowLength(examples)
  const values = new Float64Array(width)
  const { gains, offsets } = toRange(prepared, width, options)
  return (part, random) => {
    const data = floatArray(part.type, part.data.length)
    for (let start = 0; start < data.length; start += width) {
      for (let index = 0; index < width; index += 1) {
        const value = part.data[start + (places?.[index] ?? index)] ?? 0
        values[index] = value * (gains[index] ?? 1) + (offsets[index] ?? 0)
      }
      change(values, random)
      for (let index = 0; index < width; index += 1) {
        const clipped = Math.min(range[1], Math.max(range[0], values[index] ?? 0))
        const value = (clipped - (offsets[index] ?? 0)) / (gains[index] ?? 1)
        data[start + (places?.[index] ?? index)] = Math.min(domain[1], Math.max(domain[0], value))
      }
    }
    return { ...part, data }
  }
}

/**
 * The examples with a registered corruption; the originals stay as they are. The same seed gives the same, bit by bit, and
 * examples one after the other give the same as all at once.
 *
 * Grey pictures are corrupted as colour ones with three equal channels would be, and noise is drawn once.
 *
 * @param examples pictures [n, c, h, w], [n, h, w, c] or [n, h, w] of 1 or 3 channels and 8 x 8 pixels or more; sound
 *   [n, samples] or [n, 1, samples]; tables [n, columns].
 * @throws NootropicError `USAGE` for an unknown name, severity or elements outside the domain, `INPUT_INVALID` for examples of
 *   another kind
 * @example
 * ```ts
 * corruptTensor('fog', images, { severity: 3, domain: [0, 1], random: createSeededRandom(1) })
 * ```
 */
export const corruptTensor = (
  name: TensorCorruptionName,
  examples: FloatTensor,
  options: CorruptionOptions & { readonly random: SeededRandom },
): FloatTensor => {
  verifyCorruptible(examples, options.domain)
  return prepareCorruption(name, examples, options)(examples, options.random)
}
