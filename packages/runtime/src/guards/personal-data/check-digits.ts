/** The digit at a place of a string of digits. */
export const digitAt = (text: string, at: number): number => text.charCodeAt(at) - 0x30

/** The sum of the first digits, each times its weight. */
export const weightedSum = (text: string, weights: readonly number[]): number => {
  let sum = 0
  for (let at = 0; at < weights.length; at += 1) sum += digitAt(text, at) * (weights[at] as number)
  return sum
}

/** The Luhn check (ISO/IEC 7812-1 annex B) over all digits. */
export const passesLuhn = (digits: string): boolean => {
  let sum = 0
  for (let at = digits.length - 1, double = false; at >= 0; at -= 1, double = !double) {
    const digit = digitAt(digits, at)
    const doubled = digit > 4 ? digit * 2 - 9 : digit * 2
    sum += double ? doubled : digit
  }
  return sum % 10 === 0
}

/** The remainder by 97 of a number of any length; letters count as 10 to 35 (ISO/IEC 7064 MOD 97-10). */
export const modulo97 = (text: string): number => {
  let remainder = 0
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    remainder = unit <= 0x39 ? (remainder * 10 + unit - 0x30) % 97 : (remainder * 100 + unit - 0x37) % 97
  }
  return remainder
}

/** ISO/IEC 7064 MOD 11,10 over all digits: the German tax number, the Croatian OIB. */
export const passesModulo11And10 = (digits: string): boolean => {
  let product = 10
  for (let at = 0; at < digits.length - 1; at += 1) {
    const sum = (product + digitAt(digits, at)) % 10
    product = ((sum === 0 ? 10 : sum) * 2) % 11
  }
  return (product + digitAt(digits, digits.length - 1)) % 10 === 1
}

// The dihedral group D5: multiplication, and the permutation that each place applies (Verhoeff, 1969).
const dihedral = ['0123456789', '1234067895', '2340178956', '3401289567', '4012395678'].concat([
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
])
const permutation = '1576283094'
const permutations: readonly string[] = Array.from({ length: 8 }).reduce<string[]>(
  (rows) => [...rows, [...(rows.at(-1) as string)].map((digit) => permutation[Number(digit)]).join('')],
  ['0123456789'],
)

/** The Verhoeff check over all digits: Aadhaar. */
export const passesVerhoeff = (digits: string): boolean => {
  let check = 0
  for (let at = digits.length - 1, place = 0; at >= 0; at -= 1, place += 1) {
    const digit = digitAt(permutations[place % 8] as string, digitAt(digits, at))
    check = digitAt(dihedral[check] as string, digit)
  }
  return check === 0
}

/** Whether the digits are not all the same: 111111111 passes many a check and is nobody's. */
export const isVaried = (digits: string): boolean => {
  for (let at = 1; at < digits.length; at += 1) if (digits.charCodeAt(at) !== digits.charCodeAt(0)) return true
  return false
}

const daysOfMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Whether month and day can stand in a calendar of some year. */
export const isDay = (month: number, day: number): boolean =>
  month >= 1 && month <= 12 && day >= 1 && day <= (daysOfMonth[month - 1] as number)

/** Two digits as a number. */
export const twoDigits = (text: string, at: number): number => digitAt(text, at) * 10 + digitAt(text, at + 1)
