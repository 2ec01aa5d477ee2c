import { corrupt, headerLength, segmentOverhead } from './floe-format.ts'

/** Where the segments of a content are, which follows from its length alone. */
export interface Layout {
  readonly segments: number
  readonly contentSize: number
  readonly sealedSize: number
  /** Segment `index`: its place among the sealed bytes and in the content. */
  segment(index: number): { sealed: Range; content: Range; isFinal: boolean }
}

/** Bytes `start` to `end`, exclusive. */
export interface Range {
  readonly start: number
  readonly end: number
}

const layout = (segments: number, contentSize: number, segmentLength: number): Layout => {
  const sealedSize = headerLength + segments * segmentOverhead + contentSize
  const contentLength = segmentLength - segmentOverhead
  return {
    segments,
    contentSize,
    sealedSize,
    segment: (index) => {
      const isFinal = index === segments - 1
      const sealed = headerLength + index * segmentLength
      const content = index * contentLength
      return {
        sealed: { start: sealed, end: isFinal ? sealedSize : sealed + segmentLength },
        content: { start: content, end: isFinal ? contentSize : content + contentLength },
        isFinal,
      }
    },
  }
}

/** The layout that sealing `contentSize` bytes gives. */
export const layoutToSeal = (contentSize: number, segmentLength: number): Layout =>
  layout(Math.max(1, Math.ceil(contentSize / (segmentLength - segmentOverhead))), contentSize, segmentLength)

/**
 * The layout of `sealedSize` sealed bytes. Another sealer may end with an empty segment after a full one.
 *
 * @throws NootropicError `SEALED_FILE_CORRUPT` when no content gives this length.
 */
export const layoutToOpen = (sealedSize: number, segmentLength: number): Layout => {
  const body = sealedSize - headerLength
  const segments = Math.ceil(body / segmentLength)
  const final = body - (segments - 1) * segmentLength
  if (segments < 1 || final < segmentOverhead) throw corrupt('an end inside a segment')
  return layout(segments, body - segments * segmentOverhead, segmentLength)
}
