const varint = (value: number | bigint): number[] => {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0))
    rest >>= 7n
  } while (rest > 0n)
  return bytes
}

/** A field of protobuf: a number is a varint, all else is length-delimited. */
export const field = (number: number, value: number | bigint | string | Buffer): Buffer => {
  if (typeof value === 'number' || typeof value === 'bigint')
    return Buffer.from([...varint(number * 8), ...varint(value)])
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes])
}

const message = (...fields: readonly Buffer[]): Buffer => Buffer.concat(fields)

/** Attributes of a node by their names: the fields of AttrValue. */
export const node = (operator: string, attributes: Readonly<Record<string, Buffer>> = {}, name = 'a'): Buffer =>
  message(
    field(1, name),
    field(2, operator),
    ...Object.entries(attributes).map(([key, value]) => field(5, message(field(1, key), field(2, value)))),
  )

export const text = (value: string): Buffer => field(2, value)
export const texts = (...values: readonly string[]): Buffer =>
  field(1, message(...values.map((value) => field(2, value))))
export const call = (name: string): Buffer => field(10, field(1, name))
export const tensor = (...dimensions: readonly bigint[]): Buffer =>
  field(8, message(field(1, 1), field(2, message(...dimensions.map((size) => field(2, field(1, size)))))))

/** A function of a graph's library. */
export const definition = (name: string, ...nodes: readonly Buffer[]): Buffer =>
  message(field(1, field(1, name)), ...nodes.map((inner) => field(3, inner)))

export const graph = (nodes: readonly Buffer[], functions: readonly Buffer[] = []): Buffer =>
  message(
    ...nodes.map((inner) => field(1, inner)),
    ...(functions.length === 0 ? [] : [field(2, message(...functions.map((inner) => field(1, inner))))]),
  )

export const metaGraph = (graphDef: Buffer, ...more: readonly Buffer[]): Buffer =>
  message(field(1, message(field(4, 'serve'), field(5, '2.15.0'))), field(2, graphDef), ...more)

export const savedModel = (graphDef: Buffer, ...more: readonly Buffer[]): Buffer =>
  message(field(1, 1), field(2, metaGraph(graphDef, ...more)))

/** A SavedModel with a placeholder and one node more. */
export const savedModelOf = (operator: string, attributes: Readonly<Record<string, Buffer>> = {}): Buffer =>
  savedModel(graph([node('Placeholder', {}, 'x'), node(operator, attributes)]))
