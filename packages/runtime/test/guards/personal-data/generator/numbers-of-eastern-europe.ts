import { type Draw, grouped, pad, sumOf } from './random-text.ts'
import { type NumberKind, nationalKind, plain, telling, until, type Written } from './written.ts'

const plPesel = (draw: Draw): Written => {
  const { year, month, day } = draw.day()
  const body = `${pad(year % 100, 2)}${pad(year < 2000 ? month : month + 20, 2)}${pad(day, 2)}${draw.digits(4)}`
  return plain(body + ((10 - (sumOf(body, [1, 3, 7, 9]) % 10)) % 10))
}

const plNip = (draw: Draw): Written => {
  const value = until(() => {
    const body = String(draw.integer(100_000_000, 999_999_999))
    const check = sumOf(body, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11
    return check === 10 ? undefined : body + check
  })
  return draw.chance(0.6) ? telling(grouped(value, [3, 3, 2, 2], '-')) : plain(value)
}

const czBirth = (draw: Draw): Written => {
  const value = until(() => {
    const { year, month, day } = draw.day()
    if (year < 1954) return undefined
    const body = `${pad(year % 100, 2)}${pad(draw.chance(0.5) ? month : month + 50, 2)}${pad(day, 2)}${draw.digits(3)}`
    const check = Number(body) % 11
    return check === 10 ? undefined : body + check
  })
  return draw.chance(0.8) ? telling(grouped(value, [6, 4], '/')) : plain(value)
}

const huTaj = (draw: Draw): Written => {
  const body = draw.digits(8)
  const value = body + (sumOf(body, [3, 7]) % 10)
  return plain(draw.one([value, grouped(value, [3, 3, 3], ' '), grouped(value, [3, 3, 3], '-')]))
}

const roCnp = (draw: Draw): Written => {
  const { year, month, day } = draw.day()
  const body = `${year < 2000 ? draw.integer(1, 2) : draw.integer(5, 6)}${pad(year % 100, 2)}${pad(month, 2)}${pad(day, 2)}${pad(draw.integer(1, 46), 2)}${pad(draw.integer(1, 999), 3)}`
  const check = sumOf(body, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11
  return plain(body + (check === 10 ? 1 : check))
}

const bgEgn = (draw: Draw): Written => {
  const { year, month, day } = draw.day()
  const body = `${pad(year % 100, 2)}${pad(year < 2000 ? month : month + 40, 2)}${pad(day, 2)}${draw.digits(3)}`
  return plain(body + ((sumOf(body, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10))
}

const uaTax = (draw: Draw): Written => {
  const body = pad(draw.integer(11_000, 38_000), 5) + draw.digits(4)
  const sum = sumOf(body, [-1, 5, 7, 9, 4, 6, 10, 5, 7])
  return plain(body + ((((sum % 11) + 11) % 11) % 10))
}

const ruSnils = (draw: Draw): Written => {
  const body = String(draw.integer(100_000_000, 199_999_999))
  const sum = [...body].reduce((total, digit, index) => total + Number(digit) * (9 - index), 0)
  const check = sum < 100 ? sum : sum % 101 === 100 || sum === 100 ? 0 : sum % 101
  const value = body + pad(check, 2)
  return draw.chance(0.8) ? telling(grouped(value, [3, 3, 3, 2], ['-', '-', ' '])) : plain(value)
}

const ruInn = (draw: Draw): Written => {
  const body = pad(draw.integer(1, 92), 2) + draw.digits(8)
  const eleventh = (sumOf(body, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10
  const twelfth = (sumOf(body + eleventh, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10
  return plain(`${body}${eleventh}${twelfth}`)
}

/** National numbers of eastern Europe, each made as its issuer's rules say. */
export const easternEuropeanNumbers: readonly NumberKind[] = [
  nationalKind('pl-pesel', ['PESEL', 'Numer PESEL', 'nr PESEL'], plPesel),
  nationalKind('pl-nip', ['NIP', 'Numer NIP'], plNip),
  nationalKind('cz-rodne-cislo', ['Rodné číslo', 'r.č.', 'RČ'], czBirth),
  nationalKind('hu-taj', ['TAJ', 'TAJ szám', 'TAJ-szám'], huTaj),
  nationalKind('ro-cnp', ['CNP', 'Cod numeric personal'], roCnp),
  nationalKind('bg-egn', ['ЕГН', 'EGN'], bgEgn),
  nationalKind('ua-rnokpp', ['РНОКПП', 'ІПН', 'Податковий номер'], uaTax),
  nationalKind('ru-snils', ['СНИЛС', 'Номер СНИЛС'], ruSnils),
  nationalKind('ru-inn', ['ИНН', 'ИНН физлица'], ruInn),
]
