import { limitReached, refused } from '../broken-pickle.ts'
import { parseMemoKey } from '../python-text.ts'
import type { Machine } from './machine.ts'

/** The newest protocol that CPython reads. */
const highestProtocol = 5

/** CPython's memo is an array of twice the highest key: one far beyond what was stored takes gigabytes (CWE-789). */
const suspiciousKey = 2 ** 20

const put = (machine: Machine, key: number | undefined, at: number): void => {
  const value = machine.stack.top()
  if (key === undefined || key < 0) throw refused('the key of the memo is no number')
  if (key >= suspiciousKey && key > 16 * (machine.memo.count + 1)) {
    machine.observer.odd('memo-index', at, `key ${key} with ${machine.memo.count} stored`)
    // It may not fit into the memory of one machine and yet into that of another: go on, as the second does.
    if (!Number.isSafeInteger(key)) throw limitReached('the key of the memo is no index')
  }
  machine.memo.put(key, value)
}

const get = (machine: Machine, key: number | undefined): void => {
  const value = key === undefined || key < 0 ? undefined : machine.memo.get(key)
  if (value === undefined) throw refused('the memo has no such key')
  machine.stack.push(value)
}

const textKey = ({ input }: Machine): number | undefined => input.digits() ?? parseMemoKey(input.line() ?? '')

/** The stack, the memo, and what says how to read on. */
export const stackOperations = {
  PROTO: (machine: Machine): void => {
    const protocol = machine.input.u1()
    if (protocol > highestProtocol) throw refused(`protocol ${protocol} is unknown`)
    machine.protocol = protocol
  },
  FRAME: (machine: Machine, at: number): void => machine.beginFrame(machine.input.u8(), at),
  MARK: (machine: Machine): void => machine.stack.mark(),
  POP: (machine: Machine): void => machine.stack.drop(),
  POP_MARK: (machine: Machine): void => {
    machine.stack.length = machine.stack.unmark()
  },
  DUP: (machine: Machine): void => machine.stack.push(machine.stack.top()),
  PUT: (machine: Machine, at: number): void => put(machine, textKey(machine), at),
  BINPUT: (machine: Machine, at: number): void => put(machine, machine.input.u1(), at),
  LONG_BINPUT: (machine: Machine, at: number): void => put(machine, machine.input.u4(), at),
  MEMOIZE: (machine: Machine): void => machine.memo.memoize(machine.stack.top()),
  GET: (machine: Machine): void => get(machine, textKey(machine)),
  BINGET: (machine: Machine): void => get(machine, machine.input.u1()),
  LONG_BINGET: (machine: Machine): void => get(machine, machine.input.u4()),
}
