import { type Draw, grouped, hybridCheck, luhnDigit, pad, sumOf } from './random-text.ts'
import { type NumberKind, nationalKind, plain, telling, until, upper, type Written } from './written.ts'

const dniTable = 'TRWAGMYFPDXBNJZSQVHLCKE'
const esDni = (draw: Draw): Written => {
  if (draw.chance(0.3)) {
    const [prefix, body] = [draw.integer(0, 2), draw.digits(7)]
    const letter = dniTable[Number(`${prefix}${body}`) % 23]
    const first = 'XYZ'[prefix]
    return telling(draw.chance(0.7) ? `${first}${body}${letter}` : `${first}-${body}-${letter}`)
  }
  const body = pad(draw.integer(1_000_000, 79_999_999), 8)
  const letter = dniTable[Number(body) % 23]
  return telling(draw.one([`${body}${letter}`, `${body}-${letter}`, `${grouped(body, [2, 3, 3], '.')}-${letter}`]))
}

// D.M. 23 December 1976, table of odd places: of digits and of letters.
const cfOddDigits = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21]
const cfOddLetters: Readonly<Record<string, number>> = {
  ...{ A: 1, B: 0, C: 5, D: 7, E: 9, F: 13, G: 15, H: 17, I: 19, J: 21, K: 2, L: 4, M: 18 },
  ...{ N: 20, O: 11, P: 3, Q: 6, R: 8, S: 12, T: 14, U: 16, V: 10, W: 22, X: 25, Y: 24, Z: 23 },
}
const itCodice = (draw: Draw): Written => {
  const { year, month, day } = draw.day()
  const consonants = 'BCDFGLMNPRSTVZ'
  const body =
    `${draw.from(consonants, 6)}${pad(year % 100, 2)}${'ABCDEHLMPRST'[month - 1]}${pad(draw.chance(0.5) ? day : day + 40, 2)}` +
    `${draw.one(['H501', 'F205', 'L219', 'D612', 'A662'])}`
  const sum = [...body].reduce((total, character, index) => {
    const isDigit = /\d/.test(character)
    if (index % 2 === 1) return total + (isDigit ? Number(character) : upper.indexOf(character))
    return total + (isDigit ? (cfOddDigits[Number(character)] as number) : (cfOddLetters[character] as number))
  }, 0)
  return telling(body + upper[sum % 26])
}

const ptNif = (draw: Draw): Written => {
  const body = draw.one(['1', '2', '3']) + draw.digits(7)
  const rest = sumOf(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11
  const value = body + (rest < 2 ? 0 : 11 - rest)
  return plain(draw.chance(0.6) ? value : grouped(value, [3, 3, 3], ' '))
}

const grAmka = (draw: Draw): Written => {
  const { year, month, day } = draw.day()
  const body = `${pad(day, 2)}${pad(month, 2)}${pad(year % 100, 2)}${draw.digits(4)}`
  return plain(body + luhnDigit(body))
}

const hrOib = (draw: Draw): Written => {
  const body = draw.digits(10)
  return plain(body + hybridCheck(body))
}

const jmbg = (draw: Draw): Written =>
  plain(
    until(() => {
      const { year, month, day } = draw.day()
      const body = `${pad(day, 2)}${pad(month, 2)}${pad(year % 1000, 3)}${draw.integer(10, 89)}${draw.digits(3)}`
      const check = 11 - (sumOf(body, [7, 6, 5, 4, 3, 2]) % 11)
      return check === 10 ? undefined : body + (check === 11 ? 0 : check)
    }),
  )

const trId = (draw: Draw): Written => {
  const body = String(draw.integer(100_000_000, 999_999_999))
  const at = (index: number): number => Number(body[index])
  const tenth = ((((at(0) + at(2) + at(4) + at(6) + at(8)) * 7 - (at(1) + at(3) + at(5) + at(7))) % 10) + 10) % 10
  const eleventh = ([...body].reduce((sum, digit) => sum + Number(digit), 0) + tenth) % 10
  return plain(`${body}${tenth}${eleventh}`)
}

/** National numbers of southern Europe, each made as its issuer's rules say. */
export const southernEuropeanNumbers: readonly NumberKind[] = [
  nationalKind('es-dni', ['DNI', 'NIE', 'NIF', 'Documento de identidad'], esDni),
  nationalKind('it-codice-fiscale', ['Codice fiscale', 'C.F.', 'codice_fiscale'], itCodice),
  nationalKind('pt-nif', ['NIF', 'Número de contribuinte', 'Contribuinte n.º'], ptNif),
  nationalKind('gr-amka', ['ΑΜΚΑ', 'AMKA'], grAmka),
  nationalKind('hr-oib', ['OIB', 'Osobni identifikacijski broj'], hrOib),
  nationalKind('jmbg', ['JMBG', 'EMŠO'], jmbg),
  nationalKind('tr-kimlik', ['T.C. Kimlik No', 'TC Kimlik No', 'TCKN'], trId),
]
