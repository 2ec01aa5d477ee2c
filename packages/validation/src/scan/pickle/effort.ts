import type { Budget } from '../budget.ts'
import type { ByteSource } from '../source.ts'

/** What every file may cost, however small it is. */
const base = 2 ** 22

/** How many bytes of a content allow one opcode's worth more. */
const bytesPerOperation = 2

/**
 * What may be done for a content beside going through its opcodes once: places that are tried, arguments that are looked
 * through, texts that are decoded and run. A sound file has it done once for its bytes; a hostile one again and again for
 * the same few (CWE-407). It is counted in opcodes, so that a content costs the same on every machine.
 */
export class Effort {
  #left: number
  readonly #contents = new WeakSet<ByteSource>()

  constructor(left = base) {
    this.#left = left
  }

  /** Allows what a content may cost, once. */
  allow(content: ByteSource): this {
    const source = content.within?.source ?? content
    if (!this.#contents.has(source)) this.#left += source.size / bytesPerOperation
    this.#contents.add(source)
    return this
  }

  /** Takes what something costs; answers whether there was so much left. */
  take(cost: number): boolean {
    this.#left -= cost
    return this.#left >= 0
  }

  /** What is left, in opcodes. */
  get left(): number {
    return Math.max(0, Math.floor(this.#left))
  }

  /** Whether something was not done because it would have cost too much. */
  get isSpent(): boolean {
    return this.#left < 0
  }
}

/** What it costs to look at an item of a container, in opcodes. */
export const operationsPerItem = 1 / 2

const efforts = new WeakMap<Budget, Effort>()

/** The effort of a file for everything inside it, this content included. */
export const effortOf = (budget: Budget, content: ByteSource): Effort => {
  const effort = efforts.get(budget) ?? new Effort()
  efforts.set(budget, effort)
  return effort.allow(content)
}

/** Why a content is incomplete whose effort is spent. */
export const effortSpent = 'not everything in its pickles was looked into: there is too much of it for its size'
