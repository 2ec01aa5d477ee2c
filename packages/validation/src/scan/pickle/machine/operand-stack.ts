import { limitReached, refused } from '../broken-pickle.ts'
import { type Cells, createCells, doubled, smallRoom, type Value } from './cells.ts'

/** A sound pickle holds as many values at once as its longest tuple has items (CWE-770). */
const maximumValues = 2 ** 23
/** Lists and tuples that are being built inside one another (CWE-674). */
const maximumMarks = 2 ** 20

const underflow = () => refused('an opcode takes a value that is not there')

/** The stack of CPython's `Pdata`: values and marks. Nothing below the last mark can be taken (its "fence"). */
export class OperandStack {
  values: Cells
  length = 0
  #fence = 0
  readonly #marks: number[] = []

  constructor(size: number) {
    this.values = createCells(size, smallRoom)
  }

  push(value: Value): void {
    if (this.length === this.values.length) {
      if (this.length >= maximumValues) throw limitReached(`more than ${maximumValues} values stand on the stack`)
      this.values = doubled(this.values)
    }
    this.values[this.length++] = value
  }

  pop(): Value {
    if (this.length <= this.#fence) throw underflow()
    return this.values[--this.length] as Value
  }

  top(): Value {
    if (this.length <= this.#fence) throw underflow()
    return this.values[this.length - 1] as Value
  }

  mark(): void {
    if (this.#marks.length >= maximumMarks) throw limitReached(`more than ${maximumMarks} marks stand on the stack`)
    this.#marks.push(this.length)
    this.#fence = this.length
  }

  /** Takes the last mark away; answers where it stood. */
  unmark(): number {
    const at = this.#marks.pop()
    if (at === undefined) throw refused('an opcode takes a mark that is not there')
    this.#fence = this.#marks.at(-1) ?? 0
    return at
  }

  /** POP: takes a mark where it is on top, else a value. */
  drop(): void {
    if (this.#marks.length > 0 && this.#fence === this.length) this.unmark()
    else this.pop()
  }

  /** Demands that `count` values above the fence are there; answers where they begin. */
  start(count: number): number {
    const start = this.length - count
    if (start < this.#fence) throw underflow()
    return start
  }

  /** Demands a container below the values that begin at `start`: what APPENDS, SETITEMS and ADDITEMS fill. */
  targetBelow(start: number): Value {
    if (start > this.length || start <= this.#fence) throw underflow()
    return this.values[start - 1] as Value
  }
}
