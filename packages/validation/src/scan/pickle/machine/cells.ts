/**
 * A value of the abstract machine is a number: the offset of the opcode that wrote it, for everything that is written
 * down (numbers, texts, bytes), or the complement of a handle in the {@link Heap}. Nothing is decoded until it is asked
 * for, and a pickle of a million texts allocates no object.
 */
export type Value = number

/** What every pickle begins with: most that are tried are none, and small rooms are cheap (V8 keeps 64 bytes in its heap). */
export const smallRoom = 8

/** Room for values. Four bytes each hold every offset of a content below 2 GiB. */
export type Cells = Int32Array | Float64Array

/** What stands where no value does; no handle reaches it. */
export const absent: Value = -(2 ** 31)

/** Room for `length` values of a content of `size` bytes. */
export const createCells = (size: number, length: number): Cells =>
  size < 2 ** 31 ? new Int32Array(length) : new Float64Array(length)

/** The same values with twice the room, again and again until `length` of them have room. */
export const doubled = <Room extends Cells | Uint8Array | Uint16Array | Float32Array>(room: Room, length = 1): Room => {
  let enough = 2 * room.length
  while (enough < length) enough *= 2
  const larger = new (room.constructor as new (length: number) => Room)(enough)
  larger.set(room)
  return larger
}
