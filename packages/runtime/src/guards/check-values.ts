import type { Finding, Tensor } from '@nootropic/core'
import type { TensorSide } from '@nootropic/core/inference'
import { findNotFinite } from './values/find-not-finite.ts'
import { valueFinding } from './values/value-finding.ts'

/** What tensors of one run may hold. */
export interface GuardLimits {
  /** Bytes of all tensors together; a text counts as its UTF-8 (CWE-770). */
  readonly bytes: number
  /** UTF-8 bytes of one text. */
  readonly textBytes: number
}

/** The limits of inputs and outputs where the host names no others. */
export const defaultGuardLimits: GuardLimits = { bytes: 64 * 1024 ** 2, textBytes: 1024 ** 2 }

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

/** What is larger than it may be: all tensors together, or one text. */
export const checkSizes = (
  side: TensorSide,
  tensors: Readonly<Record<string, Tensor>>,
  limits: GuardLimits,
): Finding[] => {
  const total = tensorsByteLength(tensors)
  if (total > limits.bytes) {
    const message = `expected at most ${limits.bytes} bytes in all tensors together, found ${total}`
    return [valueFinding(side, 'size', Object.keys(tensors).join(', '), message)]
  }
  return Object.entries(tensors).flatMap(([name, { data }]) => {
    const long = ArrayBuffer.isView(data) ? -1 : data.findIndex((text) => Buffer.byteLength(text) > limits.textBytes)
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
