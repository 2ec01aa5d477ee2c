const undefinedAddress = Buffer.alloc(8, 0xff)

const u16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

const u64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

const joined = (...parts: readonly (Buffer | string | readonly number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))))

/** A message of an object header: its type and body. */
export interface HeaderMessage {
  readonly type: number
  readonly body: Buffer
}

const fixedText = (size: number): Buffer => joined([0x13, 0, 0, 0], u32(size))
const scalarSpace = Buffer.from([2, 0, 0, 0])

/** An attribute of fixed text. */
export const textAttribute = (name: string, value: string): HeaderMessage => {
  const type = fixedText(value.length)
  const sizes = joined(u16(name.length + 1), u16(type.length), u16(scalarSpace.length))
  return { type: 0x0c, body: joined([3, 0], sizes, [0], `${name}\0`, type, scalarSpace, value) }
}

const link = (type: number, name: string, value: Buffer): HeaderMessage => ({
  type: 0x06,
  body: joined([1, 0x08, type], [name.length], name, value),
})

export const hardLink = (name: string, address: number): HeaderMessage => link(0, name, u64(address))
export const softLink = (name: string, path: string): HeaderMessage => link(1, name, joined(u16(path.length), path))
export const externalLink = (name: string, file: string, path: string): HeaderMessage => {
  const value = joined([0], `${file}\0${path}\0`)
  return link(64, name, joined(u16(value.length), value))
}
export const userDefinedLink = (name: string, type: number): HeaderMessage => link(type, name, u16(0))

export const dataspace = (...dimensions: readonly number[]): HeaderMessage => ({
  type: 0x01,
  body: joined([2, dimensions.length, 0, 1], ...dimensions.map(u64)),
})

/** 32-bit floats. */
export const floats: HeaderMessage = {
  type: 0x03,
  body: joined([0x11, 0x20, 31, 0], u32(4), u16(0), u16(32), [23, 8, 0, 23], u32(127)),
}

/** Values in one piece at an address; none stand there when it is left out. */
export const contiguous = (length: number, address?: number): HeaderMessage => ({
  type: 0x08,
  body: joined([3, 1], address === undefined ? undefinedAddress : u64(address), u64(length)),
})

/** A virtual dataset whose map is object 1 of the global heap at an address. */
export const virtualLayout = (heap: number): HeaderMessage => ({ type: 0x08, body: joined([4, 3], u64(heap), u32(1)) })

export const filters = (id: number, name = ''): HeaderMessage => ({
  type: 0x0b,
  body: joined([2, 1], u16(id), id >= 256 ? u16(name.length) : [], u16(1), u16(0), id >= 256 ? name : ''),
})

/** Values in another file, whose name is at an offset of the local heap at an address. */
export const externalFiles = (heap: number, offset: number, length: number): HeaderMessage => ({
  type: 0x07,
  body: joined([1, 0, 0, 0], u16(1), u16(1), u64(heap), u64(offset), u64(0), u64(length)),
})

const header = (messages: readonly HeaderMessage[]): Buffer => {
  const body = joined(...messages.map(({ type, body: value }) => joined([type], u16(value.length), [0], value)))
  return joined('OHDR', [2, 2], u32(body.length), body, u32(0))
}

/** A local heap that holds a text at offset 8, for an address. */
const localHeap = (text: string, address: number): Buffer => {
  const data = joined(Buffer.alloc(8), `${text}\0`)
  return joined('HEAP', [0, 0, 0, 0], u64(data.length), u64(1), u64(address + 32), data)
}

/** A global heap with the map of a virtual dataset onto one file. */
const virtualMap = (file: string): Buffer => {
  const all = joined(u32(3), u32(1), u32(0), u32(0))
  const map = joined([0], u64(1), `${file}\0d\0`, all, all, u32(0))
  const object = joined(u16(1), u16(1), u32(0), u64(map.length), map, Buffer.alloc((8 - (map.length % 8)) % 8))
  return joined('GCOL', [1, 0, 0, 0], u64(16 + object.length), object)
}

/** A global heap of values of variable length, such as rows of PyTables. */
const valueHeap = (values: readonly (Uint8Array | string)[]): Buffer => {
  const objects = values.map((value, index) => {
    const bytes = joined(typeof value === 'string' ? value : Buffer.from(value))
    const padding = Buffer.alloc((8 - (bytes.length % 8)) % 8)
    return joined(u16(index + 1), u16(1), u32(0), u64(bytes.length), bytes, padding)
  })
  const body = joined(...objects, Buffer.alloc(16))
  return joined('GCOL', [1, 0, 0, 0], u64(16 + body.length), body)
}

/** What a heap of the files of {@link hdf5} holds. */
export interface HeapContent {
  readonly local?: string
  readonly virtual?: string
  readonly values?: readonly (Uint8Array | string)[]
}

/** Where the root's header, the one dataset's header and its heap stand in the files of {@link hdf5}. */
const rootAddress = 48
export const datasetAddress = 16_384
export const heapAddress = 32_768

/** A file of superblock version 3: the root's messages, one object that they may link to, and a heap for it. */
export const hdf5 = (
  root: readonly HeaderMessage[],
  dataset: readonly HeaderMessage[] = [],
  heap: HeapContent = {},
): Buffer => {
  const file = Buffer.alloc(49_152)
  joined('\x89HDF\r\n\x1a\n', [3, 8, 8, 0], u64(0), undefinedAddress, u64(file.length), u64(rootAddress), u32(0)).copy(
    file,
  )
  header(root).copy(file, rootAddress)
  header(dataset).copy(file, datasetAddress)
  if (heap.local !== undefined) localHeap(heap.local, heapAddress).copy(file, heapAddress)
  if (heap.virtual !== undefined) virtualMap(heap.virtual).copy(file, heapAddress)
  if (heap.values !== undefined) valueHeap(heap.values).copy(file, heapAddress)
  return file
}

/** A Keras model in HDF5, as its root's attribute. */
export const kerasHdf5 = (config: unknown): Buffer =>
  hdf5([textAttribute('model_config', JSON.stringify(config)), textAttribute('keras_version', '2.15.0')])

/** A file with one dataset at `/w`. */
export const datasetHdf5 = (messages: readonly HeaderMessage[], heap: HeapContent = {}): Buffer =>
  hdf5([hardLink('w', datasetAddress)], messages, heap)
