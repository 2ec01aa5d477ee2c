import { bytesToHold, type Cursor, type Hdf5File, malformed, unread } from './structure.ts'

/** The names of an old group: text by its offset in one segment. */
export const openLocalHeap = (file: Hdf5File, address: number): ((offset: number) => string) => {
  const head = file.at(address, 8 + 2 * file.lengthSize + file.offsetSize).expect('HEAP')
  head.skip(4)
  const size = head.length()
  head.length()
  const data = file.at(head.address(), size)
  return (offset) => {
    if (offset >= size)
      throw malformed(data.origin, `expected a name in a heap of ${size} bytes, found offset ${offset}`)
    data.position = offset
    return data.text()
  }
}

/** The object `index` of the global heap collection at `address`: variable-length text, maps of virtual datasets. */
export const readGlobalHeap = (file: Hdf5File, address: number, index: number): Cursor => {
  const head = file.at(address, 8 + file.lengthSize).expect('GCOL')
  head.skip(4)
  const size = head.length()
  const objects = file.at(address, size)
  // Both headers are padded to 8 bytes, which shows where lengths have 4.
  const headLength = Math.ceil((8 + file.lengthSize) / 8) * 8
  objects.skip(headLength)
  while (objects.remaining >= headLength) {
    const entry = objects.sub(headLength)
    const found = entry.u16()
    entry.skip(6)
    const length = entry.length()
    if (found === 0) break
    if (found === index) return objects.sub(length)
    objects.skip(Math.min(objects.remaining, Math.ceil(length / 8) * 8))
  }
  throw malformed(objects.origin, `expected object ${index} in a global heap, found none`)
}

interface FractalHeap {
  readonly idLength: number
  readonly hasChecksums: boolean
  readonly width: number
  readonly startSize: number
  readonly largestDirect: number
  readonly offsetBytes: number
  readonly lengthBytes: number
  readonly root: number
  readonly rows: number
}

const readFractalHeader = (file: Hdf5File, address: number): FractalHeap => {
  const head = file.at(address, 26 + 12 * file.lengthSize + 3 * file.offsetSize).expect('FRHP')
  head.expectVersion(0)
  const idLength = head.u16()
  const filterLength = head.u16()
  if (filterLength > 0) throw unread(address, 'a compressed fractal heap')
  const flags = head.u8()
  const maximumObject = head.u32()
  head.skip(4 * file.lengthSize + 2 * file.offsetSize + 6 * file.lengthSize)
  const width = head.u16()
  const startSize = head.length()
  const largestDirect = head.length()
  const maximumBits = head.u16()
  head.u16()
  const root = head.address()
  const rows = head.u16()
  if (width === 0 || startSize === 0 || !Number.isFinite(largestDirect) || maximumBits > 64) {
    throw malformed(head.origin, 'expected a fractal heap with blocks, found sizes that make none')
  }
  return {
    idLength,
    hasChecksums: (flags & 2) !== 0,
    width,
    startSize,
    largestDirect,
    offsetBytes: Math.ceil(maximumBits / 8),
    lengthBytes: Math.min(bytesToHold(largestDirect), bytesToHold(maximumObject)),
    root,
    rows,
  }
}

/** Where the block of the doubling table that holds `offset` begins: row, block in the row, its start and size. */
const locate = ({ width, startSize }: FractalHeap, offset: number) => {
  let row = 0
  let rowStart = 0
  let size = startSize
  while (offset >= rowStart + width * size) {
    rowStart += width * size
    if (row > 0) size *= 2
    row += 1
  }
  const column = Math.floor((offset - rowStart) / size)
  return { row, column, start: rowStart + column * size, size }
}

/** Reads objects of a fractal heap by their heap ids: links and attributes of objects that have many. */
export const openFractalHeap = (file: Hdf5File, address: number): ((id: Cursor) => Cursor) => {
  const heap = readFractalHeader(file, address)
  const blockHeader = 5 + file.offsetSize + heap.offsetBytes
  const directRows = Math.log2(heap.largestDirect / heap.startSize) + 2

  const readManaged = (offset: number, length: number): Cursor => {
    let block = heap.root
    let rows = heap.rows
    let within = offset
    // Every level down has fewer rows, and there are at most 64.
    for (let depth = 0; rows > 0; depth += 1) {
      const place = locate(heap, within)
      if (depth > 64 || place.row >= rows)
        throw malformed(address, 'expected an object inside its heap, found it beyond')
      const entry = blockHeader + (place.row * heap.width + place.column) * file.offsetSize
      file.at(block, blockHeader).expect('FHIB')
      block = file.at(block + entry, file.offsetSize).address()
      within -= place.start
      rows = place.row < directRows ? 0 : Math.log2(place.size / (heap.startSize * heap.width)) + 1
    }
    file.at(block, blockHeader).expect('FHDB')
    return file.at(block + within, length)
  }

  return (id) => {
    const kind = (id.u8() >> 4) & 3
    if (kind === 0) return readManaged(id.unsigned(heap.offsetBytes), id.unsigned(heap.lengthBytes))
    if (kind === 2) {
      id.position -= 1
      return id.sub((id.u8() & 0x0f) + 1)
    }
    // A huge object whose id is long enough holds its place; else it stands in a tree of its own.
    if (heap.idLength >= 1 + file.offsetSize + file.lengthSize) return file.at(id.address(), id.length())
    throw unread(address, 'a huge object of a fractal heap')
  }
}
