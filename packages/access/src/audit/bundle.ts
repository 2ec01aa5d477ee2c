import { tileWidth } from './tile-layout.ts'

const lengthBytes = 2

/** Records as they stand in an entry bundle (C2SP tlog-tiles): each with its length as u16 big-endian before it. */
export const encodeBundle = (records: readonly Uint8Array[]): Buffer => {
  const bundle = Buffer.allocUnsafe(records.reduce((sum, { length }) => sum + lengthBytes + length, 0))
  let at = 0
  for (const record of records) {
    at = bundle.writeUInt16BE(record.length, at)
    bundle.set(record, at)
    at += record.length
  }
  return bundle
}

/** The records of an entry bundle, or undefined if the bytes are not `count` of them and nothing else. */
export const parseBundle = (bundle: Buffer, count: number): Buffer[] | undefined => {
  const records: Buffer[] = []
  let at = 0
  while (at + lengthBytes <= bundle.length && records.length < tileWidth) {
    const start = at + lengthBytes
    at = start + bundle.readUInt16BE(at)
    if (at > bundle.length) return undefined
    records.push(bundle.subarray(start, at))
  }
  return at === bundle.length && records.length === count ? records : undefined
}
