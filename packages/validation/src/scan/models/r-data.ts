import type { Format, Recognition, Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import type { ByteSource } from '../source.ts'
import { createByteCursor, readStructure } from '../wire/byte-cursor.ts'
import { readRValue } from './r-value.ts'
import { modelsRules } from './rules.ts'

/** A magic of `save` or none, then the encoding: `X` for XDR, `A` for text, `B` for the machine's own. */
const opening = /^(?:RD([AXB])([23])\n)?([AXB])\n/

const recogniseR = ({ head }: Sample): Recognition => {
  const found = opening.exec(Buffer.from(head.subarray(0, 8)).toString('latin1'))
  if (found === null) return undefined
  const [prefix, , , encoding] = found
  if (encoding !== 'X') return found[1] === undefined ? undefined : 'certain'
  const version = head[prefix.length + 3]
  const isVersion = head[prefix.length] === 0 && head[prefix.length + 1] === 0 && head[prefix.length + 2] === 0
  return isVersion && (version === 2 || version === 3) ? 'certain' : undefined
}

const inspectR = (content: ByteSource, inspection: Inspection): void => {
  const found = opening.exec(Buffer.from(content.read(0, 8)).toString('latin1'))
  if (found === null || found[3] !== 'X') {
    inspection.incomplete('not scanned: data of R that are not in XDR')
    return
  }
  const cursor = createByteCursor(content, { start: found[0].length, isLittleEndian: false })
  readStructure(inspection, modelsRules.malformed, () => {
    const version = cursor.i32()
    cursor.skip(8)
    if (version === 3) cursor.skip(cursor.i32())
    const { isUnevaluated, codes } = readRValue(cursor, inspection.budget)
    if (isUnevaluated) {
      inspection.report({
        rule: modelsRules['r-promise'],
        message: 'expected values, found a promise without a value: reading it evaluates the expression that it holds',
        offset: found[0].length,
      })
    }
    if (codes.size === 0) return
    inspection.report({
      rule: modelsRules['r-code'],
      message: `expected values, found ${[...codes].slice(0, 5).map(printable).join(', ')}`,
    })
  })
}

/** What `saveRDS` and `save` of R write, once it is decompressed. */
export const rDataFormat: Format = {
  name: 'r-data',
  title: 'R data',
  recognise: recogniseR,
  inspect: inspectR,
}
