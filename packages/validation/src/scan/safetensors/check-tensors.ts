import type { Inspection } from '../inspection.ts'
import { printable, type Rule } from '../rule.ts'
import { elementBits } from './element-types.ts'
import { compareLayout, type Range } from './layout.ts'
import type { Json, JsonObject } from './read-json.ts'
import { safetensorsRules as rules } from './rules.ts'

const maximumSize = 2n ** 64n - 1n
/** PyTorch allows 64 dimensions; more are only there to overflow something (CWE-770). */
const maximumDimensions = 64

const isSize = (value: Json | undefined): value is bigint =>
  typeof value === 'bigint' && value >= 0n && value <= maximumSize

const isSizes = (value: Json | undefined): value is readonly bigint[] => Array.isArray(value) && value.every(isSize)

/** Names that mean something to a language, climb out of a directory, or change what a reviewer sees. */
const strayName =
  /^(?:__proto__|constructor|prototype)$|(?:^|[\\/])\.\.(?:[\\/]|$)|^[A-Za-z]:[\\/]|^[\\/]|[\p{Cc}\p{Bidi_Control}]/u

const checkName = (name: string, inspection: Inspection): void => {
  if (!strayName.test(name)) return
  const message = `expected a plain name, found ${JSON.stringify(printable(name))}`
  inspection.report({ rule: rules['tensor-name'], message, inside: name })
}

interface Entry {
  readonly type: string
  readonly shape: readonly bigint[]
  readonly begin: bigint
  readonly end: bigint
}

const parseEntry = (name: string, entry: Json, inspection: Inspection): Entry | undefined => {
  const reject = (expected: string): undefined => {
    inspection.report({
      rule: rules['tensor-entry'],
      message: `expected ${expected}, found something else`,
      inside: name,
    })
  }
  if (!(entry instanceof Map)) return reject('an object that describes the tensor')
  const fields: JsonObject = entry
  const type = fields.get('dtype')
  const shape = fields.get('shape')
  const offsets = fields.get('data_offsets')
  if (typeof type !== 'string') return reject('a `dtype`')
  if (!isSizes(shape)) return reject('a `shape` of whole numbers below 2^64')
  if (shape.length > maximumDimensions) return reject(`at most ${maximumDimensions} dimensions`)
  if (!isSizes(offsets)) return reject('`data_offsets` of whole numbers below 2^64')
  const [begin, end] = offsets
  if (begin === undefined || end === undefined || offsets.length > 2) return reject('two `data_offsets`')
  for (const field of fields.keys()) {
    if (field === 'dtype' || field === 'shape' || field === 'data_offsets') continue
    const message = `expected \`dtype\`, \`shape\` and \`data_offsets\`, found also \`${printable(field)}\``
    inspection.report({ rule: rules['tensor-entry'], message, inside: name, severity: 'low' })
  }
  return { type, shape, begin, end }
}

/** The product, or nothing when it does not fit 64 bits at any step. */
const product = (factors: readonly bigint[]): bigint | undefined => {
  let result = 1n
  for (const factor of factors) {
    result *= factor
    if (result > maximumSize) return undefined
  }
  return result
}

const checkSize = (name: string, { type, shape, begin, end }: Entry, inspection: Inspection): void => {
  const report = (rule: Rule, message: string): void => inspection.report({ rule, message, inside: name })
  const bits = elementBits[type]
  const needed = product([...shape, bits ?? 1n])
  if (needed === undefined) {
    report(rules['shape-overflow'], `expected a size below 2^64 bits, found the shape [${shape.join(', ')}]`)
  } else if (bits === undefined) {
    report(rules['element-type'], `expected an element type of the format, found ${JSON.stringify(printable(type))}`)
  } else if (needed !== (end - begin) * 8n) {
    const message = `expected ${needed} bits for ${type} [${shape.join(', ')}], found ${end - begin} bytes`
    report(rules['size-mismatch'], message)
  }
}

/**
 * Checks every tensor of a header, and that together they cover the buffer exactly once.
 *
 * @param bufferStart where the buffer begins in the file, in bytes.
 */
export const checkTensors = (
  header: JsonObject,
  bufferStart: number,
  bufferSize: number,
  inspection: Inspection,
): void => {
  const ranges: Range[] = []
  for (const [name, value] of header) {
    if (name === '__metadata__') continue
    checkName(name, inspection)
    const entry = parseEntry(name, value, inspection)
    if (entry === undefined) continue
    const { begin, end } = entry
    if (end < begin || end > BigInt(bufferSize)) {
      const message = `expected a range within ${bufferSize} bytes, found [${begin}, ${end})`
      inspection.report({ rule: rules['offset-range'], message, inside: name })
      continue
    }
    checkSize(name, entry, inspection)
    ranges.push({ name, start: Number(begin), end: Number(end) })
  }

  const { overlaps, holes } = compareLayout(ranges, bufferSize)
  for (const { first, second } of overlaps) {
    inspection.report({
      rule: rules.overlap,
      message: `expected bytes of its own, found bytes of ${JSON.stringify(printable(first.name))}`,
      inside: second.name,
      offset: bufferStart + second.start,
    })
  }
  for (const { start, end } of holes) {
    const isTrailing = end === bufferSize && !ranges.some((range) => range.start >= end)
    inspection.report({
      rule: isTrailing ? rules['trailing-data'] : rules.hole,
      message: `expected every byte to belong to a tensor, found ${end - start} that belong to none`,
      offset: bufferStart + start,
    })
  }
}
