import { brokenRule, isMaker } from './argument-rules.ts'
import { makingOf } from './carried-code.ts'
import { describeCall } from './describe-value.ts'
import { operationsPerItem } from './effort.ts'
import type { ArgumentRule } from './globals.ts'
import { fullName, type ImportedName } from './import-ledger.ts'
import type { InnerContents } from './inner-contents.ts'
import type { KnownValues } from './known-values.ts'
import type { Value } from './machine/cells.ts'
import { kinds, traits } from './machine/heap.ts'
import { isText, literalOpcode } from './machine/literals.ts'
import type { CallOpcode } from './machine/observer.ts'
import { pickleRules } from './rules.ts'
import type { SightingLog } from './sighting-log.ts'

/** Calls of one name that are shown. */
const maximumCalls = 3

/** A call that loading makes. */
interface Call {
  readonly opcode: CallOpcode
  readonly callee: Value
  readonly values: Value
  readonly keywords: Value | undefined
  readonly at: number
}

/** Judges calls: of allowed names, with arguments that their rules allow, and of nothing else. */
export class CallPolicy {
  readonly #known: KnownValues
  readonly #inner: InnerContents
  readonly #log: SightingLog

  constructor(known: KnownValues, inner: InnerContents, log: SightingLog) {
    this.#known = known
    this.#inner = inner
    this.#log = log
  }

  /** @returns what the call gives. */
  called(call: Call): Value {
    const { heap, imports, code } = this.#known
    const { callee, values, keywords, at } = call
    heap.hold(values)
    if (keywords !== undefined) heap.hold(keywords)
    const imported = imports.of(callee)
    if (imported !== undefined) imported.calledAt ??= at
    const making = imported === undefined ? code.madeBy(callee) : makingOf(imported)
    const made = making === undefined ? undefined : code.make(making, callee, values, at, imports)
    if (made !== undefined) return made
    if (making !== undefined) this.#tellCall('code-object', 'expected a function made as dill and cloudpickle do', call)
    if ((this.#traitsOf(call) & traits.code) !== 0) {
      this.#tellCall('code-passed', 'expected code that is only kept, found it passed to a call', call)
    }
    if (imported?.judgement.verdict === 'allowed') return this.#calledAllowed(imported, imported.judgement.rule, call)
    if (imported !== undefined) {
      if (imported.calls.length < maximumCalls) imported.calls.push(this.#show(call))
    } else if (heap.is(callee, kinds.code) || heap.is(callee, kinds.function)) {
      this.#tellCall('code-passed', 'expected code that is only kept, found a call of it', call)
    } else if (making === undefined) {
      this.#tellCall('unresolved-call', 'expected only names to be called, found the call of a result', call)
    }
    return heap.createObject(kinds.unresolved, callee, values)
  }

  #calledAllowed(imported: ImportedName, rule: ArgumentRule, call: Call): Value {
    const { content, contents, heap, imports, machine, hooks, types, arrays, siblings, distributions } = this.#known
    const values = heap.itemsOf(call.values)
    // The same arguments can be given to a million calls.
    if (!machine.effort.take(operationsPerItem * (values?.length ?? 0)))
      return heap.createObject(kinds.object, call.callee, call.values)
    const broken = brokenRule(rule, {
      callee: imported,
      opcode: call.opcode,
      values,
      hasKeywords: call.keywords !== undefined,
      traits: this.#traitsOf(call),
      imports,
      textOf: (value) => (value >= 0 ? machine.nameAt(value) : undefined),
      isText: (value) => value >= 0 && isText(content, value),
      isNone: (value) => value >= 0 && literalOpcode(content, value) === 'NONE',
      hasContent: (value) => this.#inner.has(value),
    })
    if (broken !== undefined) {
      this.#tellCall('call-arguments', `expected ${fullName(imported)} ${broken}`, call, imported)
      return heap.createObject(kinds.unresolved, call.callee, call.values)
    }
    // Python goes on with the very same value.
    if (rule === 'identity' && values?.[0] !== undefined) return values[0]
    const makes = rule === 'callable' && isMaker(imports, values?.[0]) ? traits.maker : 0
    const result = heap.createObject(kinds.object, call.callee, call.values, makes)
    hooks.called(values ?? [], result)
    if (rule === 'pickle') this.#inner.load(values?.[0], call.at)
    if (rule === 'latin1' && contents.mayHide(result)) this.#inner.look(result, call.at)
    types.called(imported, call.values, result)
    arrays.called(imported, call.values, result)
    siblings.called(imported, values, result)
    distributions.called(imported, result)
    return result
  }

  #traitsOf({ values, keywords }: Call): number {
    const { heap } = this.#known
    return heap.presentTraitsOf(values) | (keywords === undefined ? 0 : heap.presentTraitsOf(keywords))
  }

  #show({ callee, values }: Call): string {
    return this.#log.call(describeCall(callee, values, this.#known))
  }

  #tellCall(rule: keyof typeof pickleRules, expected: string, call: Call, subject?: ImportedName): void {
    if (!this.#log.takes(pickleRules[rule], subject)) return
    const shown = this.#show(call)
    this.#log.tell(pickleRules[rule], call.at, `${expected}: ${shown}`, { evidence: { calls: [shown] } }, subject)
  }
}
