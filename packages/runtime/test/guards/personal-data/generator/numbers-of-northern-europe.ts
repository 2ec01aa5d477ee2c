import { type Draw, grouped, luhnDigit, pad, sumOf } from './random-text.ts'
import { type NumberKind, nationalKind, plain, telling, until, type Written } from './written.ts'

const sePersonal = (draw: Draw): Written => {
  const { year, month, day } = draw.day()
  const body = `${pad(year % 100, 2)}${pad(month, 2)}${pad(day, 2)}${draw.digits(3)}`
  const short = body + luhnDigit(body)
  const century = Math.trunc(year / 100)
  return draw.one([
    telling(grouped(short, [6, 4], '-')),
    telling(grouped(century + short, [8, 4], '-')),
    plain(short),
    plain(century + short),
  ])
}

const fiPersonal = (draw: Draw): Written => {
  const { year, month, day } = draw.day()
  const date = `${pad(day, 2)}${pad(month, 2)}${pad(year % 100, 2)}`
  const serial = pad(draw.integer(2, 899), 3)
  const check = '0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(BigInt(date + serial) % 31n)]
  return telling(`${date}${year < 2000 ? draw.one(['-', '-', 'Y']) : 'A'}${serial}${check}`)
}

const dkCpr = (draw: Draw): Written => {
  const { year, month, day } = draw.day()
  return telling(`${pad(day, 2)}${pad(month, 2)}${pad(year % 100, 2)}-${draw.digits(4)}`)
}

const noBirth = (draw: Draw): Written =>
  plain(
    until(() => {
      const { year, month, day } = draw.day()
      const body = `${pad(day, 2)}${pad(month, 2)}${pad(year % 100, 2)}${draw.digits(3)}`
      const first = (11 - (sumOf(body, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11)) % 11
      const second = (11 - (sumOf(body + first, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11
      return first === 10 || second === 10 ? undefined : `${body}${first}${second}`
    }),
  )

const isKennitala = (draw: Draw): Written => {
  const value = until(() => {
    const { year, month, day } = draw.day()
    const body = `${pad(day, 2)}${pad(month, 2)}${pad(year % 100, 2)}${draw.integer(20, 99)}`
    const check = (11 - (sumOf(body, [3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11
    return check === 10 ? undefined : `${body}${check}${year < 2000 ? 9 : 0}`
  })
  return draw.chance(0.7) ? telling(grouped(value, [6, 4], '-')) : plain(value)
}

const baltic = (draw: Draw): Written => {
  const { year, month, day } = draw.day()
  const body = `${year < 2000 ? draw.integer(3, 4) : draw.integer(5, 6)}${pad(year % 100, 2)}${pad(month, 2)}${pad(day, 2)}${draw.digits(3)}`
  const first = sumOf(body, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11
  const second = sumOf(body, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11
  return plain(body + (first < 10 ? first : second % 10))
}

const lvCode = (draw: Draw): Written => {
  const { year, month, day } = draw.day()
  const body = `${pad(day, 2)}${pad(month, 2)}${pad(year % 100, 2)}${year < 2000 ? 1 : 2}${draw.digits(3)}`
  const check = ((1101 - sumOf(body, [1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11) % 10
  return telling(grouped(body + check, [6, 5], '-'))
}

/** National numbers of northern Europe, each made as its issuer's rules say. */
export const northernEuropeanNumbers: readonly NumberKind[] = [
  nationalKind('se-personnummer', ['Personnummer', 'personnr', 'Personnr.'], sePersonal),
  nationalKind('fi-hetu', ['Henkilötunnus', 'HETU', 'hetu'], fiPersonal),
  nationalKind('dk-cpr', ['CPR-nummer', 'CPR', 'CPR-nr.'], dkCpr),
  nationalKind('no-fodselsnummer', ['Fødselsnummer', 'fødselsnr. / personnummer', 'Personnummer'], noBirth),
  nationalKind('is-kennitala', ['Kennitala', 'kt.'], isKennitala),
  nationalKind('ee-lt-personal-code', ['Isikukood', 'Asmens kodas'], baltic),
  nationalKind('lv-personas-kods', ['Personas kods', 'personas kods'], lvCode),
]
