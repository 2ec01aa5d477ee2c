import { isDay, twoDigits } from './check-digits.ts'
import type { GroupedNumber, Recogniser, Report } from './recogniser.ts'

/** The machine-readable zone of passports, visas and identity cards. */
export const machineReadableZone: Recogniser = {
  type: 'mrz',
  name: 'machine-readable zone',
  alone: 0.97,
  near: 0.99,
  context: ['passport', 'mrz', 'visa', 'reisepass', 'passeport', 'pasaporte'],
  source: 'ICAO Doc 9303 parts 3 to 7',
}

const weights = [7, 3, 1]

const valueOfUnit = (unit: number): number => (unit === 0x3c ? 0 : unit <= 0x39 ? unit - 0x30 : unit - 0x37)

/** Whether the character after a field is its check digit (Doc 9303-3 §4.9). */
const isChecked = (line: string, start: number, end: number): boolean => {
  let sum = 0
  for (let at = start; at < end; at += 1)
    sum += valueOfUnit(line.charCodeAt(at)) * (weights[(at - start) % 3] as number)
  return valueOfUnit(line.charCodeAt(end)) === sum % 10
}

const isDate = (line: string, at: number): boolean => isDay(twoDigits(line, at + 2), twoDigits(line, at + 4))

/** A format of Doc 9303: the length of its lines, and where its checked fields stand. */
interface Format {
  readonly length: number
  readonly lines: number
  readonly first: RegExp
  readonly accepts: (lines: readonly string[]) => boolean
}

const formats: readonly Format[] = [
  // TD3, passports, and visas of format A.
  {
    length: 44,
    lines: 2,
    first: /^[PV][A-Z<][A-Z<]{3}/,
    accepts: ([, second = '']) =>
      isChecked(second, 0, 9) && isChecked(second, 13, 19) && isChecked(second, 21, 27) && isDate(second, 13),
  },
  // TD2 and visas of format B.
  {
    length: 36,
    lines: 2,
    first: /^[ACIPV][A-Z<][A-Z<]{3}/,
    accepts: ([, second = '']) => isChecked(second, 0, 9) && isChecked(second, 13, 19) && isChecked(second, 21, 27),
  },
  // TD1, cards.
  {
    length: 30,
    lines: 3,
    first: /^[ACI][A-Z0-9<][A-Z<]{3}/,
    accepts: ([first = '', second = '']) =>
      isChecked(first, 5, 14) && isChecked(second, 0, 6) && isChecked(second, 8, 14),
  },
]

const longestLine = 44
const isZoneUnit = (unit: number): boolean =>
  unit === 0x3c || (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x5a)

const lineBreak = /\r?\n[ \t]{0,8}/y

/** The lines of a zone that starts at a place. */
const readLines = (text: string, start: number, { length, lines }: Format): { lines: string[]; end: number } => {
  const read: string[] = []
  let at = start
  for (let index = 0; index < lines; index += 1) {
    let end = at
    while (end < text.length && end - at <= length && isZoneUnit(text.charCodeAt(end))) end += 1
    // In a page, the last line's neighbour is the bracket of a closing tag.
    if (end - at === length + 1 && text.startsWith('</', at + length)) end -= 1
    if (end - at !== length) return { lines: [], end }
    read.push(text.slice(at, end))
    lineBreak.lastIndex = end
    at = lineBreak.test(text) ? lineBreak.lastIndex : end
    if (index === lines - 1) return { lines: read, end }
  }
  return { lines: [], end: at }
}

/**
 * Reports the zone whose first line has a filler character at a place.
 *
 * @param from nothing before it is read again.
 * @returns where the line ends.
 */
export const findMachineReadableZone = (text: string, filler: number, from: number, report: Report): number => {
  let start = filler
  while (start > from && filler - start <= longestLine && isZoneUnit(text.charCodeAt(start - 1))) start -= 1
  let end = filler
  while (end < text.length && end - start <= longestLine && isZoneUnit(text.charCodeAt(end))) end += 1
  const format = formats.find(({ length }) => length === end - start)
  if (format?.first.test(text.slice(start, start + 5))) {
    const zone = readLines(text, start, format)
    if (zone.lines.length > 0 && format.accepts(zone.lines)) {
      report(machineReadableZone, start, zone.end)
      return zone.end
    }
  }
  return end
}

// What the large issuers print; a word beside it has to say that it is a passport.
const passportForms = [
  /^\d{9}$/, // United States, United Kingdom, many others
  /^[A-Z]\d{6,8}$/, // United States since 2021, India, China, Korea, Australia
  /^[A-Z]{2}\d{6,7}$/, // Canada, France's older ones, Japan, Italy, Poland, Russia's foreign ones
  /^[A-Z]{3}\d{6}$/, // Spain
  /^\d{2}[A-Z]{2}\d{5}$/, // France
  /^[CFGHJK][CFGHJKLMNPRTVWXYZ0-9]{7,8}\d?$/, // Germany
  /^[A-NP-Z]{2}[A-NP-Z0-9]{6}\d$/, // Netherlands
  /^\d{8}$/,
  /^[A-Z](?=(?:[A-Z]*\d){4})[A-Z0-9]{8}$/, // Doc 9303-4: nine characters
]
const hasThreeDigits = /\d.*\d.*\d/

/** Passport numbers; only their context tells them from other numbers. */
export const passport: GroupedNumber = {
  type: 'passport',
  name: 'passport number',
  layouts: ['X7', 'X8', 'X9', 'X10', '8', '9', 'A1 7', 'A1 8', 'A2 7', 'A2 6', '2 7', 'A1-7'],
  accepts: (value) => hasThreeDigits.test(value) && passportForms.some((form) => form.test(value)),
  alone: 0.05,
  near: 0.9,
  context: [
    ...['passport', 'passports', 'travel document', 'reisepass', 'reisepassnummer', 'passnummer', 'pass nr'],
    ...['passeport', 'pasaporte', 'passaporto', 'passaporte', 'paspoort', 'paspoortnummer', 'paszport', 'paszportu'],
    ...['passi', 'pass nummer', 'паспорт', 'паспорта', '护照', '護照', '旅券', 'パスポート', '여권'],
  ],
  source: 'ICAO Doc 9303-4; the issuing authorities',
}
