import { digitAt, isVaried, modulo97, twoDigits, weightedSum } from '../check-digits.ts'
import { nationalId } from './national-id.ts'

// QQ is nobody's, and in every example.
const ninoForm = /^(?:QQ|(?!BG|GB|NK|KN|TN|NT|ZZ)[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z])\d{6}[A-D]$/

const gbNino = nationalId({
  id: 'gb-nino',
  name: 'UK National Insurance number',
  layouts: ['X9', 'A2~2~2~2~A1', 'A2~6~A1', 'A2~X7'],
  accepts: (value) => ninoForm.test(value),
  alone: 0.6,
  aloneAs: { 'A2~2~2~2~A1': 0.85, 'A2~6~A1': 0.75 },
  context: ['nino', 'ni', 'national insurance', 'ni number', 'nin'],
  source: 'HM Revenue & Customs, NIM39110',
})

const gbNhs = nationalId({
  id: 'gb-nhs',
  name: 'NHS number',
  layouts: ['3 3 4', '3-3-4', '10'],
  accepts: (value) => {
    const check = 11 - (weightedSum(value, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)
    return check !== 10 && isVaried(value) && digitAt(value, 9) === check % 11
  },
  alone: 0.15,
  aloneAs: { '3 3 4': 0.55, '3-3-4': 0.3 },
  context: ['nhs', 'patient', 'health service', 'chi'],
  source: 'NHS Data Model and Dictionary, NHS NUMBER',
})

const ppsLetters = 'WABCDEFGHIJKLMNOPQRSTUV'

const iePps = nationalId({
  id: 'ie-pps',
  name: 'Irish PPS number',
  layouts: ['X8', 'X9', '7 A1', '7 A2'],
  accepts: (value) => {
    if (!/^\d{7}[A-W][A-IWT]?$/.test(value)) return false
    const second = value.length === 9 ? ppsLetters.indexOf(value[8] as string) * 9 : 0
    return value[7] === ppsLetters[(weightedSum(value, [8, 7, 6, 5, 4, 3, 2]) + Math.max(second, 0)) % 23]
  },
  alone: 0.5,
  context: ['pps', 'ppsn', 'personal public service', 'rsi'],
  source: 'Department of Social Protection; S.I. 101 of 2013',
})

const frNir = nationalId({
  id: 'fr-nir',
  name: 'French NIR',
  layouts: ['15', 'X15', '13 2', '1 2 2 2 3 3 2', '1 2 2 X2 3 3 2', '13-2'],
  accepts: (value) => {
    if (!/^[1-478]\d{4}(?:\d\d|2[AB])\d{8}$/.test(value)) return false
    const month = twoDigits(value, 3)
    if (month === 0 || (month > 12 && month < 20) || (month > 42 && month < 50)) return false
    const body = value.slice(0, 13).replace('2A', '19').replace('2B', '18')
    return 97 - modulo97(body) === twoDigits(value, 13)
  },
  alone: 0.8,
  aloneAs: { '1 2 2 2 3 3 2': 0.95, '1 2 2 X2 3 3 2': 0.95, '13 2': 0.85 },
  context: ['nir', 'securite sociale', 'insee', 'numero de securite sociale', 'secu', 'social security'],
  source: 'INSEE, décret 82-103; code de la sécurité sociale R115-1',
})

const nlBsn = nationalId({
  id: 'nl-bsn',
  name: 'Dutch citizen service number',
  layouts: ['9', '4.2.3', '4 2 3', '3 3 3'],
  accepts: (value) => isVaried(value) && weightedSum(value, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0,
  alone: 0.15,
  aloneAs: { '4.2.3': 0.6, '4 2 3': 0.4 },
  context: ['bsn', 'burgerservicenummer', 'sofi', 'sofinummer', 'persoonsnummer', 'citizen service'],
  source: 'Wet algemene bepalingen burgerservicenummer',
})

const beNational = nationalId({
  id: 'be-rijksregister',
  name: 'Belgian national register number',
  layouts: ['11', '2.2.2-3.2', '6-3-2', '6 3 2', '2.2.2.3.2', '2.2.2 3-2', '6-3.2', '2 2 2 3 2'],
  accepts: (value) => {
    const [body, check] = [value.slice(0, 9), twoDigits(value, 9)]
    if (twoDigits(value, 2) > 52 || twoDigits(value, 4) > 31) return false
    // Born since 2000: a 2 stands before.
    return check === 97 - modulo97(body) || check === 97 - modulo97(`2${body}`)
  },
  alone: 0.4,
  aloneAs: { '2.2.2-3.2': 0.95, '2.2.2.3.2': 0.9, '6-3-2': 0.8, '6-3.2': 0.9 },
  context: [
    ...['rijksregister', 'rijksregisternummer', 'insz', 'registre national', 'numero national', 'niss', 'rrn'],
    ...['national register', 'nationaal nummer'],
  ],
  source: 'Koninklijk besluit of 3 April 1984',
})

/** National numbers of Britain, Ireland, France and the Low Countries. */
export const westernEuropeanIds = [gbNino, gbNhs, iePps, frNir, nlBsn, beNational]
