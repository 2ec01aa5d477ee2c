import type { ArrayTypes } from './array-types.ts'
import { operationsPerItem } from './effort.ts'
import type { ImportedName } from './import-ledger.ts'
import type { Value } from './machine/cells.ts'
import { kinds } from './machine/heap.ts'
import { integerOf, literalOpcode } from './machine/literals.ts'
import type { Machine } from './machine/machine.ts'

/** What joblib reads from the file after a wrapper, before it goes on with the pickle. */
export type ForeignData =
  | { readonly kind: 'pickle' }
  | { readonly kind: 'bytes'; readonly length: number }
  | { readonly kind: 'unknown' }

/** Wrappers of arrays are remembered to any number that a library writes; hostile ones are not (CWE-770). */
const maximumRemembered = 2 ** 20

/** The classes of joblib that stand for an array. */
export const joblibClasses = {
  /** Its items stand in the pickle. */
  inline: ({ module, name }: ImportedName): boolean =>
    name === 'NumpyArrayWrapper' && /(?:^|\.)joblib\.numpy_pickle$/.test(module),
  /** Its items stand in a file of their own. */
  sibling: ({ module, name }: ImportedName): boolean =>
    /^Z?NDArrayWrapper$/.test(name) && /(?:^|\.)joblib\.numpy_pickle(?:_compat)?$/.test(module),
} as const

/**
 * Follows what joblib does besides unpickling: when a `NumpyArrayWrapper` is built, the items of its array stand in the
 * file right behind, and the pickle goes on after them (joblib/numpy_pickle.py, `NumpyArrayWrapper.read_array`).
 */
export class JoblibArrays {
  readonly #machine: Machine
  readonly #nameOf: (value: Value) => ImportedName | undefined
  readonly #wrappers = new Set<Value>()
  readonly #types: ArrayTypes
  count = 0

  constructor(machine: Machine, types: ArrayTypes, nameOf: (value: Value) => ImportedName | undefined) {
    this.#machine = machine
    this.#types = types
    this.#nameOf = nameOf
  }

  /** A call of an allowed name gave `result`. */
  called(callee: ImportedName, callArguments: Value, result: Value): void {
    if (this.#wrappers.size >= maximumRemembered) return
    // Protocols 0 and 1 make objects by `copyreg._reconstructor(class, object, None)`.
    const made =
      callee.name === '_reconstructor' ? this.#nameOf(this.#machine.heap.itemOf(callArguments, 0) ?? 0) : callee
    if (made !== undefined && joblibClasses.inline(made)) this.#wrappers.add(result)
  }

  /** Whether items stand behind it once it is given a state. */
  isWrapper(value: Value): boolean {
    return this.#wrappers.has(value)
  }

  /** A state was given to `target`: what stands behind it in a file of joblib, if it is an array. */
  built(target: Value, state: Value): ForeignData | undefined {
    if (!this.#wrappers.has(target)) return undefined
    this.count += 1
    return this.#dataOf(state)
  }

  #dataOf(state: Value): ForeignData {
    const { heap, input, effort } = this.#machine
    effort.take(operationsPerItem * heap.countOf(state))
    const items = heap.is(state, kinds.dict) ? heap.allItemsOf(state) : undefined
    const attributes = new Map<string | undefined, Value>()
    for (let index = 0; items !== undefined && index + 1 < items.length; index += 2) {
      const key = items[index] as Value
      attributes.set(key >= 0 ? this.#machine.nameAt(key) : undefined, items[index + 1] as Value)
    }
    const type = this.#types.get(attributes.get('dtype'))
    const shape = attributes.get('shape')
    const lengths = shape === undefined ? undefined : heap.allItemsOf(shape)
    if (type?.size === undefined || lengths === undefined) return { kind: 'unknown' }
    if (type.isObject) return { kind: 'pickle' }
    let length = type.size
    for (const value of lengths) {
      const factor = value >= 0 ? integerOf(input.content, value) : undefined
      if (factor === undefined || factor < 0) return { kind: 'unknown' }
      length *= factor
    }
    return { kind: 'bytes', length: length + this.#paddingLength(attributes.get('numpy_array_alignment_bytes')) }
  }

  /** Since joblib 1.2 a byte says how many more bytes stand before the items. */
  #paddingLength(alignment: Value | undefined): number {
    const { input } = this.#machine
    const isAligned = alignment !== undefined && (alignment < 0 || literalOpcode(input.content, alignment) !== 'NONE')
    return isAligned ? 1 + (input.content.read(input.offset, 1)[0] ?? 0) : 0
  }
}
