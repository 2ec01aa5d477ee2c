import { findWrittenBirthDate, writtenBirthDate } from './birth-date.ts'
import type { ScanWork } from './candidates.ts'
import { isDigit } from './characters.ts'
import { findEmail } from './email.ts'
import { findIban } from './iban.ts'
import { findGroupedNumbers } from './layouts.ts'
import { findName } from './name.ts'
import { findColonAddress, findIpv4, findMacAddress } from './network.ts'
import {
  findAmericanPhone,
  findInternationalPhone,
  findNationalPhone,
  findPrefixedPhone,
  findTrunkPhone,
  phone,
} from './phone.ts'
import { findGermanAddress, findPostalAddress, isGermanStreetEnd, shortestGermanStreet } from './postal-address.ts'
import type { Report, ReportReadings } from './recogniser.ts'
import type { Scanner } from './scanner.ts'
import type { Columns } from './table.ts'
import { findMachineReadableZone } from './travel-document.ts'
import { findWallet } from './wallet.ts'

// How far after a word that speaks of telephones a number without calling code is looked for.
const phoneReach = 40
const birthReach = 40
const never = -1

const unitOf = { zero: 0x30, one: 0x31, dot: 0x2e, hyphen: 0x2d, space: 0x20, bracket: 0x29 } as const

/** Whether the digits at a place are the tail of a number: its decimals, its next group. */
const isTail = (text: string, start: number): boolean => {
  const before = text.charCodeAt(start - 1)
  return (before === unitOf.dot || before === unitOf.hyphen) && isDigit(text.charCodeAt(start - 2))
}

/** What the scan met, for the recognisers that care. */
export interface Triggers {
  phrase(start: number, end: number, id: number): void
  /** A word of ASCII. */
  word(start: number, end: number, hasDigit: boolean): void
  /** The end of a word of any script, and its last unit. */
  wordEnd(start: number, end: number, last: number): void
  cell(start: number): void
  at(place: number): void
  plus(place: number): void
  colon(place: number): void
  lessThan(place: number): void
}

/** The recognisers that a scanner wants, over one text. Each remembers how far it has read, so that nothing is read for ever. */
export const createTriggers = (
  text: string,
  { wants, layouts, phrases, names, streets, isNationalPhone }: Scanner,
  columns: Columns,
  report: Report,
  reportReadings: ReportReadings,
  work: ScanWork,
): Triggers => {
  const phonePhrases = phrases.of.get(phone)
  const birthPhrases = phrases.of.get(writtenBirthDate)
  const { headerEnd } = columns
  let phoneUntil = never
  let phoneRead = 0
  let birthUntil = 0
  let nameRead = 0
  let addressRead = 0
  let colonRead = 0
  let zoneRead = 0

  const isPhoneExpected = (start: number): boolean =>
    start < phoneUntil || (start >= headerEnd && columns.count > 0 && columns.speaksFor(columns.current, phonePhrases))

  const findPhone = (start: number, end: number): void => {
    const [length, next] = [end - start, text.charCodeAt(end)]
    const isAreaCode =
      length === 3 &&
      (next === unitOf.bracket || next === unitOf.space || next === unitOf.hyphen || next === unitOf.dot)
    const isLongDistance = length === 1 && text.charCodeAt(start) === unitOf.one && next !== unitOf.bracket
    if (isAreaCode || isLongDistance) findAmericanPhone(text, start, report)
    if (text.charCodeAt(start) === unitOf.zero && start >= phoneRead) {
      if (text.charCodeAt(start + 1) === unitOf.zero) findPrefixedPhone(text, start, report)
      else findTrunkPhone(text, start, report)
    }
    if (start < phoneRead || !isPhoneExpected(start)) return
    const read = findNationalPhone(text, start, isNationalPhone, report)
    work.steps += read.end - start
    phoneRead = read.end
    // One word speaks for one number.
    if (read.isFound) phoneUntil = never
  }

  return {
    phrase: (start, end, id) => {
      if (start < headerEnd) columns.addPhrase(id)
      if (phonePhrases?.has(id)) phoneUntil = end + phoneReach
      if (wants.birth && end >= birthUntil && birthPhrases?.has(id)) {
        birthUntil = end + birthReach
        work.steps += birthReach
        findWrittenBirthDate(text, end, report)
      }
      if (start >= nameRead && names.has(id)) {
        work.steps += 1
        nameRead = findName(text, phrases.phrases[id] as string, start, end, report)
      }
      if (start >= addressRead && streets.has(id)) {
        work.steps += 1
        addressRead = findPostalAddress(text, start, end, report)
      }
    },
    word: (start, end, hasDigit) => {
      const length = end - start
      if (hasDigit || (layouts.startsWithLetters[length] && isDigit(text.charCodeAt(end + 1))))
        work.steps += findGroupedNumbers(layouts, text, start, reportReadings)
      const next = text.charCodeAt(end)
      if (wants.macAddress && ((length === 2 && next === unitOf.hyphen) || (length === 4 && next === unitOf.dot)))
        findMacAddress(text, start, report)
      if (!hasDigit) return
      if (isDigit(text.charCodeAt(start))) {
        if (wants.ipv4 && length <= 3 && next === unitOf.dot) findIpv4(text, start, report)
        if (wants.phone && !isTail(text, start)) findPhone(start, end)
      } else if (wants.iban) work.steps += findIban(text, start, report)
      if (wants.wallet) findWallet(text, start, end, report)
    },
    wordEnd: (start, end, last) => {
      if (wants.address && end - start >= shortestGermanStreet && isGermanStreetEnd(last))
        findGermanAddress(text, start, end, report)
    },
    cell: (start) => {
      if (wants.birth && columns.speaksFor(columns.current, birthPhrases)) findWrittenBirthDate(text, start, report)
    },
    at: (place) => {
      if (wants.email) work.steps += findEmail(text, place, report)
    },
    plus: (place) => {
      if (!wants.phone || place < phoneRead) return
      const read = findInternationalPhone(text, place, report)
      work.steps += read.end - place
      phoneRead = read.end
      if (read.isFound) phoneUntil = never
    },
    colon: (place) => {
      if (!(wants.macAddress || wants.ipv6) || place < colonRead) return
      const end = findColonAddress(text, place, colonRead, report)
      work.steps += end - colonRead
      colonRead = end
    },
    lessThan: (place) => {
      if (!wants.zone || place < zoneRead) return
      zoneRead = findMachineReadableZone(text, place, zoneRead, report)
    },
  }
}
