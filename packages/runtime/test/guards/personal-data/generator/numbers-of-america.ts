import { type Draw, grouped, luhnDigit, pad, sumOf } from './random-text.ts'
import { type NumberKind, nationalKind, plain, telling, until, type Written } from './written.ts'

const usSsn = (draw: Draw): Written => {
  const area = until(() => {
    const value = pad(draw.integer(1, 899), 3)
    return value === '666' ? undefined : value
  })
  const [group, serial] = [pad(draw.integer(1, 99), 2), pad(draw.integer(1, 9999), 4)]
  return draw.chance(0.7) ? telling(`${area}-${group}-${serial}`) : plain(area + group + serial)
}

const usItin = (draw: Draw): Written => {
  const group = draw.one([draw.integer(50, 65), draw.integer(70, 88), draw.integer(90, 92), draw.integer(94, 99)])
  return telling(`9${draw.digits(2)}-${group}-${draw.digits(4)}`)
}

const caSin = (draw: Draw): Written => {
  const body = draw.one(['1', '2', '4', '5', '6', '7', '9']) + draw.digits(7)
  const value = body + luhnDigit(body)
  return plain(draw.one([value, grouped(value, [3, 3, 3], ' '), grouped(value, [3, 3, 3], '-')]))
}

const brCheck = (digits: string): string => {
  const rest = (10 * [...digits].reverse().reduce((sum, digit, index) => sum + Number(digit) * (2 + index), 0)) % 11
  return String(rest % 11 === 10 ? 0 : rest)
}
const brCpf = (draw: Draw): Written => {
  let value = draw.digits(9)
  value += brCheck(value)
  value += brCheck(value)
  return draw.chance(0.7) ? telling(grouped(value, [3, 3, 3, 2], ['.', '.', '-'])) : plain(value)
}

const cnpjCheck = (digits: string): string => {
  const rest = [...digits].reverse().reduce((sum, digit, index) => sum + Number(digit) * (2 + (index % 8)), 0) % 11
  return String(rest < 2 ? 0 : 11 - rest)
}
const brCnpj = (draw: Draw): Written => {
  let value = `${draw.digits(8)}000${draw.integer(1, 9)}`
  value += cnpjCheck(value)
  value += cnpjCheck(value)
  return draw.chance(0.8) ? telling(grouped(value, [2, 3, 3, 4, 2], ['.', '.', '/', '-'])) : plain(value)
}

const arCuil = (draw: Draw): Written => {
  const value = until(() => {
    const body = draw.one(['20', '23', '27']) + pad(draw.integer(10_000_000, 47_000_000), 8)
    const rest = 11 - (sumOf(body, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)
    return rest === 10 ? undefined : body + (rest === 11 ? 0 : rest)
  })
  return draw.chance(0.8) ? telling(grouped(value, [2, 8, 1], '-')) : plain(value)
}

const clRut = (draw: Draw): Written => {
  const body = String(draw.integer(5_000_000, 25_000_000))
  const sum = [...body].reverse().reduce((total, digit, index) => total + Number(digit) * (2 + (index % 6)), 0)
  const rest = 11 - (sum % 11)
  const check = rest === 11 ? '0' : rest === 10 ? 'K' : String(rest)
  const dotted = body.length === 8 ? grouped(body, [2, 3, 3], '.') : grouped(body, [1, 3, 3], '.')
  return draw.chance(0.8) ? telling(`${dotted}-${check}`) : plain(`${body}-${check}`)
}

const mxAlphabet = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ'
const mxCurp = (draw: Draw): Written => {
  const { year, month, day } = draw.day()
  const consonants = 'BCDFGHJKLMNPQRSTVWXYZ'
  const body =
    `${draw.from(consonants, 1)}${draw.from('AEIOU', 1)}${draw.from(consonants, 2)}${pad(year % 100, 2)}${pad(month, 2)}${pad(day, 2)}` +
    `${draw.one(['H', 'M'])}${draw.one(['DF', 'JC', 'NL', 'VZ', 'PL'])}${draw.from(consonants, 3)}${year < 2000 ? '0' : 'A'}`
  const sum = [...body].reduce((total, character, index) => total + mxAlphabet.indexOf(character) * (18 - index), 0)
  return telling(body + ((10 - (sum % 10)) % 10))
}

/** National numbers of the Americas, each made as its issuer's rules say. */
export const americanNumbers: readonly NumberKind[] = [
  nationalKind(
    'us-ssn',
    ['SSN', 'Social Security Number', 'Social Security No.', 'ssn', 'social_security_number'],
    usSsn,
  ),
  nationalKind('us-itin', ['ITIN', 'Individual Taxpayer Identification Number'], usItin),
  nationalKind('ca-sin', ['SIN', 'Social Insurance Number', "Numéro d'assurance sociale", 'NAS'], caSin),
  nationalKind('br-cpf', ['CPF', 'CPF do titular', 'cpf'], brCpf),
  nationalKind('br-cnpj', ['CNPJ', 'CNPJ da empresa'], brCnpj),
  nationalKind('ar-cuil', ['CUIL', 'CUIT', 'Nro. de CUIL'], arCuil),
  nationalKind('cl-rut', ['RUT', 'RUN'], clRut),
  nationalKind('mx-curp', ['CURP', 'Clave CURP'], mxCurp),
]
