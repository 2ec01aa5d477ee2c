import type { Budget } from '../../budget.ts'
import type { ByteSource } from '../../source.ts'

// One header, heap or node of a sound file is far smaller; the length comes out of the file (CWE-789).
const maximumStructureBytes = 2 ** 24

// Structures may overlap and be reached twice; together they are no more than this many times the file (CWE-400).
const maximumPasses = 4
const freeBytes = 2 ** 24

/** Something in the file that cannot be read: it contradicts the format, or this reader does not know it. */
export class Hdf5Fault extends Error {
  readonly isMalformed: boolean
  readonly offset: number

  constructor(message: string, offset: number, isMalformed: boolean) {
    super(message)
    this.isMalformed = isMalformed
    this.offset = offset
  }
}

/** A contradiction in the file. */
export const malformed = (offset: number, message: string): Hdf5Fault => new Hdf5Fault(message, offset, true)

/** Something sound that this reader does not read. */
export const unread = (offset: number, message: string): Hdf5Fault => new Hdf5Fault(message, offset, false)

/** Reads the fields of one structure, little-endian, and never beyond it. */
export class Cursor {
  position = 0
  readonly bytes: Uint8Array
  /** Where the structure stands in the content. */
  readonly origin: number
  readonly #view: DataView
  readonly #file: Pick<Hdf5File, 'offsetSize' | 'lengthSize'>

  constructor(bytes: Uint8Array, origin: number, file: Pick<Hdf5File, 'offsetSize' | 'lengthSize'>) {
    this.bytes = bytes
    this.origin = origin
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#file = file
  }

  get offset(): number {
    return this.origin + this.position
  }

  get remaining(): number {
    return this.bytes.length - this.position
  }

  #advance(length: number): number {
    const start = this.position
    if (length > this.remaining) {
      throw malformed(this.offset, `expected ${length} more bytes of a structure, found ${this.remaining}`)
    }
    this.position += length
    return start
  }

  skip(length: number): void {
    this.#advance(length)
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1))
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true)
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true)
  }

  /** A number of `size` bytes; what is no safe integer, an undefined address too, is `Infinity`. */
  unsigned(size: number): number {
    const start = this.#advance(size)
    let value = 0
    for (let index = size - 1; index >= 0; index -= 1) value = value * 256 + (this.bytes[start + index] ?? 0)
    return Number.isSafeInteger(value) && !this.#isUndefined(start, size) ? value : Number.POSITIVE_INFINITY
  }

  #isUndefined(start: number, size: number): boolean {
    return size > 2 && this.bytes.subarray(start, start + size).every((byte) => byte === 0xff)
  }

  address(): number {
    return this.unsigned(this.#file.offsetSize)
  }

  length(): number {
    return this.unsigned(this.#file.lengthSize)
  }

  take(length: number): Uint8Array {
    const start = this.#advance(length)
    return this.bytes.subarray(start, start + length)
  }

  sub(length: number): Cursor {
    const origin = this.offset
    return new Cursor(this.take(length), origin, this.#file)
  }

  /** Text up to a NUL, which is taken too, or to the end. */
  text(): string {
    const end = this.bytes.indexOf(0, this.position)
    const text = decodeText(this.bytes.subarray(this.position, end === -1 ? this.bytes.length : end))
    this.position = end === -1 ? this.bytes.length : end + 1
    return text
  }

  expect(signature: string): this {
    const found = String.fromCharCode(...this.take(signature.length))
    if (found !== signature) {
      const start = this.offset - signature.length
      throw malformed(start, `expected the signature ${signature}, found ${JSON.stringify(found)}`)
    }
    return this
  }

  expectVersion(...versions: readonly number[]): number {
    const version = this.u8()
    if (!versions.includes(version)) {
      throw unread(this.offset - 1, `version ${version} of a structure that has versions ${versions.join(', ')}`)
    }
    return version
  }
}

/** How many bytes the library gives a number that is at most `value`. */
export const bytesToHold = (value: number): number => Math.floor(Math.log2(Math.max(1, value)) / 8) + 1

/** Text of the file, up to its first NUL. */
export const decodeText = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0)
  return new TextDecoder().decode(end === -1 ? bytes : bytes.subarray(0, end))
}

/** An HDF5 file whose structures are read by their addresses. */
export interface Hdf5File {
  /** Bytes of an address and of a length. */
  readonly offsetSize: number
  readonly lengthSize: number
  readonly budget: Budget
  /** Bytes from an address on. */
  at(address: number, length: number): Cursor
  /** As many bytes as there are, at most `length`. */
  upTo(address: number, length: number): Cursor
}

/** Opens the file whose superblock stands at `base`: addresses are counted from there. */
export const openHdf5 = (
  content: ByteSource,
  options: { readonly base: number; readonly offsetSize: number; readonly lengthSize: number; readonly budget: Budget },
): Hdf5File => {
  const { base, offsetSize, lengthSize, budget } = options
  const available = content.size - base
  let taken = 0
  const at = (address: number, length: number): Cursor => {
    if (address + length > available) {
      const end = base + Math.min(address, available)
      throw malformed(end, `expected ${length} bytes at address ${address}, found a file of ${available}`)
    }
    if (length > maximumStructureBytes) throw unread(base + address, `a structure of ${length} bytes`)
    taken += length
    if (taken > maximumPasses * content.size + freeBytes)
      throw unread(base + address, 'structures read many times over')
    budget.checkTime()
    return new Cursor(content.read(base + address, length), base + address, { offsetSize, lengthSize })
  }
  return {
    offsetSize,
    lengthSize,
    budget,
    at,
    upTo: (address, length) => at(address, Math.max(0, Math.min(length, available - address))),
  }
}
