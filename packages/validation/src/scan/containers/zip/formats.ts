import { type Format, hasMagic, type Sample } from '../../format.ts'
import { findEnds, findExactEnd } from './directory.ts'
import { inspectZip } from './inspect-zip.ts'
import { endLength, signature } from './records.ts'

const heads = [signature.local, signature.end, `PK\x07\x08${signature.local}`, `PK00${signature.local}`] as const

/** A zip is found from its end: whatever stands at the start, Python opens a file that ends like one. */
const recogniseZip = ({ head, size, content }: Sample): ReturnType<Format['recognise']> => {
  if (heads.some((magic) => hasMagic(head, magic))) return 'certain'
  if (size < endLength) return undefined
  if (findExactEnd(content) !== undefined) return 'certain'
  // With something after it, it may be an archive inside another format, which that format's reader enters.
  return findEnds(content).length > 0 ? 'likely' : undefined
}

/** Zip archives. */
export const zipFormats: readonly Format[] = [
  { name: 'zip', title: 'a zip archive', recognise: recogniseZip, inspect: inspectZip },
]
