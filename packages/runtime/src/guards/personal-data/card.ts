import { isVaried, passesLuhn } from './check-digits.ts'
import type { GroupedNumber } from './recogniser.ts'

/** Issuer identification numbers: first and last prefix, and the lengths of numbers. */
interface IssuerRange {
  readonly from: number
  readonly to: number
  readonly lengths: readonly number[]
}

const range = (from: number, to: number, ...lengths: number[]): IssuerRange => ({ from, to, lengths })

// ISO/IEC 7812-1 gives the first digits to industries; the networks publish the ranges of their issuers.
const issuers: readonly IssuerRange[] = [
  range(4, 4, 13, 16, 19), // Visa
  range(51, 55, 16), // Mastercard
  range(2221, 2720, 16),
  range(34, 34, 15), // American Express
  range(37, 37, 15),
  range(6011, 6011, 16, 17, 18, 19), // Discover
  range(644, 659, 16, 17, 18, 19),
  range(622126, 622925, 16, 17, 18, 19),
  range(300, 305, 14, 16, 17, 18, 19), // Diners Club
  range(3095, 3095, 14, 16, 17, 18, 19),
  range(36, 36, 14, 15, 16, 17, 18, 19),
  range(38, 39, 14, 16, 17, 18, 19),
  range(3528, 3589, 16, 17, 18, 19), // JCB
  range(62, 62, 16, 17, 18, 19), // UnionPay
  range(81, 81, 16, 17, 18, 19),
  range(2200, 2204, 16, 17, 18, 19), // Mir
  range(50, 50, 12, 13, 14, 15, 16, 17, 18, 19), // Maestro and its relatives
  range(56, 58, 12, 13, 14, 15, 16, 17, 18, 19),
  range(60, 61, 16, 17, 18, 19),
  range(63, 64, 12, 13, 14, 15, 16, 17, 18, 19),
  range(66, 69, 12, 13, 14, 15, 16, 17, 18, 19),
  range(9792, 9792, 16), // Troy
]

const rangesByFirstDigit = Array.from({ length: 10 }, (_, digit) =>
  issuers.filter(({ from, to }) => String(from)[0] === String(digit) || String(to)[0] === String(digit)),
)

const isIssued = (digits: string): boolean =>
  (rangesByFirstDigit[digits.charCodeAt(0) - 0x30] as readonly IssuerRange[]).some(
    ({ from, to, lengths }) =>
      lengths.includes(digits.length) &&
      Number(digits.slice(0, String(from).length)) >= from &&
      Number(digits.slice(0, String(to).length)) <= to,
  )

/** Payment cards: the number of the account, by its issuer's range and its check digit. */
export const card: GroupedNumber = {
  type: 'card',
  name: 'payment card',
  layouts: [
    ...['12', '13', '14', '15', '16', '17', '18', '19'],
    ...[
      '4 4 4 4',
      '4-4-4-4',
      '4 4 4 4 3',
      '4-4-4-4-3',
      '4 6 5',
      '4-6-5',
      '4 6 4',
      '4-6-4',
      '4.4.4.4',
      '4 4 4 1',
      '4 4 5',
    ],
    ...['4 4 4', '4 15', '6 13', '6 10', '8 8', '4-15', '6-13'],
  ],
  accepts: (digits) => passesLuhn(digits) && isIssued(digits) && isVaried(digits),
  alone: 0.4,
  aloneAs: {
    '13': 0.45,
    '14': 0.5,
    '15': 0.6,
    '16': 0.65,
    '19': 0.55,
    '4 4 4 4': 0.9,
    '4-4-4-4': 0.9,
    '4 4 4 4 3': 0.9,
    '4-4-4-4-3': 0.9,
    '4 6 5': 0.9,
    '4-6-5': 0.9,
    '4 6 4': 0.9,
    '4-6-4': 0.9,
    '4.4.4.4': 0.7,
  },
  near: 0.97,
  context: [
    ...['card', 'cards', 'visa', 'mastercard', 'amex', 'american express', 'discover', 'maestro', 'unionpay', 'jcb'],
    ...['diners', 'credit', 'debit', 'pan', 'ccn', 'kreditkarte', 'kreditkartennummer', 'kartennummer', 'karte'],
    ...['carte', 'carte bancaire', 'tarjeta', 'carta', 'carta di credito', 'cartao', 'kaart', 'creditcard', 'karta'],
    ...['karty', 'kortti', 'kort', 'kortnummer', 'карта', 'карты', '信用卡', '银行卡', 'カード', '카드'],
  ],
  source: 'ISO/IEC 7812-1; the ranges that the networks publish',
}
