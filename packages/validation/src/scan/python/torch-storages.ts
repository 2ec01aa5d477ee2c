import type { Budget } from '../budget.ts'
import type { ByteSource } from '../source.ts'
import { walkPickle } from './pickle-walk.ts'

/** Bytes of one element of each storage class of torch. */
const elementSizes: ReadonlyMap<string, number> = new Map(
  Object.entries({
    DoubleStorage: 8,
    FloatStorage: 4,
    HalfStorage: 2,
    BFloat16Storage: 2,
    LongStorage: 8,
    IntStorage: 4,
    ShortStorage: 2,
    CharStorage: 1,
    ByteStorage: 1,
    BoolStorage: 1,
    ComplexDoubleStorage: 16,
    ComplexFloatStorage: 8,
    QInt8Storage: 1,
    QUInt8Storage: 1,
    QInt32Storage: 4,
  }),
)

/** Storages and memo entries that are kept (CWE-770); the largest models have some thousands. */
const maximumEntries = 200_000
const maximumNameLength = 256

/** Bytes of one element of the storage class that a GLOBAL names; nothing for another class. */
export const storageElementSize = (global: string): number | undefined =>
  elementSizes.get(global.trimEnd().split('\n').at(-1) ?? '')

const littleEndian = (bytes: Uint8Array): number => bytes.reduceRight((value, byte) => value * 256 + byte, 0)

/**
 * Bytes of one element of each storage that a pickle of `torch.save` names, by the storage's key. Where the pickle is not
 * written as torch writes it, storages are left out: their lengths cannot be checked then, which does no harm.
 */
export const storageElementSizes = (
  content: ByteSource,
  start: number,
  budget: Budget,
): ReadonlyMap<string, number> => {
  const sizes = new Map<string, number>()
  const memo = new Map<number, string | undefined>()
  let items: (string | undefined)[] = []
  let tuple: readonly (string | undefined)[] = []
  for (const { opcode, argumentAt, argumentLength } of walkPickle(content, start, budget)) {
    const argument = (): Uint8Array => content.read(argumentAt, Math.min(argumentLength, maximumNameLength))
    if (opcode.name === 'MARK') items = []
    else if (opcode.name === 'BINUNICODE' || opcode.name === 'GLOBAL') {
      items.push(Buffer.from(argument()).toString('utf8'))
    } else if (opcode.name === 'BINGET' || opcode.name === 'LONG_BINGET') {
      items.push(memo.get(littleEndian(argument())))
    } else if ((opcode.name === 'BINPUT' || opcode.name === 'LONG_BINPUT') && memo.size < maximumEntries) {
      memo.set(littleEndian(argument()), items.at(-1))
    } else if (opcode.name === 'TUPLE') {
      tuple = items
      items = []
    } else if (opcode.name === 'BINPERSID' && tuple[0] === 'storage' && sizes.size < maximumEntries) {
      // ('storage', torch.FloatStorage, key, place, count)
      const [, storage = '', key] = tuple
      const size = storageElementSize(storage)
      if (size !== undefined && key !== undefined) sizes.set(key, size)
    }
    // A long list without a mark names no storage.
    if (items.length > maximumEntries) items = []
  }
  return sizes
}
