import { printable } from '../rule.ts'
import { isMaker, isPassable } from './argument-rules.ts'
import { limitReached } from './broken-pickle.ts'
import { describeValue } from './describe-value.ts'
import { effortSpent, operationsPerItem } from './effort.ts'
import { fullName } from './import-ledger.ts'
import type { ForeignData } from './joblib-arrays.ts'
import type { KnownValues } from './known-values.ts'
import type { Value } from './machine/cells.ts'
import { kinds, traits } from './machine/heap.ts'
import { pickleRules } from './rules.ts'
import type { SightingLog } from './sighting-log.ts'

/** Judges the states that objects are given: data, and nothing that Python or its class calls. */
export class StatePolicy {
  readonly #known: KnownValues
  readonly #log: SightingLog
  readonly #readForeign: (data: ForeignData, at: number) => void

  /** @param readForeign reads what joblib reads by itself. */
  constructor(known: KnownValues, log: SightingLog, readForeign: (data: ForeignData, at: number) => void) {
    this.#known = known
    this.#log = log
    this.#readForeign = readForeign
  }

  built(target: Value, state: Value, at: number): void {
    const { heap, imports, machine, arrays, code, hooks, types, distributions, siblings } = this.#known
    heap.hold(state)
    const imported = imports.of(target)
    const tell = (name: keyof typeof pickleRules, message: string): void => {
      const rule = pickleRules[name]
      if (this.#log.takes(rule))
        this.#log.tell(rule, at, message, { evidence: { state: describeValue(state, this.#known) } })
    }
    if (imported !== undefined) {
      tell(
        'state-on-global',
        `expected an object that the pickle made, found BUILD on ${printable(fullName(imported))}`,
      )
      return
    }
    // The same state can be given a million times; without a look at it an array cannot be passed over.
    if (!machine.effort.take(operationsPerItem * heap.countOf(state))) {
      if (arrays.isWrapper(target)) throw limitReached(effortSpent)
      return
    }
    if (heap.is(target, kinds.function)) {
      if (code.isHarmlessState(state)) return
      tell('code-passed', 'expected the description of a function, found BUILD change more of it')
      return
    }
    if ((heap.presentTraitsOf(state) & traits.code) !== 0) {
      tell('code-passed', 'expected code that is only kept, found it in the state of an object')
    }
    if (this.#replacesCallable(target, state)) {
      tell('call-arguments', 'expected the state of a partial to hold an allowed callable, found something else')
    }
    const hook = this.#isCarried(target) ? undefined : hooks.built(target, state)
    if (hook !== undefined) tell('special-state', `expected attributes that are data, found ${hook}`)
    const mistyped = types.built(target, state)
    if (mistyped !== undefined) tell('array-type', `expected a type of arrays as numpy writes it, found ${mistyped}`)
    const run = distributions.built(target, state)
    if (run !== undefined) tell('special-state', `expected the state of a distribution, found ${run}`)
    const sibling = siblings.built(target, state)
    if (sibling !== undefined) {
      const { filename, isBeside } = sibling
      const shown = filename === undefined ? 'one that cannot be told' : JSON.stringify(printable(filename))
      const message = `expected the items of an array, found the name of a file that holds them: ${shown}`
      const rule = pickleRules['sibling-array']
      this.#log.tell(rule, at, message, { severity: isBeside ? 'low' : 'high' }, isBeside ? '' : shown)
      this.#log.incomplete('its arrays stand in files beside it')
    }
    const foreign = arrays.built(target, state)
    if (foreign !== undefined) this.#readForeign(foreign, at)
  }

  /** Whether it is of a class that the file brings along. */
  #isCarried(target: Value): boolean {
    const callee = this.#known.calleeOf(target)
    return callee !== undefined && this.#known.heap.is(callee, kinds.carried)
  }

  /** The state of `functools.partial` is a new callable and new arguments. */
  #replacesCallable(target: Value, state: Value): boolean {
    const { heap, imports } = this.#known
    const judgement = heap.is(state, kinds.tuple) ? this.#known.nameThatMade(target)?.judgement : undefined
    const isPartial = judgement?.verdict === 'allowed' && judgement.rule === 'callable'
    const kept = heap.itemOf(state, 0)
    if (isPartial && isMaker(imports, kept)) heap.addTraits(target, traits.maker)
    return isPartial && !isPassable(imports, kept)
  }
}
