import { digitAt, isVaried, passesLuhn, passesModulo11And10, weightedSum } from '../check-digits.ts'
import { hasDay, nationalId } from './national-id.ts'

const dniLetters = 'TRWAGMYFPDXBNJZSQVHLCKE'
const dniForm = /^[XYZ]?\d{7,8}[A-Z]$/

const esDni = nationalId({
  id: 'es-dni',
  name: 'Spanish DNI or NIE',
  layouts: ['X9', '8-A1', '8 A1', '2.3.3-A1', '2.3.3 A1', '2.3.X4', 'A1-7-A1', 'A1 7 A1', 'A1-X8'],
  accepts: (value) => {
    if (!dniForm.test(value) || value.length !== 9) return false
    const digits = value.replace('X', '0').replace('Y', '1').replace('Z', '2').slice(0, 8)
    return /^\d{8}$/.test(digits) && value[8] === dniLetters[Number(digits) % 23]
  },
  alone: 0.65,
  aloneAs: { '2.3.3-A1': 0.9, '2.3.X4': 0.9, 'A1-7-A1': 0.85, '8-A1': 0.8 },
  context: ['dni', 'nie', 'nif', 'documento nacional', 'documento de identidad', 'extranjero', 'identificacion fiscal'],
  source: 'Real Decreto 1553/2005; Ministerio del Interior',
})

const codiceForm = /^[A-Z]{6}[0-9LMNP-V]{2}[ABCDEHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]$/
// The values of characters at odd places, of 0-9 and A-J, then of K-Z (D.M. 23 December 1976).
const oddValues = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]

const itCodiceFiscale = nationalId({
  id: 'it-codice-fiscale',
  name: 'Italian codice fiscale',
  layouts: ['X16', 'A6 X5 X5'],
  accepts: (value) => {
    if (!codiceForm.test(value)) return false
    let sum = 0
    for (let at = 0; at < 15; at += 1) {
      const unit = value.charCodeAt(at)
      const index = unit <= 0x39 ? unit - 0x30 : unit - 0x41
      sum += at % 2 === 0 ? (oddValues[index] as number) : index
    }
    return value.charCodeAt(15) - 0x41 === sum % 26
  },
  alone: 0.95,
  context: ['codice fiscale', 'cf', 'cod fiscale', 'cod fisc'],
  source: 'D.M. 23 December 1976; Agenzia delle Entrate',
})

const ptNif = nationalId({
  id: 'pt-nif',
  name: 'Portuguese NIF',
  layouts: ['9', '3 3 3'],
  accepts: (value) => {
    const check = 11 - (weightedSum(value, [9, 8, 7, 6, 5, 4, 3, 2]) % 11)
    return /^[1235689]/.test(value) && isVaried(value) && digitAt(value, 8) === (check > 9 ? 0 : check)
  },
  alone: 0.15,
  aloneAs: { '3 3 3': 0.3 },
  context: ['nif', 'contribuinte', 'numero de contribuinte', 'identificacao fiscal'],
  source: 'Decreto-Lei 14/2013',
})

const grAmka = nationalId({
  id: 'gr-amka',
  name: 'Greek AMKA',
  layouts: ['11', '6 5'],
  accepts: (value) => hasDay(value, 2, 0) && passesLuhn(value),
  alone: 0.35,
  context: ['amka', 'αμκα'],
  source: 'IDIKA, law 3655/2008; Luhn',
})

const hrOib = nationalId({
  id: 'hr-oib',
  name: 'Croatian OIB',
  layouts: ['11'],
  accepts: (value) => isVaried(value) && passesModulo11And10(value),
  alone: 0.3,
  context: ['oib', 'osobni identifikacijski broj'],
  source: 'Zakon o osobnom identifikacijskom broju; ISO/IEC 7064',
})

const jmbg = nationalId({
  id: 'jmbg',
  name: 'JMBG or EMŠO',
  layouts: ['13'],
  accepts: (value) => {
    const check = 11 - (weightedSum(value, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)
    return hasDay(value, 2, 0) && /^.{4}[09]/.test(value) && digitAt(value, 12) === (check > 9 ? 0 : check)
  },
  alone: 0.5,
  context: ['emso', 'jmbg', 'maticni broj', 'enotna maticna'],
  source: 'Central register of population of Slovenia; the successor states of Yugoslavia',
})

const trId = nationalId({
  id: 'tr-kimlik',
  name: 'Turkish identity number',
  layouts: ['11'],
  accepts: (value) => {
    const odd = weightedSum(value, [1, 0, 1, 0, 1, 0, 1, 0, 1])
    const even = weightedSum(value, [0, 1, 0, 1, 0, 1, 0, 1])
    const tenth = (((odd * 7 - even) % 10) + 10) % 10
    return value[0] !== '0' && digitAt(value, 9) === tenth && digitAt(value, 10) === (odd + even + tenth) % 10
  },
  alone: 0.5,
  context: ['tckn', 'tc kimlik', 'kimlik no', 'kimlik numarasi', 'tc no', 't c kimlik'],
  source: 'Nüfus ve Vatandaşlık İşleri',
})

/** National numbers of southern Europe. */
export const southernEuropeanIds = [esDni, itCodiceFiscale, ptNif, grAmka, hrOib, jmbg, trId]
