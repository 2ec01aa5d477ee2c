import { bufferOf, decodeName } from '../bytes.ts'

/**
 * Reads the records of a pax header, `length key=value\n` each; later ones replace earlier ones. A record that is not
 * such ends the reading, as GNU tar and Python do.
 */
export const readPaxRecords = (
  bytes: Uint8Array,
): { readonly records: Map<string, string>; readonly isSound: boolean } => {
  const buffer = bufferOf(bytes)
  const records = new Map<string, string>()
  for (let at = 0; at < buffer.length && buffer[at] !== 0; ) {
    const space = buffer.indexOf(0x20, at)
    // Eight digits are more than any header that is read whole.
    const digits = space === -1 || space - at > 8 ? '' : buffer.toString('latin1', at, space)
    const length = /^\d+$/.test(digits) ? Number(digits) : 0
    const equals = buffer.indexOf(0x3d, space)
    const end = at + length
    if (length === 0 || equals === -1 || equals >= end || end > buffer.length || buffer[end - 1] !== 0x0a) {
      return { records, isSound: false }
    }
    records.set(decodeName(buffer.subarray(space + 1, equals)), decodeName(buffer.subarray(equals + 1, end - 1)))
    at = end
  }
  return { records, isSound: true }
}
