import { type Draw, grouped, luhnDigit, pad, sumOf } from './random-text.ts'
import { type NumberKind, nationalKind, plain, telling, until, upper, type Written } from './written.ts'

// Verhoeff's group of the pentagon: composition and the permutation (1 5 8 9 4 2 7 0)(3 6).
const compose = (a: number, b: number): number => {
  const [turnA, turnB] = [a % 5, b % 5]
  if (a < 5) return b < 5 ? (turnA + turnB) % 5 : 5 + ((turnA + turnB) % 5)
  return b < 5 ? 5 + ((turnA - turnB + 5) % 5) : (turnA - turnB + 5) % 5
}
const permute = (digit: number, times: number): number => {
  let value = digit
  for (let time = 0; time < times % 8; time += 1) value = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4][value] as number
  return value
}
const verhoeffOf = (digits: string): number =>
  [...digits].reverse().reduce((check, digit, index) => compose(check, permute(Number(digit), index)), 0)
const inAadhaar = (draw: Draw): Written => {
  const body = String(draw.integer(2, 9)) + draw.digits(10)
  const value = until(() => {
    const check = draw.integer(0, 9)
    return verhoeffOf(`${body}${check}`) === 0 ? `${body}${check}` : undefined
  })
  return draw.chance(0.6) ? telling(grouped(value, [4, 4, 4], ' ')) : plain(value)
}

const inPan = (draw: Draw): Written =>
  telling(`${draw.from(upper, 3)}P${draw.from(upper, 1)}${draw.digits(4)}${draw.from(upper, 1)}`)

const cnResident = (draw: Draw): Written => {
  const { year, month, day } = draw.day()
  const body = `${draw.one(['110105', '310104', '440306', '510107', '330106'])}${year}${pad(month, 2)}${pad(day, 2)}${draw.digits(3)}`
  // GB 11643: the sum of a_i times 2^(i-1) modulo 11 has to be 1, counted from the right.
  const sum = [...body].reduce((total, digit, index) => total + Number(digit) * (2 ** (17 - index) % 11), 0)
  const check = (12 - (sum % 11)) % 11
  return telling(body + (check === 10 ? 'X' : check))
}

const jpMyNumber = (draw: Draw): Written => {
  const body = draw.digits(11)
  const sum = [...body]
    .reverse()
    .reduce((total, digit, index) => total + Number(digit) * (index < 6 ? index + 2 : index - 4), 0)
  const rest = sum % 11
  const value = body + (rest <= 1 ? 0 : 11 - rest)
  return plain(draw.chance(0.6) ? value : grouped(value, [4, 4, 4], ' '))
}

const krResident = (draw: Draw): Written => {
  const { year, month, day } = draw.day()
  const body = `${pad(year % 100, 2)}${pad(month, 2)}${pad(day, 2)}${year < 2000 ? draw.integer(1, 2) : draw.integer(3, 4)}${draw.digits(5)}`
  const check = (11 - (sumOf(body, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10
  return telling(grouped(body + check, [6, 7], '-'))
}

const twId = (draw: Draw): Written => {
  const letter = draw.from(upper, 1)
  const code = {
    A: 10,
    B: 11,
    C: 12,
    D: 13,
    E: 14,
    F: 15,
    G: 16,
    H: 17,
    I: 34,
    J: 18,
    K: 19,
    L: 20,
    M: 21,
    N: 22,
    O: 35,
    P: 23,
    Q: 24,
    R: 25,
    S: 26,
    T: 27,
    U: 28,
    V: 29,
    W: 32,
    X: 30,
    Y: 31,
    Z: 33,
  }[letter] as number
  const body = String(draw.integer(1, 2)) + draw.digits(7)
  const sum = Math.trunc(code / 10) + 9 * (code % 10) + sumOf(body, [8, 7, 6, 5, 4, 3, 2, 1])
  return telling(`${letter}${body}${(10 - (sum % 10)) % 10}`)
}

const sgNric = (draw: Draw): Written => {
  const kind = draw.one(['S', 'T', 'F', 'G'])
  const body = draw.digits(7)
  const rest = (sumOf(body, [2, 7, 6, 5, 4, 3, 2]) + (kind === 'T' || kind === 'G' ? 4 : 0)) % 11
  return telling(kind + body + ((kind === 'S' || kind === 'T' ? 'JZIHGFEDCBA' : 'XWUTRQPNMLK')[rest] as string))
}

const hkId = (draw: Draw): Written => {
  const letter = draw.from(upper, 1)
  const body = draw.digits(6)
  const sum = 9 * 36 + 8 * (upper.indexOf(letter) + 10) + sumOf(body, [7, 6, 5, 4, 3, 2])
  const check = (11 - (sum % 11)) % 11
  return telling(`${letter}${body}(${check === 10 ? 'A' : check})`)
}

const thId = (draw: Draw): Written => {
  const body = String(draw.integer(1, 8)) + draw.digits(11)
  const value = body + ((11 - (sumOf(body, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10)
  return draw.chance(0.7) ? telling(grouped(value, [1, 4, 5, 2, 1], '-')) : plain(value)
}

const myKad = (draw: Draw): Written => {
  const { year, month, day } = draw.day()
  return telling(`${pad(year % 100, 2)}${pad(month, 2)}${pad(day, 2)}-${pad(draw.integer(1, 16), 2)}-${draw.digits(4)}`)
}

const idNik = (draw: Draw): Written => {
  const { year, month, day } = draw.day()
  const date = `${pad(draw.chance(0.5) ? day : day + 40, 2)}${pad(month, 2)}${pad(year % 100, 2)}`
  return plain(
    `${draw.integer(11, 94)}${pad(draw.integer(1, 79), 2)}${pad(draw.integer(1, 40), 2)}${date}${pad(draw.integer(1, 999), 4)}`,
  )
}

const ilId = (draw: Draw): Written => {
  const body = draw.digits(8)
  return plain(body + luhnDigit(body))
}

const aeId = (draw: Draw): Written => {
  const body = `784${draw.day().year}${draw.digits(7)}`
  return telling(grouped(body + luhnDigit(body), [3, 4, 7, 1], '-'))
}

const saId = (draw: Draw): Written => {
  const body = draw.one(['1', '2']) + draw.digits(8)
  return plain(body + luhnDigit(body))
}

/** National numbers of Asia, each made as its issuer's rules say. */
export const asianNumbers: readonly NumberKind[] = [
  nationalKind('in-aadhaar', ['Aadhaar', 'Aadhaar number', 'Aadhaar No.'], inAadhaar),
  nationalKind('in-pan', ['PAN', 'PAN card', 'Permanent Account Number'], inPan),
  nationalKind('cn-resident', ['身份证号', '身份证号码', '公民身份号码', 'Resident identity number'], cnResident),
  nationalKind('jp-my-number', ['マイナンバー', '個人番号', 'My Number'], jpMyNumber),
  nationalKind('kr-rrn', ['주민등록번호', '주민번호', 'Resident registration number'], krResident),
  nationalKind('tw-id', ['身分證字號', '身分證', 'Taiwan ID'], twId),
  nationalKind('sg-nric', ['NRIC', 'NRIC No.', 'FIN'], sgNric),
  nationalKind('hk-hkid', ['HKID', '香港身份證', 'Hong Kong identity card'], hkId),
  nationalKind('th-id', ['Thai ID', 'เลขประจำตัวประชาชน'], thId),
  nationalKind('my-mykad', ['MyKad', 'MyKad No.', 'Kad pengenalan'], myKad),
  nationalKind('id-nik', ['NIK', 'Nomor Induk Kependudukan', 'No. KTP'], idNik),
  nationalKind('il-id', ['Teudat Zehut', 'תעודת זהות', 'Israeli ID'], ilId),
  nationalKind('ae-emirates-id', ['Emirates ID', 'EID'], aeId),
  nationalKind('sa-id', ['Iqama', 'Saudi ID', 'رقم الهوية'], saId),
]
