import type { ImportedName } from './import-ledger.ts'
import type { Value } from './machine/cells.ts'
import { kinds } from './machine/heap.ts'
import { integerOf, literalOpcode, textOf } from './machine/literals.ts'
import type { Machine } from './machine/machine.ts'

/** How the items of an array stand in a file. */
interface ItemType {
  readonly size: number
  /** They are Python objects: a pickle of its own. */
  readonly isObject: boolean
}

/** What joblib reads from the file after a wrapper, before it goes on with the pickle. */
export type ForeignData =
  | { readonly kind: 'pickle' }
  | { readonly kind: 'bytes'; readonly length: number }
  | { readonly kind: 'unknown' }

/** NumPy's own arrays and their types are remembered to any number; hostile ones are not (CWE-770). */
const maximumRemembered = 2 ** 20

/** The type codes of numpy with their lengths in bytes: `f8`, `U5`, `V16`. */
const typeCode = /^[<>|=]?([biufcSaUVOMm])(\d+)$/

/** NPY_ITEM_HASOBJECT of a dtype's flags, the eighth part of its state. */
const hasObjectFlag = 0x01

const isWrapperClass = ({ module, name }: ImportedName): boolean =>
  name === 'NumpyArrayWrapper' && /(?:^|\.)joblib\.numpy_pickle$/.test(module)

/**
 * Follows what joblib does besides unpickling: when a `NumpyArrayWrapper` is built, the items of its array stand in the
 * file right behind, and the pickle goes on after them (joblib/numpy_pickle.py, `NumpyArrayWrapper.read_array`).
 */
export class JoblibArrays {
  readonly #machine: Machine
  readonly #nameOf: (value: Value) => ImportedName | undefined
  readonly #wrappers = new Set<Value>()
  readonly #types = new Map<Value, ItemType>()
  count = 0

  constructor(machine: Machine, nameOf: (value: Value) => ImportedName | undefined) {
    this.#machine = machine
    this.#nameOf = nameOf
  }

  /** A call of an allowed name gave `result`. */
  called(callee: ImportedName, callArguments: Value, result: Value): void {
    if (this.#types.size + this.#wrappers.size >= maximumRemembered) return
    const { heap, input } = this.#machine
    const values = heap.itemsOf(callArguments) ?? []
    const [first = 0] = values
    if (callee.name === 'dtype' && callee.module === 'numpy') {
      const code = first >= 0 ? typeCode.exec(textOf(input.content, first, 32) ?? '') : undefined
      if (code === undefined || code === null) return
      const size = Number(code[2]) * (code[1] === 'U' ? 4 : 1)
      this.#types.set(result, { size, isObject: code[1] === 'O' })
      return
    }
    // Protocols 0 and 1 make objects by `copyreg._reconstructor(class, object, None)`.
    const made = callee.name === '_reconstructor' ? this.#nameOf(first) : callee
    if (made !== undefined && isWrapperClass(made)) this.#wrappers.add(result)
  }

  /** A state was given to `target`: what stands behind it in a file of joblib, if it is an array. */
  built(target: Value, state: Value): ForeignData | undefined {
    const type = this.#types.get(target)
    if (type !== undefined) {
      const flags = this.#machine.heap.itemsOf(state)?.[7]
      const isObject =
        flags !== undefined &&
        flags >= 0 &&
        ((integerOf(this.#machine.input.content, flags) ?? 0) & hasObjectFlag) !== 0
      if (isObject) this.#types.set(target, { ...type, isObject })
      return undefined
    }
    if (!this.#wrappers.has(target)) return undefined
    this.count += 1
    return this.#dataOf(state)
  }

  #dataOf(state: Value): ForeignData {
    const { heap, input } = this.#machine
    const items = heap.is(state, kinds.dict) ? heap.allItemsOf(state) : undefined
    const attributes = new Map<string | undefined, Value>()
    for (let index = 0; items !== undefined && index + 1 < items.length; index += 2) {
      const key = items[index] as Value
      attributes.set(key >= 0 ? textOf(input.content, key, 64) : undefined, items[index + 1] as Value)
    }
    const type = this.#types.get(attributes.get('dtype') ?? 0)
    const shape = attributes.get('shape')
    const lengths = shape === undefined ? undefined : heap.allItemsOf(shape)
    if (type === undefined || lengths === undefined) return { kind: 'unknown' }
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
