import { isAlphanumeric, isDigit } from './characters.ts'
import { isDay } from './check-digits.ts'
import type { GroupedNumber, Recogniser, Report } from './recogniser.ts'

const birthContext = [
  ...[
    'birth',
    'born',
    'dob',
    'birthday',
    'birthdate',
    'date of birth',
    'd o b',
    'geboren',
    'geburtsdatum',
    'geburtstag',
  ],
  ...['geb', 'naissance', 'ne le', 'nee le', 'ne', 'nee', 'nacimiento', 'nacido', 'nacida', 'nascita', 'nato', 'nata'],
  ...['nascimento', 'nascido', 'nascida', 'geboortedatum', 'geboorte', 'urodzenia', 'urodzony', 'urodzona', 'fodt'],
  ...[
    'født',
    'fodelsedatum',
    'fodd',
    'syntynyt',
    'syntymaaika',
    'рождения',
    'родился',
    'родилась',
    '生年月日',
    '出生',
    '생년월일',
  ],
]

const isBirthYear = (year: number): boolean => year >= 1890 && year <= 2099

const readings: readonly ((value: string) => readonly [year: number, month: number, day: number])[] = [
  (value) => [Number(value.slice(0, 4)), Number(value.slice(4, 6)), Number(value.slice(6))],
  (value) => [Number(value.slice(-4)), Number(value.slice(2, 4)), Number(value.slice(0, 2))],
  (value) => [Number(value.slice(-4)), Number(value.slice(0, 2)), Number(value.slice(2, 4))],
]

const isDate = (value: string): boolean =>
  readings.some((read) => {
    const [year, month, day] = read(value)
    return isBirthYear(year) && isDay(month, day)
  })

/** Dates in digits; only their context tells a birthday from another day. */
export const birthDate: GroupedNumber = {
  type: 'date-of-birth',
  name: 'date of birth',
  layouts: ['4-2-2', '4/2/2', '4.2.2', '2/2/4', '2.2.4', '2-2-4', '2 2 4', '8'],
  accepts: isDate,
  alone: 0.05,
  near: 0.9,
  context: birthContext,
  source: 'ISO 8601-1; the customs of the languages listed',
}

/** The same with days, months or years of fewer digits. */
export const shortBirthDate: GroupedNumber = {
  ...birthDate,
  layouts: ['1/1/4', '1/2/4', '2/1/4', '1.1.4', '1.2.4', '2.1.4', '1-1-4', '1-2-4', '2-1-4', '2/2/2', '2.2.2', '2-2-2'],
  accepts: (value) => value.length >= 6,
  near: 0.85,
}

const months = [
  ...['jan(?:uary|uar|vier|uari)?', 'feb(?:ruary|ruar|ruari)?', 'f[eé]v(?:rier)?', 'm(?:ar(?:ch|s|zo)?|ärz|aart|rz)'],
  ...[
    'ap?r(?:il|ile)?',
    'avr(?:il)?',
    'abr(?:il)?',
    'ma(?:y|i|yo|ggio|io|j)',
    'jun[ie]?o?',
    'juin',
    'jul[iy]?o?',
    'juillet',
  ],
  ...[
    'giugno',
    'luglio',
    'aug(?:ust|ustus)?',
    'ao[uû]t',
    'ago(?:sto)?',
    'sep(?:t(?:ember|embre|iembre)?)?',
    'settembre',
  ],
  ...['setembro', 'o[ck]t(?:ober|obre|ubre)?', 'ottobre', 'outubro', 'nov(?:ember|embre|iembre|embro)?'],
  ...['de[cz](?:ember|embre|iembre|embro)?', 'd[eé]c(?:embre)?', 'dic(?:iembre|embre)?', 'enero', 'gennaio', 'janeiro'],
  ...['febrero', 'febbraio', 'fevereiro', 'março', 'aprile', 'maio', 'junho', 'julho'],
].join('|')
const dayFirst = new RegExp(
  `\\d{1,2}(?:st|nd|rd|th|er|\\.|º)? (?:of |de )?(?:${months})\\.?,? (?:de |del )?(?:\\d{4}|'?\\d\\d)(?!\\d)`,
  'iy',
)
const monthFirst = new RegExp(`(?:${months})\\.? \\d{1,2}(?:st|nd|rd|th)?,? (?:\\d{4}|'\\d\\d)(?!\\d)`, 'iy')
const ideographic = /\d{4} ?[年년] ?\d{1,2} ?[月월] ?\d{1,2} ?[日일]/y

/** Dates with the month as a word. */
export const writtenBirthDate: Recogniser = { ...birthDate, name: 'date of birth with a written month' }

const startingWithDigit = [dayFirst, ideographic]
const startingWithLetter = [monthFirst]
const reach = 60

/** Reports the written date in the words after one that speaks of a birth. */
export const findWrittenBirthDate = (text: string, from: number, report: Report): void => {
  const end = Math.min(text.length, from + reach)
  for (let at = from; at < end; at += 1) {
    const unit = text.charCodeAt(at)
    if (!isAlphanumeric(unit) || isAlphanumeric(text.charCodeAt(at - 1))) continue
    for (const form of isDigit(unit) ? startingWithDigit : startingWithLetter) {
      form.lastIndex = at
      if (!form.test(text)) continue
      report(writtenBirthDate, at, form.lastIndex, writtenBirthDate.near)
      return
    }
  }
}
