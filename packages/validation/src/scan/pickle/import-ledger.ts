import type { GlobalTables, Judgement } from './judgement.ts'
import { judge } from './judgement.ts'
import type { Value } from './machine/cells.ts'

/** A name that a pickle imports. */
export interface ImportedName {
  readonly module: string
  readonly name: string
  readonly judgement: Judgement
  /** The value that it has in the machine. */
  readonly value: Value
  /** Where it is imported first. */
  readonly at: number
  /** Where it is called first. */
  calledAt: number | undefined
  /** The calls of it, for a reader. */
  readonly calls: string[]
  /** Whether it only names the module that a carried function belongs to. */
  isNamespace: boolean
}

/** `module.name`, as Python shows it. */
export const fullName = ({ module, name }: { readonly module: string; readonly name: string }): string =>
  `${module}.${name}`

/** A pickle with more different names is built to fill memory; no library has so many classes (CWE-770). */
const maximumNames = 2 ** 13

/** Every name that a pickle imports, each judged once. */
export class ImportLedger {
  readonly #tables: GlobalTables
  readonly #names: ImportedName[] = []
  /** By module and name, which the same texts name again and again; apart for old protocols, which rename some. */
  readonly #renamed = new Map<string, Map<string, ImportedName>>()
  readonly #verbatim = new Map<string, Map<string, ImportedName>>()
  readonly #byValue = new Map<Value, ImportedName>()

  constructor(tables: GlobalTables) {
    this.#tables = tables
  }

  /** The names in the order of their first import. */
  get names(): readonly ImportedName[] {
    return this.#names
  }

  get isFull(): boolean {
    return this.#names.length >= maximumNames
  }

  /** The name, judged; `createValue` gives its value when it is new. */
  record(
    module: string,
    name: string,
    protocol: number,
    at: number,
    createValue: (judgement: Judgement) => Value,
  ): ImportedName {
    const byModule = protocol < 3 ? this.#renamed : this.#verbatim
    let byName = byModule.get(module)
    const known = byName?.get(name)
    if (known !== undefined) return known
    if (byName === undefined) {
      byName = new Map()
      byModule.set(module, byName)
    }
    const judgement = judge(this.#tables, module, name, protocol)
    const value = createValue(judgement)
    const imported = { module, name, judgement, value, at, calledAt: undefined, calls: [], isNamespace: false }
    byName.set(name, imported)
    this.#names.push(imported)
    this.#byValue.set(value, imported)
    return imported
  }

  of(value: Value): ImportedName | undefined {
    return this.#byValue.get(value)
  }
}
