import type { Part } from '../inspection.ts'
import type { Sighting } from '../rule.ts'
import type { ByteSource } from '../source.ts'
import type { KnownValues } from './known-values.ts'
import type { Value } from './machine/cells.ts'
import type { SightingLog } from './sighting-log.ts'

/** Pickles in the arguments of calls: each storage of a torch object is one. */
const maximumParts = 2 ** 16
/** More hidden pickles in one tell nothing more. */
const maximumPayloads = 64

/** What stands inside the texts and bytes of a pickle: what allowed calls load, and what hides there. */
export class InnerContents {
  /** Bytes that an allowed call loads as a pickle. */
  readonly parts: Part[] = []
  /** What was found inside texts and bytes, by their values. */
  readonly payloads = new Map<Value, Sighting>()
  readonly #known: KnownValues
  readonly #log: SightingLog
  readonly #sightingOf: (content: ByteSource) => Sighting | undefined
  /** The literals of {@link parts}: the same bytes may be loaded by many calls. */
  readonly #loaded = new Set<Value>()

  /** @param sightingOf looks into bytes that open like something encoded, and says what is in them. */
  constructor(known: KnownValues, log: SightingLog, sightingOf: (content: ByteSource) => Sighting | undefined) {
    this.#known = known
    this.#log = log
    this.#sightingOf = sightingOf
  }

  /** Whether a value stands for bytes that are known. */
  has(value: Value): boolean {
    return this.#isLoaded(value) || this.#known.contents.of(value) !== undefined
  }

  /** An allowed call loads these bytes: they are read as what they are. */
  load(value: Value | undefined, at: number): void {
    if (value === undefined) return
    const { contents } = this.#known
    // It is no hidden one: the call is there to load it.
    this.payloads.delete(value)
    if (this.#isLoaded(value)) return
    const content = contents.of(value)
    const literal = contents.literalOf(value)
    if (content === undefined || literal === undefined) return
    this.#loaded.add(literal)
    if (this.parts.length < maximumParts) this.parts.push({ name: `pickle at ${at}`, content })
    else this.#log.incomplete(`more than ${maximumParts} pickles are loaded by calls`)
  }

  #isLoaded(value: Value): boolean {
    const literal = this.#known.contents.literalOf(value)
    return literal !== undefined && this.#loaded.has(literal)
  }

  /** Looks for what hides in a value. */
  look(value: Value, at: number): void {
    if (this.payloads.size >= maximumPayloads) return
    const content = this.#known.contents.of(value)
    const sighting = content === undefined ? undefined : this.#sightingOf(content)
    if (sighting !== undefined) this.payloads.set(value, { ...sighting, offset: at })
  }
}
