import { inflateSync } from 'node:zlib'
import type { MetadataSpan } from './described-file.ts'

/** The metadata of a file, unpacked. */
export interface UnpackedMetadata {
  readonly parts: readonly Uint8Array[]
  /** Whether that was all of it: neither over the limit nor broken. */
  readonly isComplete: boolean
}

/** @param limit bytes of all parts together: what unpacks to more is not unpacked (CWE-409). */
export const unpackMetadata = (bytes: Uint8Array, spans: readonly MetadataSpan[], limit: number): UnpackedMetadata => {
  const parts: Uint8Array[] = []
  let left = limit
  for (const { start, end, isPacked } of spans) {
    const raw = bytes.subarray(start, end)
    if (raw.length > left) return { parts, isComplete: false }
    let part = raw
    if (isPacked)
      try {
        part = inflateSync(raw, { maxOutputLength: Math.max(1, left) })
      } catch {
        return { parts, isComplete: false }
      }
    left -= part.length
    parts.push(part)
  }
  return { parts, isComplete: true }
}
