import { elementCount, NootropicError, type Tensor, tensorArrays } from '@nootropic/core'
import type { OwnBytes } from './own-bytes.ts'
import type { TensorHead } from './protocol.ts'

// Every platform that onnxruntime-node is built for is little-endian, so elements travel as they stand in memory.

/**
 * Texts in one message. Each is decoded and kept by itself, so that millions of empty ones would hold up their reader for
 * seconds and take far more memory than they have bytes (CWE-770).
 */
export const maximumTexts = 65_536

/** Bytes that a text is counted to take beside its own: an object of the engine, and a place in an array. */
export const textOverhead = 16

/** How many texts there are among tensors. */
export const countTexts = (tensors: Iterable<Pick<Tensor, 'type' | 'dims'>>): number => {
  let count = 0
  for (const { type, dims } of tensors) if (type === 'string') count += elementCount(dims)
  return count
}

const encodeStrings = (strings: readonly string[]): Uint8Array =>
  Buffer.concat(
    strings.flatMap((text) => {
      const bytes = Buffer.from(text)
      const length = Buffer.alloc(4)
      length.writeUInt32LE(bytes.length)
      return [length, bytes]
    }),
  )

/** Tensors as what names them and their bytes. */
export interface EncodedTensors {
  readonly heads: readonly TensorHead[]
  readonly parts: readonly Uint8Array[]
  readonly byteLength: number
}

/** Numeric data is not copied. */
export const encodeTensors = (tensors: Readonly<Record<string, Tensor>>): EncodedTensors => {
  const heads: TensorHead[] = []
  const parts: Uint8Array[] = []
  let byteLength = 0
  for (const [name, { type, dims, data }] of Object.entries(tensors)) {
    const bytes = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : encodeStrings(data)
    heads.push({ name, type, dims: [...dims], byteLength: bytes.byteLength })
    parts.push(bytes)
    byteLength += bytes.byteLength
  }
  return { heads, parts, byteLength }
}

/** Where parts stand that follow each other, each from a multiple of `alignment` on. */
export const layOut = (byteLengths: readonly number[], alignment: number): { offsets: number[]; end: number } => {
  let end = 0
  const offsets = byteLengths.map((byteLength) => {
    const offset = Math.ceil(end / alignment) * alignment
    end = offset + byteLength
    return offset
  })
  return { offsets, end }
}

/** What holds the bytes of tensors. */
export interface TensorSource {
  /** All of them are the tensors'. */
  readonly byteLength: number
  /** Each tensor stands at a multiple of it. */
  readonly alignment: number
  /** Bytes where elements of every type can stand. Whoever does not trust the other side takes a copy. */
  take(offset: number, length: number): OwnBytes
}

/** The payload of a frame: packed, so that what is taken is copied. */
export const frameSource = (payload: Uint8Array): TensorSource => ({
  byteLength: payload.byteLength,
  alignment: 1,
  take: (offset, length) => new Uint8Array(payload.subarray(offset, offset + length)),
})

const malformed = (name: string, expected: string): never => {
  throw new NootropicError('WORKER_FAILED', `expected ${expected} for the tensor "${name.slice(0, 100)}" in a frame`)
}

const decodeStrings = (name: string, bytes: Uint8Array, count: number): string[] => {
  // Each string costs four bytes at least: a count beyond that is a lie, and must not size an array (CWE-789).
  if (count * 4 > bytes.length) return malformed(name, `at least ${count * 4} bytes`)
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const strings: string[] = []
  let offset = 0
  while (strings.length < count) {
    if (offset + 4 > bytes.length) return malformed(name, 'a whole string length')
    const end = offset + 4 + view.getUint32(offset, true)
    if (end > bytes.length) return malformed(name, 'strings inside their tensor')
    strings.push(decoder.decode(bytes.subarray(offset + 4, end)))
    offset = end
  }
  return offset === bytes.length ? strings : malformed(name, 'no bytes after the last string')
}

const decodeData = ({ name, type, dims, byteLength }: TensorHead, take: () => OwnBytes) => {
  const count = elementCount(dims)
  if (type === 'string') return decodeStrings(name, take(), count)
  const array = tensorArrays[type]
  const expected = count * array.BYTES_PER_ELEMENT
  if (byteLength !== expected) return malformed(name, `${expected} bytes (found ${byteLength})`)
  const bytes = take()
  return new array(bytes.buffer, bytes.byteOffset, count)
}

/**
 * The tensors that `heads` name.
 *
 * @throws NootropicError `WORKER_FAILED` when there are more than {@link maximumTexts}, when the lengths contradict the types
 * and dims, or a name stands twice.
 */
export const decodeTensors = (heads: readonly TensorHead[], source: TensorSource): Record<string, Tensor> => {
  const byteLengths = heads.map(({ byteLength }) => byteLength)
  const { offsets, end } = layOut(byteLengths, source.alignment)
  // Before anything is taken: lengths that no memory holds size none.
  // Not "more than": a product of hostile dims may be no number at all.
  if (!(countTexts(heads) <= maximumTexts)) return malformed(heads.at(-1)?.name ?? '', `at most ${maximumTexts} texts`)
  if (end !== source.byteLength) return malformed(heads.at(-1)?.name ?? '', `${end} bytes (found ${source.byteLength})`)
  const tensors = new Map<string, Tensor>()
  for (const [index, head] of heads.entries()) {
    if (tensors.has(head.name)) return malformed(head.name, 'each name once')
    const data = decodeData(head, () => source.take(offsets[index] ?? 0, head.byteLength))
    tensors.set(head.name, { type: head.type, dims: head.dims, data })
  }
  return Object.fromEntries(tensors)
}
