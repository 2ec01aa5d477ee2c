import type { Inspection } from '../inspection.ts'
import { excerpt } from './indicator.ts'
import { programIndicators } from './programs.ts'
import { textRules } from './rules.ts'

/** Layers of encoding that are undone (CWE-674). */
const maximumLayers = 4

/** Runs that are decoded in one text, and how much of each: a table of embeddings in base64 is not looked at whole. */
const maximumRuns = 200
const maximumRunLength = 1 << 16

const encodings: readonly (readonly [name: string, pattern: RegExp, decode: (run: string) => Buffer])[] = [
  ['base64', /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{16,}={0,2}/g, (run) => Buffer.from(run, 'base64')],
  ['hexadecimal', /(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}){12,}/g, (run) => Buffer.from(run, 'hex')],
  ['\\x escapes', /(?:\\x[0-9A-Fa-f]{2}){8,}/g, (run) => Buffer.from(run.replaceAll('\\x', ''), 'hex')],
]

// Decoded statements are shorter than what a description could hold by accident, so a single call is enough.
const shortStatement = /\bprint\(|\bimport \w|\b(?:def|lambda) |\bsystem\(|\/bin\/(?:ba)?sh\b|\bpowershell\b/

const programOf = (bytes: Buffer): string | undefined => {
  if (bytes.subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1'))) return 'an ELF program'
  if (bytes[0] === 0x4d && bytes[1] === 0x5a && bytes.includes('This program cannot')) return 'a Windows program'
  // PROTO, then FRAME or something that a pickle begins with, and STOP at the end.
  if (bytes[0] === 0x80 && (bytes[1] ?? 9) >= 2 && (bytes[1] ?? 9) <= 5 && bytes.at(-1) === 0x2e) return 'a pickle'
  return undefined
}

const textOf = (bytes: Buffer): string | undefined => {
  const text = bytes.toString('latin1')
  return /^[\t\n\r\x20-\x7e]+$/.test(text) ? text : undefined
}

/** What a decoded run turns out to be. */
const meaningOf = (bytes: Buffer, layer: number): string | undefined => {
  const program = programOf(bytes)
  if (program !== undefined) return program
  const text = textOf(bytes)
  if (text === undefined) return undefined
  const indicator = programIndicators.find(({ pattern }) => text.search(pattern) >= 0)
  if (indicator !== undefined) return indicator.what
  if (shortStatement.test(text)) return 'program text'
  return layer < maximumLayers ? encodedPrograms(text, layer + 1)[0]?.meaning : undefined
}

const encodedPrograms = (text: string, layer: number): { encoding: string; run: string; meaning: string }[] => {
  const found = []
  for (const [encoding, pattern, decode] of encodings) {
    let runs = 0
    for (const [run] of text.matchAll(pattern)) {
      runs += 1
      if (runs > maximumRuns) break
      const meaning = meaningOf(decode(run.slice(0, maximumRunLength)), layer)
      if (meaning !== undefined) found.push({ encoding, run, meaning })
    }
  }
  return found
}

/** Decodes what is encoded in a text and reports what turns out to be a program. */
export const checkEncoded = (text: string, inspection: Inspection, inside?: string): void => {
  for (const { encoding, run, meaning } of encodedPrograms(text, 1)) {
    inspection.report({
      rule: textRules['encoded-program'],
      message: `expected readable text, found ${encoding} that decodes to ${meaning}`,
      inside,
      evidence: { encoding, found: excerpt(run), meaning },
    })
  }
}
