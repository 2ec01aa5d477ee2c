import { elementCount, NootropicError, type Tensor, tensorArrays } from '@nootropic/core'
import type { TensorHead } from './protocol.ts'

// Every platform that onnxruntime-node is built for is little-endian, so elements travel as they stand in memory.

const encodeStrings = (strings: readonly string[]): Uint8Array =>
  Buffer.concat(
    strings.flatMap((text) => {
      const bytes = Buffer.from(text)
      const length = Buffer.alloc(4)
      length.writeUInt32LE(bytes.length)
      return [length, bytes]
    }),
  )

/** Tensors as the heads and payload parts of a frame; numeric data is not copied. */
export const encodeTensors = (
  tensors: Readonly<Record<string, Tensor>>,
): { heads: TensorHead[]; payload: Uint8Array[] } => {
  const heads: TensorHead[] = []
  const payload: Uint8Array[] = []
  for (const [name, { type, dims, data }] of Object.entries(tensors)) {
    const bytes = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : encodeStrings(data)
    heads.push({ name, type, dims: [...dims], byteLength: bytes.byteLength })
    payload.push(bytes)
  }
  return { heads, payload }
}

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

const decodeData = ({ name, type, dims }: TensorHead, bytes: Uint8Array): Tensor['data'] => {
  const count = elementCount(dims)
  if (type === 'string') return decodeStrings(name, bytes, count)
  const array = tensorArrays[type]
  if (bytes.length !== count * array.BYTES_PER_ELEMENT) {
    return malformed(name, `${count * array.BYTES_PER_ELEMENT} bytes (found ${bytes.length})`)
  }
  // A copy: aligned, and of no memory that anybody else holds.
  return new array(new Uint8Array(bytes).buffer, 0, count)
}

/**
 * The tensors of a frame, each over memory of its own.
 *
 * @throws NootropicError `WORKER_FAILED` when the lengths contradict the types and dims, or a name stands twice.
 */
export const decodeTensors = (heads: readonly TensorHead[], payload: Uint8Array): Record<string, Tensor> => {
  const tensors = new Map<string, Tensor>()
  let offset = 0
  for (const head of heads) {
    if (tensors.has(head.name)) return malformed(head.name, 'each name once')
    if (offset + head.byteLength > payload.length) return malformed(head.name, 'bytes inside the payload')
    const bytes = payload.subarray(offset, offset + head.byteLength)
    tensors.set(head.name, { type: head.type, dims: head.dims, data: decodeData(head, bytes) })
    offset += head.byteLength
  }
  if (offset !== payload.length) return malformed('', 'no bytes after the last tensor')
  return Object.fromEntries(tensors)
}
