import type { Recognition } from '../format.ts'
import type { ByteSource } from '../source.ts'

/** Fields of a ModelProto and their wire types: 0 for numbers, 2 for what has a length (onnx.proto). */
const modelFields: ReadonlyMap<number, number> = new Map([
  [1, 0],
  [2, 2],
  [3, 2],
  [4, 2],
  [5, 0],
  [6, 2],
  [7, 2],
  [8, 2],
  [14, 2],
  [20, 2],
  [25, 2],
  [26, 2],
])

const graphField = 7

/** Fields that are looked at: functions and imports come by the dozen, and the graph after them at the latest (CWE-770). */
const maximumFields = 256

/** A varint of at most five bytes at a place, and where it ends. */
const varintAt = (bytes: Uint8Array, start: number): readonly [value: number, end: number] | undefined => {
  let value = 0
  for (let index = 0; index < 5; index += 1) {
    const byte = bytes[start + index]
    if (byte === undefined) return undefined
    value += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) return [value, start + index + 1]
  }
  return undefined
}

/** How many bytes a tag and a number, or a tag and a length, may take. */
const maximumHeader = 16

/** Where a field ends and what it is; nothing for what is no field of protobuf. */
const fieldAt = (
  content: ByteSource,
  offset: number,
): { number: number; wireType: number; end: number } | undefined => {
  const head = content.read(offset, maximumHeader)
  const [tag, start] = varintAt(head, 0) ?? [0, 0]
  const [number, wireType] = [Math.floor(tag / 8), tag % 8]
  if (number === 0) return undefined
  if (wireType === 2) {
    const [length, end] = varintAt(head, start) ?? [Number.POSITIVE_INFINITY, 0]
    return { number, wireType, end: offset + end + length }
  }
  if (wireType !== 0) return { number, wireType, end: offset + start + (wireType === 1 ? 8 : 4) }
  let end = start
  while (end < head.length && (head[end] ?? 0) >= 0x80) end += 1
  return { number, wireType, end: offset + end + 1 }
}

/**
 * Whether a content is built like a model: its outermost fields are those of a model, with a graph among them. protobuf
 * has no magic, and many formats open with the same bytes. A model that was cut, or that goes on after its graph in
 * another way, is only likely to be one.
 */
export const recogniseModel = (content: ByteSource): Recognition => {
  let hasGraph = false
  let offset = 0
  for (let count = 0; offset < content.size; count += 1) {
    const field = count === maximumFields ? undefined : fieldAt(content, offset)
    const expected = field === undefined ? undefined : modelFields.get(field.number)
    // A newer field may follow a graph; before one it speaks against a model.
    if (field === undefined || (expected ?? (hasGraph ? field.wireType : undefined)) !== field.wireType) break
    hasGraph ||= field.number === graphField
    offset = field.end
  }
  if (!hasGraph) return undefined
  return offset === content.size ? 'certain' : 'likely'
}
