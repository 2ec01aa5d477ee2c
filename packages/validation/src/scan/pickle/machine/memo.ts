import { limitReached } from '../broken-pickle.ts'
import { absent, type Cells, createCells, doubled, smallRoom, type Value } from './cells.ts'

/** Keys below this stand in an array. */
const maximumDense = 2 ** 24
/** Keys that are far from the others: no writer makes any (CWE-770). */
const maximumSparse = 2 ** 18

/** The memo. PUT, BINPUT, LONG_BINPUT and MEMOIZE share its keys; MEMOIZE takes the number of keys as the next. */
export class Memo {
  #dense: Cells
  #sparse: Map<number, Value> | undefined
  #count = 0

  constructor(size: number) {
    this.#dense = createCells(size, smallRoom).fill(absent)
  }

  /** How many keys there are. */
  get count(): number {
    return this.#count
  }

  get(key: number): Value | undefined {
    const value = key < this.#dense.length ? this.#dense[key] : absent
    if (value === absent) return this.#sparse?.get(key)
    return value
  }

  put(key: number, value: Value): void {
    if (key >= this.#dense.length && key <= 4 * this.#count + 1024) this.#grow(key)
    if (key < this.#dense.length) {
      if (this.#dense[key] === absent && !this.#sparse?.delete(key)) this.#count += 1
      this.#dense[key] = value
      return
    }
    this.#sparse ??= new Map()
    if (!this.#sparse.has(key)) this.#count += 1
    this.#sparse.set(key, value)
    if (this.#sparse.size > maximumSparse) throw limitReached(`more than ${maximumSparse} scattered keys in the memo`)
  }

  memoize(value: Value): void {
    this.put(this.#count, value)
  }

  #grow(key: number): void {
    while (key >= this.#dense.length && this.#dense.length < maximumDense) {
      const used = this.#dense.length
      this.#dense = doubled(this.#dense)
      this.#dense.fill(absent, used)
    }
  }
}
