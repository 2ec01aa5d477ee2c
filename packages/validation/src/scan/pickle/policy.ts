import { printable, type Sighting } from '../rule.ts'
import type { ByteSource } from '../source.ts'
import { limitReached } from './broken-pickle.ts'
import { CallPolicy } from './call-policy.ts'
import { describeValue } from './describe-value.ts'
import type { ArgumentRule } from './globals.ts'
import { fullName } from './import-ledger.ts'
import { InnerContents } from './inner-contents.ts'
import type { ForeignData } from './joblib-arrays.ts'
import type { GlobalTables } from './judgement.ts'
import { KnownValues } from './known-values.ts'
import type { Value } from './machine/cells.ts'
import { kinds } from './machine/heap.ts'
import type { Machine } from './machine/machine.ts'
import type { CallOpcode, Observer, Oddity } from './machine/observer.ts'
import { pickleRules } from './rules.ts'
import type { SightingLog } from './sighting-log.ts'
import { StatePolicy } from './state-policy.ts'

/** What it costs to look a name up that was imported already, and to judge a new one, in opcodes. */
const operationsPerImport = 4
const operationsPerJudgement = 32

/** Rules whose names are safe only where they are called at once. */
const invokers: ReadonlySet<ArgumentRule> = new Set([
  'class',
  'latin1',
  'callable',
  'distribution',
  'pickle',
  'identity',
])

/** Names whose calls give arrays and tensors, which take no items while they are loaded. */
const arrayMakers =
  /^(?:torch\._utils\._rebuild|torch\._tensor\._rebuild|numpy\.(?:_?core\.(?:multiarray|numeric)\.|ndarray$))/

/** What torch's persistent ids begin with; a module brings its source for a comparison, which is not run. */
const torchIds: ReadonlySet<string> = new Set(['storage', 'module'])

/** What a policy asks of the run that it belongs to. */
export interface Surroundings {
  readonly tables: GlobalTables
  readonly log: SightingLog
  /** Looks into bytes that open like something encoded, and says what is in them. */
  payload(content: ByteSource): Sighting | undefined
  /** Reads what joblib reads by itself. */
  foreign(data: ForeignData, at: number): void
}

/** Judges, by default deny, everything that the loading of a pickle does beside building plain data. */
export class Policy implements Observer {
  readonly known: KnownValues
  readonly inner: InnerContents
  readonly #log: SightingLog
  readonly #calls: CallPolicy
  readonly #states: StatePolicy

  constructor(machine: Machine, { tables, log, payload, foreign }: Surroundings) {
    this.known = new KnownValues(machine, tables)
    this.inner = new InnerContents(this.known, log, payload)
    this.#log = log
    this.#calls = new CallPolicy(this.known, this.inner, log)
    this.#states = new StatePolicy(this.known, log, foreign)
  }

  imported(module: string, name: string, protocol: number, at: number): Value {
    if (this.known.imports.isFull) throw limitReached('more different names than the pickle of any library has')
    this.known.machine.effort.take(operationsPerImport)
    return this.known.imports.record(module, name, protocol, at, (judgement) => {
      this.known.machine.effort.take(operationsPerJudgement)
      const rule = judgement.verdict === 'allowed' ? judgement.rule : undefined
      if (rule === 'carried') return this.known.heap.create(kinds.carried)
      return this.known.heap.create(rule !== undefined && invokers.has(rule) ? kinds.invoker : kinds.global)
    }).value
  }

  extension(code: number, at: number): Value {
    this.#log.tell(pickleRules['extension-registry'], at, `expected a name, found the extension code ${code}`)
    return this.known.heap.create(kinds.unresolved)
  }

  called(opcode: CallOpcode, callee: Value, values: Value, keywords: Value | undefined, at: number): Value {
    return this.#calls.called({ opcode, callee, values, keywords, at })
  }

  built(target: Value, state: Value, at: number): void {
    this.#states.built(target, state, at)
  }

  inserted(opcode: string, target: Value, at: number): void {
    const imported = this.known.imports.of(target)
    if (imported !== undefined) {
      const message = `expected a container that the pickle made, found ${opcode} on ${printable(fullName(imported))}`
      this.#log.tell(pickleRules['item-on-global'], at, message)
    } else if (this.#log.takes(pickleRules['item-on-array']) && this.#isArray(target)) {
      const message = `expected a container that the pickle made, found ${opcode} on an array`
      this.#log.tell(pickleRules['item-on-array'], at, message)
    } else if (this.known.hooks.isFilledByState(target)) {
      const message = `expected a container of its own methods, found ${opcode} on an object with a method in its state`
      this.#log.tell(pickleRules['special-state'], at, message)
    }
  }

  /** Whether a call of a name that makes arrays or tensors gave it. */
  #isArray(target: Value): boolean {
    const imported = this.known.nameThatMade(target)
    return imported !== undefined && arrayMakers.test(fullName(imported))
  }

  keyed(target: Value, key: Value, value: Value, at: number): void {
    const hook = this.known.hooks.keyed(target, key, value)
    if (hook !== undefined && this.#log.takes(pickleRules['special-state'])) {
      const message = `expected items of a mapping that are data, found ${hook}`
      this.#log.tell(pickleRules['special-state'], at, message, { evidence: { key: describeValue(key, this.known) } })
    }
    const mistyped = this.known.types.keyed(target, value)
    if (mistyped !== undefined) {
      this.#log.tell(pickleRules['array-type'], at, `expected a type of arrays as numpy writes it, found ${mistyped}`)
    }
  }

  persistent(id: Value | undefined, at: number): Value {
    const isTuple = id !== undefined && this.known.heap.is(id, kinds.tuple)
    const first = isTuple ? this.known.heap.itemOf(id, 0) : undefined
    const type = first !== undefined && first >= 0 ? this.known.machine.nameAt(first) : undefined
    if ((type === undefined || !torchIds.has(type)) && this.#log.takes(pickleRules['persistent-id'])) {
      const shown = id === undefined ? 'a line of text' : describeValue(id, this.known)
      this.#log.tell(pickleRules['persistent-id'], at, `expected the id of a storage, found ${shown}`)
    }
    // torch answers with the class of a module, not with an object.
    const itsClass = type === 'module' && isTuple ? this.known.heap.itemOf(id, 1) : undefined
    return itsClass !== undefined && this.known.imports.of(itsClass) !== undefined
      ? itsClass
      : this.known.heap.create(kinds.persistent)
  }

  payload(literal: Value): void {
    this.inner.look(literal, literal)
  }

  odd(oddity: Oddity, at: number, detail: string): void {
    this.#log.tell(pickleRules[oddity], at, `expected what a pickler writes, found ${detail}`)
    if (oddity === 'out-of-band-buffer') this.#log.incomplete('buffers of the pickle stand outside of it')
  }
}
