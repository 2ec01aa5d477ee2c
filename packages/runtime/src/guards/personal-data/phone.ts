import { isAlphanumeric, isDigit } from './characters.ts'
import { isInternational, mayBeInternational } from './numbering-plans.ts'
import type { Recogniser, Report } from './recogniser.ts'

/** Telephone numbers. */
export const phone: Recogniser = {
  type: 'phone',
  name: 'telephone number',
  alone: 0.9,
  near: 0.97,
  context: [
    ...['phone', 'phones', 'telephone', 'tel', 'mobile', 'cell', 'cellphone', 'call', 'fax', 'whatsapp', 'sms', 'dial'],
    ...['contact', 'reach me', 'telefon', 'telefonnummer', 'handy', 'handynummer', 'mobil', 'mobilnummer', 'rufnummer'],
    ...['anrufen', 'ruf', 'durchwahl', 'telefax', 'telephone', 'portable', 'appeler', 'appelez', 'numero de telephone'],
    ...['telefono', 'movil', 'celular', 'llamar', 'llame', 'cellulare', 'chiamare', 'chiami', 'telefone', 'telemovel'],
    ...['ligue', 'ligar', 'telefoon', 'telefoonnummer', 'mobiel', 'bel', 'komorka', 'komorkowy', 'numer telefonu'],
    ...['puhelin', 'matkapuhelin', 'telefonnr', 'mob', 'тел', 'телефон', 'телефона', 'мобильный', 'мобільний'],
    ...['电话', '手机', '電話', '電話番号', '携帯', '전화', '전화번호', '휴대폰', '联系电话'],
  ],
  source: 'ITU-T E.164; the numbering plans of libphonenumber',
}

const shortestNumber = 7
// E.164 allows 15 digits; a prefix of two or three may stand before them.
const longestNumber = 17
const longestWritten = 32

/** Ends of the groups of digits that start at a place, with the digits read so far. */
interface Reading {
  readonly ends: { readonly end: number; readonly digits: string }[]
  /** Where the reading stopped. */
  readonly end: number
}

const separators = ' -./()'
// A zero in brackets, as in +44 (0)20, is dialled only inside the country.
const trunkZero = '(0)'

const readDigits = (text: string, start: number): Reading => {
  const ends: { end: number; digits: string }[] = []
  let digits = ''
  let at = start
  const limit = Math.min(text.length, start + longestWritten)
  while (at < limit && digits.length <= longestNumber) {
    const unit = text.charCodeAt(at)
    if (isDigit(unit)) {
      digits += text[at]
      at += 1
      if (at >= text.length || !isDigit(text.charCodeAt(at))) ends.push({ end: at, digits })
    } else if (text.startsWith(trunkZero, at) && digits.length > 0) at += trunkZero.length
    else if (separators.includes(text[at] as string) && !(unit === 0x20 && text.charCodeAt(at - 1) === 0x20)) at += 1
    else break
  }
  return { ends, end: at }
}

const extension = / ?(?:x|ext\.? ?)\d{1,6}(?![A-Za-z\d])/y

/** Where a number ends whose digits end at a place: after its extension; undefined when a longer word goes on. */
const endOfNumber = (text: string, at: number): number | undefined => {
  extension.lastIndex = at
  if (extension.test(text)) return extension.lastIndex
  return at < text.length && isAlphanumeric(text.charCodeAt(at)) ? undefined : at
}

/** Reports the longest number among the readings. */
const reportLongest = (
  text: string,
  start: number,
  { ends }: Reading,
  accepts: (digits: string) => boolean,
  report: Report,
  alone: number,
): boolean => {
  for (let index = ends.length - 1; index >= 0; index -= 1) {
    const { end, digits } = ends[index] as Reading['ends'][number]
    if (digits.length < shortestNumber || digits.length > longestNumber || !accepts(digits)) continue
    const last = endOfNumber(text, end)
    if (last === undefined) continue
    report(phone, start, last, alone)
    return true
  }
  return false
}

// Numbers of films and examples, and of plans younger than the library.
const confidenceOfLength = 0.65

/** What became of a search, and where the next one begins. */
interface Search {
  readonly isFound: boolean
  readonly end: number
}

/** Reports the number with a calling code after the + at a place. */
export const findInternationalPhone = (text: string, plus: number, report: Report): Search => {
  let first = plus + 1
  if (text[first] === '(' || text[first] === ' ') first += 1
  if (first >= text.length || !isDigit(text.charCodeAt(first))) return { isFound: false, end: plus + 1 }
  const reading = readDigits(text, first)
  const isFound =
    reportLongest(text, plus, reading, isInternational, report, phone.alone) ||
    reportLongest(text, plus, reading, mayBeInternational, report, confidenceOfLength)
  return { isFound, end: isFound ? reading.end : first + 1 }
}

/** The same after 00, the prefix of most countries for calls abroad. */
export const findPrefixedPhone = (text: string, start: number, report: Report): void => {
  const reading = readDigits(text, start)
  const isDialled = (digits: string): boolean => digits.length > 9 && isInternational(digits.slice(2))
  const mayBeDialled = (digits: string): boolean => mayBeInternational(digits.slice(2))
  if (!reportLongest(text, start, reading, isDialled, report, 0.6))
    reportLongest(text, start, reading, mayBeDialled, report, 0.4)
}

/** Where a national number that begins with this digit is written from: an open bracket or a + belongs to it. */
const withBracket = (text: string, start: number): number => (text[start - 1] === '(' ? start - 1 : start)

/** Reports the number without a calling code that starts at a place; the caller has seen a word that speaks for one. */
export const findNationalPhone = (
  text: string,
  start: number,
  accepts: (digits: string) => boolean,
  report: Report,
): Search => {
  const reading = readDigits(text, start)
  const isFound = reportLongest(text, withBracket(text, start), reading, accepts, report, 0.3)
  return { isFound, end: reading.end }
}

const end = '(?![\\dA-Za-z]|[-.]\\d)'
const americanLayout = new RegExp(
  `(?:1[-. ])?(?:\\([2-9]\\d\\d\\) ?|[2-9]\\d\\d[-. ])[2-9]\\d\\d[-. ]\\d{4}(?:x\\d{1,6})?${end}`,
  'y',
)

/** Reports the number of North America written in its own layout, which needs no word beside it. */
export const findAmericanPhone = (text: string, start: number, report: Report): void => {
  const from = withBracket(text, start)
  americanLayout.lastIndex = from
  if (americanLayout.test(text)) report(phone, from, americanLayout.lastIndex, 0.7)
}

const trunkLayouts = [
  '0[1-9](?:[ .]\\d\\d){4}', // France
  '0(?:7\\d{3} \\d{6}|7\\d{3} \\d{3} \\d{3}|20 \\d{4} \\d{4})', // United Kingdom
  '0(?:10|[789]0)-\\d{4}-\\d{4}', // Korea, Japan
  '01[567]\\d[ /-]?\\d{7,8}', // Germany
]
const trunkLayout = new RegExp(`(?:${trunkLayouts.join('|')})${end}`, 'y')

/** Reports the number that begins with the zero of calls inside a country, in a layout that nothing else has. */
export const findTrunkPhone = (text: string, start: number, report: Report): void => {
  trunkLayout.lastIndex = start
  if (trunkLayout.test(text)) report(phone, start, trunkLayout.lastIndex, 0.6)
}
