import type { NodeView } from '../values/node-view.ts'
import { countOf, integerOf, integersOf, operandOf, textOf } from '../values/node-view.ts'
import { exactDims } from '../values/value.ts'
import { badIndex, badLength, badMagnitude, badRange, type Clause } from './clause.ts'

/** Windows, strides, paddings and counts of one axis; no tensor is longer (CWE-190). */
const maximumExtent = 2 ** 31 - 1

const words = (names: string): readonly string[] => names.split(' ')

/** An integer attribute between two bounds, where it is present. */
export const between =
  (names: string, least: number, most = maximumExtent): Clause =>
  (view) => {
    for (const name of words(names)) {
      const value = integerOf(view, name)
      if (value === undefined) continue
      if (value > most && most === maximumExtent) return badMagnitude(`${name} of at most ${most}`, value)
      if (value < least || value > most) return badRange(`${name} from ${least} to ${most}`, value)
    }
    return undefined
  }

/** Each integer of a list between two bounds, where the list is present. */
export const eachBetween =
  (names: string, least: number, most = maximumExtent): Clause =>
  (view) => {
    for (const name of words(names)) {
      const values = view.attribute(name)?.ints ?? []
      for (const value of values) {
        if (value > most && most === maximumExtent)
          return badMagnitude(`each of ${name} at most ${most}`, String(value))
        if (value < least || value > most) return badRange(`each of ${name} from ${least} to ${most}`, String(value))
      }
    }
    return undefined
  }

/** An attribute that says one of these numbers, where it is present. */
export const oneOf =
  (name: string, allowed: readonly number[]): Clause =>
  (view) => {
    const value = integerOf(view, name)
    return value === undefined || allowed.includes(value)
      ? undefined
      : badRange(`${name} of ${allowed.join(', ')}`, value)
  }

/** A text that is one of these, where it is present. */
export const wordOf =
  (name: string, allowed: readonly string[]): Clause =>
  (view) => {
    const value = textOf(view, name)
    return value === undefined || allowed.includes(value)
      ? undefined
      : badRange(`${name} of ${allowed.join(', ')}`, value)
  }

/** Lists of one length; one that is absent is not counted. */
export const sameCount =
  (names: string): Clause =>
  (view) => {
    const counts = words(names).flatMap((name) =>
      countOf(view, name) === 0 ? [] : [[name, countOf(view, name)] as const],
    )
    const [first] = counts
    const other = counts.find(([, count]) => count !== first?.[1])
    return first === undefined || other === undefined
      ? undefined
      : badLength(`${other[0]} as long as ${first[0]}, ${first[1]} value(s)`, `${other[1]}`)
  }

/** A list whose length is one of some, by the node; nothing is said where the node leaves it open. */
export const countIs =
  (name: string, wanted: (view: NodeView) => readonly number[] | undefined): Clause =>
  (view) => {
    const count = countOf(view, name)
    const allowed = count === 0 ? undefined : wanted(view)
    return allowed === undefined || allowed.includes(count)
      ? undefined
      : badLength(`${allowed.join(' or ')} value(s) in ${name}`, count)
  }

/** Only one of some lists holds anything. */
export const exclusive =
  (names: string): Clause =>
  (view) => {
    const filled = words(names).filter((name) => countOf(view, name) > 0)
    return filled.length <= 1 ? undefined : badLength(`one of ${words(names).join(', ')}`, filled.join(' and '))
  }

/** An axis of an input's rank: from -rank to rank - 1, or `beyond` more. */
export const axisOf =
  (name: string, input = 0, beyond = 0): Clause =>
  (view) => {
    const rank = knownRank(view, input)
    const axis = integerOf(view, name)
    if (rank === undefined || axis === undefined) return undefined
    const isInside = axis >= -rank - beyond && axis < rank + beyond
    return isInside ? undefined : badRange(`${name} from ${-rank - beyond} to ${rank + beyond - 1}`, axis)
  }

/** The axes, as an attribute or an input, of the rank of the first input and each once. */
export const axesOf =
  (name: string, index: number, beyond = false): Clause =>
  (view) => {
    const axes = operandOf(view, name, index)
    const data = knownRank(view, 0)
    if (axes === undefined || data === undefined) return undefined
    const rank = beyond ? data + axes.length : data
    const outside = axes.find((axis) => axis < -rank || axis >= rank)
    if (outside !== undefined) return badRange(`${name} from ${-rank} to ${rank - 1}`, outside)
    const places = new Set(axes.map((axis) => (axis < 0 ? axis + rank : axis)))
    return places.size === axes.length ? undefined : badRange(`each of ${name} once`, `[${axes}]`)
  }

/** Constant indices into an axis of the data; `allowed` says whether they may count from the end. */
export const indicesWithin =
  (index: number, axisName: string | undefined, allowed: 'negative' | 'positive'): Clause =>
  (view) => {
    const dims = exactDims(view.input(0))
    if (dims === undefined || dims.length === 0) return undefined
    const axis = axisName === undefined ? -1 : (integerOf(view, axisName) ?? 0)
    const size = dims[axis < 0 ? axis + dims.length : axis]
    const numbers = size === undefined ? undefined : view.numbers(index, maximumIndices)
    const least = allowed === 'negative' ? -(size ?? 0) : 0
    const outside = numbers?.find((value) => value < least || value >= (size ?? 0))
    return outside === undefined ? undefined : badIndex(`indices from ${least} to ${(size ?? 0) - 1}`, outside)
  }

/** Constant indices that are read; a table of more is data (CWE-770). */
const maximumIndices = 2 ** 16

/** The rank of an input, if it is known. */
export const knownRank = (view: NodeView, input: number): number | undefined => view.input(input)?.dims?.length

/** A permutation of the axes. */
export const permutation =
  (name: string): Clause =>
  (view) => {
    const [count, rank] = [countOf(view, name), knownRank(view, 0)]
    if (count > 0 && rank !== undefined && count !== rank) return badLength(`${rank} value(s) in ${name}`, count)
    const order = integersOf(view, name)
    if (order === undefined) return undefined
    const isComplete = order.every((_, axis) => order.includes(axis))
    return isComplete ? undefined : badRange(`each axis once in ${name}`, `[${order}]`)
  }
