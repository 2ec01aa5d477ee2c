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

/** Opcodes of texts and names. */
const texts: ReadonlySet<string> = new Set([
  'GLOBAL',
  'BINUNICODE',
  'SHORT_BINUNICODE',
  'BINUNICODE8',
  'BINSTRING',
  'SHORT_BINSTRING',
])

/** Opcodes of whole numbers that torch writes counts with: none of them is negative. */
const integers: ReadonlySet<string> = new Set(['BININT', 'BININT1', 'BININT2', 'LONG1'])

/** Storages and memo entries that are kept (CWE-770); the largest models have some thousands. */
const maximumEntries = 200_000
const maximumNameLength = 256

/** Bytes of one element of the storage class that a GLOBAL names; nothing for another class. */
export const storageElementSize = (global: string): number | undefined =>
  elementSizes.get(global.trimEnd().split('\n').at(-1) ?? '')

const littleEndian = (bytes: Uint8Array): number => bytes.reduceRight((value, byte) => value * 256 + byte, 0)

/** What a pickle of `torch.save` says of a storage. */
export interface StorageClaim {
  /** Bytes of one element. */
  readonly elementSize: number
  /** Elements; nothing where they are not written as torch writes them. */
  readonly count: number | undefined
}

/**
 * The storages that a pickle of `torch.save` names, by their keys. Where the pickle is not written as torch writes it,
 * storages are left out: their lengths cannot be checked then, which does no harm.
 */
export const storageClaims = (
  content: ByteSource,
  start: number,
  budget: Budget,
): ReadonlyMap<string, StorageClaim> => {
  const claims = new Map<string, StorageClaim>()
  type Item = string | number | undefined
  const memo = new Map<number, Item>()
  let items: Item[] = []
  let tuple: readonly Item[] = []
  for (const { opcode, argumentAt, argumentLength } of walkPickle(content, start, budget)) {
    const argument = (): Uint8Array => content.read(argumentAt, Math.min(argumentLength, maximumNameLength))
    if (opcode.name === 'MARK') items = []
    else if (texts.has(opcode.name)) {
      items.push(Buffer.from(argument()).toString('utf8'))
    } else if (opcode.name === 'STACK_GLOBAL') {
      const [module, name] = items.splice(-2)
      items.push(`${module}\n${name}`)
    } else if (opcode.name === 'MEMOIZE' && memo.size < maximumEntries) {
      memo.set(memo.size, items.at(-1))
    } else if (integers.has(opcode.name)) {
      items.push(littleEndian(argument()))
    } else if (opcode.name === 'BINGET' || opcode.name === 'LONG_BINGET') {
      items.push(memo.get(littleEndian(argument())))
    } else if ((opcode.name === 'BINPUT' || opcode.name === 'LONG_BINPUT') && memo.size < maximumEntries) {
      memo.set(littleEndian(argument()), items.at(-1))
    } else if (opcode.name === 'TUPLE') {
      tuple = items
      items = []
    } else if (opcode.name === 'BINPERSID' && tuple[0] === 'storage' && claims.size < maximumEntries) {
      // ('storage', torch.FloatStorage, key, place, count)
      const [, storage, key, , count] = tuple
      const elementSize = typeof storage === 'string' ? storageElementSize(storage) : undefined
      if (elementSize === undefined || typeof key !== 'string') continue
      claims.set(key, { elementSize, count: typeof count === 'number' ? count : undefined })
    }
    // A long list without a mark names no storage.
    if (items.length > maximumEntries) items = []
  }
  return claims
}
