import { operationsPerItem } from './effort.ts'
import type { ImportedName, ImportLedger } from './import-ledger.ts'
import type { Value } from './machine/cells.ts'
import { kinds, traits } from './machine/heap.ts'
import { textOf } from './machine/literals.ts'
import type { Machine } from './machine/machine.ts'

// dill and cloudpickle write a function as a call that makes it out of its code. Making it runs nothing of it: such a
// file cannot be judged, but as long as nothing calls the function or hands it on, loading does no harm either.

const makingModules: ReadonlySet<string> = new Set(
  ['', 'joblib.externals.']
    .flatMap((prefix) => [`${prefix}cloudpickle.cloudpickle`, `${prefix}cloudpickle.cloudpickle_fast`])
    .concat('dill._dill', 'dill.dill'),
)

type Making = 'code' | 'function' | 'cell' | 'state' | 'type' | 'array'

const makings: Readonly<Record<string, Making>> = {
  _create_code: 'code',
  _create_function: 'function',
  _make_function: 'function',
  _create_cell: 'cell',
  _make_cell: 'cell',
  _make_empty_cell: 'cell',
  _function_setstate: 'state',
  _builtin_type: 'type',
  _load_type: 'type',
  _create_array: 'array',
}

/** What a name of dill or cloudpickle makes, if that is what it does. */
export const makingOf = ({ module, name }: Pick<ImportedName, 'module' | 'name'>): Making | undefined =>
  makingModules.has(module) && Object.hasOwn(makings, name) ? makings[name] : undefined

/** Whether a name is the namespace of a module, which a function made by dill takes its globals from. */
const isNamespace = ({ module, name }: Pick<ImportedName, 'module' | 'name'>): boolean =>
  name === '__dict__' || (name === '__main__' && (module === '__builtin__' || module === 'builtins'))

const isReconstruct = (imported: ImportedName | undefined): boolean =>
  imported?.name === '_reconstruct' && /^numpy\._?core\.multiarray$/.test(imported.module)

/** What the state of a function may set: how it is described and called, not what it does. */
const harmlessAttributes: ReadonlySet<string> = new Set([
  '__annotations__',
  '__qualname__',
  '__doc__',
  '__kwdefaults__',
  '__defaults__',
  '__module__',
  '__name__',
  '__dict__',
])

/** The functions that a pickle carries without calling them. */
export class CarriedCode {
  readonly #machine: Machine
  readonly #types = new Map<Value, 'code' | 'function'>()
  /** Where the first is made. */
  firstAt: number | undefined

  constructor(machine: Machine) {
    this.#machine = machine
  }

  /** The making that a value does when it is called, which only a call could tell: `_builtin_type("CodeType")`. */
  madeBy(value: Value): Making | undefined {
    return this.#types.get(value)
  }

  /** What a call of a maker gives, or nothing when it is called as no library does. */
  make(making: Making, callee: Value, callArguments: Value, at: number, imports: ImportLedger): Value | undefined {
    const { heap, input } = this.#machine
    const values = heap.itemsOf(callArguments)
    if (values === undefined) return undefined
    const [first = 0, second = 0] = values
    const made = (kind: typeof kinds.code | typeof kinds.function): Value => {
      this.firstAt ??= at
      return heap.createObject(kind, callee, callArguments)
    }
    switch (making) {
      case 'code':
        return made(kinds.code)
      case 'function': {
        if (!heap.is(first, kinds.code)) return undefined
        const namespace = imports.of(second)
        if (namespace !== undefined) {
          if (!isNamespace(namespace) || namespace.judgement.verdict === 'dangerous') return undefined
          namespace.isNamespace = true
        }
        return made(kinds.function)
      }
      case 'cell':
        return heap.createObject(
          kinds.object,
          callee,
          callArguments,
          heap.traitsOf(callArguments) & (traits.code | traits.hook),
        )
      case 'state':
        return heap.is(first, kinds.function) ? heap.createObject(kinds.object, callee, callArguments) : undefined
      case 'type': {
        const type = heap.createObject(kinds.object, callee, callArguments)
        const name = first >= 0 ? textOf(input.content, first, 64) : undefined
        if (name === 'slice') {
          return imports.record('builtins', name, 4, at, () => heap.create(kinds.global)).value
        }
        if (name === 'CodeType') this.#types.set(type, 'code')
        if (name === 'FunctionType' || name === 'LambdaType') this.#types.set(type, 'function')
        return type
      }
      case 'array': {
        // `_reconstruct(ndarray, (0,), b"b")` and its `__setstate__`, in one call.
        const isMaker = isReconstruct(imports.of(first)) && heap.is(second, kinds.tuple)
        const array = isMaker ? imports.of(heap.itemsOf(second)?.[0] ?? 0) : undefined
        const isArray = array?.module === 'numpy' && array.judgement.verdict === 'allowed' && values.length <= 4
        const others = values.slice(1).reduce((all, value) => all | heap.presentTraitsOf(value), 0)
        return isArray && (others & (traits.hook | traits.code)) === 0
          ? heap.createObject(kinds.object, callee, callArguments)
          : undefined
      }
    }
  }

  /** Whether the state of a function leaves alone what it does. */
  isHarmlessState(state: Value): boolean {
    const { heap, effort } = this.#machine
    const parts = heap.is(state, kinds.tuple) ? heap.allItemsOf(state) : [state]
    if (parts === undefined) return false
    return parts.every((part) => {
      if (part >= 0) return true
      const items = heap.is(part, kinds.dict) ? heap.allItemsOf(part) : undefined
      if (items === undefined) return false
      effort.take(operationsPerItem * items.length)
      return items.every((key, index) => {
        if (index % 2 === 1) return true
        const name = key >= 0 ? this.#machine.nameAt(key) : undefined
        return name !== undefined && (harmlessAttributes.has(name) || !name.startsWith('__'))
      })
    })
  }
}
