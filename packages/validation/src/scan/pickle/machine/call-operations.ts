import { refused } from '../broken-pickle.ts'
import type { Value } from './cells.ts'
import { kinds } from './heap.ts'
import { isText } from './literals.ts'
import type { Machine } from './machine.ts'
import type { CallOpcode } from './observer.ts'

const refuseLiteral = (machine: Machine, callee: Value): void => {
  const kind = machine.heap.kindOf(callee)
  if (kind === undefined || kind <= kinds.bytearray) throw refused('what is called is data')
}

/** What can be no tuple. An object may be one, of a class of its own. */
const refuseNoTuple = (machine: Machine, callee: Value, values: Value): void => {
  if (machine.heap.is(callee, kinds.carried)) return
  const kind = machine.heap.kindOf(values)
  const isTuple = kind === kinds.tuple || (kind !== undefined && kind > kinds.bytearray)
  if (!isTuple) throw refused('the arguments of a call are no tuple')
}

const call = (
  machine: Machine,
  opcode: CallOpcode,
  callee: Value,
  values: Value,
  at: number,
  keywords?: Value,
): void => {
  refuseLiteral(machine, callee)
  refuseNoTuple(machine, callee, values)
  machine.stack.push(machine.observer.called(opcode, callee, values, keywords, at))
}

const reduce = (machine: Machine, opcode: 'REDUCE' | 'NEWOBJ', at: number): void => {
  const values = machine.stack.pop()
  call(machine, opcode, machine.stack.pop(), values, at)
}

/** The values from `start` as a tuple, taken from the stack. */
const takeTuple = (machine: Machine, start: number): Value => {
  const { stack, heap } = machine
  if (start === stack.length) return heap.emptyTuple
  const values = heap.create(kinds.tuple)
  heap.fill(values, stack.values, start, stack.length)
  stack.length = start
  return values
}

const globalOfStack = (machine: Machine, at: number): Value => {
  const { stack, input, heap, observer } = machine
  const name = stack.pop()
  const module = stack.pop()
  for (const operand of [module, name]) {
    if (operand >= 0 && isText(input.content, operand)) continue
    const kind = heap.kindOf(operand)
    const how =
      kind === undefined || kind <= kinds.bytearray ? 'an operand that is no text' : 'an operand that is computed'
    observer.odd('unresolved-global', at, how)
    if (kind === undefined || kind <= kinds.bytearray) throw refused('STACK_GLOBAL demands two texts')
    return heap.create(kinds.unresolved)
  }
  const [moduleText, nameText] = [machine.nameAt(module), machine.nameAt(name)]
  if (moduleText === undefined || nameText === undefined) throw refused('STACK_GLOBAL demands two texts')
  return observer.imported(moduleText, nameText, machine.protocol, at)
}

const extension = (machine: Machine, code: number, at: number): void => {
  if (code <= 0) throw refused('the code of an extension is not positive')
  machine.stack.push(machine.observer.extension(code, at))
}

const global = (machine: Machine, at: number): Value => {
  const module = machine.name()
  return machine.observer.imported(module, machine.name(), machine.protocol, at)
}

/** Imports, calls, and what is done to objects. */
export const callOperations = {
  GLOBAL: (machine: Machine, at: number): void => machine.stack.push(global(machine, at)),
  STACK_GLOBAL: (machine: Machine, at: number): void => machine.stack.push(globalOfStack(machine, at)),
  EXT1: (machine: Machine, at: number): void => extension(machine, machine.input.u1(), at),
  EXT2: (machine: Machine, at: number): void => extension(machine, machine.input.u2(), at),
  EXT4: (machine: Machine, at: number): void => extension(machine, machine.input.i4(), at),
  REDUCE: (machine: Machine, at: number): void => reduce(machine, 'REDUCE', at),
  NEWOBJ: (machine: Machine, at: number): void => reduce(machine, 'NEWOBJ', at),
  NEWOBJ_EX: (machine: Machine, at: number): void => {
    const keywords = machine.stack.pop()
    const values = machine.stack.pop()
    const callee = machine.stack.pop()
    const kind = machine.heap.kindOf(keywords)
    if (kind === undefined || (kind < kinds.global && kind !== kinds.dict)) throw refused('keywords are no dictionary')
    call(machine, 'NEWOBJ_EX', callee, values, at, keywords)
  },
  OBJ: (machine: Machine, at: number): void => {
    const start = machine.stack.unmark()
    if (machine.stack.length - start < 1) throw refused('OBJ has nothing to call')
    const values = takeTuple(machine, start + 1)
    call(machine, 'OBJ', machine.stack.pop(), values, at)
  },
  INST: (machine: Machine, at: number): void => {
    const start = machine.stack.unmark()
    const values = takeTuple(machine, start)
    call(machine, 'INST', global(machine, at), values, at)
  },
  BUILD: (machine: Machine, at: number): void => {
    machine.stack.start(2)
    const state = machine.stack.pop()
    machine.observer.built(machine.stack.top(), state, at)
  },
  PERSID: (machine: Machine, at: number): void => {
    machine.input.line()
    machine.stack.push(machine.observer.persistent(undefined, at))
  },
  BINPERSID: (machine: Machine, at: number): void => {
    machine.stack.push(machine.observer.persistent(machine.stack.pop(), at))
  },
}
