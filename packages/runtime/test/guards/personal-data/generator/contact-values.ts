import { getExampleNumber, parsePhoneNumberFromString } from 'libphonenumber-js/core'
import examples from 'libphonenumber-js/examples.mobile.json'
import plans from 'libphonenumber-js/metadata.max.json'
import { type Draw, pad } from './random-text.ts'
import { type NumberKind, plain, telling, type Written } from './written.ts'

const lower = 'abcdefghijklmnopqrstuvwxyz'
const people = [
  'maria',
  'john',
  'li.wei',
  'a.nowak',
  'fatima',
  'jean-luc',
  'o.svensson',
  'k_mueller',
  'priya.s',
  'tom42',
]

const hosts = [
  'example.org',
  'mail.example.com',
  'firma.example.de',
  'uni-beispiel.de',
  'sub.dept.example.ac.uk',
  'correo.example.es',
]

const email = (draw: Draw): Written =>
  telling(
    draw.one([
      () => `${draw.one(people)}@${draw.one(hosts)}`,
      () => `${draw.one(people)}${draw.integer(1, 99)}@${draw.one(hosts)}`,
      () => `${draw.one(people)}+${draw.from(lower, 5)}@${draw.one(hosts)}`,
      () => `"${draw.one(['john doe', 'ann, b.', 'x y'])}"@${draw.one(hosts)}`,
      () =>
        `${draw.one(['jörg', 'françois', 'анна', 'señor'])}@${draw.one(['bücher.example', 'пример.рф', 'example.org'])}`,
      () => `${draw.one(people)}@[192.0.2.${draw.integer(1, 254)}]`,
      () => `${draw.from(lower, 1)}.${draw.from(lower, 9)}@xn--bcher-kva.example`,
    ])(),
  )

/** A number like the plan's own example, other in its last digits, that the library calls valid. */
const likeExample = (draw: Draw, country: string) => {
  const example = getExampleNumber(country as 'DE', examples, plans)
  if (example === undefined) throw new Error(`no example of a number of ${country}`)
  for (;;) {
    const head = example.nationalNumber.slice(0, -4)
    const parsed = parsePhoneNumberFromString(`+${example.countryCallingCode}${head}${draw.digits(4)}`, plans)
    if (parsed?.isValid()) return parsed
  }
}

const anywhere = [
  'US',
  'GB',
  'DE',
  'FR',
  'ES',
  'IT',
  'NL',
  'PL',
  'SE',
  'BR',
  'IN',
  'CN',
  'JP',
  'KR',
  'AU',
  'ZA',
  'MX',
  'TR',
  'EG',
  'NG',
  'FI',
  'GR',
  'CZ',
]

const dialledInside = ['US', 'GB', 'DE', 'FR', 'ES', 'IT', 'NL', 'PL', 'SE', 'BR', 'IN', 'CN', 'JP', 'KR', 'AU', 'ZA']

const phone = (draw: Draw): Written => {
  if (draw.chance(0.35)) return plain(likeExample(draw, draw.one(dialledInside)).formatNational())
  const number = likeExample(draw, draw.one(anywhere))
  return telling(
    draw.one([
      () => number.formatInternational(),
      () => number.number,
      () => number.formatInternational().replaceAll(' ', '-'),
      () => number.formatInternational().replaceAll(' ', '.'),
      () => `00${number.number.slice(1)}`,
    ])(),
  )
}

const ipv4 = (draw: Draw): Written =>
  telling([draw.integer(20, 223), draw.integer(0, 255), draw.integer(0, 255), draw.integer(1, 254)].join('.'))

const ipv6 = (draw: Draw): Written => {
  const group = (): string => draw.integer(1, 0xffff).toString(16)
  return telling(
    draw.one([
      () => `2001:db8:${Array.from({ length: 6 }, group).join(':')}`,
      () => `2001:db8::${group()}`,
      () => `fe80::${Array.from({ length: 4 }, group).join(':')}`,
      () => `2001:0DB8:0000:0000:0000:FF00:0042:${pad(draw.integer(1000, 9999), 4)}`,
      () => `::ffff:192.0.2.${draw.integer(1, 254)}`,
    ])(),
  )
}

const mac = (draw: Draw): Written => {
  const bytes = Array.from({ length: 6 }, () => draw.from('0123456789abcdef', 2))
  return telling(
    draw.one([
      () => bytes.join(':'),
      () => bytes.join(':').toUpperCase(),
      () => bytes.join('-'),
      () => (bytes.join('').match(/.{4}/g) ?? []).join('.'),
    ])(),
  )
}

const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

const germanMonths = [
  'Januar',
  'Februar',
  'März',
  'April',
  'Mai',
  'Juni',
  'Juli',
  'August',
  'September',
  'Oktober',
  'November',
  'Dezember',
]

const birth = (draw: Draw): Written => {
  const { year, month, day } = draw.day()
  return plain(
    draw.one([
      () => `${year}-${pad(month, 2)}-${pad(day, 2)}`,
      () => `${pad(month, 2)}/${pad(day, 2)}/${year}`,
      () => `${pad(day, 2)}.${pad(month, 2)}.${year}`,
      () => `${day}/${month}/${year}`,
      () => `${day} ${monthNames[month - 1]} ${year}`,
      () => `${monthNames[month - 1]} ${day}, ${year}`,
      () => `${day}. ${germanMonths[month - 1]} ${year}`,
    ])(),
  )
}

/** How to reach somebody, and when they were born. */
export const contactValues: readonly NumberKind[] = [
  { type: 'e-mail', labels: ['E-mail', 'email', 'Mail', 'Correo', 'E-Mail-Adresse', '邮箱'], write: email },
  {
    type: 'phone',
    labels: [
      'Phone',
      'Tel.',
      'Mobile',
      'phoneNumber',
      'Telefon',
      'Téléphone',
      'Móvil',
      'Handy',
      'Cell',
      'Telefone',
      '电话',
      '携帯',
      '전화',
    ],
    write: phone,
  },
  { type: 'ipv4', labels: ['IP', 'client_ip', 'IP address', 'from'], write: ipv4 },
  { type: 'ipv6', labels: ['IPv6', 'IP address', 'remote'], write: ipv6 },
  { type: 'mac-address', labels: ['MAC', 'MAC address', 'hwaddr'], write: mac },
  {
    type: 'date-of-birth',
    labels: [
      'Date of birth',
      'DOB',
      'Born',
      'Geburtsdatum',
      'Date de naissance',
      'Fecha de nacimiento',
      'birth_date',
      'Data di nascita',
      '生年月日',
    ],
    write: birth,
  },
]
