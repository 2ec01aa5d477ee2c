import type { ByteSource } from '../../source.ts'
import { limitReached, refused } from '../broken-pickle.ts'
import type { Effort } from '../effort.ts'
import { decodeUtf8 } from '../python-text.ts'
import type { Value } from './cells.ts'
import { Heap } from './heap.ts'
import { textOf } from './literals.ts'
import { Memo } from './memo.ts'
import type { Observer } from './observer.ts'
import { OperandStack } from './operand-stack.ts'
import { maximumLine, PickleInput } from './pickle-input.ts'

/** More texts are not kept that were read as names: each may be long (CWE-770). */
const maximumNames = 2 ** 13

/** Nearly all names are: of these, Latin-1 is UTF-8. */
const isAscii = (line: string): boolean => {
  for (let index = 0; index < line.length; index += 1) if (line.charCodeAt(index) >= 0x80) return false
  return true
}

/** The state of an unpickler: where it reads, its stack, its memo, and what it has made. */
export class Machine<Watching extends Observer = Observer> {
  readonly input: PickleInput
  readonly stack: OperandStack
  readonly memo: Memo
  readonly heap: Heap
  readonly observer: Watching
  readonly effort: Effort
  readonly #names = new Map<Value, string>()
  /** What PROTO said last. */
  protocol = 0
  operations = 0
  /** Whether containers were found that expand without end. */
  isExpanding = false
  /** Where the frame ends that is being read. */
  frameEnd = Number.POSITIVE_INFINITY

  constructor(content: ByteSource, offset: number, effort: Effort, createObserver: (machine: Machine) => Watching) {
    this.effort = effort
    this.input = new PickleInput(content, offset)
    this.stack = new OperandStack(content.size)
    this.memo = new Memo(content.size)
    this.heap = new Heap(content.size, effort)
    this.observer = createObserver(this)
  }

  /** FRAME: only the unpickler in Python keeps frames apart; the one in C demands that the bytes are there. */
  beginFrame(length: number, at: number): void {
    if (this.frameEnd !== Number.POSITIVE_INFINITY) {
      this.observer.odd('frame-straddle', at, 'a frame begins inside another')
    }
    // The unpickler in Python goes on with a frame that is cut off, so the end of the bytes has to tell.
    this.frameEnd = length === 0 ? Number.POSITIVE_INFINITY : this.input.offset + length
  }

  /** To be called behind the opcode at `at` where it reaches the end of the frame, or goes beyond. */
  leaveFrame(at: number): void {
    if (this.input.offset > this.frameEnd) {
      this.observer.odd('frame-straddle', at, 'an opcode begins in a frame and ends behind it')
    }
    this.frameEnd = Number.POSITIVE_INFINITY
  }

  /** Passes over bytes that a loader reads by itself between two opcodes. */
  skipForeign(length: number): void {
    this.frameEnd = Number.POSITIVE_INFINITY
    this.input.skip(length)
  }

  /** The text of a literal that stands for a name. Writers keep it in the memo and use it again and again. */
  nameAt(literal: Value): string | undefined {
    const known = this.#names.get(literal)
    if (known !== undefined) return known
    const text = textOf(this.input.content, literal, maximumLine)
    if (this.#names.size >= maximumNames) this.#names.clear()
    if (text !== undefined) this.#names.set(literal, text)
    return text
  }

  /** A line of UTF-8: a module or a name. CPython refuses an empty one. */
  name(): string {
    const line = this.input.line()
    if (line === undefined) throw limitReached(`a name has more than ${maximumLine} bytes`)
    const text = isAscii(line) ? line : decodeUtf8(Buffer.from(line, 'latin1'))
    if (text === undefined || text === '') throw refused('a name is empty or no UTF-8')
    return text
  }
}
