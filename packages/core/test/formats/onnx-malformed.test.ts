import { expect, test } from 'vitest'
import { isNootropicError } from '../../src/errors.ts'
import { type OnnxLimits, onnxLimits, readOnnx, walkNodes, writeOnnx } from '../../src/formats/index.ts'
import { bytesOf, delimited, modelOf, varint, whole } from './protobuf.ts'

const refusal = (bytes: Uint8Array, limits: Partial<OnnxLimits> = {}) => {
  try {
    readOnnx(bytes, { limits })
  } catch (error) {
    if (isNootropicError(error)) return { code: error.code, message: error.message, offset: error.details.offset }
    throw error
  }
  return undefined
}

const node = (...fields: readonly (readonly number[])[]): number[] => delimited(1, fields.flat())
const attribute = (...fields: readonly (readonly number[])[]): number[] => delimited(5, fields.flat())
const initializer = (...fields: readonly (readonly number[])[]): number[] => delimited(5, fields.flat())

test('an empty file and a file without a graph are malformed', () => {
  expect(refusal(new Uint8Array(0))).toEqual({
    code: 'MODEL_MALFORMED',
    message: 'expected an ONNX model, found an empty file, at byte 0',
    offset: 0,
  })
  expect(refusal(bytesOf(whole(1, 8)))?.message).toBe(
    'expected an ONNX model with a graph, found none by the end of the file, at byte 2',
  )
})

test('a file cut anywhere is malformed or shorter, and says at which byte', () => {
  const bytes = modelOf(node(delimited(4, 'Relu'), delimited(1, 'x')), initializer(whole(1, 2), delimited(9, [1, 2])))
  for (let length = 0; length < bytes.length; length += 1) {
    const refused = refusal(bytes.subarray(0, length))
    expect(refused?.code).toBe('MODEL_MALFORMED')
    expect(refused?.offset).toBeLessThanOrEqual(length)
  }
})

test('a tensor that claims 3 GB is refused before anything is allocated for it', () => {
  const claim = bytesOf([0x4a], varint(3_000_000_000))
  const tensor = bytesOf(delimited(5, [...claim]))
  expect(refusal(modelOf([...tensor]))).toMatchObject({ code: 'MODEL_MALFORMED', offset: 7 })
  for (const length of [2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 64n - 1n])
    expect(refusal(bytesOf([0x3a], varint(length)))).toMatchObject({ code: 'MODEL_MALFORMED', offset: 1 })
})

test('a length may not reach beyond the message that holds it', () => {
  // The node ends before the text that it claims to hold; the bytes that follow belong to the graph.
  const bytes = modelOf([...varint(10), 2, ...varint(4 * 8 + 2), 9], delimited(2, 'graph name'))
  expect(refusal(bytes)).toMatchObject({ code: 'MODEL_MALFORMED' })
  // A varint that starts in the node and ends in the graph.
  expect(refusal(modelOf([...varint(10), 2, ...varint(5 * 8), 0xff], [0x01]))).toMatchObject({
    code: 'MODEL_MALFORMED',
  })
})

test('numbers longer than needed are read, longer than 64 bits are refused', () => {
  const graph = delimited(7, delimited(2, 'g'))
  const padded = bytesOf([0x08], varint(8, 10), graph)
  expect(readOnnx(padded).irVersion).toBe(8)
  expect(writeOnnx(readOnnx(padded))).toEqual(padded)
  expect(refusal(bytesOf([0x08], [...Array(9).fill(0x80), 0x02], graph))?.offset).toBe(1)
  expect(refusal(bytesOf([0x08], Array(11).fill(0x80), graph))?.offset).toBe(1)
})

test('int64 attributes keep all their bits', () => {
  for (const value of [0n, 1n, -1n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)]) {
    const bytes = modelOf(node(attribute(delimited(1, 'a'), whole(3, value), [...varint(8 * 8), ...varint(value)])))
    const read = readOnnx(bytes).graph.node[0]?.attribute[0]
    expect(read?.i).toBe(value)
    expect(read?.ints).toEqual([value])
  }
})

test('repeated numbers read the same packed, one by one and mixed', () => {
  const one = node(attribute(delimited(1, 'a'), whole(8, 1), whole(8, 2), whole(8, 3)))
  const packed = node(attribute(delimited(1, 'a'), delimited(8, [1, 2, 3])))
  const mixed = node(attribute(delimited(1, 'a'), whole(8, 1), delimited(8, [2, 3])))
  for (const bytes of [one, packed, mixed].map((each) => modelOf(each))) {
    expect(readOnnx(bytes).graph.node[0]?.attribute[0]?.ints).toEqual([1n, 2n, 3n])
    expect(writeOnnx(readOnnx(bytes))).toEqual(bytes)
  }
})

test('what may stand once and stands twice is refused, for runtimes would merge it', () => {
  const twice = (...fields: number[][]): unknown => refusal(bytesOf(...fields))?.message
  expect(twice(delimited(7, []), delimited(7, []))).toMatch('expected ModelProto.graph (or its alternative) once')
  expect(twice(whole(1, 8), whole(1, 9), delimited(7, []))).toMatch('ModelProto.irVersion')
  const type = delimited(2, [...delimited(1, []), ...delimited(4, [])])
  expect(refusal(modelOf(delimited(11, type)))?.message).toMatch('TypeProto.sequenceType (or its alternative) once')
})

test('groups, unused wire types and wrong wire types are refused', () => {
  for (const wireType of [3, 4, 6, 7]) {
    expect(refusal(bytesOf(varint(99 * 8 + wireType), delimited(7, [])))?.code).toBe('MODEL_MALFORMED')
    expect(refusal(bytesOf(varint(7 * 8 + wireType), delimited(7, [])))?.code).toBe('MODEL_MALFORMED')
  }
  expect(refusal(bytesOf(whole(7, 1)))?.message).toBe('expected wire type 2 for graph, found 0, at byte 0')
  expect(refusal(modelOf(initializer(delimited(2, [1]))))?.message).toMatch('expected wire type 0 for dataType')
  expect(refusal(bytesOf([0x02, 0x00], delimited(7, [])))?.message).toMatch('expected a field number')
})

test('a name that is not UTF-8 is refused, for two such names would read as one', () => {
  for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x61, 0xe2, 0x82]])
    expect(refusal(modelOf(delimited(2, bytes)))?.message).toMatch('expected text in UTF-8, found other bytes')
  expect(readOnnx(modelOf(delimited(2, '\uFEFFé\uFFFD'))).graph.name).toBe('\uFEFFé\uFFFD')
})

test('a dimension is a safe integer that is not negative', () => {
  for (const dim of [-1n, 2n ** 53n, -(2n ** 63n)])
    expect(refusal(modelOf(initializer(whole(1, dim))))?.code).toBe('MODEL_MALFORMED')
  expect(readOnnx(modelOf(initializer(whole(1, 2 ** 53 - 1)))).graph.initializer[0]?.dims).toEqual([2 ** 53 - 1])
})

test('packed floats that end inside a number are refused', () => {
  expect(refusal(modelOf(initializer(delimited(4, [0, 0, 0]))))?.message).toMatch('expected a multiple of 4 bytes')
  expect(refusal(modelOf(node(attribute(delimited(7, [0, 0, 0, 0, 0])))))?.code).toBe('MODEL_MALFORMED')
})

test('unknown fields are shown and written back in their places', () => {
  const bytes = bytesOf(
    whole(99, 7),
    delimited(7, [...delimited(2, 'g'), ...delimited(500, 'hidden'), ...node(delimited(4, 'Relu'))]),
    [...varint(98 * 8 + 5), 1, 2, 3, 4],
    [...varint(97 * 8 + 1), 1, 2, 3, 4, 5, 6, 7, 8],
  )
  const model = readOnnx(bytes)
  expect(model.unknownFields.map(({ number, wireType }) => [number, wireType])).toEqual([
    [99, 0],
    [98, 5],
    [97, 1],
  ])
  expect(new TextDecoder().decode(model.graph.unknownFields[0]?.bytes as Uint8Array)).toBe('hidden')
  expect(writeOnnx(model)).toEqual(bytes)
  const { graph } = model
  expect(writeOnnx({ ...model, graph: { ...graph, node: [...graph.node] } })).toEqual(bytes)
})

const nested = (levels: number): number[] => {
  let graph: number[] = []
  for (let level = 0; level < levels; level += 1) graph = node(attribute(delimited(6, graph)))
  return graph
}

const unpacked = [...varint(4 * 8 + 5), 0, 0, 0, 0]

test.each([
  ['fileBytes', modelOf(delimited(2, 'graph')), 11],
  ['depth', modelOf(nested(4)), 14],
  ['messages', modelOf(node(), node(), node()), 5],
  ['nodes', modelOf(node(), node(), nested(1)), 3],
  ['tensors', modelOf(initializer(), initializer()), 2],
  ['attributes', modelOf(node(attribute(), attribute())), 2],
  ['values', modelOf(node(attribute(delimited(8, [1, 2, 3])))), 8],
  [
    'views',
    bytesOf(whole(99, 1), delimited(7, initializer(unpacked, delimited(4, []), delimited(9, []), delimited(6, [])))),
    5,
  ],
  ['rank', modelOf(initializer(delimited(1, [1, 1, 1]))), 3],
  ['textBytes', modelOf(delimited(2, 'graph')), 5],
  ['heldBytes', modelOf(delimited(2, 'gr'), delimited(10, 'aph')), 5],
] as const)('the limit %s holds, and holds exactly', (limit, bytes, needed) => {
  expect(refusal(bytes, { [limit]: needed })).toBe(undefined)
  expect(refusal(bytes, { [limit]: needed - 1 })).toMatchObject({
    code: 'LIMIT_EXCEEDED',
    message: expect.stringContaining(`limit ${limit}`),
  })
})

test('subgraphs a hundred levels deep are refused without ending the process', () => {
  expect(refusal(modelOf(nested(30)))).toBe(undefined)
  expect([...walkNodes(readOnnx(modelOf(nested(30))))]).toHaveLength(30)
  expect(refusal(modelOf(nested(300)))?.code).toBe('LIMIT_EXCEEDED')
  expect(onnxLimits.depth).toBe(100)
})

test('what was read is frozen, so that an edit in place fails instead of being lost', () => {
  const model = readOnnx(modelOf(node(delimited(4, 'Relu'))))
  expect(Object.isFrozen(model)).toBe(true)
  expect(Object.isFrozen(model.graph.node)).toBe(true)
  expect(Object.isFrozen(model.graph.node[0])).toBe(true)
})
