import { refused } from '../broken-pickle.ts'
import type { Value } from './cells.ts'
import { type Kind, kinds, traits } from './heap.ts'
import type { Machine } from './machine.ts'

/** A walk that meets so many values never ends: shared containers inside one another (CWE-776). */
const maximumWeight = 2 ** 40

const fill = (machine: Machine, target: Value, start: number, end: number, at: number): void => {
  const { heap, stack, observer } = machine
  heap.fill(target, stack.values, start, end)
  if (heap.weightOf(target) > maximumWeight && !machine.isExpanding) {
    machine.isExpanding = true
    observer.odd('expansion-bomb', at, 'a few containers, each held many times by the next')
  }
}

/** Makes a container of the values from `start` to the top, in their place. */
const collect = (machine: Machine, kind: Kind, start: number, at: number): void => {
  const { heap, stack } = machine
  const container = heap.create(kind)
  fill(machine, container, start, stack.length, at)
  stack.length = start
  stack.push(container)
}

const refuseUnhashable = (machine: Machine, start: number, step: number): void => {
  const { heap, stack } = machine
  for (let index = start; index < stack.length; index += step) {
    const value = stack.values[index] as Value
    if (value < 0 && (heap.traitsOf(value) & traits.unhashable) !== 0) throw refused('a key is not hashable')
  }
}

const refuseOdd = (count: number): void => {
  if (count % 2 !== 0) throw refused('a key has no value')
}

/** Keys beside values that are more than data: Python looks some names up by itself. */
const noteKeys = (machine: Machine, target: Value, start: number, at: number): void => {
  const { stack, heap, observer } = machine
  for (let index = start; index + 1 < stack.length; index += 2) {
    const value = stack.values[index + 1] as Value
    if (value >= 0 || (heap.traitsOf(value) & traits.object) === 0) continue
    observer.keyed(target, stack.values[index] as Value, value, at)
  }
}

/** Which containers CPython cannot put items into by each of the three ways, beside what never changes. */
const refusing: Readonly<Record<number, readonly Kind[]>> = {
  [kinds.list]: [kinds.tuple, kinds.frozenset, kinds.dict, kinds.set],
  [kinds.dict]: [kinds.tuple, kinds.frozenset, kinds.set],
  [kinds.set]: [kinds.tuple, kinds.frozenset, kinds.list, kinds.dict, kinds.bytearray],
}

/**
 * Puts the values from `start` into the container below them.
 *
 * @param own the kind that CPython fills directly; with anything else it calls a method.
 */
const insert = (machine: Machine, opcode: string, own: Kind, start: number, at: number): void => {
  const { stack, heap, observer } = machine
  const target = stack.targetBelow(start)
  if (start === stack.length) return
  const isOwn = heap.is(target, own)
  if (!isOwn) {
    const kind = heap.kindOf(target)
    if (kind === undefined || refusing[own]?.includes(kind)) throw refused(`${opcode} on what takes no items`)
  }
  if (own === kinds.dict) refuseOdd(stack.length - start)
  if (isOwn && own === kinds.dict) refuseUnhashable(machine, start, 2)
  if (isOwn && own === kinds.set) refuseUnhashable(machine, start, 1)
  if (!isOwn) observer.inserted(opcode, target, at)
  const lateBefore = heap.lateTraits
  if (own === kinds.dict) noteKeys(machine, target, start, at)
  fill(machine, target, start, stack.length, at)
  if ((heap.lateTraits & ~lateBefore & traits.hook) !== 0) {
    observer.odd('special-state', at, 'what calls others, put into a container that something else holds already')
  }
  stack.length = start
}

const tuple = (machine: Machine, start: number, at: number): void => {
  if (start === machine.stack.length) machine.stack.push(machine.heap.emptyTuple)
  else collect(machine, kinds.tuple, start, at)
}

const dictionary = (machine: Machine, at: number): void => {
  const { stack, heap } = machine
  const start = stack.unmark()
  refuseOdd(stack.length - start)
  refuseUnhashable(machine, start, 2)
  const container = heap.create(kinds.dict)
  noteKeys(machine, container, start, at)
  fill(machine, container, start, stack.length, at)
  stack.length = start
  stack.push(container)
}

/** Tuples, lists, dictionaries and sets. */
export const containerOperations = {
  EMPTY_TUPLE: (machine: Machine): void => machine.stack.push(machine.heap.emptyTuple),
  EMPTY_LIST: (machine: Machine): void => machine.stack.push(machine.heap.create(kinds.list)),
  EMPTY_DICT: (machine: Machine): void => machine.stack.push(machine.heap.create(kinds.dict)),
  EMPTY_SET: (machine: Machine): void => machine.stack.push(machine.heap.create(kinds.set)),
  TUPLE: (machine: Machine, at: number): void => tuple(machine, machine.stack.unmark(), at),
  TUPLE1: (machine: Machine, at: number): void => collect(machine, kinds.tuple, machine.stack.start(1), at),
  TUPLE2: (machine: Machine, at: number): void => collect(machine, kinds.tuple, machine.stack.start(2), at),
  TUPLE3: (machine: Machine, at: number): void => collect(machine, kinds.tuple, machine.stack.start(3), at),
  LIST: (machine: Machine, at: number): void => collect(machine, kinds.list, machine.stack.unmark(), at),
  DICT: (machine: Machine, at: number): void => dictionary(machine, at),
  FROZENSET: (machine: Machine, at: number): void => {
    const start = machine.stack.unmark()
    refuseUnhashable(machine, start, 1)
    collect(machine, kinds.frozenset, start, at)
  },
  APPEND: (machine: Machine, at: number): void => insert(machine, 'APPEND', kinds.list, machine.stack.start(1), at),
  APPENDS: (machine: Machine, at: number): void => insert(machine, 'APPENDS', kinds.list, machine.stack.unmark(), at),
  SETITEM: (machine: Machine, at: number): void => insert(machine, 'SETITEM', kinds.dict, machine.stack.start(2), at),
  SETITEMS: (machine: Machine, at: number): void => insert(machine, 'SETITEMS', kinds.dict, machine.stack.unmark(), at),
  ADDITEMS: (machine: Machine, at: number): void => insert(machine, 'ADDITEMS', kinds.set, machine.stack.unmark(), at),
}
