import type { SeededRandom } from '@nootropic/core'

/** What an input is. */
export type Modality = 'image' | 'audio' | 'tabular' | 'text'

/** How strong a corruption is, from mild to severe. */
export type CorruptionSeverity = 1 | 2 | 3 | 4 | 5

/** All of them, ascending. */
export const corruptionSeverities: readonly CorruptionSeverity[] = [1, 2, 3, 4, 5]

/** The strength of a corruption at each severity: the parameters in the order of {@link CorruptionFacts.parameters}. */
type Strengths = readonly [Strength, Strength, Strength, Strength, Strength]
type Strength = readonly number[]

/**
 * Which pictures the constants were published for: CIFAR-10-C (32 pixels), Tiny ImageNet-C (64) and ImageNet-C (224).
 * Blurs and fogs are in pixels, so no one set fits all sizes.
 */
export type PictureScale = 'cifar' | 'tiny-imagenet' | 'imagenet'

/** A picture whose elements lie one channel after the other. */
export interface PictureShape {
  readonly channels: 1 | 3
  readonly height: number
  readonly width: number
}

/** Changes one example in place. The elements are in [0, 1] before; whoever calls clips them to it afterwards. */
export type ExampleChange = (values: Float64Array, random: SeededRandom) => void

/** What is said of every corruption. */
interface CorruptionFacts {
  readonly title: string
  /** Where it was published, or what it follows. */
  readonly reference: string
  /** What each number of a strength is. */
  readonly parameters: readonly string[]
  /** Whether it draws random numbers; one that does not gives the same whatever the seed. */
  readonly isSeeded: boolean
  /** Whether it is one of those that the mean corruption error is taken over. */
  readonly isInMean: boolean
}

/** A corruption of pictures. */
export interface ImageCorruption extends CorruptionFacts {
  readonly modality: 'image'
  readonly severities: Readonly<Record<PictureScale, Strengths>>
  prepare(shape: PictureShape, strength: Strength): ExampleChange
}

/** A corruption of sound, one channel. */
export interface AudioCorruption extends CorruptionFacts {
  readonly modality: 'audio'
  readonly severities: Strengths
  /** The elements are in [-1, 1]. */
  prepare(options: { readonly samples: number; readonly sampleRate: number }, strength: Strength): ExampleChange
}

/** A corruption of rows of features. */
export interface TabularCorruption extends CorruptionFacts {
  readonly modality: 'tabular'
  readonly severities: Strengths
  /** @param means the mean of each feature over all examples. */
  prepare(means: Float64Array, strength: Strength): ExampleChange
}

/** A corruption of text. */
export interface TextCorruption extends CorruptionFacts {
  readonly modality: 'text'
  readonly severities: Strengths
  /** The text with a share of its characters changed; `strength` is that share. */
  apply(text: string, strength: Strength, random: SeededRandom): string
}

/** Corruptions by their names, which the type keeps, of one kind. */
export const corruptionTable =
  <Corruption>() =>
  <Name extends string>(table: Readonly<Record<Name, Corruption>>): Readonly<Record<Name, Corruption>> =>
    table
