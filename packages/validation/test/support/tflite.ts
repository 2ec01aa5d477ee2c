/** A value in a FlatBuffer: a number of 32 bits, a text, a vector of numbers, bytes or tables, or a table by its fields. */
export type Flat = number | string | Uint8Array | readonly number[] | FlatTables | FlatTable
export interface FlatTables {
  readonly tables: readonly FlatTable[]
}
export interface FlatTable {
  readonly fields: Readonly<Record<number, Flat>>
}

/** A table by the numbers of its fields. */
export const table = (fields: Readonly<Record<number, Flat>>): FlatTable => ({ fields })
export const tables = (...items: readonly FlatTable[]): FlatTables => ({ tables: items })

/** Writes a FlatBuffer front to back: tables first, what they point to after them. */
export const flatBuffer = (root: FlatTable, identifier: string): Buffer => {
  const bytes: number[] = []
  const u32 = (at: number, value: number): void => {
    for (let index = 0; index < 4; index += 1) bytes[at + index] = (value >>> (8 * index)) & 0xff
  }
  const reserve = (length: number): number => {
    while (bytes.length % 4 !== 0) bytes.push(0)
    const at = bytes.length
    for (let index = 0; index < length; index += 1) bytes.push(0)
    return at
  }
  const writeTable = ({ fields }: FlatTable): number => {
    const numbers = Object.keys(fields).map(Number)
    const count = Math.max(-1, ...numbers) + 1
    const vtable = reserve(4 + 2 * count)
    const at = reserve(4 + 4 * count)
    bytes[vtable] = 4 + 2 * count
    bytes[vtable + 2] = (4 + 4 * count) & 0xff
    u32(at, at - vtable)
    for (const number of numbers) {
      const place = 4 + 4 * number
      bytes[vtable + 4 + 2 * number] = place
      const value = fields[number] as Flat
      if (typeof value === 'number') u32(at + place, value)
      else u32(at + place, write(value) - (at + place))
    }
    return at
  }
  const write = (value: Exclude<Flat, number>): number => {
    if (typeof value === 'object' && 'fields' in value) return writeTable(value)
    if (typeof value === 'object' && 'tables' in value) {
      const at = reserve(4 + 4 * value.tables.length)
      u32(at, value.tables.length)
      value.tables.forEach((item, index) => {
        u32(at + 4 + 4 * index, writeTable(item) - (at + 4 + 4 * index))
      })
      return at
    }
    const content = typeof value === 'string' ? Buffer.from(value) : value
    const size = content instanceof Uint8Array ? 1 : 4
    const at = reserve(4 + size * content.length)
    u32(at, content.length)
    content.forEach((item, index) => {
      if (size === 1) bytes[at + 4 + index] = item
      else u32(at + 4 + 4 * index, item)
    })
    return at
  }
  reserve(8)
  for (const [index, character] of [...identifier].entries()) bytes[4 + index] = character.charCodeAt(0)
  u32(0, writeTable(root))
  return Buffer.from(bytes)
}

/** An operator code: a built-in number, or 32 and a name. */
export const builtin = (number: number): FlatTable => table({ 0: Math.min(127, number), 3: number })
export const custom = (name: string): FlatTable => table({ 0: 32, 1: name, 3: 32 })

export const tensor = (shape: readonly number[], buffer = 0, type = 0): FlatTable =>
  table({ 0: shape, 1: type, 2: buffer })

/** An operator: the index of its code, its inputs and outputs, and other fields. */
export const operator = (
  code: number,
  inputs: readonly number[],
  outputs: readonly number[],
  more: Readonly<Record<number, Flat>> = {},
): FlatTable => table({ 0: code, 1: inputs, 2: outputs, ...more })

export const subgraph = (tensors: readonly FlatTable[], operators: readonly FlatTable[]): FlatTable =>
  table({ 0: tables(...tensors), 1: [0], 2: [tensors.length - 1], 3: tables(...operators) })

export const tflite = (model: {
  readonly codes: readonly FlatTable[]
  readonly subgraphs: readonly FlatTable[]
  readonly buffers?: readonly Uint8Array[]
}): Buffer =>
  flatBuffer(
    table({
      0: 3,
      1: tables(...model.codes),
      2: tables(...model.subgraphs),
      4: tables(table({}), ...(model.buffers ?? []).map((data) => table({ 0: data }))),
    }),
    'TFL3',
  )

/** A model of one operator on two tensors. */
export const tfliteOf = (code: FlatTable, more: Readonly<Record<number, Flat>> = {}): Buffer =>
  tflite({ codes: [code], subgraphs: [subgraph([tensor([1, 4]), tensor([1, 4])], [operator(0, [0], [1], more)])] })
