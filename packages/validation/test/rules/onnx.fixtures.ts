import type { RoomFixtures } from './fixture.ts'
import {
  adding,
  bytes,
  createNode,
  floats,
  imports,
  inDomain,
  integers,
  model,
  modelOf,
  oneNode,
  writeOnnx,
  zeros,
} from './onnx-models.ts'

const sound = writeOnnx(model([createNode('Relu', ['x'], ['y'])]))

const unknownField = (length: number): Uint8Array => {
  const base = model([createNode('Relu', ['x'], ['y'])])
  return writeOnnx({ ...base, unknownFields: [{ number: 99, wireType: 2, bytes: new Uint8Array(length) }] })
}

/** A flatbuffer of tables: each is a table of its own, without sharing, with 4-byte fields. */
const ort = (
  opType: string,
  change: (file: Uint8Array, at: Record<string, number>) => unknown = () => {},
): Uint8Array => {
  const file = Buffer.alloc(512)
  const at: Record<string, number> = {}
  let end = 8
  file.write('ORTM', 4, 'latin1')
  const table = (name: string, fields: number): number => {
    const dispatch = end
    const start = dispatch + 4 + 2 * fields
    file.writeUInt16LE(4 + 2 * fields, dispatch)
    file.writeUInt16LE(4 + 4 * fields, dispatch + 2)
    for (let index = 0; index < fields; index += 1) file.writeUInt16LE(0, dispatch + 4 + 2 * index)
    file.writeInt32LE(start - dispatch, start)
    end = start + 4 + 4 * fields
    at[name] = start
    return start
  }
  const point = (owner: number, index: number, target: number): void => {
    const dispatch = owner - file.readInt32LE(owner)
    file.writeUInt16LE(4 + 4 * index, dispatch + 4 + 2 * index)
    const place = owner + 4 + 4 * index
    file.writeUInt32LE(target - place, place)
  }
  const session = table('session', 2)
  const onnx = table('model', 10)
  const graph = table('graph', 9)
  file.writeUInt32LE(session, 0)
  point(session, 1, onnx)
  point(onnx, 7, graph)
  // Offsets lead forwards: what a table or list points to stands after it.
  const list = end
  end = list + 8
  const node = table('node', 11)
  file.writeUInt32LE(1, list)
  file.writeUInt32LE(node - (list + 4), list + 4)
  point(graph, 2, list)
  const text = end
  file.writeUInt32LE(opType.length, text)
  file.write(opType, text + 4, 'latin1')
  point(node, 5, text)
  at.list = list
  change(file, at)
  return file
}

/** What a file is as a whole, and which runtime it meets. */
export const fixtures: RoomFixtures = {
  'onnx/malformed': {
    positive: {
      'a file that was cut': () => sound.subarray(0, sound.length - 7),
      'two graphs, which protobuf would merge': () => Buffer.concat([sound, sound.subarray(sound.indexOf(0x3a))]),
      'a graph that claims 3 GB': () => Buffer.from([0x08, 0x08, 0x3a, 0x80, 0xbc, 0xc1, 0x96, 0x0b]),
    },
    negative: {
      'a sound model': () => sound,
      'other bytes that open with the same tag': () => Buffer.from([0x08, 0x01, 0x12, 0xff, 0xff, 0xff, 0x00, 0x01]),
    },
  },
  'onnx/unknown-content': {
    positive: { 'ten thousand bytes': () => unknownField(10_000), 'five thousand bytes': () => unknownField(5_000) },
    negative: { 'ten bytes of a newer field': () => unknownField(10), 'no unknown field': () => sound },
  },
  'onnx/ort-malformed': {
    positive: {
      'a root beyond the file': () => ort('Relu', (file) => file.fill(0xff, 2, 3)),
      'a list longer than the file': () => ort('Relu', (file, { list = 0 }) => file.fill(0x10, list + 3, list + 4)),
    },
    negative: { 'a session with one node': () => ort('Relu'), 'another node': () => ort('MatMul') },
  },
  'onnx/impossible-version': {
    positive: {
      'opset 0': () => writeOnnx({ ...model([createNode('Relu', ['x'], ['y'])]), opsetImport: imports(['', 0]) }),
      'IR version 4000': () => writeOnnx({ ...model([createNode('Relu', ['x'], ['y'])]), irVersion: 4000 }),
    },
    negative: {
      'opset 17': () => sound,
      'opset 24': () => writeOnnx({ ...model([createNode('Relu', ['x'], ['y'])]), opsetImport: imports(['', 24]) }),
    },
  },
  'onnx/future-version': {
    positive: {
      'opset 99': () => writeOnnx({ ...model([createNode('Relu', ['x'], ['y'])]), opsetImport: imports(['', 99]) }),
      'IR version 20': () => writeOnnx({ ...model([createNode('Relu', ['x'], ['y'])]), irVersion: 20 }),
    },
    negative: {
      'opset 17': () => sound,
      'IR version 13': () => writeOnnx({ ...model([createNode('Relu', ['x'], ['y'])]), irVersion: 13 }),
    },
  },
  'onnx/missing-ir-version': {
    positive: {
      none: () => writeOnnx({ ...model([createNode('Relu', ['x'], ['y'])]), irVersion: undefined }),
      zero: () => writeOnnx({ ...model([createNode('Relu', ['x'], ['y'])]), irVersion: 0 }),
    },
    negative: {
      'version 8': () => sound,
      'version 3': () => writeOnnx({ ...model([createNode('Relu', ['x'], ['y'])]), irVersion: 3 }),
    },
  },
  'onnx/missing-opset': {
    positive: {
      'none at all': () => writeOnnx({ ...model([createNode('Relu', ['x'], ['y'])]), opsetImport: [] }),
      'none for the domain': () => writeOnnx(model([{ ...createNode('Scaler', ['x'], ['y']), domain: 'ai.onnx.ml' }])),
    },
    negative: {
      'IR version 2 knew none': () =>
        writeOnnx({ ...model([createNode('Relu', ['x'], ['y'])]), irVersion: 2, opsetImport: [] }),
      'one for each domain': () => inDomain('ai.onnx.ml', 'Binarizer'),
    },
  },
  'onnx/duplicate-opset': {
    positive: {
      'twice the same': () =>
        writeOnnx({ ...model([createNode('Relu', ['x'], ['y'])]), opsetImport: imports(['', 17], ['', 17]) }),
      'by its two names': () =>
        writeOnnx({ ...model([createNode('Relu', ['x'], ['y'])]), opsetImport: imports(['', 13], ['ai.onnx', 17]) }),
    },
    negative: { one: () => sound, 'two domains': () => inDomain('ai.onnx.ml', 'Binarizer') },
  },
  'onnx/tensor-type': {
    positive: {
      'type 99': () => adding({ ...floats('float32', 'w', [2], [1, 2]), dataType: 99 }),
      'no type': () => adding({ ...floats('float32', 'w', [2], [1, 2]), dataType: 0 }),
    },
    negative: {
      float: () => adding(floats('float32', 'w', [2], [1, 2])),
      'four bits': () => adding({ ...bytes('w', 1), dims: [2], dataType: 22 }),
    },
  },
  'onnx/tensor-length': {
    positive: {
      'fewer bytes than dims say': () => adding({ ...floats('float32', 'w', [2], [1, 2]), dims: [3] }),
      'no data': () => adding({ ...floats('float32', 'w', [2], [1, 2]), rawData: undefined }),
      'one typed value too few': () =>
        adding({ ...floats('float32', 'w', [2], [1, 2]), rawData: undefined, floatData: [new Uint8Array(4)] }),
    },
    negative: {
      'an empty tensor': () => adding({ ...floats('float32', 'w', [0], []), rawData: undefined }),
      'three elements of four bits in two bytes': () => adding({ ...bytes('w', 2), dims: [3], dataType: 22 }),
    },
  },
  'onnx/tensor-overflow': {
    positive: {
      'a product of 2^80': () => adding({ ...floats('float32', 'w', [2], [1, 2]), dims: [2 ** 40, 2 ** 40] }),
      'that wraps around to 8 bytes': () =>
        adding({ ...floats('float32', 'w', [2], [1, 2]), dims: [2 ** 32, 2 ** 31 + 1, 2] }),
    },
    negative: {
      'a large tensor that is short of data': () => adding({ ...floats('float32', 'w', [2], [1, 2]), dims: [2 ** 40] }),
      'a sound one': () => adding(floats('float32', 'w', [2], [1, 2])),
    },
  },
  'onnx/tensor-data-ambiguous': {
    positive: {
      'raw and typed': () => adding({ ...floats('float32', 'w', [2], [1, 2]), floatData: [new Uint8Array(8)] }),
      'two typed fields': () =>
        adding({
          ...floats('float32', 'w', [2], [1, 2]),
          rawData: undefined,
          floatData: [new Uint8Array(8)],
          doubleData: [new Uint8Array(16)],
        }),
    },
    negative: {
      raw: () => adding(floats('float32', 'w', [2], [1, 2])),
      typed: () =>
        adding({ ...floats('float32', 'w', [2], [1, 2]), rawData: undefined, floatData: [new Uint8Array(8)] }),
    },
  },
  'onnx/tensor-field': {
    positive: {
      'floats as integers': () =>
        adding({ ...floats('float32', 'w', [2], [1, 2]), rawData: undefined, int64Data: [Uint8Array.of(1, 2)] }),
      'integers as doubles': () =>
        oneNode('Reshape', {}, [{ ...integers('w', [1, 4]), rawData: undefined, doubleData: [new Uint8Array(16)] }]),
    },
    negative: {
      'bool in int32Data': () =>
        oneNode('Where', {}, [{ ...bytes('w', 2), dataType: 9, rawData: undefined, int32Data: [Uint8Array.of(0, 1)] }]),
      'int64 in int64Data': () =>
        oneNode('Reshape', {}, [{ ...integers('w', [1, 4]), rawData: undefined, int64Data: [Uint8Array.of(1, 4)] }]),
    },
  },
  'onnx/sparse-indices': {
    positive: {
      'an index beyond the dims': () => sparse([0, 9]),
      'a negative one': () => sparse([-1, 3]),
      'not ascending': () => sparse([3, 1]),
      'one index for two values': () => sparse([3]),
    },
    negative: { ascending: () => sparse([0, 3]), 'as coordinates': () => sparse([0, 1, 1, 0], [2, 2]) },
  },
  'onnx/spread-program': {
    positive: {
      'a float for each byte': () => adding(floats('float32', 'w', [64], elf)),
      'an integer for each byte': () => oneNode('Reshape', {}, [integers('w', elf)]),
    },
    negative: {
      'halves between': () =>
        adding(
          floats(
            'float32',
            'w',
            [64],
            elf.map((byte) => byte + 0.5),
          ),
        ),
      'small numbers': () => adding(zeros('w', 64)),
    },
  },
}

const elf = Array.from(
  { length: 64 },
  (_, index) => ({ 0: 0x7f, 1: 0x45, 2: 0x4c, 3: 0x46, 4: 2, 5: 1, 6: 1, 16: 2, 18: 0x3e, 20: 1, 52: 64 })[index] ?? 0,
)

/** A sparse initialiser of a 2 by 2 tensor, with so many values as places. */
function sparse(indices: readonly number[], dims: readonly number[] = [2]): Uint8Array {
  const base = modelOf({ nodes: [createNode('Add', ['x', 'w'], ['y'])], input: [2, 2], output: [2, 2] })
  const values = floats('float32', 'w', [2], [1, 2])
  const place = { ...integers('', indices), dims: dims.length === 1 ? [indices.length] : dims }
  return writeOnnx({
    ...base,
    graph: { ...base.graph, sparseInitializer: [{ values, indices: place, dims: [2, 2], unknownFields: [] }] },
  })
}
