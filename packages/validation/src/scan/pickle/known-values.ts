import type { ByteSource } from '../source.ts'
import { ArrayTypes } from './array-types.ts'
import { AttributeHooks } from './attribute-hooks.ts'
import { CarriedCode } from './carried-code.ts'
import { Distributions } from './distributions.ts'
import { type ImportedName, ImportLedger } from './import-ledger.ts'
import { JoblibArrays } from './joblib-arrays.ts'
import type { GlobalTables } from './judgement.ts'
import type { Value } from './machine/cells.ts'
import { type Heap, kinds } from './machine/heap.ts'
import type { Machine } from './machine/machine.ts'
import { SiblingArrays } from './sibling-arrays.ts'
import { ValueContents } from './value-content.ts'

/** What is known of the values of a pickle that is run, beside what the heap holds: where they come from. */
export class KnownValues {
  readonly machine: Machine
  readonly imports: ImportLedger
  readonly code: CarriedCode
  readonly hooks: AttributeHooks
  readonly types: ArrayTypes
  readonly siblings: SiblingArrays
  readonly distributions: Distributions
  readonly contents: ValueContents
  readonly arrays: JoblibArrays

  constructor(machine: Machine, tables: GlobalTables) {
    this.machine = machine
    this.imports = new ImportLedger(tables)
    this.code = new CarriedCode(machine)
    this.hooks = new AttributeHooks(machine, this.imports)
    const nameOf = (value: Value): ImportedName | undefined => this.imports.of(value)
    this.types = new ArrayTypes(machine, nameOf)
    this.siblings = new SiblingArrays(machine, nameOf)
    this.distributions = new Distributions(machine)
    this.contents = new ValueContents(machine, this.imports)
    this.arrays = new JoblibArrays(machine, this.types, nameOf)
  }

  get content(): ByteSource {
    return this.machine.input.content
  }

  get heap(): Heap {
    return this.machine.heap
  }

  /** What was called to make an object. */
  calleeOf(value: Value): Value | undefined {
    return this.heap.is(value, kinds.object) ? this.heap.itemOf(value, 0) : undefined
  }

  /** The name that was called to make an object. */
  nameThatMade(value: Value): ImportedName | undefined {
    const callee = this.calleeOf(value)
    return callee === undefined ? undefined : this.imports.of(callee)
  }
}
