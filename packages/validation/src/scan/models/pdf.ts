import { inflateSync } from 'node:zlib'
import { type Format, hasMagic, type Recognition, type Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import type { Rule } from '../rule.ts'
import type { ByteSource } from '../source.ts'
import { modelsRules } from './rules.ts'

/** Readers accept the header within the first kilobyte (ISO 32000-1, annex H.3); here it stands first or after a mark. */
const recognisePdf = ({ head }: Sample): Recognition =>
  hasMagic(head, '%PDF-') || hasMagic(head, '%PDF-', 3) ? 'certain' : undefined

/** A stream of objects is inflated up to here (CWE-409). */
const maximumInflated = 2 ** 24
/** Streams of objects of one document. */
const maximumStreams = 2000
const windowLength = 2 ** 20
/** Windows overlap by this, so that a name across two of them is seen. */
const overlap = 256

interface NamedAction {
  readonly pattern: RegExp
  readonly rule: Rule
  readonly what: string
}

/** Names of actions (ISO 32000-1, 12.6.4). A name ends at a delimiter; JS alone is the key of a script. */
const actions: readonly NamedAction[] = [
  { pattern: /\/(?:JavaScript|JS)(?=[\s/(<[>])/, rule: modelsRules['pdf-action'], what: 'a script' },
  { pattern: /\/Launch(?=[\s/(<[>])/, rule: modelsRules['pdf-action'], what: 'an action that starts a program' },
  {
    pattern: /\/(?:ImportData|SubmitForm)(?=[\s/(<[>])/,
    rule: modelsRules['pdf-action'],
    what: 'an action that sends data',
  },
  {
    pattern: /\/(?:EmbeddedFile|RichMedia)(?=[\s/(<[>])/,
    rule: modelsRules['pdf-embedded-file'],
    what: 'a file inside it',
  },
]

const hexadecimal = (byte: number | undefined): number =>
  byte === undefined ? Number.NaN : Number.parseInt(String.fromCharCode(byte), 16)

/** `#4a` stands for `J` in a name. A loop, because a replacement by expression takes seconds for a page of such marks. */
const unescapeNames = (text: string): string => {
  const bytes = Buffer.from(text, 'latin1')
  let length = 0
  for (let at = 0; at < bytes.length; at += 1) {
    const value = bytes[at] === 0x23 ? hexadecimal(bytes[at + 1]) * 16 + hexadecimal(bytes[at + 2]) : Number.NaN
    bytes[length] = Number.isNaN(value) ? (bytes[at] ?? 0) : value
    length += 1
    if (!Number.isNaN(value)) at += 2
  }
  return bytes.toString('latin1', 0, length)
}

const checkActions = (text: string, offset: number, reported: Set<string>, inspection: Inspection): void => {
  const names = text.includes('#') ? unescapeNames(text) : text
  for (const { pattern, rule, what } of actions) {
    if (reported.has(what)) continue
    const found = pattern.exec(names)
    if (found === null) continue
    reported.add(what)
    inspection.report({
      rule,
      message: `expected text and pictures, found ${what} (${found[0]})`,
      offset: offset + found.index,
    })
  }
}

/** Objects may stand in compressed streams, where no name is seen from outside. */
const checkObjectStreams = (bytes: Buffer, offset: number, reported: Set<string>, inspection: Inspection): void => {
  let at = bytes.indexOf('/ObjStm')
  for (let count = 0; at >= 0 && count < maximumStreams; count += 1) {
    inspection.budget.checkTime()
    const start = bytes.indexOf('stream', at)
    if (start < 0) return
    const from = start + (bytes[start + 6] === 0x0d ? 8 : 7)
    const end = bytes.indexOf('endstream', from)
    const stream = bytes.subarray(from, end < 0 ? undefined : end)
    try {
      const inflated = inflateSync(stream, { maxOutputLength: maximumInflated })
      inspection.budget.takeExpanded(inflated.length)
      checkActions(inflated.toString('latin1'), offset + from, reported, inspection)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('Z'))) {
        if (!(error instanceof RangeError)) throw error
      }
      inspection.incomplete('not scanned: objects of a PDF that are not compressed with Flate, or too large')
    }
    at = bytes.indexOf('/ObjStm', end < 0 ? bytes.length : end)
  }
}

const inspectPdf = (content: ByteSource, inspection: Inspection): void => {
  const reported = new Set<string>()
  if (content.size > inspection.limits.heldBytes) {
    inspection.incomplete('not scanned: a PDF that is too large to be held')
    return
  }
  const held = content.read(0, content.size)
  const bytes = Buffer.from(held.buffer, held.byteOffset, held.length)
  for (let offset = 0; offset < bytes.length; offset += windowLength) {
    inspection.budget.checkTime()
    const text = bytes.toString('latin1', offset, offset + windowLength + overlap)
    checkActions(text, offset, reported, inspection)
  }
  checkObjectStreams(bytes, 0, reported, inspection)
  if (/\/Encrypt(?=[\s/<])/.test(bytes.subarray(-8192).toString('latin1'))) {
    inspection.incomplete('not scanned: an encrypted PDF')
  }
}

/** A document in PDF. */
export const pdfFormat: Format = { name: 'pdf', title: 'PDF document', recognise: recognisePdf, inspect: inspectPdf }
