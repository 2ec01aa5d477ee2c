import { limitReached } from './broken-pickle.ts'
import type { ImportedName } from './import-ledger.ts'
import type { Value } from './machine/cells.ts'
import { kinds } from './machine/heap.ts'
import { integerOf, textOf } from './machine/literals.ts'
import type { Machine } from './machine/machine.ts'

/** A dtype of NumPy that a pickle makes. */
interface ArrayType {
  /** How long an item is, where it is known. */
  size: number | undefined
  /** Its state says how long an item is: texts, bytes and records. NumPy passes over what the state of others says. */
  readonly isFlexible: boolean
  /** Items are Python objects, or hold some. What is not known counts as such. */
  isObject: boolean
  /** It was given its state, or another type was made of it. */
  isUsed: boolean
  /** How much the pickle had done when it was made. */
  readonly madeAt: number
}

/** Writers keep a type in the memo; more different ones are there to fill memory (CWE-770). */
const maximumTypes = 2 ** 18

/** The type codes of numpy with their lengths in bytes: `f8`, `U5`, `V16`. */
const typeCode = /^[<>|=]?([biufcSaUVOMm])(\d+)$/

/**
 * NPY_ITEM_REFCOUNT and NPY_LIST_PICKLE of a dtype's flags, the eighth part of its state: items hold objects, and an
 * array of them brings a list. Without them numpy takes the bytes of the pickle for pointers to objects (CWE-822).
 */
const objectFlags = 0x03

/** The classes of types whose length is in their state. */
const flexibleClasses: ReadonlySet<string> = new Set(['VoidDType', 'StrDType', 'BytesDType'])

const isTypeClass = ({ module, name }: ImportedName): boolean =>
  (module === 'numpy' && name === 'dtype') || module === 'numpy.dtypes'

/** Follows the types of arrays: a wrong one makes numpy read memory that is not the array's. */
export class ArrayTypes {
  readonly #machine: Machine
  readonly #nameOf: (value: Value) => ImportedName | undefined
  readonly #types = new Map<Value, ArrayType>()
  /** Dictionaries of fields, and whether one of them holds objects or is none. */
  readonly #fields = new Map<Value, boolean>()
  /** Those that are in a type: NumPy keeps the dictionary itself. */
  readonly #keptFields = new Set<Value>()
  /** Calls and states that are not of types. */
  #actions = 0

  constructor(machine: Machine, nameOf: (value: Value) => ImportedName | undefined) {
    this.#machine = machine
    this.#nameOf = nameOf
  }

  get(value: Value | undefined): Readonly<ArrayType> | undefined {
    return value === undefined ? undefined : this.#types.get(value)
  }

  /** A call of an allowed name gave `result`. */
  called(callee: ImportedName, callArguments: Value, result: Value): void {
    if (!isTypeClass(callee)) {
      // Text that is written as bytes, as in the unit of a date, is part of a state.
      if (callee.judgement.verdict !== 'allowed' || callee.judgement.rule !== 'latin1') this.#actions += 1
      return
    }
    if (this.#types.size >= maximumTypes) throw limitReached(`more than ${maximumTypes} types of arrays`)
    const first = this.#machine.heap.itemOf(callArguments, 0)
    this.#types.set(result, { ...this.#layoutOf(callee, first), isUsed: false, madeAt: this.#actions })
  }

  #layoutOf(callee: ImportedName, first: Value | undefined): Pick<ArrayType, 'size' | 'isObject' | 'isFlexible'> {
    if (callee.module === 'numpy.dtypes') {
      return { size: undefined, isFlexible: flexibleClasses.has(callee.name), isObject: callee.name === 'ObjectDType' }
    }
    if (first !== undefined && first < 0) {
      // The class of the items of a record array; its fields are in the state.
      const isRecord = this.#nameOf(first)?.name === 'record'
      return { size: undefined, isFlexible: isRecord, isObject: !isRecord }
    }
    const code = first === undefined ? null : typeCode.exec(textOf(this.#machine.input.content, first, 32) ?? '')
    if (code === null) return { size: undefined, isFlexible: false, isObject: true }
    const [, letter = '', length] = code
    return {
      size: Number(length) * (letter === 'U' ? 4 : 1),
      isFlexible: 'SaUV'.includes(letter),
      isObject: letter === 'O',
    }
  }

  /** An item was put into a dictionary: what is wrong with it, or nothing. */
  keyed(target: Value, value: Value): string | undefined {
    if (this.#types.size === 0) return undefined
    const { heap } = this.#machine
    const first = heap.is(value, kinds.tuple) ? heap.itemOf(value, 0) : undefined
    const type = first === undefined ? undefined : this.#types.get(first)
    if (type !== undefined) {
      type.isUsed = true
      this.#fields.set(target, this.#fields.get(target) === true || type.isObject)
    } else if (this.#fields.has(target)) this.#fields.set(target, true)
    return this.#keptFields.has(target) ? 'a field put into a type that is in use' : undefined
  }

  /** A state was given to `target`: what is wrong with it, or nothing. */
  built(target: Value, state: Value): string | undefined {
    const { heap, input } = this.#machine
    const type = this.#types.get(target)
    if (type === undefined) {
      this.#actions += 1
      return undefined
    }
    const items = heap.is(state, kinds.tuple) ? heap.itemsOf(state) : undefined
    if (items === undefined) return 'a type of another state than numpy writes'
    const integerAt = (index: number): number | undefined => {
      const value = items[index]
      return value !== undefined && value >= 0 ? integerOf(input.content, value) : undefined
    }
    const numberAt = (index: number): number => integerAt(index) ?? 0
    const wasUsed = type.isUsed || type.madeAt !== this.#actions
    const isObject = [this.#isObjectBase(items[2]), this.#areObjectFields(items[4]), (numberAt(7) & objectFlags) !== 0]
    const objectsHide = !type.isFlexible && type.size !== undefined && !type.isObject && isObject.includes(true)
    type.isObject ||= isObject.includes(true)
    type.isUsed = true
    // The states of NumPy before 1.0 have fewer parts in other places.
    const length = items.length < 8 ? undefined : integerAt(5)
    const namedSize = type.size
    if (type.isFlexible) type.size = length
    if (namedSize !== undefined && length !== undefined && length >= 0 && length !== namedSize) {
      return 'a type whose state and name differ in how long an item is'
    }
    if (objectsHide) return 'a type of numbers whose state says that they are objects'
    if (wasUsed) return 'a type that changes after it was used'
    const saysSo = (numberAt(7) & objectFlags) === objectFlags
    return type.isObject && !saysSo ? 'a type of objects whose flags do not say so' : undefined
  }

  /** The type of a subarray stands in a tuple beside the shape. */
  #isObjectBase(subarray: Value | undefined): boolean {
    if (subarray === undefined || subarray >= 0) return false
    const { heap } = this.#machine
    const base = heap.is(subarray, kinds.tuple) ? heap.itemOf(subarray, 0) : undefined
    const type = base === undefined ? undefined : this.#types.get(base)
    if (type !== undefined) type.isUsed = true
    return type?.isObject ?? true
  }

  #areObjectFields(fields: Value | undefined): boolean {
    if (fields === undefined || fields >= 0) return false
    const { heap } = this.#machine
    this.#keptFields.add(fields)
    const items = heap.is(fields, kinds.dict) ? heap.itemsOf(fields) : undefined
    if (items === undefined) return true
    // What is put in beside a first field was followed; before it there may be something else.
    const isField = (value: Value, index: number): boolean => index % 2 === 0 || heap.is(value, kinds.tuple)
    return this.#fields.get(fields) === true || !items.every(isField) || (items.length > 0 && !this.#fields.has(fields))
  }
}
