import { digitAt, isVaried, passesModulo11And10, twoDigits, weightedSum } from '../check-digits.ts'
import { isShiftedDay, nationalId } from './national-id.ts'

const threeInARow = /(\d)\1\1/

/** One digit comes twice or, since 2016, three times but not in a row; no other comes twice. */
const hasTaxNumberPattern = (digits: string): boolean => {
  let seen = 0
  let twice = 0
  let thrice = 0
  for (let at = 0; at < 10; at += 1) {
    const bit = 1 << digitAt(digits, at)
    if ((thrice & bit) !== 0) return false
    if ((twice & bit) !== 0) thrice |= bit
    else if ((seen & bit) !== 0) twice |= bit
    else seen |= bit
  }
  const isOne = twice !== 0 && (twice & (twice - 1)) === 0
  return isOne && !threeInARow.test(digits.slice(0, 10))
}

const deTax = nationalId({
  id: 'de-tax-id',
  name: 'German tax identification number',
  layouts: ['11', '2 3 3 3'],
  accepts: (value) => value[0] !== '0' && passesModulo11And10(value) && hasTaxNumberPattern(value),
  alone: 0.45,
  aloneAs: { '2 3 3 3': 0.8 },
  context: [
    ...['steuer', 'steuer id', 'steuerid', 'steueridentifikationsnummer', 'identifikationsnummer', 'idnr', 'id nr'],
    ...['steuernummer', 'steuerliche identifikationsnummer', 'german tax'],
  ],
  source: '§ 139b AO; Bundeszentralamt für Steuern',
})

const pensionWeights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]

const dePension = nationalId({
  id: 'de-pension',
  name: 'German pension insurance number',
  layouts: ['X12', '2 6 A1 3', '8 A1 3', '2 6 A1 2 1'],
  accepts: (value) => {
    if (!/^\d{8}[A-Z]\d{3}$/.test(value)) return false
    const letter = String(value.charCodeAt(8) - 0x40).padStart(2, '0')
    const digits = value.slice(0, 8) + letter + value.slice(9, 11)
    let sum = 0
    for (let at = 0; at < 12; at += 1) {
      const product = digitAt(digits, at) * (pensionWeights[at] as number)
      sum += Math.floor(product / 10) + (product % 10)
    }
    return sum % 10 === digitAt(value, 11) && twoDigits(value, 2) >= 1 && twoDigits(value, 4) % 20 <= 12
  },
  alone: 0.75,
  context: ['rentenversicherungsnummer', 'sozialversicherungsnummer', 'versicherungsnummer', 'rvnr', 'svnr'],
  source: '§ 147 SGB VI; VKVV § 2',
})

const chAhv = nationalId({
  id: 'ch-ahv',
  name: 'Swiss AHV number',
  layouts: ['3.4.4.2', '3 4 4 2', '13', '3-4-4-2'],
  accepts: (value) => value.startsWith('756') && weightedSum(value, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0,
  alone: 0.75,
  aloneAs: { '3.4.4.2': 0.97, '3 4 4 2': 0.9 },
  context: ['ahv', 'avs', 'ahvn13', 'navs13', 'ahv nummer', 'sozialversicherungsnummer', 'assurance vieillesse'],
  source: 'AHVV Art. 133; EAN-13',
})

const atSocial = nationalId({
  id: 'at-svnr',
  name: 'Austrian social insurance number',
  layouts: ['10', '4 6', '4-6', '4 2 2 2'],
  accepts: (value) =>
    value[0] !== '0' &&
    twoDigits(value, 4) <= 31 &&
    twoDigits(value, 6) <= 15 &&
    weightedSum(value, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 === digitAt(value, 3),
  alone: 0.15,
  aloneAs: { '4 6': 0.55, '4-6': 0.4 },
  context: ['svnr', 'sozialversicherungsnummer', 'versicherungsnummer', 'sozialversicherung', 'sv nummer'],
  source: '§ 31 ASVG; Dachverband der Sozialversicherungsträger',
})

const centuryMonths = [0, 20, 40, 60, 80]
const plPesel = nationalId({
  id: 'pl-pesel',
  name: 'Polish PESEL',
  layouts: ['11'],
  accepts: (value) =>
    isShiftedDay(twoDigits(value, 2), twoDigits(value, 4), centuryMonths) &&
    weightedSum(value, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0,
  alone: 0.45,
  context: ['pesel', 'numer pesel'],
  source: 'Ustawa o ewidencji ludności of 24 September 2010, art. 15',
})

const plNip = nationalId({
  id: 'pl-nip',
  name: 'Polish NIP',
  layouts: ['3-3-2-2', '3-2-2-3', '10'],
  accepts: (value) => isVaried(value) && weightedSum(value, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === digitAt(value, 9),
  alone: 0.15,
  aloneAs: { '3-3-2-2': 0.8, '3-2-2-3': 0.8 },
  context: ['nip', 'numer identyfikacji podatkowej'],
  source: 'Ustawa of 13 October 1995 o zasadach ewidencji podatników',
})

const birthNumberMonths = [0, 20, 50, 70]

const czBirthNumber = nationalId({
  id: 'cz-rodne-cislo',
  name: 'Czech or Slovak birth number',
  layouts: ['6/4', '6/3', '10'],
  accepts: (value) =>
    isShiftedDay(twoDigits(value, 2), twoDigits(value, 4), birthNumberMonths) &&
    (value.length === 9 || Number(value) % 11 === 0 || (Number(value.slice(0, 9)) % 11 === 10 && value[9] === '0')),
  alone: 0.2,
  aloneAs: { '6/4': 0.9, '6/3': 0.5 },
  context: ['rodne cislo', 'rc', 'r c', 'birth number', 'rodneho cisla'],
  source: 'Zákon 133/2000 Sb. § 13',
})

const huSocial = nationalId({
  id: 'hu-taj',
  name: 'Hungarian TAJ number',
  layouts: ['3-3-3', '3 3 3', '9'],
  accepts: (value) => isVaried(value) && weightedSum(value, [3, 7, 3, 7, 3, 7, 3, 7]) % 10 === digitAt(value, 8),
  alone: 0.1,
  aloneAs: { '3-3-3': 0.35, '3 3 3': 0.3 },
  context: ['taj', 'taj szam', 'tajszam', 'tarsadalombiztositasi'],
  source: '1996. évi XX. törvény',
})

/** National numbers of central Europe. */
export const centralEuropeanIds = [deTax, dePension, chAhv, atSocial, plPesel, plNip, czBirthNumber, huSocial]
