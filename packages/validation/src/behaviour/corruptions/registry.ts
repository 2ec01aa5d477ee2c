import { audioCorruptions } from './audio/registry.ts'
import type {
  AudioCorruption,
  ImageCorruption,
  Modality,
  TabularCorruption,
  TextCorruption,
} from './corruption-description.ts'
import { imageCorruptions } from './image/registry.ts'
import { tabularCorruptions } from './tabular/registry.ts'
import { textCorruptions } from './text/registry.ts'

/** The name of a corruption of numbers. */
export type TensorCorruptionName =
  | keyof typeof imageCorruptions
  | keyof typeof audioCorruptions
  | keyof typeof tabularCorruptions

/** The name of a corruption of text. */
export type TextCorruptionName = keyof typeof textCorruptions

/** The name of a corruption. */
export type CorruptionName = TensorCorruptionName | TextCorruptionName

/** Every corruption by its name: the 19 common ones of pictures, and what spoils sound, tables and text. */
export const corruptionRegistry: Readonly<
  Record<keyof typeof imageCorruptions, ImageCorruption> &
    Record<keyof typeof audioCorruptions, AudioCorruption> &
    Record<keyof typeof tabularCorruptions, TabularCorruption> &
    Record<TextCorruptionName, TextCorruption>
> = {
  ...imageCorruptions,
  ...audioCorruptions,
  ...tabularCorruptions,
  ...textCorruptions,
}

/** The names of all corruptions of a modality. */
export const corruptionsOf = (modality: Modality): CorruptionName[] =>
  (Object.keys(corruptionRegistry) as CorruptionName[]).filter((name) => corruptionRegistry[name].modality === modality)
