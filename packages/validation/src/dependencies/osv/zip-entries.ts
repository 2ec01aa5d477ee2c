import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { inflateRawSync } from 'node:zlib'
import { NootropicError } from '@nootropic/core'

// The archive comes from OSV, but a damaged one must not take the host's memory (CWE-789).
const maximumEntries = 4_000_000
const maximumDirectoryBytes = 2 ** 30
/** The largest record that is read. */
export const maximumRecordBytes = 2 ** 24

const endLength = 22
const longestComment = 65_535
const endSignature = 0x06054b50
const locatorSignature = 0x07064b50
const wideEndSignature = 0x06064b50
const entrySignature = 0x02014b50
const localLength = 30

const damaged = (path: string, what: string): NootropicError =>
  new NootropicError('FILE_UNREADABLE', `expected ${path} to be a zip of OSV, found ${what}`)

const readAt = (descriptor: number, offset: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length)
  return bytes.subarray(0, readSync(descriptor, bytes, 0, length, offset))
}

/** Where the central directory stands; archives with more than 65,535 entries say so in the record before the end. */
const findDirectory = (descriptor: number, size: number, path: string) => {
  const tailStart = Math.max(0, size - endLength - longestComment)
  const tail = readAt(descriptor, tailStart, size - tailStart)
  for (let at = tail.length - endLength; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) !== endSignature) continue
    const length = tail.readUInt32LE(at + 12)
    const offset = tail.readUInt32LE(at + 16)
    if (at < 20 || tail.readUInt32LE(at - 20) !== locatorSignature) return { offset, length }
    const wide = readAt(descriptor, Number(tail.readBigUInt64LE(at - 12)), 56)
    if (wide.length < 56 || wide.readUInt32LE(0) !== wideEndSignature) break
    return { offset: Number(wide.readBigUInt64LE(48)), length: Number(wide.readBigUInt64LE(40)) }
  }
  throw damaged(path, 'no central directory')
}

/** The bytes of every `.json` entry of a zip that OSV publishes, one by one. @throws NootropicError `FILE_UNREADABLE` */
export function* readZipEntries(path: string): Generator<{ readonly name: string; readonly bytes: Buffer }> {
  const descriptor = openSync(path, 'r')
  try {
    const { size } = fstatSync(descriptor)
    const { offset, length } = findDirectory(descriptor, size, path)
    if (length > maximumDirectoryBytes || offset + length > size)
      throw damaged(path, 'a central directory beyond the file')
    const directory = readAt(descriptor, offset, length)
    let at = 0
    for (let count = 0; at + 46 <= directory.length && count < maximumEntries; count += 1) {
      if (directory.readUInt32LE(at) !== entrySignature) throw damaged(path, 'an entry without its signature')
      const method = directory.readUInt16LE(at + 10)
      const packed = directory.readUInt32LE(at + 20)
      const nameLength = directory.readUInt16LE(at + 28)
      const skip = nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
      const local = directory.readUInt32LE(at + 42)
      const name = directory.toString('utf8', at + 46, at + 46 + nameLength)
      at += 46 + skip
      if (!name.endsWith('.json')) continue
      if (packed > maximumRecordBytes) throw damaged(path, `a record of ${packed} bytes in ${name}`)
      const head = readAt(descriptor, local, localLength)
      if (head.length < localLength) throw damaged(path, `no bytes of ${name}`)
      const start = local + localLength + head.readUInt16LE(26) + head.readUInt16LE(28)
      const body = readAt(descriptor, start, packed)
      yield { name, bytes: method === 0 ? body : inflateRawSync(body, { maxOutputLength: maximumRecordBytes }) }
    }
  } finally {
    closeSync(descriptor)
  }
}
