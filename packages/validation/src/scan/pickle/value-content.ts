import { type ByteSource, bytesSource, partOf } from '../source.ts'
import type { ImportLedger } from './import-ledger.ts'
import type { Value } from './machine/cells.ts'
import { type Heap, kinds } from './machine/heap.ts'
import { bytesOf, textOf } from './machine/literals.ts'

/** A longer text is not decoded as a whole (CWE-789). */
const maximumText = 2 ** 26

/**
 * The bytes that a value stands for, or nothing when they are not known: bytes or a text as it is written, or a text that
 * `_codecs.encode` turns into bytes, which is how protocol 2 writes them.
 */
export const contentOfValue = (
  value: Value,
  machine: { readonly content: ByteSource; readonly heap: Heap; readonly imports: ImportLedger },
): ByteSource | undefined => {
  const { content, heap, imports } = machine
  if (value >= 0) {
    const extent = bytesOf(content, value)
    if (extent !== undefined) return partOf(content, extent.offset, extent.length)
    const text = textOf(content, value, maximumText)
    return text === undefined ? undefined : bytesSource(Buffer.from(text, 'latin1'))
  }
  const [callee, values] = heap.itemsOf(value) ?? []
  if (callee === undefined || values === undefined) return undefined
  if (heap.is(value, kinds.bytearray)) return contentOfValue(callee, machine)
  const judgement = imports.of(callee)?.judgement
  if (judgement?.verdict !== 'allowed' || judgement.rule !== 'latin1') return undefined
  const text = heap.itemsOf(values)?.[0]
  const decoded = text === undefined || text < 0 ? undefined : textOf(content, text, maximumText)
  return decoded === undefined ? undefined : bytesSource(Buffer.from(decoded, 'latin1'))
}
