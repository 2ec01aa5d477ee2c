import { type Draw, grouped, hybridCheck, pad, sumOf } from './random-text.ts'
import { type NumberKind, nationalKind, plain, remainderBy97, telling, until, upper, type Written } from './written.ts'

const gbNino = (draw: Draw): Written => {
  const prefix = until(() => {
    const value = draw.from('ABCEGHJKLMNOPRSTWXYZ', 1) + draw.from('ABCEGHJKLMNPRSTWXYZ', 1)
    return ['BG', 'GB', 'KN', 'NK', 'NT', 'TN', 'ZZ'].includes(value) || value[0] === 'O' ? undefined : value
  })
  const value = prefix + draw.digits(6) + draw.from('ABCD', 1)
  return telling(draw.chance(0.5) ? value : grouped(value, [2, 2, 2, 2, 1], ' '))
}

const gbNhs = (draw: Draw): Written => {
  const value = until(() => {
    const body = draw.one(['4', '6', '7', '9']) + draw.digits(8)
    const check = 11 - (sumOf(body, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)
    return check === 10 ? undefined : body + (check === 11 ? 0 : check)
  })
  return plain(draw.one([value, grouped(value, [3, 3, 4], ' '), grouped(value, [3, 3, 4], '-')]))
}

const iePps = (draw: Draw): Written => {
  const body = draw.digits(7)
  const second = draw.chance(0.5) ? '' : draw.one(['A', 'B', 'H'])
  const extra = second === '' ? 0 : (second.charCodeAt(0) - 64) * 9
  const rest = (sumOf(body, [8, 7, 6, 5, 4, 3, 2]) + extra) % 23
  return plain(`${body}${rest === 0 ? 'W' : upper[rest - 1]}${second}`)
}

const deTax = (draw: Draw): Written => {
  // Ten digits: nine different ones, one of them twice.
  const different = [...'0123456789']
    .map((digit) => ({ digit, key: draw.digits(8) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
  const nine = different.slice(0, 9).map(({ digit }) => digit)
  nine.splice(draw.integer(0, 8), 0, draw.one(nine))
  if (nine[0] === '0') return deTax(draw)
  const body = nine.join('')
  const value = body + hybridCheck(body)
  return draw.chance(0.6) ? plain(value) : telling(grouped(value, [2, 3, 3, 3], ' '))
}

const dePension = (draw: Draw): Written => {
  const { year, month, day } = draw.day()
  const letter = draw.from(upper, 1)
  const head = `${draw.one(['02', '04', '10', '13', '15', '53', '65'])}${pad(day, 2)}${pad(month, 2)}${pad(year % 100, 2)}`
  const serial = pad(draw.integer(0, 99), 2)
  const digits = head + pad(letter.charCodeAt(0) - 64, 2) + serial
  const sum = [...digits].reduce((total, digit, index) => {
    const product = Number(digit) * ([2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1][index] as number)
    return total + [...String(product)].reduce((a, b) => a + Number(b), 0)
  }, 0)
  const value = `${head}${letter}${serial}${sum % 10}`
  return telling(draw.chance(0.6) ? value : grouped(value, [2, 6, 1, 3], ' '))
}

const frNir = (draw: Draw): Written => {
  const { year, month } = draw.day()
  const department = draw.chance(0.1) ? draw.one(['2A', '2B']) : pad(draw.integer(1, 95), 2)
  const body = `${draw.one(['1', '2'])}${pad(year % 100, 2)}${pad(month, 2)}${department}${pad(draw.integer(1, 900), 3)}${pad(draw.integer(1, 999), 3)}`
  const key = 97 - remainderBy97(body.replace('2A', '19').replace('2B', '18'))
  const value = body + pad(key, 2)
  return telling(draw.chance(0.5) ? value : grouped(value, [1, 2, 2, 2, 3, 3, 2], ' '))
}

const nlBsn = (draw: Draw): Written =>
  plain(
    until(() => {
      const body = draw.digits(8)
      const check = sumOf(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11
      return check === 10 || /^0{2}/.test(body) ? undefined : body + check
    }),
  )

const beNational = (draw: Draw): Written => {
  const { year, month, day } = draw.day()
  const body = `${pad(year % 100, 2)}${pad(month, 2)}${pad(day, 2)}${pad(draw.integer(1, 997), 3)}`
  const check = 97 - remainderBy97(year < 2000 ? body : `2${body}`)
  const value = body + pad(check, 2)
  return draw.chance(0.7) ? telling(grouped(value, [2, 2, 2, 3, 2], ['.', '.', '-', '.'])) : plain(value)
}

const chAhv = (draw: Draw): Written => {
  const body = `756${draw.digits(9)}`
  const value = body + ((10 - (sumOf(body, [1, 3]) % 10)) % 10)
  return telling(draw.chance(0.8) ? grouped(value, [3, 4, 4, 2], '.') : value)
}

const atSocial = (draw: Draw): Written => {
  const { year, month, day } = draw.day()
  const date = `${pad(day, 2)}${pad(month, 2)}${pad(year % 100, 2)}`
  const value = until(() => {
    const serial = String(draw.integer(100, 999))
    const check = (sumOf(serial, [3, 7, 9]) + sumOf(date, [5, 8, 4, 2, 1, 6])) % 11
    return check === 10 ? undefined : `${serial}${check}${date}`
  })
  return plain(draw.chance(0.5) ? value : grouped(value, [4, 6], ' '))
}

/** National numbers of western and central Europe, each made as its issuer's rules say. */
export const westernEuropeanNumbers: readonly NumberKind[] = [
  nationalKind('gb-nino', ['NI number', 'National Insurance number', 'NINO', 'National Insurance No.'], gbNino),
  nationalKind('gb-nhs', ['NHS number', 'NHS No.', 'NHS', 'nhsNumber'], gbNhs),
  nationalKind('ie-pps', ['PPS number', 'PPSN', 'PPS No.'], iePps),
  nationalKind(
    'de-tax-id',
    ['Steuer-ID', 'Steueridentifikationsnummer', 'IdNr.', 'Steuerliche Identifikationsnummer', 'German tax ID'],
    deTax,
  ),
  nationalKind(
    'de-pension',
    ['Sozialversicherungsnummer', 'Rentenversicherungsnummer', 'SV-Nummer', 'Versicherungsnummer'],
    dePension,
  ),
  nationalKind('fr-nir', ['NIR', 'Numéro de sécurité sociale', 'N° de sécurité sociale', 'numéro INSEE'], frNir),
  nationalKind('nl-bsn', ['BSN', 'Burgerservicenummer', 'BSN-nummer', 'bsn'], nlBsn),
  nationalKind('be-rijksregister', ['Rijksregisternummer', 'Numéro national', 'NISS', 'INSZ'], beNational),
  nationalKind('ch-ahv', ['AHV-Nummer', 'Numéro AVS', 'AHV-Nr.', 'AHVN13'], chAhv),
  nationalKind('at-svnr', ['SVNR', 'Sozialversicherungsnummer', 'SV-Nummer'], atSocial),
]
