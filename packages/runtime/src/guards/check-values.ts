import type { ElementType, Finding, Tensor } from '@nootropic/core'
import type { TensorSide } from '@nootropic/core/inference'

/** What tensors of one run may hold. */
export interface GuardLimits {
  /** Bytes of all tensors together; a text counts as its UTF-8 (CWE-770). */
  readonly bytes: number
  /** UTF-8 bytes of one text. */
  readonly textBytes: number
}

/** The limits of inputs and outputs where the host names no others. */
export const defaultGuardLimits: GuardLimits = { bytes: 64 * 1024 ** 2, textBytes: 1024 ** 2 }

const findingOf = (side: TensorSide, rule: string, name: string, message: string): Finding => ({
  rule: `${side}/${rule}`,
  severity: 'high',
  title: `The ${side} holds what it must not`,
  message: `${side} "${name}": ${message}`,
  location: { path: side, inside: name },
  remediation:
    side === 'input' ? 'Send finite numbers and well-formed text of the size allowed.' : 'Treat the model as faulty.',
  references: [],
  tags: ['CWE-20'],
})

// Where the exponent's bits are all set the value is NaN or infinite (IEEE 754); float16 arrives as its bits.
const exponentOfFloat16 = 0x7c00

const isNotFinite: Partial<Record<ElementType, (value: number) => boolean>> = {
  float32: (value) => !Number.isFinite(value),
  float64: (value) => !Number.isFinite(value),
  float16: (value) => (value & exponentOfFloat16) === exponentOfFloat16,
}

const checkFinite = (side: TensorSide, name: string, { type, data }: Tensor): Finding[] => {
  const isBad = isNotFinite[type]
  if (isBad === undefined) return []
  const index = (data as Float32Array).findIndex(isBad)
  return index < 0
    ? []
    : [findingOf(side, 'not-finite', name, `expected finite numbers, found NaN or infinity at element ${index}`)]
}

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

const checkTexts = (side: TensorSide, name: string, texts: readonly string[], limit: number): Finding[] => {
  const long = texts.findIndex((text) => Buffer.byteLength(text) > limit)
  const broken = texts.findIndex((text) => loneSurrogate.test(text))
  return [
    ...(long < 0
      ? []
      : [
          findingOf(
            side,
            'text-length',
            name,
            `expected texts of at most ${limit} UTF-8 bytes, element ${long} is longer`,
          ),
        ]),
    ...(broken < 0
      ? []
      : [findingOf(side, 'text-encoding', name, `expected Unicode text, element ${broken} holds a lone surrogate`)]),
  ]
}

const byteLength = ({ data }: Tensor): number =>
  ArrayBuffer.isView(data) ? data.byteLength : data.reduce((sum, text) => sum + Buffer.byteLength(text), 0)

/** What the elements hold that they must not: too much, no finite number, broken text. The tensors fit their signature. */
export const checkValues = (
  side: TensorSide,
  tensors: Readonly<Record<string, Tensor>>,
  limits: GuardLimits,
): Finding[] => {
  const entries = Object.entries(tensors)
  const total = entries.reduce((sum, [, tensor]) => sum + byteLength(tensor), 0)
  if (total > limits.bytes) {
    const message = `expected at most ${limits.bytes} bytes in all tensors together, found ${total}`
    return [findingOf(side, 'size', entries.map(([name]) => name).join(', '), message)]
  }
  return entries.flatMap(([name, tensor]) =>
    ArrayBuffer.isView(tensor.data)
      ? checkFinite(side, name, tensor)
      : checkTexts(side, name, tensor.data, limits.textBytes),
  )
}
