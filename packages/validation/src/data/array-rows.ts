import { elementCount } from '@nootropic/core'
import { type FloatTensor, floatArray } from '../behaviour/dataset.ts'
import { range } from '../behaviour/rows.ts'
import type { ByteSpan, ByteStream } from './byte-stream.ts'
import type { ArrayHeader } from './npy-header.ts'

/** The place in an array of C order of each element of one in Fortran order. */
const placesInFortranOrder = (shape: readonly number[]): Int32Array => {
  const strides = shape.map((_, axis) => elementCount(shape.slice(axis + 1)))
  const index = shape.map(() => 0)
  const places = new Int32Array(elementCount(shape))
  let place = 0
  for (let at = 0; at < places.length; at += 1) {
    places[at] = place
    for (const [axis, stride] of strides.entries()) {
      const next = (index[axis] ?? 0) + 1
      place += stride
      index[axis] = next
      if (next < (shape[axis] ?? 0)) break
      place -= next * stride
      index[axis] = 0
    }
  }
  return places
}

/** Calls `take` with each element of a stream, in the stream's order. Elements may lie across two of its pieces. */
const eachElement = async (
  pieces: AsyncIterable<Uint8Array>,
  { element }: ArrayHeader,
  take: (value: number) => void,
): Promise<void> => {
  let rest = new Uint8Array(0)
  for await (const piece of pieces) {
    const joined = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    const view = new DataView(joined.buffer, joined.byteOffset, joined.length)
    const whole = joined.length - (joined.length % element.bytes)
    for (let at = 0; at < whole; at += element.bytes) take(element.read(view, at))
    rest = Uint8Array.from(joined.subarray(whole))
  }
}

/** The spans of rows that follow one another, joined. */
function* spansOfRows(rows: readonly number[], { dataAt }: ArrayHeader, rowBytes: number): Generator<ByteSpan> {
  let start = 0
  for (let place = 0; place < rows.length; place += 1) {
    const row = rows[place] ?? 0
    if (place === 0 || row !== (rows[place - 1] ?? 0) + 1) start = row
    if (row + 1 !== rows[place + 1]) yield { start: dataAt + start * rowBytes, end: dataAt + (row + 1) * rowBytes }
  }
}

/**
 * The rows of an array at `rows`, ascending, in C order. Nothing but them is held: an array may be larger than memory.
 *
 * @param header of an array with one axis or more.
 */
export const readArrayRows = async (
  stream: ByteStream,
  header: ArrayHeader,
  rows: readonly number[],
  type: FloatTensor['type'],
): Promise<FloatTensor['data']> => {
  const [count = 0, ...shape] = header.shape
  const rowLength = elementCount(shape)
  const data = floatArray(type, rows.length * rowLength)
  let at = 0
  if (!header.isFortranOrder || shape.length === 0) {
    const spans = spansOfRows(rows, header, rowLength * header.element.bytes)
    await eachElement(stream.spans(spans), header, (value) => {
      data[at] = value
      at += 1
    })
    return data
  }
  // The first axis runs fastest: the elements of one row are strewn over the whole.
  const places = placesInFortranOrder(shape)
  const chosen = rows.length === count ? range(count) : rows
  let row = 0
  let next = 0
  const span = { start: header.dataAt, end: header.dataAt + header.dataLength }
  await eachElement(stream.spans([span]), header, (value) => {
    if (chosen[next] === row) {
      data[next * rowLength + (places[at] ?? 0)] = value
      next += 1
    }
    row += 1
    if (row < count) return
    row = 0
    next = 0
    at += 1
  })
  return data
}
