import type { Match } from '../redact.ts'
import { type DisguiseOptions, findDisguises } from './find-disguises.ts'
import { replaceLookAlikes } from './look-alikes.ts'

/** The form of Unicode that a text is brought to (UAX #15). NFKC also unites letters that differ in style only (ﬁ, 𝐚, ａ). */
export type NormalForm = 'NFC' | 'NFKC'

/** How a text is made plain. */
export interface SanitiseOptions extends DisguiseOptions {
  /** `NFC` by default. */
  readonly form?: NormalForm
}

/** A text made plain. */
export interface SanitisedText {
  readonly text: string
  /** What was taken out or replaced, by its place in the text as it came. */
  readonly changes: readonly Match[]
  /** Whether normalisation changed what the other changes had left. */
  readonly isNormalised: boolean
}

const replacementCharacter = 0xfffd

/** Written unit by unit: as many short strings as a hostile text has changes would take several times as long. */
const withChanges = (text: string, changes: readonly Match[]): string => {
  const units = new Uint16Array(text.length)
  let length = 0
  const write = (from: string, start: number, end: number): void => {
    for (let at = start; at < end; at += 1) units[length + at - start] = from.charCodeAt(at)
    length += end - start
  }
  let read = 0
  for (const { type, start, end } of changes) {
    write(text, read, start)
    if (type === 'look-alike') {
      const plain = replaceLookAlikes(text.slice(start, end))
      write(plain, 0, plain.length)
    } else if (type === 'lone-surrogate') {
      units.fill(replacementCharacter, length, length + end - start)
      length += end - start
    }
    read = end
  }
  write(text, read, text.length)
  return Buffer.from(units.buffer, 0, length * 2).toString('utf16le')
}

/**
 * The text as a reader sees it: hidden and reordering characters taken out, look-alikes in Latin words replaced by the
 * letters they imitate, half characters by U+FFFD; then normalised. What scripts and emoji need stays. Linear in the text.
 *
 * @example
 * ```ts
 * sanitiseText('p\u0430y\u200bpal').text // 'paypal', in Latin letters
 * ```
 */
export const sanitiseText = (text: string, options: SanitiseOptions = {}): SanitisedText => {
  const changes = findDisguises(text, options)
  const plain = changes.length === 0 ? text : withChanges(text, changes)
  const normalised = plain.normalize(options.form ?? 'NFC')
  return { text: normalised, changes, isNormalised: normalised !== plain }
}
