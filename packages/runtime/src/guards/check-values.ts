import type { Finding, Tensor } from '@nootropic/core'
import type { TensorSide } from '@nootropic/core/inference'
import { findNotFinite } from './values/find-not-finite.ts'
import { valueFinding } from './values/value-finding.ts'

/** What tensors of one run may hold. */
export interface GuardLimits {
  /** Bytes of all tensors together; a text counts as its UTF-8 (CWE-770). */
  readonly bytes: number
  /** UTF-8 bytes of one text. Guards read a text at one go. */
  readonly textBytes: number
  /** UTF-8 bytes of all texts together. */
  readonly allTextBytes: number
  /** Texts in all tensors together; each costs some microseconds, however short it is. */
  readonly texts: number
}

/** The limits of inputs and outputs where the host names no others. */
export const defaultGuardLimits: GuardLimits = {
  bytes: 64 * 1024 ** 2,
  textBytes: 256 * 1024,
  allTextBytes: 4 * 1024 ** 2,
  texts: 4096,
}

const checkFinite = (side: TensorSide, name: string, tensor: Tensor): Finding[] => {
  const index = findNotFinite(tensor)
  return index < 0
    ? []
    : [valueFinding(side, 'not-finite', name, `expected finite numbers, found NaN or infinity at element ${index}`)]
}

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

const checkUnicode = (side: TensorSide, name: string, texts: readonly string[]): Finding[] => {
  const broken = texts.findIndex((text) => loneSurrogate.test(text))
  if (broken < 0) return []
  return [valueFinding(side, 'text-encoding', name, `expected Unicode text, element ${broken} holds a lone surrogate`)]
}

/** Bytes of all tensors together; a text counts as its UTF-8. */
export const tensorsByteLength = (tensors: Readonly<Record<string, Tensor>>): number =>
  Object.values(tensors).reduce(
    (sum, { data }) =>
      sum + (ArrayBuffer.isView(data) ? data.byteLength : data.reduce((all, text) => all + Buffer.byteLength(text), 0)),
    0,
  )

const textsOf = ({ data }: Tensor): readonly string[] => (ArrayBuffer.isView(data) ? [] : data)

/** What is larger than it may be: all tensors together, all texts, or one of them. */
export const checkSizes = (
  side: TensorSide,
  tensors: Readonly<Record<string, Tensor>>,
  limits: GuardLimits,
): Finding[] => {
  const names = Object.keys(tensors).join(', ')
  // Counted before any of them is read.
  const texts = Object.values(tensors).reduce((sum, tensor) => sum + textsOf(tensor).length, 0)
  if (texts > limits.texts) {
    return [valueFinding(side, 'text-count', names, `expected at most ${limits.texts} texts, found ${texts}`)]
  }
  const total = tensorsByteLength(tensors)
  if (total > limits.bytes) {
    const message = `expected at most ${limits.bytes} bytes in all tensors together, found ${total}`
    return [valueFinding(side, 'size', names, message)]
  }
  const lengths = Object.entries(tensors).map(([name, tensor]) => {
    return { name, bytes: textsOf(tensor).map((text) => Buffer.byteLength(text)) }
  })
  const allText = lengths.reduce((sum, { bytes }) => sum + bytes.reduce((all, one) => all + one, 0), 0)
  if (allText > limits.allTextBytes) {
    const message = `expected at most ${limits.allTextBytes} UTF-8 bytes in all texts together, found ${allText}`
    return [valueFinding(side, 'text-length', names, message)]
  }
  return lengths.flatMap(({ name, bytes }) => {
    const long = bytes.findIndex((one) => one > limits.textBytes)
    if (long < 0) return []
    const message = `expected texts of at most ${limits.textBytes} UTF-8 bytes, element ${long} is longer`
    return [valueFinding(side, 'text-length', name, message)]
  })
}

/** What no element should be: NaN, infinite, half a character. */
export const checkSoundness = (side: TensorSide, tensors: Readonly<Record<string, Tensor>>): Finding[] =>
  Object.entries(tensors).flatMap(([name, tensor]) =>
    ArrayBuffer.isView(tensor.data) ? checkFinite(side, name, tensor) : checkUnicode(side, name, tensor.data),
  )

/** What the elements hold that they must not: too much, no finite number, broken text. The tensors fit their signature. */
export const checkValues = (
  side: TensorSide,
  tensors: Readonly<Record<string, Tensor>>,
  limits: GuardLimits,
): Finding[] => {
  const large = checkSizes(side, tensors, limits)
  return large.length > 0 ? large : checkSoundness(side, tensors)
}
