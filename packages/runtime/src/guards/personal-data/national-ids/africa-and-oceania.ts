import { digitAt, isVaried, passesLuhn, weightedSum } from '../check-digits.ts'
import { hasDay, nationalId } from './national-id.ts'

const zaId = nationalId({
  id: 'za-id',
  name: 'South African identity number',
  layouts: ['13', '6 4 2 1', '6 4 3'],
  accepts: (value) => hasDay(value, 2, 4) && /^.{10}[0-2]/.test(value) && passesLuhn(value),
  alone: 0.55,
  aloneAs: { '6 4 2 1': 0.85, '6 4 3': 0.85 },
  context: ['rsa id', 'south african id', 'sa id', 'identiteitsnommer'],
  source: 'Identification Act 68 of 1997; Department of Home Affairs',
})

const auTfn = nationalId({
  id: 'au-tfn',
  name: 'Australian tax file number',
  layouts: ['3 3 3', '3-3-3', '9'],
  accepts: (value) => isVaried(value) && weightedSum(value, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0,
  alone: 0.15,
  aloneAs: { '3 3 3': 0.45, '3-3-3': 0.4 },
  context: ['tfn', 'tax file', 'tax file number'],
  source: 'Australian Taxation Office',
})

const auMedicare = nationalId({
  id: 'au-medicare',
  name: 'Australian Medicare number',
  layouts: ['4 5 1', '4-5-1', '10', '11', '4 5 1/1', '4 5 1 1', '4 5 1-1'],
  accepts: (value) =>
    /^[2-6]/.test(value) && weightedSum(value, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === digitAt(value, 8) && value[9] !== '0',
  alone: 0.15,
  aloneAs: { '4 5 1': 0.8, '4-5-1': 0.7, '4 5 1/1': 0.8, '4 5 1 1': 0.8, '4 5 1-1': 0.8 },
  context: ['medicare', 'medicare number', 'medicare card'],
  source: 'Services Australia; METeOR 270101',
})

const nzIrd = nationalId({
  id: 'nz-ird',
  name: 'New Zealand IRD number',
  layouts: ['3-3-3', '2-3-3', '3 3 3', '2 3 3', '9', '8'],
  accepts: (value) => {
    const number = Number(value)
    if (number < 10_000_000 || number > 200_000_000) return false
    const digits = value.padStart(9, '0')
    const check = (weights: readonly number[]): number => {
      const remainder = weightedSum(digits, weights) % 11
      return remainder === 0 ? 0 : 11 - remainder
    }
    const first = check([3, 2, 7, 6, 5, 4, 3, 2])
    return (first === 10 ? check([7, 4, 3, 2, 5, 2, 7, 6]) : first) === digitAt(digits, 8)
  },
  alone: 0.05,
  aloneAs: { '3-3-3': 0.4, '2-3-3': 0.4 },
  context: ['ird', 'ird number', 'inland revenue'],
  source: 'Inland Revenue of New Zealand, RWT and NRWT specification',
})

/** National numbers of Africa and Oceania. */
export const africanAndOceanianIds = [zaId, auTfn, auMedicare, nzIrd]
