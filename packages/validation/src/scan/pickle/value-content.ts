import { type ByteSource, bytesSource, partOf } from '../source.ts'
import type { ImportLedger } from './import-ledger.ts'
import type { Value } from './machine/cells.ts'
import { kinds } from './machine/heap.ts'
import { bytesOf, extentOf, textOf } from './machine/literals.ts'
import type { Machine } from './machine/machine.ts'
import { decodedPerOperation } from './payload.ts'
import { isPlainStart } from './payload-signs.ts'

/** A longer text is not decoded as a whole (CWE-789). */
const maximumText = 2 ** 26

/** A literal, and whether its text is encoded to bytes. */
interface Written {
  readonly literal: Value
  readonly isEncoded: boolean
}

/**
 * The bytes that values stand for: bytes or a text as it is written, or a text that `_codecs.encode` turns into bytes, which
 * is how protocol 2 writes them.
 */
export class ValueContents {
  readonly #machine: Machine
  readonly #imports: ImportLedger

  constructor(machine: Machine, imports: ImportLedger) {
    this.#machine = machine
    this.#imports = imports
  }

  /** The literal that holds the bytes of a value, or nothing when they are not known. */
  literalOf(value: Value): Value | undefined {
    return this.#writtenAs(value)?.literal
  }

  /** The bytes, or nothing when they are not known. A text is decoded anew each time, as far as the effort allows. */
  of(value: Value): ByteSource | undefined {
    const written = this.#writtenAs(value)
    if (written === undefined) return undefined
    const { literal, isEncoded } = written
    const { effort, input } = this.#machine
    const extent = isEncoded ? undefined : bytesOf(input.content, literal)
    if (extent !== undefined) return partOf(input.content, extent.offset, extent.length)
    if (!effort.take(extentOf(input.content, literal).length / decodedPerOperation)) return undefined
    const text = textOf(input.content, literal, maximumText)
    return text === undefined ? undefined : bytesSource(Buffer.from(text, 'latin1'))
  }

  /** Whether something may be hidden in the bytes that a call of `_codecs.encode` makes: their first byte tells most. */
  mayHide(encoded: Value): boolean {
    const literal = this.literalOf(encoded)
    if (literal === undefined) return false
    const { content } = this.#machine.input
    const extent = bytesOf(content, literal)
    const first = extent === undefined ? undefined : content.read(extent.offset, 1)[0]
    return first === undefined || first >= 0x80 || !isPlainStart(first)
  }

  #writtenAs(value: Value): Written | undefined {
    if (value >= 0) return { literal: value, isEncoded: false }
    const { heap } = this.#machine
    const callee = heap.itemOf(value, 0)
    const values = heap.itemOf(value, 1)
    if (callee === undefined || values === undefined) return undefined
    if (heap.is(value, kinds.bytearray)) return { literal: callee, isEncoded: false }
    const judgement = this.#imports.of(callee)?.judgement
    if (judgement?.verdict !== 'allowed' || judgement.rule !== 'latin1') return undefined
    const text = heap.itemOf(values, 0)
    return text === undefined || text < 0 ? undefined : { literal: text, isEncoded: true }
  }
}
