import { type Draw, luhnDigit, pad } from './random-text.ts'

const hex = '0123456789abcdef'

const isbn13 = (draw: Draw): string => {
  const body = `978${draw.digits(9)}`
  const sum = [...body].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0)
  return `${body}${(10 - (sum % 10)) % 10}`.replace(
    /^(978)(\d)(\d{4})(\d{4})(\d)$/,
    draw.chance(0.5) ? '$1-$2-$3-$4-$5' : '$&',
  )
}

/** What looks like personal data and is none. */
export const decoys: readonly ((draw: Draw) => string)[] = [
  (draw) =>
    `${draw.one(['Order', 'Order no.', 'Bestellnummer', 'Commande', 'Pedido', 'order_id:', '订单'])} ${draw.digits(draw.integer(8, 16))}`,
  (draw) =>
    `${draw.one(['Invoice', 'Rechnung', 'Facture', 'Factura'])} ${draw.one(['', 'RE-', 'INV-'])}${draw.digits(draw.integer(6, 12))}`,
  (draw) =>
    `${draw.one(['version', 'v', 'Version ', 'release '])}${draw.integer(0, 12)}.${draw.integer(0, 20)}.${draw.integer(0, 99)}${draw.one(['', `.${draw.integer(0, 19)}`, `-rc.${draw.integer(1, 9)}`])}`,
  (draw) => `on ${draw.integer(2019, 2026)}-${pad(draw.integer(1, 12), 2)}-${pad(draw.integer(1, 28), 2)}`,
  (draw) =>
    `${draw.integer(2019, 2026)}-${pad(draw.integer(1, 12), 2)}-${pad(draw.integer(1, 28), 2)}T${pad(draw.integer(0, 23), 2)}:${pad(draw.integer(0, 59), 2)}:${pad(draw.integer(0, 59), 2)}Z`,
  (draw) => `commit ${draw.from(hex, 40)}`,
  (draw) => `sha256:${draw.from(hex, 64)}`,
  (draw) => `${draw.from(hex, 32)}`,
  (draw) => `ISBN ${isbn13(draw)}`,
  (draw) => [8, 4, 4, 4, 12].map((length) => draw.from(hex, length)).join('-'),
  (draw) => `ticket ${draw.digits(3)}-${draw.digits(4)}`,
  (draw) => `${draw.one(['at', 'timestamp'])} ${draw.integer(1_500_000_000, 1_790_000_000)}`,
  (draw) => `timestamp ${draw.integer(1_500_000_000, 1_790_000_000)}${draw.digits(3)}`,
  (draw) => `${draw.one(['€', '$', ''])}${draw.integer(1, 999)},${draw.digits(3)}.${draw.digits(2)}`,
  (draw) => `${draw.integer(-89, 89)}.${draw.digits(6)}, ${draw.integer(-179, 179)}.${draw.digits(6)}`,
  (draw) => `SKU ${draw.from('ABCDEFGHKLMNPRSTUVWXYZ', 3)}-${draw.digits(5)}`,
  (draw) => `tracking 1Z${draw.from('ABCDEFGHKLMNPRSTUVWXYZ0123456789', 6)}${draw.digits(10)}`,
  (draw) => `EAN ${draw.digits(13)}`,
  (draw) =>
    `${pad(draw.integer(0, 23), 2)}:${pad(draw.integer(0, 59), 2)}:${pad(draw.integer(0, 59), 2)}.${draw.digits(3)}`,
  (draw) => {
    const body = `35${draw.digits(12)}`
    return `serial ${body}${luhnDigit(body)}`
  },
  (draw) => `${draw.integer(1, 9)}x${draw.digits(4)}x${draw.digits(4)}`,
  (draw) => `std::vector<int${draw.one(['32_t', ''])}> a::b`,
  (draw) => `icon@${draw.one(['2', '3'])}x.png`,
  (draw) => `package@${draw.integer(1, 9)}.${draw.integer(0, 20)}.${draw.integer(0, 9)}`,
  (draw) => `Fig. ${draw.integer(1, 9)}.${draw.integer(1, 9)}.${draw.integer(1, 9)}.${draw.integer(1, 9)}`,
  (draw) => `loss 0.${draw.digits(12)}`,
  (draw) => `part no. ${draw.digits(3)}-${draw.digits(2)}-${draw.digits(5)}`,
  (draw) => `#${draw.from('0123456789abcdef', 6)}`,
  (draw) => `${draw.integer(1, 255)}, ${draw.integer(1, 255)}, ${draw.integer(1, 255)}`,
  (draw) => `offset ${draw.digits(draw.integer(5, 11))}`,
  (draw) => `batch ${draw.digits(9)}`,
  (draw) => `${draw.digits(2)}/${draw.digits(2)} people, ${draw.integer(1900, 2026)}`,
  (draw) => `reference ${draw.from('ABCDEFGHKLMNPRSTUVWXYZ', 2)}${draw.digits(8)}`,
  (draw) => `[${draw.integer(1, 64)}, ${draw.integer(1, 512)}, ${draw.integer(1, 2048)}, ${draw.integer(1, 2048)}]`,
  (draw) => `<td>${draw.digits(4)}</td><td>${draw.digits(3)}</td><td>${draw.digits(4)}</td>`,
  (draw) => `${draw.digits(8)}: ${draw.from(hex, 4)} ${draw.from(hex, 4)} ${draw.from(hex, 4)} ${draw.from(hex, 4)}`,
  (draw) => `0x${draw.from(hex, 16)}`,
  (draw) => `${draw.integer(1, 99)} of ${draw.integer(100, 999)}, ${draw.integer(0, 99)}.${draw.digits(2)} %`,
  (draw) => `DOI 10.${draw.digits(4)}/${draw.from('abcdefghijklm', 4)}.${draw.digits(6)}`,
  (draw) => `arXiv:${draw.integer(15, 26)}${pad(draw.integer(1, 12), 2)}.${draw.digits(5)}`,
  (draw) => `RFC ${draw.integer(100, 9600)} § ${draw.integer(1, 9)}.${draw.integer(1, 9)}`,
  (draw) => `@handle${draw.integer(1, 99)} and @types/node`,
  (draw) => `x = a @ b + c${draw.integer(1, 9)}`,
  (draw) => `std::map<K, V>::iterator::value_${draw.integer(1, 9)}`,
  (draw) => `room ${draw.digits(3)}, shelf ${draw.digits(2)}-${draw.digits(3)}`,
  (draw) => `model XJ-${draw.digits(3)}-${draw.digits(4)}`,
  (draw) => `error ${draw.digits(5)}-${draw.digits(5)}`,
  (draw) => `score ${draw.integer(0, 9)}-${draw.integer(0, 9)}, ${draw.integer(0, 9)}-${draw.integer(0, 9)}`,
  (draw) => `epoch ${draw.integer(1, 99)}/${draw.integer(100, 400)}`,
]
