import { malformed } from './bounded-bytes.ts'
import { createPartCount } from './count-parts.ts'
import type { FormatReader, MetadataSpan } from './described-file.ts'

const entryLength = 12
const sizes: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
}
const tag = {
  width: 256,
  height: 257,
  stripOffsets: 273,
  stripLengths: 279,
  tileOffsets: 324,
  tileLengths: 325,
} as const
const short = 3

/**
 * Reads a TIFF (revision 6): each directory, that its values and strips stand inside the file, and that no directory comes
 * round again. Its parts may stand anywhere, so that nothing in it is "behind its end".
 */
export const readTiff: FormatReader = (file, limits) => {
  const addPart = createPartCount(limits)
  const read = file.text(0, 2) === 'II' ? file.little : file.big
  const metadata: MetadataSpan[] = []
  const seen = new Set<number>()
  let [width, height] = [0, 0]
  let directory = read(4, 4)
  while (directory !== 0) {
    if (seen.has(directory)) malformed(directory, 'a directory that was not read yet', 'one that was (CWE-835)')
    seen.add(directory)
    const count = read(directory, 2)
    file.need(directory + 2, count * entryLength + 4, 'a directory')
    const numbers = new Map<number, (index: number) => number>()
    const counts = new Map<number, number>()
    for (let index = 0; index < count; index += 1) {
      const at = directory + 2 + index * entryLength
      addPart(at)
      const [id, type, values] = [read(at, 2), read(at + 2, 2), read(at + 4, 4)]
      const size = sizes[type]
      // Readers pass over types that they do not know.
      if (size === undefined) continue
      const start = size * values <= 4 ? at + 8 : read(at + 8, 4)
      file.need(start, size * values, `tag ${id}`)
      numbers.set(id, (each) => (type === short ? read(start + each * 2, 2) : read(start + each * 4, 4)))
      counts.set(id, type === short || type === 4 ? values : 0)
      if (size * values > 4 && (type === 1 || type === 2 || type === 7))
        metadata.push({ start, end: start + size * values, isPacked: false })
    }
    const [ownWidth, ownHeight] = [tag.width, tag.height].map(
      (id) => ((counts.get(id) ?? 0) > 0 ? numbers.get(id)?.(0) : 0) ?? 0,
    )
    if (!ownWidth || !ownHeight) malformed(directory, 'a width and height', 'none')
    width = Math.max(width, ownWidth ?? 0)
    height = Math.max(height, ownHeight ?? 0)
    for (const [offsets, lengths] of [
      [tag.stripOffsets, tag.stripLengths],
      [tag.tileOffsets, tag.tileLengths],
    ] as const) {
      const strips = counts.get(offsets) ?? 0
      if (strips > (counts.get(lengths) ?? 0))
        malformed(directory, `${strips} lengths of strips`, `${counts.get(lengths) ?? 0}`)
      for (let strip = 0; strip < strips; strip += 1) {
        addPart(directory)
        file.need(numbers.get(offsets)?.(strip) ?? 0, numbers.get(lengths)?.(strip) ?? 0, 'a strip')
      }
    }
    directory = read(directory + 2 + count * entryLength, 4)
  }
  if (seen.size === 0) malformed(4, 'a directory', 'none')
  return { end: file.length, image: { width, height, frames: seen.size }, metadata }
}
