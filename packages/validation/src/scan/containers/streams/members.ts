import { type ByteSource, partOf } from '../../source.ts'
import { bufferOf } from '../bytes.ts'
import {
  type Expand,
  expansionOf,
  maximumMembers,
  type Steps,
  type StreamRemark,
  UnsupportedStream,
} from './expansion.ts'

/** The first bytes by which the kind of a member is told. */
const headLength = 8

/** One of the streams that stand one after another. */
export interface Member {
  readonly steps: Steps
  /** Whether readers leave it out. */
  readonly isSkipped?: boolean
}

/** A frame that LZ4 and Zstandard readers skip: its magic, the length of its content, and the content. */
export const skippedMember = (content: ByteSource, head: Buffer): Member | undefined => {
  if (head.length < 8 || (head.readUInt32LE(0) & 0xfffffff0) >>> 0 !== 0x184d2a50) return undefined
  const end = 8 + head.readUInt32LE(4)
  if (end > content.size) return undefined
  // biome-ignore lint/correctness/useYield: nothing comes out of it
  function* steps(): Generator<Uint8Array, number> {
    return end
  }
  return { steps: steps(), isSkipped: true }
}

/** Expands streams that stand one after another, as long as `memberOf` knows what comes next. */
export const expandMembers = (memberOf: (content: ByteSource, head: Buffer) => Member | undefined): Expand => {
  return (content) => {
    const remarks = new Set<StreamRemark>()
    async function* steps(): AsyncGenerator<Uint8Array, number> {
      let at = 0
      for (let count = 0; at < content.size; ) {
        const rest = partOf(content, at, content.size - at)
        const member = memberOf(rest, bufferOf(rest.read(0, headLength)))
        if (member === undefined) break
        count += 1
        if (count > maximumMembers) throw new UnsupportedStream(`more than ${maximumMembers} streams in one`)
        if (member.isSkipped) remarks.add('stream-skipped')
        else if (count > 1 && !remarks.has('stream-skipped')) remarks.add('stream-members')
        at += yield* member.steps
      }
      return at
    }
    return expansionOf(steps(), remarks)
  }
}
