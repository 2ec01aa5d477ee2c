import { digitAt, isVaried, twoDigits, weightedSum } from '../check-digits.ts'
import { hasDay, isShiftedDay, nationalId } from './national-id.ts'

const roCnp = nationalId({
  id: 'ro-cnp',
  name: 'Romanian CNP',
  layouts: ['13'],
  accepts: (value) => {
    const remainder = weightedSum(value, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11
    return /^[1-9]/.test(value) && hasDay(value, 3, 5) && digitAt(value, 12) === (remainder === 10 ? 1 : remainder)
  },
  alone: 0.5,
  context: ['cnp', 'cod numeric personal'],
  source: 'Legea 105/1996; OUG 97/2005',
})

const bgEgn = nationalId({
  id: 'bg-egn',
  name: 'Bulgarian EGN',
  layouts: ['10'],
  accepts: (value) =>
    isShiftedDay(twoDigits(value, 2), twoDigits(value, 4), [0, 20, 40]) &&
    (weightedSum(value, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 === digitAt(value, 9),
  alone: 0.3,
  context: ['egn', 'егн', 'единен граждански номер'],
  source: 'ГРАО, Civil Registration Act',
})

const uaTax = nationalId({
  id: 'ua-rnokpp',
  name: 'Ukrainian taxpayer number',
  layouts: ['10'],
  accepts: (value) =>
    isVaried(value) &&
    (((weightedSum(value, [-1, 5, 7, 9, 4, 6, 10, 5, 7]) % 11) + 11) % 11) % 10 === digitAt(value, 9),
  alone: 0.1,
  context: ['рнокпп', 'іпн', 'ідентифікаційний код', 'податковий номер', 'rnokpp', 'ipn'],
  source: 'Державна податкова служба України',
})

const ruSnils = nationalId({
  id: 'ru-snils',
  name: 'Russian SNILS',
  layouts: ['3-3-3 2', '3-3-3-2', '11'],
  accepts: (value) =>
    value > '00100199800' && (weightedSum(value, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101) % 100 === twoDigits(value, 9),
  alone: 0.25,
  aloneAs: { '3-3-3 2': 0.95, '3-3-3-2': 0.85 },
  context: ['снилс', 'snils', 'страховой номер'],
  source: 'Закон 27-ФЗ; Пенсионный фонд',
})

const ruInn = nationalId({
  id: 'ru-inn',
  name: 'Russian INN of a person',
  layouts: ['12'],
  accepts: (value) =>
    isVaried(value) &&
    (weightedSum(value, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10 === digitAt(value, 10) &&
    (weightedSum(value, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10 === digitAt(value, 11),
  alone: 0.35,
  context: ['инн', 'inn'],
  source: 'ФНС, приказ ММВ-7-6/435',
})

/** National numbers of eastern Europe. */
export const easternEuropeanIds = [roCnp, bgEgn, uaTax, ruSnils, ruInn]
