import type { Inspection } from '../../inspection.ts'
import { type ByteSource, partOf } from '../../source.ts'

const signature = Buffer.from('GCOL', 'latin1')
const headerLength = 16
const windowLength = 2 ** 16

// Objects of forged collections may overlap; together they are no more than this many times the file (CWE-400).
const maximumPasses = 2
const freeBytes = 2 ** 20

/** The places in a content at which a global heap collection of version 1 may begin. */
function* collectionPlaces(content: ByteSource, inspection: Inspection): Generator<number> {
  for (let from = 0; from < content.size; from += windowLength) {
    inspection.budget.checkTime()
    // The signature may lie across the border of two windows.
    const bytes = content.read(from, windowLength + signature.length - 1)
    const window = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    for (let at = window.indexOf(signature); at !== -1; at = window.indexOf(signature, at + 1)) yield from + at
  }
}

/** The objects of the collection at a place: an index, a count of references, a length, and as many bytes. */
function* objectsOf(content: ByteSource, place: number, lengthSize: number): Generator<ByteSource> {
  const read = (at: number): { readonly start: number; readonly length: number } => {
    const header = Buffer.from(content.read(at, headerLength))
    return header.length < headerLength
      ? { start: 0, length: 0 }
      : { start: header.readUInt16LE(0), length: header.readUIntLE(8, Math.min(6, lengthSize)) }
  }
  const end = Math.min(content.size, place + read(place).length)
  for (let at = place + headerLength; at < end; ) {
    const { start: index, length } = read(at)
    // Index 0 is the free space at the end.
    if (index === 0) return
    yield partOf(content, at + headerLength, length)
    at += headerLength + Math.ceil(length / 8) * 8
  }
}

/**
 * Every object of the global heaps, where HDF5 keeps values of variable length. They are found by their signature: chunks
 * and filters, which the references to them go through, need not be followed then.
 */
export function* globalHeapObjects(
  content: ByteSource,
  lengthSize: number,
  inspection: Inspection,
): Generator<ByteSource> {
  let taken = 0
  for (const place of collectionPlaces(content, inspection)) {
    // Forged collections may be as many as objects, and all of nothing.
    inspection.budget.takeEntry()
    for (const object of objectsOf(content, place, lengthSize)) {
      inspection.budget.takeEntry()
      taken += object.size
      if (taken > maximumPasses * content.size + freeBytes) {
        inspection.incomplete('not scanned: values of variable length that share their bytes')
        return
      }
      if (object.size > 0) yield object
    }
  }
}
