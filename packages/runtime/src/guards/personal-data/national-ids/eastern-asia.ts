import { digitAt, isVaried, weightedSum } from '../check-digits.ts'
import { hasDay, nationalId } from './national-id.ts'

const cnWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

const cnResident = nationalId({
  id: 'cn-resident',
  name: 'Chinese resident identity number',
  layouts: ['18', 'X18'],
  accepts: (value) =>
    /^[1-8]\d{5}(?:18|19|20)\d{9}[0-9X]$/.test(value) &&
    hasDay(value, 10, 12) &&
    value[17] === '10X98765432'[weightedSum(value, cnWeights) % 11],
  alone: 0.92,
  context: ['身份证', '身份证号', '身份證', '公民身份号码', 'resident identity', 'shenfenzheng'],
  source: 'GB 11643-1999',
})

const twLetters = 'ABCDEFGHJKLMNPQRSTUVXYWZIO'

const twId = nationalId({
  id: 'tw-id',
  name: 'Taiwanese identity number',
  layouts: ['X10'],
  accepts: (value) => {
    if (!/^[A-Z][1289]\d{8}$/.test(value)) return false
    const letter = twLetters.indexOf(value[0] as string) + 10
    const digits = weightedSum(value.slice(1), [8, 7, 6, 5, 4, 3, 2, 1, 1])
    return (Math.floor(letter / 10) + (letter % 10) * 9 + digits) % 10 === 0
  },
  alone: 0.6,
  context: ['身分證', '身分證字號', '統一編號', 'taiwan id', 'arc'],
  source: 'Ministry of the Interior of Taiwan',
})

const hkId = nationalId({
  id: 'hk-hkid',
  name: 'Hong Kong identity card',
  layouts: ['X7(1', 'X7(A1', 'X8', 'X8(1', 'X8(A1'],
  accepts: (value) => {
    if (!/^[A-Z]{1,2}\d{6}[0-9A]$/.test(value)) return false
    const full = value.padStart(9, ' ')
    let sum = 0
    for (let at = 0; at < 8; at += 1) {
      const unit = full.charCodeAt(at)
      // A missing letter counts as 36, letters from 10.
      sum += (unit === 0x20 ? 36 : unit <= 0x39 ? unit - 0x30 : unit - 0x37) * (9 - at)
    }
    const check = full[8] === 'A' ? 10 : digitAt(full, 8)
    return (sum + check) % 11 === 0
  },
  alone: 0.45,
  aloneAs: { 'X7(1': 0.9, 'X7(A1': 0.9, 'X8(1': 0.9 },
  context: ['hkid', 'hong kong identity', 'hong kong id', '香港身份證', '身份證'],
  source: 'Immigration Department of Hong Kong',
})

const jpWeights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]

const jpMyNumber = nationalId({
  id: 'jp-my-number',
  name: 'Japanese My Number',
  layouts: ['12', '4 4 4', '4-4-4'],
  accepts: (value) => {
    const remainder = weightedSum(value, jpWeights) % 11
    return isVaried(value) && digitAt(value, 11) === (remainder < 2 ? 0 : 11 - remainder)
  },
  alone: 0.25,
  aloneAs: { '4 4 4': 0.45 },
  context: ['マイナンバー', '個人番号', 'my number', 'mynumber', 'individual number'],
  source: 'Ministry of Internal Affairs and Communications ordinance 85 of 2014, art. 5',
})

const krResident = nationalId({
  id: 'kr-rrn',
  name: 'Korean resident registration number',
  layouts: ['6-7', '13'],
  // Numbers given since October 2020 have no check digit: the date and the digit of sex and century must do.
  accepts: (value) => hasDay(value, 2, 4) && /^.{6}[1-8]/.test(value),
  alone: 0.1,
  aloneAs: { '6-7': 0.7 },
  context: ['주민등록번호', '주민번호', '외국인등록번호', 'resident registration', 'rrn', 'jumin'],
  source: 'Resident Registration Act, enforcement rule art. 2',
})

/** National numbers of eastern Asia. */
export const easternAsianIds = [cnResident, twId, hkId, jpMyNumber, krResident]
