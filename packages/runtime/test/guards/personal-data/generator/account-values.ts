import { createHash } from 'node:crypto'
import { type Draw, grouped, luhnDigit, pad } from './random-text.ts'
import { type NumberKind, plain, telling, upper, type Written } from './written.ts'

// BBAN structures of the SWIFT registry: n digits, a capitals, c both.
const accounts: Readonly<Record<string, string>> = {
  ...{
    DE: '18n',
    GB: '4a14n',
    FR: '10n11c2n',
    ES: '20n',
    IT: '1a10n12c',
    NL: '4a10n',
    BE: '12n',
    AT: '16n',
    CH: '5n12c',
  },
  ...{
    PL: '24n',
    PT: '21n',
    SE: '20n',
    NO: '11n',
    DK: '14n',
    FI: '14n',
    IE: '4a14n',
    LU: '3n13c',
    CZ: '20n',
    GR: '7n16c',
  },
  ...{ SA: '2n18c', AE: '19n', TR: '5n1n16c', BR: '23n1a1c', MT: '4a5n18c', IL: '19n', LI: '5n12c', RO: '4a16c' },
}

const iban = (draw: Draw): Written => {
  const country = draw.one(Object.keys(accounts))
  const bban = [...(accounts[country] as string).matchAll(/(\d+)([nac])/g)]
    .map(([, length, kind]) =>
      draw.from(kind === 'n' ? '0123456789' : kind === 'a' ? upper : `${upper}0123456789`, Number(length)),
    )
    .join('')
  const digits = [...`${bban}${country}00`].map((character) => Number.parseInt(character, 36)).join('')
  const check = 98n - (BigInt(digits) % 97n)
  const value = country + pad(Number(check), 2) + bban
  return telling(draw.chance(0.5) ? value : (value.match(/.{1,4}/g) ?? []).join(' '))
}

const card = (draw: Draw): Written => {
  const [prefix, length] = draw.one([
    [`4${draw.digits(5)}`, 16],
    [`5${draw.integer(1, 5)}${draw.digits(4)}`, 16],
    [`${draw.integer(222100, 272099)}`, 16],
    [`3${draw.one(['4', '7'])}${draw.digits(4)}`, 15],
    ['601100', 16],
    [`${draw.integer(644, 649)}${draw.digits(3)}`, 16],
    [`36${draw.digits(4)}`, 14],
    [`${draw.integer(3528, 3589)}${draw.digits(2)}`, 16],
    [`62${draw.digits(4)}`, 16],
  ] as const)
  const body = prefix + draw.digits(length - prefix.length - 1)
  const value = body + luhnDigit(body)
  if (draw.chance(0.35)) return plain(value)
  const groups = length === 16 ? [4, 4, 4, 4] : length === 15 ? [4, 6, 5] : [4, 6, 4]
  return telling(grouped(value, groups, draw.one([' ', '-'])))
}

const passport = (draw: Draw): Written =>
  plain(
    draw.one([
      () => draw.digits(9),
      () => draw.from(upper, 1) + draw.digits(8),
      () => draw.from('CFGHJK', 1) + draw.from('CFGHJKLMNPRTVWXYZ0123456789', 3) + draw.digits(5),
      () => draw.digits(2) + draw.from(upper, 2) + draw.digits(5),
      () => draw.from(upper, 2) + draw.digits(7),
      () => draw.from(upper, 3) + draw.digits(6),
      () => draw.from(upper, 1) + draw.digits(7),
    ])(),
  )

/** The check digit of Doc 9303-3: 7, 3, 1 over values of 0 to 35. */
const mrzDigit = (field: string): number =>
  [...field].reduce((sum, c, i) => sum + (c === '<' ? 0 : Number.parseInt(c, 36)) * ([7, 3, 1][i % 3] as number), 0) %
  10

const mrz = (draw: Draw): Written => {
  const country = draw.one(['D<<', 'GBR', 'FRA', 'USA', 'UTO', 'ITA'])
  const { year, month, day } = draw.day()
  const number = draw.from(upper, 1) + draw.digits(8)
  const birth = `${pad(year % 100, 2)}${pad(month, 2)}${pad(day, 2)}`
  const expiry = `${draw.integer(26, 35)}${pad(month, 2)}${pad(day, 2)}`
  const name = `${draw.one(['SMITH', 'MUELLER', 'ERIKSSON'])}<<${draw.one(['ANNA<MARIA', 'JOHN', 'LEE'])}`
  const sex = draw.one(['F', 'M', '<'])
  if (draw.chance(0.5)) {
    const optional = ''.padEnd(14, '<')
    const tail = `${birth}${mrzDigit(birth)}${sex}${expiry}${mrzDigit(expiry)}${optional}`
    const second = `${number}${mrzDigit(number)}${country}${tail}`
    const whole = `${number}${mrzDigit(number)}${birth}${mrzDigit(birth)}${expiry}${mrzDigit(expiry)}${optional}<`
    return telling(`${`P<${country}${name}`.padEnd(44, '<')}\n${second}<${mrzDigit(whole)}`)
  }
  const first = `I<${country}${number}${mrzDigit(number)}`.padEnd(30, '<')
  const second = `${birth}${mrzDigit(birth)}${sex}${expiry}${mrzDigit(expiry)}${country}`.padEnd(29, '<')
  const whole = first.slice(5) + second.slice(0, 7) + second.slice(8, 15) + second.slice(18, 29)
  return telling(`${first}\n${second}${mrzDigit(whole)}\n${name.padEnd(30, '<')}`)
}

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest()

const base58Check = (version: number, hash: Buffer): string => {
  const payload = Buffer.concat([Buffer.from([version]), hash])
  const bytes = Buffer.concat([payload, sha256(sha256(payload)).subarray(0, 4)])
  let value = BigInt(`0x${bytes.toString('hex')}`)
  let text = ''
  for (; value > 0n; value /= 58n) text = base58[Number(value % 58n)] + text
  const zeros = bytes.findIndex((byte) => byte !== 0)
  return '1'.repeat(zeros) + text
}

const bech32Letters = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'

// BIP-173's reference: the checksum is a remainder over GF(32).
const polymod = (values: readonly number[]): number =>
  values.reduce((checksum, value) => {
    const top = checksum >> 25
    const next = ((checksum & 0x1ffffff) << 5) ^ value
    return [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].reduce(
      (sum, generator, bit) => ((top >> bit) & 1 ? sum ^ generator : sum),
      next,
    )
  }, 1)

const bech32 = (prefix: string, program: Buffer): string => {
  const bits = [...program].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const data = [0, ...(bits.match(/.{5}/g) ?? []).map((five) => Number.parseInt(five, 2))]
  const expanded = [...[...prefix].map((c) => c.charCodeAt(0) >> 5), 0, ...[...prefix].map((c) => c.charCodeAt(0) & 31)]
  const checksum = polymod([...expanded, ...data, 0, 0, 0, 0, 0, 0]) ^ 1
  const check = Array.from({ length: 6 }, (_, index) => (checksum >> (5 * (5 - index))) & 31)
  return `${prefix}1${[...data, ...check].map((value) => bech32Letters[value]).join('')}`
}

const wallet = (draw: Draw): Written => {
  const hash = Buffer.from(draw.from('0123456789abcdef', 40), 'hex')
  return telling(
    draw.one([
      () => base58Check(0, hash),
      () => base58Check(5, hash),
      () => bech32('bc', hash),
      () => `0x${hash.toString('hex')}`,
    ])(),
  )
}

/** Accounts, cards and travel documents. */
export const accountValues: readonly NumberKind[] = [
  { type: 'iban', labels: ['IBAN', 'Bank account', 'Konto', 'Compte', 'iban'], write: iban },
  {
    type: 'card',
    labels: [
      'Card',
      'Credit card',
      'Kreditkarte',
      'Visa',
      'Carte bancaire',
      'Tarjeta',
      'card_number',
      'Kartennummer',
      '信用卡',
    ],
    write: card,
  },
  {
    type: 'passport',
    labels: [
      'Passport',
      'Passport No.',
      'Reisepass',
      'Passeport',
      'Pasaporte',
      'passport_number',
      'Paspoortnummer',
      '护照',
      'パスポート',
    ],
    write: passport,
  },
  { type: 'mrz', labels: ['MRZ', 'Passport', 'Scan'], write: mrz },
  { type: 'crypto-wallet', labels: ['Wallet', 'BTC address', 'Send to', 'ETH'], write: wallet },
]
