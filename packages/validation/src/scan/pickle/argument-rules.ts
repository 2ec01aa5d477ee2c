import type { ArgumentRule } from './globals.ts'
import type { ImportedName, ImportLedger } from './import-ledger.ts'
import type { Value } from './machine/cells.ts'
import { traits } from './machine/heap.ts'
import type { CallOpcode } from './machine/observer.ts'

/** A call of an allowed name. */
export interface AllowedCall {
  readonly callee: ImportedName
  readonly opcode: CallOpcode
  /** The positional arguments, or nothing when they were made too long ago to be known. */
  readonly values: readonly Value[] | undefined
  readonly hasKeywords: boolean
  /** The traits of all arguments together. */
  readonly traits: number
  readonly imports: ImportLedger
  /** The beginning of a text. */
  textOf(value: Value): string | undefined
  isText(value: Value): boolean
  isNone(value: Value): boolean
  /** Whether it stands for bytes that are known. */
  hasContent(value: Value): boolean
}

/** Rules whose names may stand behind another call: what they do with any arguments was reviewed. */
const passable: readonly ArgumentRule[] = ['any', 'instance', 'constants']

const passableName = (imports: ImportLedger, value: Value | undefined): ImportedName | undefined => {
  const imported = value === undefined ? undefined : imports.of(value)
  const judgement = imported?.judgement
  return judgement?.verdict === 'allowed' && passable.includes(judgement.rule) ? imported : undefined
}

/** Whether a value may be what a name of the rule `callable` calls: it is held to this in a state too. */
export const isPassable = (imports: ImportLedger, value: Value | undefined): boolean =>
  passableName(imports, value) !== undefined

/** Whether a value is a class that is harmless without its constructor: whatever calls it runs the constructor. */
export const isMaker = (imports: ImportLedger, value: Value | undefined): boolean => {
  const judgement = passableName(imports, value)?.judgement
  return judgement?.verdict === 'allowed' && judgement.rule === 'instance'
}

/** Whether a call keeps its first argument for others to call, and does not call it itself. */
const keepsCallable = ({ module, name }: ImportedName): boolean => module.endsWith('functools') && name === 'partial'

const libraryOf = ({ module }: ImportedName): string => module.split('.', 1)[0] ?? ''

/** Arrays of another library that numpy makes as it makes its own. */
const foreignArrays: ReadonlySet<string> = new Set(['FrozenNDArray'])

const builtins: readonly string[] = ['builtins', '__builtin__']

/** The class is of the library that makes it; `copyreg._reconstructor` makes any, by a constructor of Python's own. */
const isOwnClass = ({ callee, imports }: AllowedCall, [made, base]: readonly Value[]): boolean => {
  const type = passableName(imports, made)
  if (type === undefined) return false
  if (callee.name === '_reconstruct' && foreignArrays.has(type.name)) return true
  if (callee.name !== '_reconstructor') return libraryOf(type) === libraryOf(callee)
  return builtins.includes(passableName(imports, base)?.module ?? '')
}

/** What each rule demands of a call, and says when it is broken; nothing when the call keeps it. */
const demands: Readonly<Record<ArgumentRule, (call: AllowedCall, values: readonly Value[]) => string | undefined>> = {
  any: () => undefined,
  instance: ({ opcode, hasKeywords }, values) =>
    opcode === 'REDUCE' || values.length > 0 || hasKeywords
      ? 'to be made without its constructor, and found a call with arguments'
      : undefined,
  distribution: (call, values) => demands.instance(call, values),
  class: (call, values) =>
    isOwnClass(call, values) ? undefined : 'to make an allowed class of its own library, and found something else',
  constants: (call) =>
    (call.traits & traits.object) === 0 ? undefined : 'only numbers, texts and bytes, and found something else',
  latin1: (call, values) =>
    values.length === 2 && call.isText(values[0] ?? 0) && /^latin-?1$/i.test(call.textOf(values[1] ?? 0) ?? '')
      ? undefined
      : 'a text and the codec latin1, and found something else',
  callable: ({ callee, imports, isNone }, values) =>
    values[0] === undefined ||
    isNone(values[0]) ||
    (isPassable(imports, values[0]) && (keepsCallable(callee) || !isMaker(imports, values[0])))
      ? undefined
      : 'an allowed callable as its first argument, and found something else',
  generator: (call, values) => {
    const [kind, maker] = values.map((value) => call.imports.of(value))
    const isKind = kind === undefined || kind.module.startsWith('numpy.random.')
    const isMakerOfBits = maker === undefined ? values.length < 2 : maker.name === '__bit_generator_ctor'
    return isKind && isMakerOfBits && values.length <= 2
      ? undefined
      : 'the name of a bit generator and what makes one of numpy, and found something else'
  },
  pickle: (call, values) =>
    values.length === 1 && call.hasContent(values[0] ?? 0)
      ? undefined
      : 'bytes that can be read, and found something else',
  carried: (call) => demands.constants(call, []),
  identity: (_call, values) => (values.length > 0 ? undefined : 'an argument, and found none'),
  none: () => 'never to be called, and found a call',
}

/** Rules that nothing in the arguments can break. */
const indifferent: readonly ArgumentRule[] = ['any', 'constants', 'carried', 'none']

/** Whether a call of an allowed name keeps its rule: what was expected and found instead, or nothing. */
export const brokenRule = (rule: ArgumentRule, call: AllowedCall): string | undefined => {
  if ((call.traits & traits.hook) !== 0 && rule !== 'none') {
    return 'no name among its arguments that is safe only where it is called at once, and found one'
  }
  if ((call.traits & traits.maker) !== 0 && rule !== 'none') {
    return 'no partial call of a constructor among its arguments, and found one'
  }
  if (call.values === undefined && !indifferent.includes(rule))
    return 'arguments that are made where they are used, and found older ones'
  return demands[rule](call, call.values ?? [])
}
