import { hasMagic } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import type { ByteSource } from '../source.ts'
import { recogniseProgram } from './program-header.ts'
import { embeddedRules } from './rules.ts'

/** Bytes of a payload that are put together to recognise it. */
const payloadLength = 256

/** How a payload may be spread: bytes of an element, bits of it that carry, and which of them comes first. */
const spreads = [2, 4, 8].flatMap((stride) =>
  [1, 2, 4, 8].flatMap((bits) => [true, false].map((isLowFirst) => ({ stride, bits, isLowFirst }))),
)

/** The bytes that the lowest `bits` of every `stride`-th byte spell. */
const gather = (weights: Uint8Array, stride: number, bits: number, isLowFirst: boolean, length: number): Uint8Array => {
  const perByte = 8 / bits
  const mask = (1 << bits) - 1
  const payload = new Uint8Array(Math.min(length, Math.floor(weights.length / stride / perByte)))
  for (let index = 0; index < payload.length; index += 1) {
    let byte = 0
    for (let part = 0; part < perByte; part += 1) {
      const value = (weights[(index * perByte + part) * stride] ?? 0) & mask
      byte |= value << (isLowFirst ? part * bits : 8 - bits - part * bits)
    }
    payload[index] = byte
  }
  return payload
}

/** Code in plain text: a shebang, or a statement at the start. Values of integer tensors spell no such words by chance. */
const opensCode =
  /^(?:#!\/|[Ii]mport \w|from \w+ import |exec\(|eval\(|__import__|<[Ss]cript|<\?php|[Pp]owershell|curl |wget )/

/** The first two bytes of everything that {@link describe} knows. */
const openings = new Set(
  [
    '\x7fE',
    'MZ',
    '\xcf\xfa',
    '\xce\xfa',
    '\xfe\xed',
    '\xca\xfe',
    '\0a',
    'de',
    'PK',
    '\x1f\x8b',
    '7z',
    '\x80\x04',
    '\x80\x05',
  ]
    .concat(['#!', 'im', 'Im', 'fr', 'ex', 'ev', '__', '<s', '<S', '<?', 'po', 'Po', 'cu', 'wg'])
    .map((pair) => (pair.charCodeAt(0) << 8) | pair.charCodeAt(1)),
)

const describe = (payload: Uint8Array): string | undefined => {
  const program = recogniseProgram(payload)
  if (program !== undefined) return `a program (${program})`
  if (hasMagic(payload, 'PK\x03\x04') && (payload[4] ?? 99) <= 63 && payload[5] === 0) return 'a zip archive'
  if (hasMagic(payload, [0x1f, 0x8b, 0x08]) && (payload[3] ?? 0xff) < 0x20) return 'a gzip stream'
  if (hasMagic(payload, [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c])) return 'a 7z archive'
  if (payload[0] === 0x80 && (payload[1] ?? 0) >= 4 && (payload[1] ?? 9) <= 5 && payload[2] === 0x95) return 'a pickle'
  if (opensCode.test(Buffer.from(payload.subarray(0, 32)).toString('latin1'))) return 'code'
  return undefined
}

/** Looks for a payload in the lowest bits of weights, where they begin: a spread whose start spells one is no chance. */
export const checkWeights = (weights: ByteSource, inspection: Inspection): void => {
  const head = weights.read(0, payloadLength * 8 * 8)
  for (const { stride, bits, isLowFirst } of spreads) {
    // Two bytes turn nearly all of them away.
    const start = gather(head, stride, bits, isLowFirst, 2)
    if (!openings.has(((start[0] ?? 0) << 8) | (start[1] ?? 0))) continue
    const payload = gather(head, stride, bits, isLowFirst, payloadLength)
    if (payload.length < 32) continue
    const found = describe(payload)
    if (found === undefined) continue
    inspection.report({
      rule: embeddedRules['hidden-in-weights'],
      message: `expected noise in the lowest bits of weights, found ${found} in the lowest ${bits} of each ${stride} bytes`,
      offset: 0,
      evidence: { bits, stride, order: isLowFirst ? 'lowest first' : 'highest first' },
    })
    return
  }
}
