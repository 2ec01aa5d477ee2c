import { digitAt, isVaried, passesLuhn, passesVerhoeff, twoDigits, weightedSum } from '../check-digits.ts'
import { hasDay, nationalId } from './national-id.ts'

const inAadhaar = nationalId({
  id: 'in-aadhaar',
  name: 'Indian Aadhaar number',
  layouts: ['4 4 4', '4-4-4', '12'],
  accepts: (value) => value >= '2' && isVaried(value) && passesVerhoeff(value),
  alone: 0.4,
  aloneAs: { '4 4 4': 0.8, '4-4-4': 0.75 },
  context: ['aadhaar', 'aadhar', 'uidai', 'uid', 'आधार'],
  source: 'UIDAI; Verhoeff (1969)',
})

const panForm = /^[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]$/

const inPan = nationalId({
  id: 'in-pan',
  name: 'Indian permanent account number',
  layouts: ['X10'],
  accepts: (value) => panForm.test(value),
  alone: 0.6,
  context: ['pan', 'permanent account', 'pan card', 'income tax'],
  source: 'Income Tax Department, rule 114 (the algorithm of its check letter is not published)',
})

const sgLetters: Readonly<Record<string, string>> = {
  S: 'JZIHGFEDCBA',
  T: 'JZIHGFEDCBA',
  F: 'XWUTRQPNMLK',
  G: 'XWUTRQPNMLK',
  M: 'XWUTRQPNJLK',
}
const sgOffsets: Readonly<Record<string, number>> = { S: 0, F: 0, T: 4, G: 4, M: 3 }

const sgNric = nationalId({
  id: 'sg-nric',
  name: 'Singapore NRIC or FIN',
  layouts: ['X9'],
  accepts: (value) => {
    if (!/^[STFGM]\d{7}[A-Z]$/.test(value)) return false
    const kind = value[0] as string
    const sum = weightedSum(value.slice(1), [2, 7, 6, 5, 4, 3, 2]) + (sgOffsets[kind] as number)
    return value[8] === (sgLetters[kind] as string)[sum % 11]
  },
  alone: 0.75,
  context: ['nric', 'fin', 'singapore'],
  source: 'Immigration & Checkpoints Authority, National Registration Act',
})

const thId = nationalId({
  id: 'th-id',
  name: 'Thai identity number',
  layouts: ['1-4-5-2-1', '1 4 5 2 1', '13'],
  accepts: (value) =>
    /^[1-8]/.test(value) &&
    isVaried(value) &&
    (11 - (weightedSum(value, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === digitAt(value, 12),
  alone: 0.3,
  aloneAs: { '1-4-5-2-1': 0.95, '1 4 5 2 1': 0.95 },
  context: ['thai id', 'thai', 'บัตรประชาชน', 'เลขประจำตัวประชาชน'],
  source: 'Department of Provincial Administration of Thailand',
})

const myKad = nationalId({
  id: 'my-mykad',
  name: 'Malaysian MyKad number',
  layouts: ['6-2-4', '12'],
  accepts: (value) => {
    const place = twoDigits(value, 6)
    return hasDay(value, 2, 4) && ((place >= 1 && place <= 16) || (place >= 21 && place <= 99))
  },
  alone: 0.05,
  aloneAs: { '6-2-4': 0.65 },
  context: ['mykad', 'nric', 'kad pengenalan', 'ic', 'ic number', 'no kp'],
  source: 'Jabatan Pendaftaran Negara',
})

const idNik = nationalId({
  id: 'id-nik',
  name: 'Indonesian NIK',
  layouts: ['16'],
  accepts: (value) => {
    const day = twoDigits(value, 6)
    const date = `${value.slice(8, 10)}${String(day > 40 ? day - 40 : day).padStart(2, '0')}`
    return twoDigits(value, 0) >= 11 && twoDigits(value, 0) <= 97 && hasDay(date, 0, 2) && !value.endsWith('0000')
  },
  alone: 0.3,
  context: ['nik', 'ktp', 'nomor induk kependudukan', 'e ktp'],
  source: 'Law 24/2013 on civil registration of Indonesia, art. 13',
})

const ilId = nationalId({
  id: 'il-id',
  name: 'Israeli identity number',
  layouts: ['9', '8-1'],
  accepts: (value) => isVaried(value) && passesLuhn(value),
  alone: 0.1,
  context: ['teudat zehut', 'mispar zehut', 'israeli id', 'תעודת זהות', 'מספר זהות', 'ת ז'],
  source: 'Population and Immigration Authority of Israel; Luhn',
})

const aeId = nationalId({
  id: 'ae-emirates-id',
  name: 'Emirates ID',
  layouts: ['3-4-7-1', '15'],
  accepts: (value) => value.startsWith('784') && passesLuhn(value),
  alone: 0.5,
  aloneAs: { '3-4-7-1': 0.95 },
  context: ['emirates', 'emirates id', 'eid'],
  source: 'Federal Authority for Identity and Citizenship of the UAE',
})

const saId = nationalId({
  id: 'sa-id',
  name: 'Saudi identity number',
  layouts: ['10'],
  accepts: (value) => /^[12]/.test(value) && isVaried(value) && passesLuhn(value),
  alone: 0.1,
  context: ['iqama', 'saudi', 'saudi id', 'الهوية', 'إقامة'],
  source: 'National Information Center of Saudi Arabia; Luhn',
})

/** National numbers of southern and western Asia. */
export const southernAsianIds = [inAadhaar, inPan, sgNric, thId, myKad, idNik, ilId, aeId, saId]
