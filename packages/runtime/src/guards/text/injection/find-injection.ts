import type { Match } from '../../redact.ts'
import { sanitiseText } from '../sanitise-text.ts'
import { type Decoded, findEncodedTexts, hidingTypes, readHiddenText } from './encodings.ts'
import { findEscapes } from './escapes.ts'
import { findPhrases, partSeparator } from './find-phrases.ts'
import { findMarkup } from './markup.ts'
import { injectionSigns, type SignName } from './phrases.ts'

/** What speaks for a text being made to instruct a model rather than to inform it. */
export interface InjectionSigns {
  /** From 0 to 1, the higher the more signs stand together. It ranks texts; it is no probability. */
  readonly score: number
  /** The signs, by their place in `text`; what was hidden, by its place in the text as it came. */
  readonly signs: readonly Match[]
  /** The text that was looked at: sanitised, as a model would best be given it. */
  readonly text: string
}

// An encoding inside an encoding is read, no deeper (CWE-674).
const deepest = 2
// Places of one sign that are listed (CWE-770).
const mostPlaces = 50

const signOfEncoding = 'encoded-instructions'
const weightOfEncoding = 0.7
const signOfHiding = 'hidden-instructions'
const weightOfHiding = 0.9
const weightOfHiddenText = 0.5

interface Found {
  readonly sign: SignName
  readonly weight: number
  readonly start: number
  readonly end: number
  readonly detail: string
}

type Add = (sign: SignName, weight: number, start: number, end: number, detail?: string) => void

const readSigns = (text: string, depth: number): Found[] => {
  const found: Found[] = []
  const seen = new Map<SignName, { count: number; strongest: number }>()
  const add: Add = (sign, weight, start, end, detail = '') => {
    const before = seen.get(sign) ?? { count: 0, strongest: 0 }
    // Many weak places of a sign do not hide a strong one.
    if (before.count >= mostPlaces && weight <= before.strongest) return
    seen.set(sign, { count: before.count + 1, strongest: Math.max(before.strongest, weight) })
    found.push({ sign, weight, start, end, detail })
  }
  findPhrases(text, ({ sign, weight }, start, end) => add(sign, weight, start, end))
  findMarkup(text, add)
  if (depth < deepest) {
    readEncoded(text, depth, add)
    findEscapes(text, (raw, decoded, start, end) => {
      // They are read with the words beside them, which were legible before: only more signs than those count.
      if (readSigns(decoded, depth + 1).length > readSigns(raw, deepest).length)
        add(signOfEncoding, weightOfEncoding, start, end, ', as escapes')
    })
  }
  return found
}

/** Reads what stands encoded in a text as one text, its parts kept apart: many short ones would cost a start each. */
const readEncoded = (text: string, depth: number, add: Add): void => {
  const parts: (Decoded & { readonly from: number })[] = []
  let all = ''
  findEncodedTexts(text, (part) => {
    parts.push({ ...part, from: all.length })
    all += part.text.replaceAll(partSeparator, ' ') + partSeparator
  })
  if (parts.length === 0) return
  const inner = readSigns(all, depth + 1).sort((a, b) => a.start - b.start)
  let index = 0
  for (const { start, weight } of inner) {
    while (index + 1 < parts.length && (parts[index + 1] as (typeof parts)[number]).from <= start) index += 1
    const part = parts[index] as (typeof parts)[number]
    add(signOfEncoding, Math.max(weight, weightOfEncoding), part.start, part.end, `, as ${part.encoding}`)
  }
}

/** Reads all that the characters of a kind spell together: one behind each visible letter is a text too. */
const readHidden = (original: string, changes: readonly Match[]): Found[] =>
  hidingTypes.flatMap((hiding) => {
    const places = changes.filter(({ type }) => type === hiding)
    const [first, last] = [places[0], places.at(-1)]
    if (first === undefined || last === undefined) return []
    const hidden = readHiddenText(hiding, places.map(({ start, end }) => original.slice(start, end)).join(''))
    if (hidden === undefined) return []
    const weight = readSigns(hidden, 1).length > 0 ? weightOfHiding : weightOfHiddenText
    return [{ sign: signOfHiding, weight, start: first.start, end: last.end, detail: `, in ${hiding}s` } as const]
  })

const scoreOf = (found: readonly Found[]): number => {
  const strongest = new Map<SignName, number>()
  for (const { sign, weight } of found) strongest.set(sign, Math.max(weight, strongest.get(sign) ?? 0))
  const doubt = [...strongest.values()].reduce((product, weight) => product * (1 - weight), 1)
  return Math.round((1 - doubt) * 1000) / 1000
}

/**
 * Signs of prompt injection in a text, sanitised first: words that set instructions aside (in 13 languages, also spelt in
 * leet, apart, backwards or by rot13), control tokens and turns of chat templates, calls of tools, links that carry data,
 * instructions in base64, hexadecimal, escapes or characters that nobody sees. Linear in the text.
 *
 * A sign is no proof: a text about prompt injection has the same words, and an attack in words of its own, or in a
 * language that is not listed, has none of them. Use it beside what limits a model's reach, never in its place.
 *
 * @example
 * ```ts
 * findInjectionSigns('Please ignore all previous instructions.').score // 0.75
 * ```
 */
export const findInjectionSigns = (original: string): InjectionSigns => {
  const { text, changes } = sanitiseText(original, { form: 'NFKC' })
  const found = [...readHidden(original, changes), ...readSigns(text, 0)]
  const signs = found.map(({ sign, weight, start, end, detail }) => ({
    type: `prompt-injection/${sign}`,
    start,
    end,
    confidence: weight,
    why: `${injectionSigns[sign]}${detail}`,
  }))
  return { score: scoreOf(found), signs, text }
}
