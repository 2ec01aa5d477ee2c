import type { Budget } from '../budget.ts'
import { type ByteCursor, StructureError, tooLarge } from '../wire/byte-cursor.ts'
import { elementSizes, isSingleton, types, unboundValue } from './r-types.ts'

/** Items inside one another (CWE-674), items of one file (CWE-770). */
const maximumDepth = 1000
const maximumItems = 5_000_000
const itemsPerCheck = 4096

interface Walk {
  readonly cursor: ByteCursor
  readonly budget: Budget
  readonly codes: Set<string>
  items: number
}

/** What an item is, as far as the items around it need to know. */
interface Item {
  readonly type: number
  /** A promise that nobody has evaluated yet. */
  readonly isUnevaluated?: boolean
}

const lengthOf = (cursor: ByteCursor): bigint => {
  const length = cursor.i32()
  if (length !== -1) return BigInt(length)
  return (BigInt(cursor.u32()) << 32n) | BigInt(cursor.u32())
}

const hasAttributes = 0x200
const hasTag = 0x400

/** A list of R is a chain: only its values go deeper, so that a long list is no deep one. */
const readChain = (walk: Walk, first: { type: number; flags: number }, depth: number): Item => {
  let { type, flags } = first
  let isUnevaluated = false
  for (;;) {
    const isAttributed = type >= types.attributedPairList || (flags & hasAttributes) !== 0
    if (isAttributed) readItem(walk, depth + 1)
    if (flags & hasTag) readItem(walk, depth + 1)
    const head = readItem(walk, depth + 1)
    isUnevaluated ||= head.isUnevaluated === true
    const at = walk.cursor.offset
    const next = walk.cursor.u32()
    const nextType = next & 0xff
    const isChain = nextType === types.pairList || nextType === types.attributedPairList
    if (!isChain) {
      walk.cursor.seek(at)
      readItem(walk, depth + 1)
      return { type: first.type, isUnevaluated }
    }
    countItem(walk, depth)
    type = nextType
    flags = next
  }
}

/** Environment, value and expression of a promise: without a value, reading the promise evaluates its expression. */
const readPromise = (walk: Walk, flags: number, depth: number): Item => {
  const at = walk.cursor.offset
  if (flags & hasAttributes) readItem(walk, depth + 1)
  if (flags & hasTag) readItem(walk, depth + 1)
  const value = readItem(walk, depth + 1)
  readItem(walk, depth + 1)
  const isUnevaluated = value.type === unboundValue
  if (isUnevaluated) walk.codes.add(`a promise at ${at}`)
  return { type: types.promise, isUnevaluated }
}

const readBytecode = (walk: Walk, depth: number): void => {
  countItem(walk, depth)
  readItem(walk, depth + 1)
  const count = walk.cursor.i32()
  for (let index = 0; index < count; index += 1) {
    const type = walk.cursor.i32()
    if (type === types.bytecode) readBytecode(walk, depth + 1)
    else if (
      type === types.language ||
      type === types.pairList ||
      type >= types.attributedPairList ||
      type === 243 ||
      type === 244
    ) {
      readBytecodeLanguage(walk, type, depth + 1)
    } else readItem(walk, depth + 1)
  }
}

/** `R_bcrepref` and `R_bcrepdef`: language inside bytecode is shared by number. */
const readBytecodeLanguage = (walk: Walk, first: number, depth: number): void => {
  countItem(walk, depth)
  let type = first
  if (type === 243) {
    walk.cursor.skip(4)
    return
  }
  if (type === 244) {
    walk.cursor.skip(4)
    type = walk.cursor.i32()
  }
  const isLanguage = type === types.language || type === types.attributedLanguage
  const isList = type === types.pairList || type === types.attributedPairList
  if (!isLanguage && !isList) {
    readItem(walk, depth + 1)
    return
  }
  if (type === types.attributedLanguage || type === types.attributedPairList) readItem(walk, depth + 1)
  readItem(walk, depth + 1)
  readBytecodeLanguage(walk, walk.cursor.i32(), depth + 1)
  readBytecodeLanguage(walk, walk.cursor.i32(), depth + 1)
}

const countItem = (walk: Walk, depth: number): void => {
  walk.items += 1
  if (walk.items % itemsPerCheck === 0) walk.budget.checkTime()
  if (walk.items > maximumItems) throw tooLarge(`${maximumItems} items`)
  if (depth > maximumDepth) {
    throw new StructureError(walk.cursor.offset, `expected at most ${maximumDepth} levels, found more`)
  }
}

const readItem = (walk: Walk, depth: number): Item => {
  countItem(walk, depth)
  const { cursor, codes } = walk
  const flags = cursor.u32()
  const type = flags & 0xff
  if (isSingleton(type)) return { type }
  if (type === types.reference) {
    if (flags >>> 8 === 0) cursor.skip(4)
    return { type }
  }
  const isChain =
    type === types.pairList ||
    type === types.language ||
    type === types.dots ||
    type === types.attributedPairList ||
    type === types.attributedLanguage
  if (isChain) return readChain(walk, { type, flags }, depth)
  if (type === types.promise) return readPromise(walk, flags, depth)
  if (type === types.closure) {
    codes.add('a function')
    if (flags & hasAttributes) readItem(walk, depth + 1)
    if (flags & hasTag) readItem(walk, depth + 1)
    readItem(walk, depth + 1)
    readItem(walk, depth + 1)
    return { type }
  }
  const isUnevaluated = type === types.vector ? readVector(walk, depth) : false
  if (type !== types.vector) readPlainItem(walk, type, depth)
  if (flags & hasAttributes && type !== types.characters) readItem(walk, depth + 1)
  return { type, isUnevaluated }
}

/** The items of a list or of texts. Answers whether one of them is a promise without a value. */
const readVector = (walk: Walk, depth: number): boolean => {
  const length = lengthOf(walk.cursor)
  if (length < 0n) throw new StructureError(walk.cursor.offset, `expected a length, found ${length}`)
  let isUnevaluated = false
  for (let index = 0n; index < length; index += 1n)
    isUnevaluated = readItem(walk, depth + 1).isUnevaluated || isUnevaluated
  return isUnevaluated
}

const readItems = (walk: Walk, count: number, depth: number): void => {
  for (let index = 0; index < count; index += 1) readItem(walk, depth + 1)
}

/** How each type goes on behind its flags; vectors of numbers are told by the size of their elements. */
const plainReaders: Readonly<Record<number, (walk: Walk, depth: number) => void>> = {
  [types.characters]: ({ cursor }) => {
    const length = cursor.i32()
    // NA, the missing text, has the length -1.
    cursor.skip(length === -1 ? 0 : length)
  },
  [types.texts]: (walk, depth) => void readVector(walk, depth),
  [types.expression]: (walk, depth) => void readVector(walk, depth),
  [types.symbol]: (walk, depth) => void readItem(walk, depth + 1),
  [types.environment]: (walk, depth) => {
    walk.cursor.skip(4)
    readItems(walk, 4, depth)
  },
  [types.special]: ({ cursor }) => cursor.skip(cursor.i32()),
  [types.builtin]: ({ cursor }) => cursor.skip(cursor.i32()),
  [types.bytecode]: (walk, depth) => {
    walk.codes.add('byte code')
    // How many parts its constants share, which stands before the outermost code alone.
    walk.cursor.skip(4)
    readBytecode(walk, depth)
  },
  [types.pointer]: (walk, depth) => {
    walk.codes.add('an external pointer')
    readItems(walk, 2, depth)
  },
  [types.weakReference]: () => {},
  [types.object4]: () => {},
  [types.alternative]: (walk, depth) => readItems(walk, 3, depth),
  [types.persistent]: (walk, depth) => readNames(walk, depth),
  [types.package]: (walk, depth) => readNames(walk, depth),
  [types.namespace]: (walk, depth) => readNames(walk, depth),
}

const readNames = (walk: Walk, depth: number): void => {
  walk.cursor.skip(4)
  readItems(walk, walk.cursor.i32(), depth)
}

const readPlainItem = (walk: Walk, type: number, depth: number): void => {
  const elementSize = elementSizes[type]
  const read = plainReaders[type]
  if (elementSize !== undefined) walk.cursor.skip(lengthOf(walk.cursor) * elementSize)
  else if (read !== undefined) read(walk, depth)
  else throw new StructureError(walk.cursor.offset - 4, `expected an item of R, found type ${type}`)
}

/** What a serialised value of R holds beside values. */
export interface RValue {
  /** Whether the value itself, or one that it gives out at once, is a promise without a value. */
  readonly isUnevaluated: boolean
  /** Functions, byte code, pointers and promises anywhere in it. */
  readonly codes: ReadonlySet<string>
}

/** Reads one value without making it. Throws {@link StructureError}. */
export const readRValue = (cursor: ByteCursor, budget: Budget): RValue => {
  const walk: Walk = { cursor, budget, codes: new Set(), items: 0 }
  const { isUnevaluated = false } = readItem(walk, 0)
  return { isUnevaluated, codes: walk.codes }
}
