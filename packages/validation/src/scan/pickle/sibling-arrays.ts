import { operationsPerItem } from './effort.ts'
import type { ImportedName } from './import-ledger.ts'
import { joblibClasses } from './joblib-arrays.ts'
import type { Value } from './machine/cells.ts'
import { kinds } from './machine/heap.ts'
import type { Machine } from './machine/machine.ts'

/** What a wrapper of joblib reads while the pickle is loaded. */
export interface SiblingArray {
  /** The file as the pickle names it, or nothing where that cannot be told. */
  readonly filename: string | undefined
  /** Whether the file stands beside the pickle, so that a scan of the directory has looked at it. */
  readonly isBeside: boolean
}

/** The name of a file without a directory, on every system. */
const isBaseName = (name: string): boolean => /^[^/\\:\0]+$/.test(name) && name !== '.' && name !== '..'

/**
 * Follows what joblib before 0.10 does besides unpickling: when an `NDArrayWrapper` is built, its array is read from the
 * file that the state names, objects included, and stands in for it (joblib/numpy_pickle_compat.py).
 */
export class SiblingArrays {
  readonly #machine: Machine
  readonly #nameOf: (value: Value) => ImportedName | undefined
  readonly #wrappers = new Set<Value>()

  constructor(machine: Machine, nameOf: (value: Value) => ImportedName | undefined) {
    this.#machine = machine
    this.#nameOf = nameOf
  }

  /** A call of an allowed name gave `result`. */
  called(callee: ImportedName, values: readonly Value[] | undefined, result: Value): void {
    const made = callee.name === '_reconstructor' ? this.#nameOf(values?.[0] ?? 0) : callee
    if (made !== undefined && joblibClasses.sibling(made)) this.#wrappers.add(result)
  }

  /** A state was given to `target`: what joblib reads then, if anything. */
  built(target: Value, state: Value): SiblingArray | undefined {
    if (!this.#wrappers.has(target)) return undefined
    const { heap, effort } = this.#machine
    effort.take(operationsPerItem * heap.countOf(state))
    const items = (heap.is(state, kinds.dict) ? heap.allItemsOf(state) : undefined) ?? []
    const textAt = (index: number): string | undefined => {
      const value = items[index]
      return value !== undefined && value >= 0 ? this.#machine.nameAt(value) : undefined
    }
    let filename: string | undefined
    let isKnown = true
    for (let index = 0; index < items.length; index += 2) {
      const key = textAt(index)
      isKnown &&= key !== undefined
      if (key === 'filename') filename = textAt(index + 1)
      // Of other libraries' classes numpy would take the bytes of the file for pointers.
      if (key === 'subclass') isKnown &&= this.#nameOf(items[index + 1] ?? 0)?.module.split('.', 1)[0] === 'numpy'
    }
    return { filename, isBeside: isKnown && filename !== undefined && isBaseName(filename) }
  }
}
