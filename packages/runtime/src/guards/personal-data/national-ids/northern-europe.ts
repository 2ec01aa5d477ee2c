import { digitAt, isDay, passesLuhn, twoDigits, weightedSum } from '../check-digits.ts'
import { hasDay, nationalId } from './national-id.ts'

const sePersonal = nationalId({
  id: 'se-personnummer',
  name: 'Swedish personal identity number',
  layouts: ['6-4', '8-4', '6+4', '10', '12'],
  accepts: (value) => {
    const short = value.slice(-10)
    const day = twoDigits(short, 4)
    return isDay(twoDigits(short, 2), day > 60 ? day - 60 : day) && passesLuhn(short)
  },
  alone: 0.2,
  aloneAs: { '6-4': 0.7, '8-4': 0.85, '6+4': 0.75, '12': 0.4 },
  context: ['personnummer', 'personnr', 'samordningsnummer', 'swedish id', 'pnr'],
  source: 'Folkbokföringslag (1991:481) § 18; Skatteverket SKV 704',
})

const hetuLetters = '0123456789ABCDEFHJKLMNPRSTUVWXY'
const hetuForm = /^\d{6}[A-FU-Y]?\d{3}[0-9A-Y]$/

const fiPersonal = nationalId({
  id: 'fi-hetu',
  name: 'Finnish personal identity code',
  layouts: ['6-X4', '6-4', 'X11', '6+X4', '6+4'],
  accepts: (value) => {
    if (!hetuForm.test(value) || !hasDay(value, 2, 0)) return false
    return value.at(-1) === hetuLetters[Number(value.slice(0, 6) + value.slice(-4, -1)) % 31]
  },
  alone: 0.75,
  aloneAs: { '6-X4': 0.9, X11: 0.9 },
  context: ['henkilotunnus', 'hetu', 'sotu', 'henkilotunnukseni', 'personbeteckning'],
  source: 'Act 661/2009; decree 690/2022 for the new intermediate characters',
})

const dkCpr = nationalId({
  id: 'dk-cpr',
  name: 'Danish CPR number',
  layouts: ['6-4', '6 4', '10'],
  // Since 2007 the check digit no longer holds for all: only the date does.
  accepts: (value) => hasDay(value, 2, 0),
  alone: 0.05,
  aloneAs: { '6-4': 0.5, '6 4': 0.3 },
  context: ['cpr', 'cpr nummer', 'cpr nr', 'personnummer', 'cprnummer'],
  source: 'CPR-kontoret, Personnummeret i CPR',
})

const noBirthNumber = nationalId({
  id: 'no-fodselsnummer',
  name: 'Norwegian national identity number',
  layouts: ['11', '6 5', '6-5'],
  accepts: (value) => {
    const day = twoDigits(value, 0)
    const first = 11 - (weightedSum(value, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11)
    const second = 11 - (weightedSum(value, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)
    return (
      isDay(twoDigits(value, 2) % 40, day > 40 ? day - 40 : day) &&
      digitAt(value, 9) === first % 11 &&
      digitAt(value, 10) === second % 11
    )
  },
  alone: 0.5,
  aloneAs: { '6 5': 0.8 },
  context: ['fodselsnummer', 'fødselsnummer', 'personnummer', 'd nummer', 'fnr'],
  source: 'Skatteetaten; Selmer (1964)',
})

const isKennitala = nationalId({
  id: 'is-kennitala',
  name: 'Icelandic kennitala',
  layouts: ['6-4', '10'],
  accepts: (value) => {
    const check = 11 - (weightedSum(value, [3, 2, 7, 6, 5, 4, 3, 2]) % 11)
    return hasDay(value, 2, 0) && /[089]$/.test(value) && digitAt(value, 8) === check % 11
  },
  alone: 0.2,
  aloneAs: { '6-4': 0.6 },
  context: ['kennitala', 'kt'],
  source: 'Þjóðskrá Íslands',
})

const balticCheck = (value: string): number => {
  const first = weightedSum(value, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11
  return first < 10 ? first : (weightedSum(value, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11) % 10
}

const balticId = nationalId({
  id: 'ee-lt-personal-code',
  name: 'Estonian or Lithuanian personal code',
  layouts: ['11'],
  accepts: (value) => /^[1-8]/.test(value) && hasDay(value, 3, 5) && balticCheck(value) === digitAt(value, 10),
  alone: 0.45,
  context: ['isikukood', 'asmens kodas', 'personal code'],
  source: 'EVS 585; Lietuvos gyventojų registro įstatymas',
})

const lvPersonal = nationalId({
  id: 'lv-personas-kods',
  name: 'Latvian personal code',
  layouts: ['6-5', '11'],
  accepts: (value) =>
    value.startsWith('32') ||
    (hasDay(value, 2, 0) &&
      ((1101 - weightedSum(value, [1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11) % 10 === digitAt(value, 10)),
  alone: 0.2,
  aloneAs: { '6-5': 0.6 },
  context: ['personas kods', 'personas kodu', 'pk'],
  source: 'Pilsonības un migrācijas lietu pārvalde; law of 2017 for codes that begin with 32',
})

/** National numbers of northern Europe. */
export const northernEuropeanIds = [sePersonal, fiPersonal, dkCpr, noBirthNumber, isKennitala, balticId, lvPersonal]
