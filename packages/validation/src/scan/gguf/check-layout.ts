import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { compareLayout, type Range } from '../safetensors/layout.ts'
import type { ByteSource } from '../source.ts'
import type { Tensor } from './read-tensors.ts'
import { ggufRules as rules } from './rules.ts'

const checkPadding = (content: ByteSource, start: number, end: number, inspection: Inspection): void => {
  const padding = content.read(start, end - start)
  const stray = padding.findIndex((byte) => byte !== 0)
  if (stray < 0) return
  const message = `expected ${padding.length} zeros before the tensors, found 0x${padding[stray]?.toString(16)}`
  inspection.report({ rule: rules.padding, message, offset: start + stray })
}

/** Checks that the tensors cover the data, which begins at the next multiple of `alignment` behind `headerEnd`, once. */
export const checkLayout = (
  content: ByteSource,
  tensors: readonly Tensor[],
  headerEnd: number,
  alignment: number,
  inspection: Inspection,
): void => {
  const dataStart = Math.min(Math.ceil(headerEnd / alignment) * alignment, content.size)
  const dataSize = content.size - dataStart
  checkPadding(content, headerEnd, dataStart, inspection)

  const ranges: Range[] = []
  for (const { name, offset, size } of tensors) {
    if (offset % BigInt(alignment) !== 0n) {
      const message = `expected an offset that is a multiple of ${alignment}, found ${offset}`
      inspection.report({ rule: rules.offset, message, inside: name })
    }
    if (size === undefined) continue
    if (offset + size > BigInt(dataSize)) {
      const message = `expected data within ${dataSize} bytes, found ${size} at ${offset}`
      inspection.report({ rule: rules['data-overrun'], message, inside: name })
      continue
    }
    ranges.push({ name, start: Number(offset), end: Number(offset + size) })
  }
  // Where a tensor's place is unknown, what it does not cover is no hole.
  const { overlaps, holes } = compareLayout(ranges, dataSize, alignment)
  for (const { first, second } of overlaps) {
    const message = `expected bytes of its own, found bytes of ${JSON.stringify(printable(first.name))}`
    inspection.report({ rule: rules.overlap, message, inside: second.name, offset: dataStart + second.start })
  }
  if (ranges.length < tensors.length) return
  for (const { start, end } of holes) {
    const rule = end === dataSize ? rules['trailing-data'] : rules.hole
    const message = `expected every byte to belong to a tensor, found ${end - start} that belong to none`
    inspection.report({ rule, message, offset: dataStart + start })
  }
}
