import { calledOnLoad } from './globals.ts'
import type { ImportLedger } from './import-ledger.ts'
import type { Value } from './machine/cells.ts'
import { kinds, traits } from './machine/heap.ts'
import { textOf } from './machine/literals.ts'
import type { Machine } from './machine/machine.ts'

/** Methods that CPython looks for on an object that items are put into: harmless unless items are. */
const fillingMethods: ReadonlySet<string> = new Set(['append', 'extend', 'add'])

/** All others are called whatever else the pickle does. */
const otherMethods: ReadonlySet<string> = new Set(calledOnLoad.filter((name) => !fillingMethods.has(name)))

/** Where Python has its dictionaries; only their items become attributes. */
const dictionaryModules: ReadonlySet<string> = new Set(['builtins', '__builtin__', 'collections'])

const maximumName = 64

const callerFound = 'one that is called, or whose name is computed'

/**
 * Follows attributes that are called while an object is loaded: `__setstate__` at BUILD, `append`, `extend` and `add` when
 * items are put in, and what classes of the table call. An attribute of the object hides the method of its class.
 */
export class AttributeHooks {
  readonly #machine: Machine
  readonly #imports: ImportLedger
  /** Dictionaries with a key of {@link fillingMethods}, and objects that were given one as their state. */
  readonly #fillers = new Set<Value>()
  /** Dictionaries with a key of {@link otherMethods}, or one that is the result of a call. */
  readonly #callers = new Set<Value>()

  constructor(machine: Machine, imports: ImportLedger) {
    this.#machine = machine
    this.#imports = imports
  }

  /**
   * A key was put beside a value that is more than data: what is wrong with it at once, or nothing. The items of a mapping
   * that is no dictionary of Python's own may be its attributes (`scipy.optimize.OptimizeResult`, `sklearn.utils.Bunch`).
   */
  keyed(target: Value, key: Value, value: Value): string | undefined {
    const { heap, input } = this.#machine
    if ((heap.kindOf(value) ?? 0) < kinds.global) return undefined
    const name = key < 0 ? undefined : textOf(input.content, key, maximumName)
    const isHook = name === '__setstate__'
    const isCaller = heap.is(key, kinds.object) || (name !== undefined && otherMethods.has(name))
    if (isHook) heap.addTraits(target, traits.hook)
    else if (isCaller) this.#callers.add(target)
    else if (name !== undefined && fillingMethods.has(name)) this.#fillers.add(target)
    // What is the state of an object already was looked at before this item came.
    const isAttribute = !this.#isDictionary(target) || (heap.isHeld(target) && !heap.is(key, kinds.object))
    return (isHook || isCaller) && isAttribute ? callerFound : undefined
  }

  /** A call of an allowed name gave `result`: `copyreg._reconstructor` fills a mapping with the items of a dictionary. */
  called(values: readonly Value[], result: Value): void {
    if (this.#fillers.size > 0 && values.some((value) => this.#fillers.has(value))) this.#fillers.add(result)
    if (this.#callers.size > 0 && values.some((value) => this.#callers.has(value))) this.#callers.add(result)
  }

  /** A state was given to `target`: what is wrong with it, or nothing. */
  built(target: Value, state: Value): string | undefined {
    const { heap } = this.#machine
    const parts = heap.is(state, kinds.tuple) ? (heap.itemsOf(state) ?? []) : [state]
    if (parts.some((part) => this.#fillers.has(part))) this.#fillers.add(target)
    if ((heap.presentTraitsOf(state) & traits.hook) !== 0) return 'one that Python calls, or a name that calls others'
    const isCaller = parts.some((part) => this.#callers.has(part) || this.#isBuiltByCall(part))
    return isCaller || this.#callers.has(target) ? callerFound : undefined
  }

  /** Whether items are only items: a dictionary, or a class of Python's own that is one. */
  #isDictionary(target: Value): boolean {
    const { heap } = this.#machine
    if (heap.is(target, kinds.dict)) return true
    const callee = heap.is(target, kinds.object) ? heap.itemOf(target, 0) : undefined
    return callee !== undefined && dictionaryModules.has(this.#imports.of(callee)?.module ?? '')
  }

  /** Whether putting items into an object calls what its state brought. */
  isFilledByState(target: Value): boolean {
    return this.#fillers.has(target) && !this.#machine.heap.is(target, kinds.dict)
  }

  /** A dictionary out of a call whose arguments are more than data: what it sets cannot be told. */
  #isBuiltByCall(state: Value): boolean {
    const { heap } = this.#machine
    if (!heap.is(state, kinds.object)) return false
    const [callee, values] = heap.itemsOf(state) ?? []
    if (callee === undefined || values === undefined) return false
    const module = this.#imports.of(callee)?.module
    return module !== undefined && dictionaryModules.has(module) && (heap.presentTraitsOf(values) & traits.object) !== 0
  }
}
