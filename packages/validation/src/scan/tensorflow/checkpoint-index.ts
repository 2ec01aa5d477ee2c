import { type Format, hasMagic } from '../format.ts'
import { tensorflowRules } from './rules.ts'

/** The magic at the end of a table (leveldb table format, which TensorFlow's checkpoint index is). */
const magic = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb] as const
const footerLength = 48

/** Two handles of offset and size, as varints. */
const readHandles = (footer: Uint8Array): number[] => {
  const numbers: number[] = []
  let value = 0
  let factor = 1
  for (const byte of footer) {
    value += (byte & 0x7f) * factor
    factor *= 128
    if (byte >= 0x80) continue
    numbers.push(value)
    value = 0
    factor = 1
    if (numbers.length === 4) break
  }
  return numbers
}

/** The index of a checkpoint: where each tensor stands in its shards, which hold numbers only. */
export const checkpointIndex: Format = {
  name: 'tensorflow-checkpoint-index',
  title: 'TensorFlow checkpoint index',
  recognise: ({ content, size }) =>
    size >= footerLength && hasMagic(content.read(size - magic.length, magic.length), magic) ? 'certain' : undefined,
  inspect(content, inspection) {
    const place = content.size - footerLength
    const [metaOffset = 0, metaSize = 0, indexOffset = 0, indexSize = Number.NaN] = readHandles(
      content.read(place, footerLength - magic.length),
    )
    const isInside = metaOffset + metaSize <= place && indexOffset + indexSize <= place
    if (isInside) return
    inspection.report({
      rule: tensorflowRules['checkpoint-malformed'],
      message: `expected blocks in the first ${place} bytes, found one at ${metaOffset} of ${metaSize} and one at ${indexOffset} of ${indexSize}`,
      offset: place,
    })
  },
}
