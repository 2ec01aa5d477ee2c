import { bytesToHold, type Cursor, type Hdf5File, malformed, unread } from './structure.ts'

// Depth of a sound tree grows with the logarithm of what is in it (CWE-674).
const maximumDepth = 32

/** Addresses of the leaves of a version 1 tree: the symbol table nodes of an old group. */
export function* walkTreeVersion1(file: Hdf5File, root: number): Generator<number> {
  const seen = new Set<number>()
  const waiting: { readonly address: number; readonly level: number }[] = [{ address: root, level: maximumDepth }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { address } = next
    const headLength = 8 + 2 * file.offsetSize
    const head = file.at(address, headLength).expect('TREE')
    if (seen.has(address)) throw malformed(head.origin, 'expected a tree, found a node that is its own descendant')
    seen.add(address)
    if (head.u8() !== 0) throw malformed(head.origin, 'expected a tree of a group, found another kind')
    const level = head.u8()
    if (level >= next.level) throw malformed(head.origin, `expected a level below ${next.level}, found ${level}`)
    const count = head.u16()
    const entries = file.at(address + headLength, count * (file.lengthSize + file.offsetSize))
    for (let index = 0; index < count; index += 1) {
      file.budget.takeEntry()
      entries.length()
      const child = entries.address()
      if (level === 0) yield child
      else waiting.push({ address: child, level })
    }
  }
}

/** Every record of a version 2 tree, without its type's own meaning (HDF5 File Format Specification 3.0, III.A.2). */
export function* walkTreeVersion2(file: Hdf5File, address: number): Generator<Cursor> {
  const head = file.at(address, 22 + file.offsetSize + file.lengthSize).expect('BTHD')
  head.expectVersion(0)
  head.u8()
  const nodeSize = head.u32()
  const recordSize = head.u16()
  const depth = head.u16()
  head.skip(2)
  const root = head.address()
  const rootCount = head.u16()
  if (recordSize === 0 || nodeSize < 10 + recordSize) throw malformed(head.origin, 'expected nodes that hold a record')
  if (depth > maximumDepth) throw unread(head.origin, `a tree of depth ${depth}`)
  if (rootCount === 0) return

  const overhead = 10
  const leafRecords = Math.floor((nodeSize - overhead) / recordSize)
  const countBytes = bytesToHold(leafRecords)
  // How many bytes hold the number of records below a child, by the child's level.
  const totalBytes = [0]
  let total = leafRecords
  for (let level = 1; level <= depth; level += 1) {
    const pointer = file.offsetSize + countBytes + (totalBytes[level - 1] ?? 0)
    const records = Math.floor((nodeSize - overhead - pointer) / (recordSize + pointer))
    total = (records + 1) * total + records
    totalBytes.push(bytesToHold(total))
  }

  const seen = new Set<number>()
  const waiting = [{ address: root, count: rootCount, level: depth }]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const { level, count } = node
    const cursor = file.at(node.address, nodeSize).expect(level === 0 ? 'BTLF' : 'BTIN')
    if (seen.has(node.address)) throw malformed(cursor.origin, 'expected a tree, found a node in it twice')
    seen.add(node.address)
    cursor.skip(2)
    for (let index = 0; index < count; index += 1) {
      file.budget.takeEntry()
      yield cursor.sub(recordSize)
    }
    if (level === 0) continue
    for (let index = 0; index <= count; index += 1) {
      const child = cursor.address()
      const childCount = cursor.unsigned(countBytes)
      cursor.skip(totalBytes[level - 1] ?? 0)
      waiting.push({ address: child, count: childCount, level: level - 1 })
    }
  }
}
