import { limitReached } from '../broken-pickle.ts'
import type { Effort } from '../effort.ts'
import { absent, type Cells, createCells, doubled, smallRoom, type Value } from './cells.ts'

/** What a value of the heap is. */
export const kinds = {
  tuple: 0,
  list: 1,
  dict: 2,
  set: 3,
  frozenset: 4,
  bytearray: 5,
  /** An imported name. */
  global: 6,
  /** An imported name that is safe only where it is called at once. */
  invoker: 7,
  /** What the call of an allowed name gave. */
  object: 8,
  /** What the call of anything else gave, or what only a loader knows. */
  unresolved: 9,
  /** What a loader's `persistent_load` gives. */
  persistent: 10,
  /** Python code that is not run by loading. */
  code: 11,
  function: 12,
  /** A class that the file brings along: its loader takes an argument that is no tuple. */
  carried: 13,
} as const

/** What a value of the heap is. */
export type Kind = (typeof kinds)[keyof typeof kinds]

/** What a value or anything in it is, as far as a call must know. */
export const traits = {
  /** Python code. */
  code: 0x10,
  /** More than numbers, texts, bytes and containers of them. */
  object: 0x20,
  /** Python refuses it as a key. */
  unhashable: 0x40,
  /** Something that Python calls by itself once it is the state of an object. */
  hook: 0x80,
  /** Something that can be filled later. */
  open: 0x100,
  /** What makes an object by its constructor once it is called. */
  maker: 0x200,
} as const

/** Another value holds it, or a call or a state was given it: what is put in from now on reaches them unseen. */
const held = 0x400

const kindMask = 0x0f

/** What a value of each kind brings to the container that it is put into. */
const traitsOfKind: Readonly<Record<Kind, number>> = {
  [kinds.tuple]: 0,
  [kinds.list]: traits.unhashable | traits.open,
  [kinds.dict]: traits.unhashable | traits.open,
  [kinds.set]: traits.unhashable | traits.open,
  [kinds.frozenset]: 0,
  [kinds.bytearray]: traits.unhashable,
  [kinds.global]: traits.object,
  [kinds.invoker]: traits.object | traits.hook,
  [kinds.object]: traits.object | traits.open,
  [kinds.unresolved]: traits.object | traits.open,
  [kinds.persistent]: traits.object,
  [kinds.code]: traits.object | traits.code,
  [kinds.function]: traits.object | traits.code,
  [kinds.carried]: traits.object,
}

/** More containers than a sound pickle of any library holds; six bytes are kept of each (CWE-770). */
const maximumHandles = 2 ** 24
/** Of how many recent containers the items are known, and how many of each: calls take what was just made. */
const rememberedContainers = 2 ** 16
const rememberedItems = 2 ** 18
const itemsPerContainer = 64
/** Beside the number of remembered items: there are more. */
const partial = 0x80
/** A look into containers that were filled late ends after so many values; beyond it everything counts. */
const maximumWalk = 1024

/** The containers and objects that a pickle makes: one byte says what each is, and the recent ones know their items. */
export class Heap {
  #count = 1
  /** Kind and traits by handle. Handle 0 is the empty tuple, which Python has once as well. */
  #what = new Uint16Array(smallRoom)
  /** Traits that came into held containers: what holds them does not know of these. */
  #late = 0
  /** How many values a walk over what it holds would meet, shared ones each time. */
  #weights = new Float32Array(smallRoom)
  // The items of the containers that were filled last, in two rings.
  #owners: Cells
  #starts = new Float64Array(smallRoom)
  #counts = new Uint8Array(smallRoom)
  #items: Cells
  readonly #call: Cells
  #itemCount = 0
  readonly #effort: Effort

  constructor(size: number, effort: Effort) {
    this.#effort = effort
    this.#owners = createCells(size, smallRoom)
    this.#items = createCells(size, smallRoom)
    this.#call = createCells(size, 2)
  }

  /** The tuple without items. */
  readonly emptyTuple: Value = ~0

  create(kind: Kind, itsTraits = 0): Value {
    const handle = this.#count++
    if (handle >= this.#what.length) {
      if (handle >= maximumHandles) throw limitReached(`more than ${maximumHandles} containers`)
      this.#what = doubled(this.#what)
      this.#weights = doubled(this.#weights)
    }
    this.#what[handle] = kind | itsTraits
    return ~handle
  }

  /** What a value is; nothing for one that is written down. */
  kindOf(value: Value): Kind | undefined {
    return value < 0 ? (((this.#what[~value] as number) & kindMask) as Kind) : undefined
  }

  is(value: Value, kind: Kind): boolean {
    return value < 0 && ((this.#what[~value] as number) & kindMask) === kind
  }

  /** What a value brings to a container: its own traits and those of everything that was in it when it was filled. */
  traitsOf(value: Value): number {
    if (value >= 0) return 0
    const what = this.#what[~value] as number
    return (what & ~(kindMask | held)) | traitsOfKind[(what & kindMask) as Kind]
  }

  /** The traits of a value and of everything that is in it now, also of what came into its containers later. */
  presentTraitsOf(value: Value): number {
    if (value >= 0) return 0
    const known = this.traitsOf(value)
    return (this.#late & ~known) === 0 ? known : known | this.#lateTraitsIn(value)
  }

  #lateTraitsIn(value: Value): number {
    const seen = new Set<Value>([value])
    let found = 0
    for (const each of seen) {
      found |= this.traitsOf(each)
      const what = this.#what[~each] as number
      // An object hides what it holds; in other containers only what can be filled can have been.
      if ((what & kindMask) > kinds.frozenset || (what & traits.open) === 0) continue
      const items = this.allItemsOf(each)
      if (items === undefined || seen.size > maximumWalk || !this.#effort.take(1 + items.length)) return this.#late
      for (const item of items) if (item < 0) seen.add(item)
    }
    return found
  }

  /** What came into held containers, all of it. */
  get lateTraits(): number {
    return this.#late
  }

  addTraits(value: Value, added: number): void {
    if (value >= 0) return
    const what = this.#what[~value] as number
    this.#what[~value] = what | added
    if ((what & held) !== 0) this.#late |= added
  }

  /** A call or a state was given this value. */
  hold(value: Value): void {
    if (value < 0) this.#what[~value] = (this.#what[~value] as number) | held
  }

  /** Whether something else holds this value. */
  isHeld(value: Value): boolean {
    return value < 0 && ((this.#what[~value] as number) & held) !== 0
  }

  /** How many values a walk over it would meet. */
  weightOf(value: Value): number {
    return value < 0 ? 1 + (this.#weights[~value] as number) : 1
  }

  /**
   * Puts values into a container. Of a large one only the first are known later: arguments and states are small.
   */
  fill(target: Value, source: Cells, start: number, end: number): void {
    let added = 0
    let weight = 0
    for (let index = start; index < end; index += 1) {
      const value = source[index] as Value
      if (value >= 0) weight += 1
      else {
        added |= this.traitsOf(value)
        weight += 1 + (this.#weights[~value] as number)
        this.#what[~value] = (this.#what[~value] as number) | held
      }
    }
    const handle = ~target
    const isEmpty = this.#weights[handle] === 0
    const what = this.#what[handle] as number
    const kind = what & kindMask
    // A container cannot be a key because of what it is, not because of what it holds, unless it never changes.
    if (kind !== kinds.tuple && kind !== kinds.frozenset) added &= ~traits.unhashable
    this.#what[handle] = what | added
    if ((what & held) !== 0) this.#late |= added
    // An object hides what it holds from a walk; what it remembers is the call that made it.
    if (kind > kinds.frozenset) return
    this.#weights[handle] = (this.#weights[handle] as number) + weight
    this.#remember(handle, source, start, end, isEmpty)
  }

  /** All items of a container, or nothing when it holds many or was filled too long ago. */
  allItemsOf(value: Value): readonly Value[] | undefined {
    const isPartial = value < 0 && ((this.#counts[~value & (this.#owners.length - 1)] as number) & partial) !== 0
    return isPartial ? undefined : this.itemsOf(value)
  }

  /** How many items {@link itemsOf} gives. */
  countOf(value: Value): number {
    if (value >= 0) return 0
    const slot = ~value & (this.#owners.length - 1)
    return this.#isRemembered(~value, slot) ? (this.#counts[slot] as number) & ~partial : 0
  }

  /** An item of {@link itemsOf} alone. */
  itemOf(value: Value, index: number): Value | undefined {
    if (index >= this.countOf(value)) return undefined
    const start = this.#starts[~value & (this.#owners.length - 1)] as number
    return this.#items[(start + index) & (this.#items.length - 1)]
  }

  /** The first items of a container, or nothing when it was filled too long ago. */
  itemsOf(value: Value): readonly Value[] | undefined {
    if (value >= 0) return undefined
    const isEmpty = this.#weights[~value] === 0 && ((this.#what[~value] as number) & kindMask) <= kinds.frozenset
    if (isEmpty) return []
    const slot = ~value & (this.#owners.length - 1)
    if (!this.#isRemembered(~value, slot)) return undefined
    const start = this.#starts[slot] as number
    const mask = this.#items.length - 1
    const count = (this.#counts[slot] as number) & ~partial
    const items: Value[] = []
    for (let index = 0; index < count; index += 1) items.push(this.#items[(start + index) & mask] ?? absent)
    return items
  }

  /** Makes an object that remembers the call it came from: its callee and its arguments. */
  createObject(kind: Kind, callee: Value, callArguments: Value, itsTraits = 0): Value {
    const value = this.create(kind, itsTraits)
    this.#call[0] = callee
    this.#call[1] = callArguments
    this.#remember(~value, this.#call, 0, 2, true)
    return value
  }

  /** Adds to what is known of a container's items. */
  #remember(handle: number, source: Cells, start: number, end: number, isFirst: boolean): void {
    while (handle >= this.#owners.length && this.#owners.length < rememberedContainers) {
      this.#owners = doubled(this.#owners)
      this.#starts = doubled(this.#starts)
      this.#counts = doubled(this.#counts)
    }
    if (this.#itemCount + 2 * itemsPerContainer > this.#items.length && this.#items.length < rememberedItems) {
      this.#items = doubled(this.#items, this.#itemCount + 2 * itemsPerContainer)
    }
    const slot = handle & (this.#owners.length - 1)
    const known = !isFirst && this.#isRemembered(handle, slot) ? (this.#counts[slot] as number) : 0
    if ((known & partial) !== 0) return
    const added = Math.min(end - start, itemsPerContainer - known)
    const isPartial = added < end - start || (known === 0 && !isFirst)
    const from = this.#starts[slot] as number
    // What was remembered last goes on where it is; anything else is written anew.
    if (known === 0 || from + known !== this.#itemCount) {
      this.#starts[slot] = this.#itemCount
      this.#write(this.#items, from, from + known)
    }
    this.#write(source, start, start + added)
    this.#owners[slot] = handle
    this.#counts[slot] = (known + added) | (isPartial ? partial : 0)
  }

  /** Writes values to the end of the ring; they may come out of it. */
  #write(source: Cells, start: number, end: number): void {
    const mask = this.#items.length - 1
    const sourceMask = source === this.#items ? mask : -1
    for (let index = start; index < end; index += 1) {
      this.#items[this.#itemCount++ & mask] = source[index & sourceMask] as Value
    }
  }

  #isRemembered(handle: number, slot: number): boolean {
    return this.#owners[slot] === handle && this.#itemCount - (this.#starts[slot] as number) <= this.#items.length
  }
}
