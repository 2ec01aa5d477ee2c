import type { Part } from '../inspection.ts'
import { printable, type Sighting } from '../rule.ts'
import type { ByteSource } from '../source.ts'
import { brokenRule, isMaker, isPassable } from './argument-rules.ts'
import { ArrayTypes } from './array-types.ts'
import { AttributeHooks } from './attribute-hooks.ts'
import { limitReached } from './broken-pickle.ts'
import { CarriedCode, makingOf } from './carried-code.ts'
import { describeCall, describeValue } from './describe-value.ts'
import { Distributions } from './distributions.ts'
import { effortSpent, operationsPerItem } from './effort.ts'
import type { ArgumentRule } from './globals.ts'
import { fullName, type ImportedName, ImportLedger } from './import-ledger.ts'
import { type ForeignData, JoblibArrays } from './joblib-arrays.ts'
import type { GlobalTables } from './judgement.ts'
import type { Value } from './machine/cells.ts'
import { type Heap, kinds, traits } from './machine/heap.ts'
import { isText, literalOpcode } from './machine/literals.ts'
import type { Machine } from './machine/machine.ts'
import type { CallOpcode, Observer, Oddity } from './machine/observer.ts'
import { pickleRules } from './rules.ts'
import { SiblingArrays } from './sibling-arrays.ts'
import type { SightingLog } from './sighting-log.ts'
import { ValueContents } from './value-content.ts'

/** Pickles in the arguments of calls: each storage of a torch object is one. */
const maximumParts = 2 ** 16
/** More hidden pickles in one tell nothing more. */
const maximumPayloads = 64
/** What it costs to look a name up that was imported already, and to judge a new one, in opcodes. */
const operationsPerImport = 4
const operationsPerJudgement = 32
/** Calls of one name that are shown. */
const maximumCalls = 3

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

interface Call {
  readonly opcode: CallOpcode
  readonly callee: Value
  readonly values: Value
  readonly keywords: Value | undefined
  readonly at: number
}

/** Judges, by default deny, everything that the loading of a pickle does beside building plain data. */
export class Policy implements Observer {
  readonly imports: ImportLedger
  readonly arrays: JoblibArrays
  readonly code: CarriedCode
  /** Bytes that an allowed call loads as a pickle. */
  readonly parts: Part[] = []
  /** What was found inside texts and bytes, by their values. */
  readonly payloads = new Map<Value, Sighting>()
  readonly #machine: Machine
  readonly #surroundings: Surroundings
  readonly #log: SightingLog
  readonly #hooks: AttributeHooks
  readonly #types: ArrayTypes
  readonly #siblings: SiblingArrays
  readonly #distributions: Distributions
  readonly #contents: ValueContents
  /** The literals of {@link parts}: the same bytes may be loaded by many calls. */
  readonly #loaded = new Set<Value>()

  constructor(machine: Machine, surroundings: Surroundings) {
    this.#machine = machine
    this.#surroundings = surroundings
    this.#log = surroundings.log
    this.imports = new ImportLedger(surroundings.tables)
    this.code = new CarriedCode(machine)
    this.#hooks = new AttributeHooks(machine, this.imports)
    const nameOf = (value: Value): ImportedName | undefined => this.imports.of(value)
    this.#types = new ArrayTypes(machine, nameOf)
    this.#siblings = new SiblingArrays(machine, nameOf)
    this.#distributions = new Distributions(machine)
    this.#contents = new ValueContents(machine, this.imports)
    this.arrays = new JoblibArrays(machine, this.#types, nameOf)
  }

  get content(): ByteSource {
    return this.#machine.input.content
  }

  get heap(): Heap {
    return this.#machine.heap
  }

  imported(module: string, name: string, protocol: number, at: number): Value {
    if (this.imports.isFull) throw limitReached('more different names than the pickle of any library has')
    this.#machine.effort.take(operationsPerImport)
    return this.imports.record(module, name, protocol, at, (judgement) => {
      this.#machine.effort.take(operationsPerJudgement)
      const rule = judgement.verdict === 'allowed' ? judgement.rule : undefined
      if (rule === 'carried') return this.heap.create(kinds.carried)
      return this.heap.create(rule !== undefined && invokers.has(rule) ? kinds.invoker : kinds.global)
    }).value
  }

  extension(code: number, at: number): Value {
    this.#log.tell(pickleRules['extension-registry'], at, `expected a name, found the extension code ${code}`)
    return this.heap.create(kinds.unresolved)
  }

  called(opcode: CallOpcode, callee: Value, values: Value, keywords: Value | undefined, at: number): Value {
    const call = { opcode, callee, values, keywords, at }
    this.heap.hold(values)
    if (keywords !== undefined) this.heap.hold(keywords)
    const imported = this.imports.of(callee)
    if (imported !== undefined) imported.calledAt ??= at
    const making = imported === undefined ? this.code.madeBy(callee) : makingOf(imported)
    const made = making === undefined ? undefined : this.code.make(making, callee, values, at, this.imports)
    if (made !== undefined) return made
    if (making !== undefined) this.#tellCall('code-object', 'expected a function made as dill and cloudpickle do', call)
    if ((this.#traitsOf(call) & traits.code) !== 0) {
      this.#tellCall('code-passed', 'expected code that is only kept, found it passed to a call', call)
    }
    if (imported?.judgement.verdict === 'allowed') return this.#calledAllowed(imported, imported.judgement.rule, call)
    if (imported !== undefined) {
      if (imported.calls.length < maximumCalls) imported.calls.push(this.#show(call))
    } else if (this.heap.is(callee, kinds.code) || this.heap.is(callee, kinds.function)) {
      this.#tellCall('code-passed', 'expected code that is only kept, found a call of it', call)
    } else if (making === undefined) {
      this.#tellCall('unresolved-call', 'expected only names to be called, found the call of a result', call)
    }
    return this.heap.createObject(kinds.unresolved, callee, values)
  }

  #calledAllowed(imported: ImportedName, rule: ArgumentRule, call: Call): Value {
    const { content, heap, imports } = this
    const values = heap.itemsOf(call.values)
    // The same arguments can be given to a million calls.
    if (!this.#machine.effort.take(operationsPerItem * (values?.length ?? 0)))
      return heap.createObject(kinds.object, call.callee, call.values)
    const broken = brokenRule(rule, {
      callee: imported,
      opcode: call.opcode,
      values,
      hasKeywords: call.keywords !== undefined,
      traits: this.#traitsOf(call),
      imports,
      textOf: (value) => (value >= 0 ? this.#machine.nameAt(value) : undefined),
      isText: (value) => value >= 0 && isText(content, value),
      isNone: (value) => value >= 0 && literalOpcode(content, value) === 'NONE',
      hasContent: (value) => this.#isLoaded(value) || this.#contents.of(value) !== undefined,
    })
    if (broken !== undefined) {
      this.#tellCall('call-arguments', `expected ${fullName(imported)} ${broken}`, call, imported)
      return heap.createObject(kinds.unresolved, call.callee, call.values)
    }
    // Python goes on with the very same value.
    if (rule === 'identity' && values?.[0] !== undefined) return values[0]
    const makes = rule === 'callable' && isMaker(imports, values?.[0]) ? traits.maker : 0
    const result = heap.createObject(kinds.object, call.callee, call.values, makes)
    this.#hooks.called(values ?? [], result)
    if (rule === 'pickle') this.#load(values?.[0], call.at)
    if (rule === 'latin1' && this.#contents.mayHide(result)) this.#look(result, call.at)
    this.#types.called(imported, call.values, result)
    this.arrays.called(imported, call.values, result)
    this.#siblings.called(imported, values, result)
    this.#distributions.called(imported, result)
    return result
  }

  /** An allowed call loads these bytes: they are read as what they are. */
  #load(value: Value | undefined, at: number): void {
    if (value === undefined) return
    // It is no hidden one: the call is there to load it.
    this.payloads.delete(value)
    if (this.#isLoaded(value)) return
    const content = this.#contents.of(value)
    const literal = this.#contents.literalOf(value)
    if (content === undefined || literal === undefined) return
    this.#loaded.add(literal)
    if (this.parts.length < maximumParts) this.parts.push({ name: `pickle at ${at}`, content })
    else this.#log.incomplete(`more than ${maximumParts} pickles are loaded by calls`)
  }

  #isLoaded(value: Value): boolean {
    const literal = this.#contents.literalOf(value)
    return literal !== undefined && this.#loaded.has(literal)
  }

  #look(value: Value, at: number): void {
    if (this.payloads.size >= maximumPayloads) return
    const content = this.#contents.of(value)
    const sighting = content === undefined ? undefined : this.#surroundings.payload(content)
    if (sighting !== undefined) this.payloads.set(value, { ...sighting, offset: at })
  }

  built(target: Value, state: Value, at: number): void {
    const { heap } = this
    heap.hold(state)
    const imported = this.imports.of(target)
    const tell = (name: keyof typeof pickleRules, message: string): void => {
      const rule = pickleRules[name]
      if (this.#log.takes(rule)) this.#log.tell(rule, at, message, { evidence: { state: describeValue(state, this) } })
    }
    if (imported !== undefined) {
      tell(
        'state-on-global',
        `expected an object that the pickle made, found BUILD on ${printable(fullName(imported))}`,
      )
      return
    }
    // The same state can be given a million times; without a look at it an array cannot be passed over.
    if (!this.#machine.effort.take(operationsPerItem * heap.countOf(state))) {
      if (this.arrays.isWrapper(target)) throw limitReached(effortSpent)
      return
    }
    if (heap.is(target, kinds.function)) {
      if (this.code.isHarmlessState(state)) return
      tell('code-passed', 'expected the description of a function, found BUILD change more of it')
      return
    }
    if ((heap.presentTraitsOf(state) & traits.code) !== 0) {
      tell('code-passed', 'expected code that is only kept, found it in the state of an object')
    }
    if (this.#replacesCallable(target, state)) {
      tell('call-arguments', 'expected the state of a partial to hold an allowed callable, found something else')
    }
    const hook = this.#isCarried(target) ? undefined : this.#hooks.built(target, state)
    if (hook !== undefined) tell('special-state', `expected attributes that are data, found ${hook}`)
    const mistyped = this.#types.built(target, state)
    if (mistyped !== undefined) tell('array-type', `expected a type of arrays as numpy writes it, found ${mistyped}`)
    const run = this.#distributions.built(target, state)
    if (run !== undefined) tell('special-state', `expected the state of a distribution, found ${run}`)
    const sibling = this.#siblings.built(target, state)
    if (sibling !== undefined) {
      const { filename, isBeside } = sibling
      const shown = filename === undefined ? 'one that cannot be told' : JSON.stringify(printable(filename))
      const message = `expected the items of an array, found the name of a file that holds them: ${shown}`
      const rule = pickleRules['sibling-array']
      this.#log.tell(rule, at, message, { severity: isBeside ? 'low' : 'high' }, isBeside ? '' : shown)
      this.#log.incomplete('its arrays stand in files beside it')
    }
    const foreign = this.arrays.built(target, state)
    if (foreign !== undefined) this.#surroundings.foreign(foreign, at)
  }

  /** Whether it is of a class that the file brings along. */
  #isCarried(target: Value): boolean {
    const callee = this.heap.is(target, kinds.object) ? this.heap.itemOf(target, 0) : undefined
    return callee !== undefined && this.heap.is(callee, kinds.carried)
  }

  /** The state of `functools.partial` is a new callable and new arguments. */
  #replacesCallable(target: Value, state: Value): boolean {
    const { heap, imports } = this
    const callee = heap.is(target, kinds.object) && heap.is(state, kinds.tuple) ? heap.itemOf(target, 0) : undefined
    const judgement = callee === undefined ? undefined : imports.of(callee)?.judgement
    const isPartial = judgement?.verdict === 'allowed' && judgement.rule === 'callable'
    const kept = heap.itemOf(state, 0)
    if (isPartial && isMaker(imports, kept)) heap.addTraits(target, traits.maker)
    return isPartial && !isPassable(imports, kept)
  }

  inserted(opcode: string, target: Value, at: number): void {
    const imported = this.imports.of(target)
    if (imported !== undefined) {
      const message = `expected a container that the pickle made, found ${opcode} on ${printable(fullName(imported))}`
      this.#log.tell(pickleRules['item-on-global'], at, message)
    } else if (this.#log.takes(pickleRules['item-on-array']) && this.#isArray(target)) {
      const message = `expected a container that the pickle made, found ${opcode} on an array`
      this.#log.tell(pickleRules['item-on-array'], at, message)
    } else if (this.#hooks.isFilledByState(target)) {
      const message = `expected a container of its own methods, found ${opcode} on an object with a method in its state`
      this.#log.tell(pickleRules['special-state'], at, message)
    }
  }

  /** Whether a call of a name that makes arrays or tensors gave it. */
  #isArray(target: Value): boolean {
    const callee = this.heap.is(target, kinds.object) ? this.heap.itemOf(target, 0) : undefined
    const imported = callee === undefined ? undefined : this.imports.of(callee)
    return imported !== undefined && arrayMakers.test(fullName(imported))
  }

  keyed(target: Value, key: Value, value: Value, at: number): void {
    const hook = this.#hooks.keyed(target, key, value)
    if (hook !== undefined && this.#log.takes(pickleRules['special-state'])) {
      const message = `expected items of a mapping that are data, found ${hook}`
      this.#log.tell(pickleRules['special-state'], at, message, { evidence: { key: describeValue(key, this) } })
    }
    const mistyped = this.#types.keyed(target, value)
    if (mistyped !== undefined) {
      this.#log.tell(pickleRules['array-type'], at, `expected a type of arrays as numpy writes it, found ${mistyped}`)
    }
  }

  persistent(id: Value | undefined, at: number): Value {
    const isTuple = id !== undefined && this.heap.is(id, kinds.tuple)
    const first = isTuple ? this.heap.itemOf(id, 0) : undefined
    const type = first !== undefined && first >= 0 ? this.#machine.nameAt(first) : undefined
    if ((type === undefined || !torchIds.has(type)) && this.#log.takes(pickleRules['persistent-id'])) {
      const shown = id === undefined ? 'a line of text' : describeValue(id, this)
      this.#log.tell(pickleRules['persistent-id'], at, `expected the id of a storage, found ${shown}`)
    }
    // torch answers with the class of a module, not with an object.
    const itsClass = type === 'module' && isTuple ? this.heap.itemOf(id, 1) : undefined
    return itsClass !== undefined && this.imports.of(itsClass) !== undefined
      ? itsClass
      : this.heap.create(kinds.persistent)
  }

  payload(literal: Value): void {
    this.#look(literal, literal)
  }

  odd(oddity: Oddity, at: number, detail: string): void {
    this.#log.tell(pickleRules[oddity], at, `expected what a pickler writes, found ${detail}`)
    if (oddity === 'out-of-band-buffer') this.#log.incomplete('buffers of the pickle stand outside of it')
  }

  #traitsOf({ values, keywords }: Call): number {
    const { heap } = this
    return heap.presentTraitsOf(values) | (keywords === undefined ? 0 : heap.presentTraitsOf(keywords))
  }

  #show({ callee, values }: Call): string {
    return this.#log.call(describeCall(callee, values, this))
  }

  #tellCall(rule: keyof typeof pickleRules, expected: string, call: Call, subject?: ImportedName): void {
    if (!this.#log.takes(pickleRules[rule], subject)) return
    const shown = this.#show(call)
    this.#log.tell(pickleRules[rule], call.at, `${expected}: ${shown}`, { evidence: { calls: [shown] } }, subject)
  }
}
