import type { Recogniser, Report } from './recogniser.ts'

/** Streets with house numbers, with the place where it follows. */
export const postalAddress: Recogniser = {
  type: 'postal-address',
  name: 'postal address',
  alone: 0.6,
  near: 0.6,
  context: [],
  source: 'UPU S42; the customs of the languages listed',
}

/** The words around which {@link findPostalAddress} looks. */
export const streetWords: readonly string[] = [
  ...['street', 'st', 'avenue', 'ave', 'road', 'rd', 'lane', 'ln', 'drive', 'dr', 'boulevard', 'blvd', 'court', 'ct'],
  ...['way', 'place', 'pl', 'square', 'terrace', 'highway', 'close', 'crescent', 'rue', 'allee', 'chemin', 'impasse'],
  ...['calle', 'avenida', 'plaza', 'paseo', 'via', 'viale', 'piazza', 'corso', 'rua', 'travessa', 'ulica', 'ul'],
]

const word = "(?:\\p{Lu}\\p{L}{0,2}\\.|[\\p{Lu}\\d](?:[\\p{L}\\p{M}\\d]|['’-](?=\\p{L})){0,30})"
// "221B Baker Street": the number and the name stand before the word.
const houseNumber = /^\d{1,5}[A-Za-z]?,?$/
const numberAndName = new RegExp(`^\\d{1,5}[A-Za-z]?,? (?:(?:${word}|de|la|du|des) ){1,4}$`, 'u')
// "12 rue de la Paix", "Calle Mayor 5", "Via Roma, 12".
const nameAfter = new RegExp(
  `^ (?:(?:de|du|des|del|della|dei|la|las|los|le|les|l'|d'|da|do|dos) ?){0,2}(?:${word}[ -]?){1,4}`,
  'u',
)
const numberJustBefore = /(?<![\d.,])\d{1,5}(?: ?(?:bis|ter|[A-Da-d]))?,? $/
const numberInside = /,? ?\d{1,5}[A-Za-z]?$/
const numberAfter = /^,? ?(?:n[º°.]? ?)?\d{1,5}[A-Za-z]?(?![\d-])/
const place = new RegExp(
  `^(?: [NSEW]{1,2}(?![\\p{L}]))?\\.?(?:,? (?:Apt|Suite|Unit|Flat|#)\\.? ?\\w{1,6})?,?\\s{1,2}(?:(?:[A-Z]-)?\\d{4,5}(?:-\\d{3,4})?(?: [A-Z]{2})? ${word}(?: ${word}){0,2}|${word}(?: ${word}){0,2},? ?(?:[A-Z]{2} \\d{5}(?:-\\d{4})?|[A-Z]{1,2}\\d[A-Z\\d]? \\d[A-Z]{2}))`,
  'u',
)
const reachBeforeName = 12
const reachAfterName = 16
const reachAfter = 80
const germanEndings = /(?:straße|strasse|str|weg|platz|allee|gasse|ring|damm|ufer)$/

/** The shortest word that {@link findGermanAddress} is asked about: "Amweg". */
export const shortestGermanStreet = 5
const lastLetters = new Uint8Array(128)
for (const letter of 'egzrm') lastLetters[letter.charCodeAt(0)] = 1

/** Whether a word that ends in this letter can be a German street. */
export const isGermanStreetEnd = (unit: number): boolean => unit < 128 && lastLetters[unit] === 1

const withPlace = (text: string, end: number): { end: number; confidence: number } => {
  const found = place.exec(text.slice(end, end + reachAfter))
  return found === null ? { end, confidence: postalAddress.alone } : { end: end + found[0].length, confidence: 0.85 }
}

const capital = /^\p{Lu}/u
const space = 0x20
const mostWordsOfName = 4
const longestWord = 32

/** Where the number stands that a street's name follows, as in "221B Baker Street"; -1 when there is none. */
const numberOfStreet = (text: string, wordStart: number): number => {
  let end = wordStart - 1
  for (let words = 0; words <= mostWordsOfName; words += 1) {
    if (end < 1 || text.charCodeAt(end) !== space) return -1
    let start = end
    while (start > 0 && end - start < longestWord && !(text.charCodeAt(start - 1) <= space)) start -= 1
    // "12 Place" alone is no address: the street has a name.
    if (words > 0 && houseNumber.test(text.slice(start, end)))
      return numberAndName.test(text.slice(start, wordStart)) ? start : -1
    end = start - 1
  }
  return -1
}

/**
 * Reports the address around a word for a street.
 *
 * @returns where the reading of it stopped.
 */
export const findPostalAddress = (text: string, wordStart: number, wordEnd: number, report: Report): number => {
  const isCapital = capital.test(text[wordStart] as string)
  const named = isCapital ? numberOfStreet(text, wordStart) : -1
  if (named >= 0) {
    const { end, confidence } = withPlace(text, wordEnd)
    report(postalAddress, named, end, confidence)
    return end
  }
  if (text.charCodeAt(wordEnd) !== space) return wordEnd
  const name = nameAfter.exec(text.slice(wordEnd, wordEnd + reachAfter))?.[0].trimEnd()
  if (name === undefined) return wordEnd
  const nameEnd = wordEnd + name.length
  const number = numberJustBefore.exec(text.slice(Math.max(0, wordStart - reachBeforeName), wordStart))
  if (number !== null) {
    const { end, confidence } = withPlace(text, nameEnd)
    report(postalAddress, wordStart - number[0].length, end, confidence)
    return end
  }
  const inside = numberInside.test(name)
  const following = numberAfter.exec(text.slice(nameEnd, nameEnd + reachAfterName))
  if (!inside && following === null) return wordEnd
  const { end, confidence } = withPlace(text, nameEnd + (inside ? 0 : (following?.[0].length ?? 0)))
  report(postalAddress, wordStart, end, confidence)
  return end
}

/** Reports the German address whose street is one word: "Musterstraße 12, 10115 Berlin". */
export const findGermanAddress = (text: string, wordStart: number, wordEnd: number, report: Report): void => {
  if (!germanEndings.test(text.slice(Math.max(wordStart, wordEnd - 8), wordEnd))) return
  if (!capital.test(text[wordStart] as string)) return
  const dotted = text[wordEnd] === '.' ? wordEnd + 1 : wordEnd
  const number = /^ \d{1,4} ?[a-z]?(?![\w-])/.exec(text.slice(dotted, dotted + 8))
  if (number === null) return
  const { end, confidence } = withPlace(text, dotted + number[0].trimEnd().length)
  report(postalAddress, wordStart, end, confidence)
}
