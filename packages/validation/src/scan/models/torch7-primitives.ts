import { printable } from '../rule.ts'
import { type ByteCursor, StructureError } from '../wire/byte-cursor.ts'

/** How the primitive values of a file stand: in binary, or as numbers in text. */
export interface Torch7Primitives {
  readonly offset: number
  integer(): number
  /** A Lua number, whose value does not matter here. */
  skipNumber(): void
  text(length: number): string
  skipText(length: number): void
  long(): bigint
  /** The elements of a storage of a class. */
  skipElements(className: string, count: bigint): void
}

const elementSizes: Readonly<Record<string, bigint>> = {
  Byte: 1n,
  Char: 1n,
  Short: 2n,
  Int: 4n,
  Long: 8n,
  Float: 4n,
  Double: 8n,
  Half: 2n,
}

/** The element of `torch.FloatStorage` or `torch.CudaDoubleTensor`: `Float`, `Double`; CUDA alone means Float. */
export const elementOf = (className: string): string | undefined => {
  const name = /^torch\.(Cuda)?(\w*)(?:Storage|Tensor)$/.exec(className)
  return name === null ? undefined : name[2] === '' ? 'Float' : name[2]
}

/** Values of a binary file, as a 64-bit machine writes them. */
export const binaryPrimitives = (cursor: ByteCursor): Torch7Primitives => ({
  get offset() {
    return cursor.offset
  },
  integer: () => cursor.i32(),
  skipNumber: () => cursor.skip(8),
  text: (length) => cursor.text(length),
  skipText: (length) => cursor.skip(length),
  long: () => BigInt.asIntN(64, cursor.u64()),
  skipElements(className, count) {
    const size = elementSizes[elementOf(className) ?? '']
    if (size === undefined)
      throw new StructureError(cursor.offset, `expected a storage of torch, found ${printable(className)}`)
    cursor.skip(count * size)
  },
})
