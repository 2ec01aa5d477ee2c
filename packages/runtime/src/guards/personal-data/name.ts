import { type Gap, nobody, type Opening, openings } from './name-openings.ts'
import type { Recogniser, Report } from './recogniser.ts'

/** Names of people, by the words before them. */
export const personName: Recogniser = {
  type: 'name',
  name: 'name of a person',
  alone: 0.7,
  near: 0.7,
  context: [],
  source: 'the customs of the languages listed',
}

/** The phrases after which {@link findName} looks. */
export const nameOpenings: readonly string[] = openings.flatMap(({ phrases }) => phrases)

const openingOf: ReadonlyMap<string, Opening> = new Map(
  openings.flatMap((opening) => opening.phrases.map((phrase) => [phrase, opening])),
)

const gaps: Readonly<Record<Gap, RegExp>> = {
  'a space': /[.,]?[ \t]{1,3}(?:\w{1,8}\. )?/y,
  'a sign': /["']?\s{0,3}[:=][ \t]{0,8}["']?/y,
  'a line': /,?[ \t]{0,3}(?:\r?\n[ \t]{0,8}){1,3}/y,
  'a space or a colon': /:?[ \t]{1,3}(?:\w{1,8}\. )?/y,
}

// A word, or an initial or abbreviation with its dot.
const namePart = "(?:\\p{Lu}\\p{L}?\\.|\\p{Lu}(?:\\p{L}|\\p{M}|['’-](?=\\p{L})){0,30})"
const particles = [
  'van der|van den|van de|van|von der|von|vom|zu|de la|de los|de|del|della|di|da|dos|du|el|al|bin|ibn|ter|ten|y|le|la',
  'af|av',
].join('|')
const title = '(?:(?:Mr|Mrs|Ms|Dr|Prof|Herr|Herrn|Frau|Sr|Sra|Mme|M|Dipl|Ing)\\.? )'
const personForm = new RegExp(`${title}{0,2}(${namePart}(?: (?:(?:${particles}) )?${namePart}){0,3})`, 'uy')
// The longest gap, two titles, and four parts with particles between.
const windowLength = 160
const isLower = /^\p{Ll}/u
const firstWord = /^[\p{L}\p{M}]+/u

const isPerson = (words: string, { isUncertain }: Opening): boolean => {
  const first = firstWord.exec(words)?.[0].toLowerCase() ?? ''
  return first.length > 0 && !nobody.has(first) && (!isUncertain || words.includes(' '))
}

/**
 * Reports the name after an opening that ends at a place.
 *
 * @returns where the reading of it stopped: another opening before there is a part of this name.
 */
export const findName = (text: string, phrase: string, phraseStart: number, end: number, report: Report): number => {
  const opening = openingOf.get(phrase)
  if (opening === undefined) return end
  if (opening.isCapitalised && isLower.test(text[phraseStart] as string)) return end
  const gap = gaps[opening.gap]
  const window = text.slice(end, end + windowLength)
  gap.lastIndex = 0
  if (!gap.test(window)) return end
  personForm.lastIndex = gap.lastIndex
  const found = personForm.exec(window)
  if (found === null) return end
  const words = found[1] as string
  const start = end + found.index + found[0].length - words.length
  if (isPerson(words, opening)) report(personName, start, start + words.length, opening.confidence)
  return start + words.length
}
