import type { SeededRandom } from '@nootropic/core'

/** Draws from a seeded generator. */
export interface Draw {
  integer(first: number, last: number): number
  digits(length: number): string
  from(alphabet: string, length: number): string
  one<T>(values: readonly T[]): T
  chance(probability: number): boolean
  /** A day of 1930 to 2005, as year, month, day. */
  day(): { year: number; month: number; day: number }
}

export const createDraw = (random: SeededRandom): Draw => {
  const integer = (first: number, last: number): number => first + random.integer(last - first + 1)
  const from = (alphabet: string, length: number): string =>
    Array.from({ length }, () => alphabet[random.integer(alphabet.length)]).join('')
  return {
    integer,
    from,
    digits: (length) => from('0123456789', length),
    one: (values) => values[random.integer(values.length)] as (typeof values)[number],
    chance: (probability) => random.uniform() < probability,
    day: () => ({ year: integer(1930, 2005), month: integer(1, 12), day: integer(1, 28) }),
  }
}

export const pad = (value: number, length: number): string => String(value).padStart(length, '0')

/** Weights from left to right, cycled. */
export const sumOf = (digits: string, weights: readonly number[]): number =>
  [...digits].reduce((sum, digit, index) => sum + Number(digit) * (weights[index % weights.length] as number), 0)

/** The digit that makes the Luhn sum of everything a multiple of ten (ISO/IEC 7812-1 annex B). */
export const luhnDigit = (digits: string): string => {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    if (index % 2 === 1) return total + Number(digit)
    const double = 2 * Number(digit)
    return total + Math.trunc(double / 10) + (double % 10)
  }, 0)
  return String((10 - (sum % 10)) % 10)
}

/** Groups of these lengths with a separator between. */
export const grouped = (text: string, lengths: readonly number[], separator: string | readonly string[]): string => {
  let at = 0
  return lengths
    .map((length, index) => {
      const part = text.slice(at, at + length)
      at += length
      const after = typeof separator === 'string' ? separator : (separator[index] ?? '')
      return index === lengths.length - 1 ? part : part + after
    })
    .join('')
}

/** ISO/IEC 7064 MOD 11,10, as the recursion of the standard writes it. */
export const hybridCheck = (digits: string): number => {
  const product = [...digits].reduce((p, digit) => {
    const s = (p + Number(digit)) % 10 || 10
    return (2 * s) % 11
  }, 10)
  return (11 - product) % 10
}
