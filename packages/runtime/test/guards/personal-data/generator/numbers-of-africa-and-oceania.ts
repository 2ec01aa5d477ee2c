import { type Draw, grouped, luhnDigit, pad, sumOf } from './random-text.ts'
import { type NumberKind, nationalKind, plain, telling, until, type Written } from './written.ts'

const zaId = (draw: Draw): Written => {
  const { year, month, day } = draw.day()
  const body = `${pad(year % 100, 2)}${pad(month, 2)}${pad(day, 2)}${draw.digits(4)}${draw.integer(0, 1)}8`
  return plain(body + luhnDigit(body))
}

const auTfn = (draw: Draw): Written => {
  const value = until(() => {
    const candidate = draw.digits(9)
    return sumOf(candidate, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0 && candidate[0] !== '0' ? candidate : undefined
  })
  return plain(draw.chance(0.5) ? value : grouped(value, [3, 3, 3], ' '))
}

const auMedicare = (draw: Draw): Written => {
  const body = String(draw.integer(2, 6)) + draw.digits(7)
  const value = `${body}${sumOf(body, [1, 3, 7, 9]) % 10}${draw.integer(1, 9)}`
  return draw.chance(0.6) ? telling(grouped(value, [4, 5, 1], ' ')) : plain(value)
}

const nzIrd = (draw: Draw): Written =>
  plain(
    until(() => {
      const body = String(draw.integer(1_000_000, 14_999_999))
      const rest = (weights: readonly number[]): number => (11 - (sumOf(pad(Number(body), 8), weights) % 11)) % 11
      const first = rest([3, 2, 7, 6, 5, 4, 3, 2])
      const check = first === 10 ? rest([7, 4, 3, 2, 5, 2, 7, 6]) : first
      if (check === 10) return undefined
      const value = `${body}${check}`
      return draw.chance(0.5) ? value : grouped(value, [value.length - 6, 3, 3], '-')
    }),
  )

/** National numbers of Africa and Oceania, each made as its issuer's rules say. */
export const africanAndOceanianNumbers: readonly NumberKind[] = [
  nationalKind('za-id', ['RSA ID number', 'South African ID', 'ID number'], zaId),
  nationalKind('au-tfn', ['TFN', 'Tax File Number', 'Tax file no.'], auTfn),
  nationalKind('au-medicare', ['Medicare', 'Medicare number', 'Medicare card'], auMedicare),
  nationalKind('nz-ird', ['IRD number', 'IRD', 'IRD no.'], nzIrd),
]
