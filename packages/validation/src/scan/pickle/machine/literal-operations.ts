import { refused, truncated } from '../broken-pickle.ts'
import { isPlainStart, payloadSignLength, payloadSignOf } from '../payload-signs.ts'
import { isPythonFloat, isPythonInt, isPythonLong, parseQuoted, parseRawUnicode } from '../python-text.ts'
import { kinds } from './heap.ts'
import type { Machine } from './machine.ts'

/** CPython makes room for bytes before it reads them: so much more than there is, is meant to take memory (CWE-789). */
const suspiciousLength = 2 ** 30

/** Shorter bytes hold no import. */
const shortestPayload = 8

/** Passes over an operand of a length that was read. */
const skip = (machine: Machine, length: number, at: number): void => {
  const { input } = machine
  if (length > input.left) {
    if (length >= suspiciousLength && length > 16 * input.content.size) {
      machine.observer.odd('declared-length', at, `${length} bytes, with ${input.left} left`)
    }
    throw truncated()
  }
  input.skip(length)
}

const opensEncoded = ({ input }: Machine): boolean => {
  if (isPlainStart(input.peek())) return false
  input.prepare(payloadSignLength)
  return payloadSignOf(input) !== undefined
}

/** A text or bytes. What opens like something encoded is looked into. */
const pushBytes = (machine: Machine, length: number, at: number): void => {
  const isCandidate = length >= shortestPayload && opensEncoded(machine)
  skip(machine, length, at)
  machine.stack.push(at)
  if (isCandidate) machine.observer.payload(at)
}

const pushLine = (machine: Machine, at: number, accepts: (line: string) => boolean): void => {
  const line = machine.input.line()
  if (line !== undefined && !accepts(line)) throw refused('a number or text cannot be read')
  machine.stack.push(at)
}

const signedLength = (machine: Machine): number => {
  const length = machine.input.i4()
  if (length < 0) throw refused('a length is negative')
  return length
}

const pushFixed = (machine: Machine, length: number, at: number): void => {
  machine.input.skip(length)
  machine.stack.push(at)
}

const isQuoted = (line: string): boolean => parseQuoted(line) !== undefined
const isRawUnicode = (line: string): boolean => parseRawUnicode(line) !== undefined

const pushTextLine = (machine: Machine, at: number, accepts: (line: string) => boolean): void => {
  const isCandidate = opensEncoded(machine)
  pushLine(machine, at, accepts)
  if (isCandidate) machine.observer.payload(at)
}

/** Numbers, texts and bytes: a literal's value is where it stands. */
export const literalOperations = {
  NONE: (machine: Machine, at: number): void => machine.stack.push(at),
  NEWTRUE: (machine: Machine, at: number): void => machine.stack.push(at),
  NEWFALSE: (machine: Machine, at: number): void => machine.stack.push(at),
  INT: (machine: Machine, at: number): void => {
    const isOctal = machine.input.peek() === 0x30
    if (isOctal || machine.input.digits() === undefined) pushLine(machine, at, isPythonInt)
    else machine.stack.push(at)
  },
  LONG: (machine: Machine, at: number): void => pushLine(machine, at, isPythonLong),
  FLOAT: (machine: Machine, at: number): void => pushLine(machine, at, isPythonFloat),
  BININT: (machine: Machine, at: number): void => pushFixed(machine, 4, at),
  BININT1: (machine: Machine, at: number): void => pushFixed(machine, 1, at),
  BININT2: (machine: Machine, at: number): void => pushFixed(machine, 2, at),
  BINFLOAT: (machine: Machine, at: number): void => pushFixed(machine, 8, at),
  LONG1: (machine: Machine, at: number): void => pushFixed(machine, machine.input.u1(), at),
  LONG4: (machine: Machine, at: number): void => pushFixed(machine, signedLength(machine), at),
  STRING: (machine: Machine, at: number): void => pushTextLine(machine, at, isQuoted),
  UNICODE: (machine: Machine, at: number): void => pushTextLine(machine, at, isRawUnicode),
  BINSTRING: (machine: Machine, at: number): void => pushBytes(machine, signedLength(machine), at),
  SHORT_BINSTRING: (machine: Machine, at: number): void => pushBytes(machine, machine.input.u1(), at),
  BINUNICODE: (machine: Machine, at: number): void => pushBytes(machine, machine.input.u4(), at),
  SHORT_BINUNICODE: (machine: Machine, at: number): void => pushBytes(machine, machine.input.u1(), at),
  BINUNICODE8: (machine: Machine, at: number): void => pushBytes(machine, machine.input.u8(), at),
  BINBYTES: (machine: Machine, at: number): void => pushBytes(machine, machine.input.u4(), at),
  SHORT_BINBYTES: (machine: Machine, at: number): void => pushBytes(machine, machine.input.u1(), at),
  BINBYTES8: (machine: Machine, at: number): void => pushBytes(machine, machine.input.u8(), at),
  BYTEARRAY8: (machine: Machine, at: number): void => {
    pushBytes(machine, machine.input.u8(), at)
    const { stack, heap } = machine
    // Unlike bytes it can be changed, and is no key.
    stack.values[stack.length - 1] = heap.createObject(kinds.bytearray, at, heap.emptyTuple)
  },
  NEXT_BUFFER: (machine: Machine, at: number): void => {
    machine.observer.odd('out-of-band-buffer', at, 'NEXT_BUFFER')
    machine.stack.push(machine.heap.create(kinds.bytearray))
  },
  READONLY_BUFFER: (machine: Machine, at: number): void => {
    machine.stack.top()
    machine.observer.odd('out-of-band-buffer', at, 'READONLY_BUFFER')
  },
}
