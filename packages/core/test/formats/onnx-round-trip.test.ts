import { readFileSync } from 'node:fs'
import onnxProto from 'onnx-proto'
import { expect, test } from 'vitest'
import {
  type GraphProto,
  type NodeProto,
  readOnnx,
  readOnnxFile,
  tensorValues,
  walkNodes,
  walkTensors,
  writeOnnx,
} from '../../src/formats/index.ts'
import { realModels } from './real-models.ts'

const { onnx } = onnxProto

const asBuffer = (bytes: Uint8Array | null | undefined): string | undefined =>
  bytes === null || bytes === undefined ? undefined : Buffer.from(bytes).toString('base64')

test.each(realModels)('$name is written byte for byte as it was read', ({ path }) => {
  const bytes = readFileSync(path)
  expect(bytes.equals(writeOnnx(readOnnx(bytes)))).toBe(true)
})

test.each(realModels)('$name is written byte for byte when every list was copied', ({ path }) => {
  const bytes = readFileSync(path)
  const { graph, ...header } = readOnnx(bytes)
  const copyNode = (node: NodeProto): NodeProto => ({ ...node, attribute: node.attribute.map((each) => ({ ...each })) })
  const copy: GraphProto = {
    ...graph,
    node: graph.node.map(copyNode),
    initializer: graph.initializer.map((tensor) => ({ ...tensor, dims: tensor.dims })),
    input: [...graph.input],
  }
  expect(bytes.equals(writeOnnx({ ...header, graph: copy }))).toBe(true)
})

test.each(realModels)('$name reads as onnx-proto reads it', ({ path }) => {
  const bytes = readFileSync(path)
  const ours = readOnnx(bytes)
  const theirs = onnx.ModelProto.decode(bytes)
  const graph = theirs.graph as InstanceType<typeof onnx.GraphProto>

  expect(ours.irVersion).toBe(Number(theirs.irVersion))
  expect(ours.producerName).toBe(theirs.producerName)
  expect(ours.opsetImport.map(({ domain, version }) => [domain, version])).toEqual(
    theirs.opsetImport.map(({ domain, version }) => [domain, Number(version)]),
  )
  expect(ours.graph.node.map(({ name, opType, input, output }) => ({ name, opType, input, output }))).toEqual(
    graph.node?.map(({ name, opType, input, output }) => ({ name, opType, input, output })),
  )
  expect(
    ours.graph.node.flatMap(({ attribute }) => attribute).map(({ name, ints, f }) => [name, ints, f ?? 0]),
  ).toEqual(
    graph.node
      ?.flatMap(({ attribute }) => attribute ?? [])
      .map(({ name, ints, f }) => [name, ints?.map((each) => BigInt(String(each))), f]),
  )
  const tensorOf = (name: string, dims: unknown[], dataType: unknown, raw: Uint8Array | null | undefined) => ({
    name,
    dims: dims.map(Number),
    dataType,
    raw: asBuffer(raw),
  })
  expect(
    ours.graph.initializer.map((each) =>
      tensorOf(each.name, [...each.dims], each.dataType, each.rawData as Uint8Array),
    ),
  ).toEqual(graph.initializer?.map((each) => tensorOf(each.name ?? '', each.dims ?? [], each.dataType, each.rawData)))
})

test.each(realModels)('$name reads the same from disk, its tensors left there', async ({ path }) => {
  const bytes = readFileSync(path)
  const inMemory = readOnnx(bytes)
  const onDisk = await readOnnxFile(path)
  expect([...walkNodes(onDisk)].map(({ node, place }) => [place, node.opType, node.input])).toEqual(
    [...walkNodes(inMemory)].map(({ node, place }) => [place, node.opType, node.input]),
  )
  const tensors = [...walkTensors(inMemory)]
  for (const [index, { tensor, place }] of [...walkTensors(onDisk)].entries()) {
    expect(place).toBe(tensors[index]?.place)
    if (tensor.rawData === undefined) continue
    expect(tensor.rawData).not.toBeInstanceOf(Uint8Array)
    const { offset, length } = tensor.rawData as { offset: number; length: number }
    expect(bytes.subarray(offset, offset + length).equals(tensors[index]?.tensor.rawData as Uint8Array)).toBe(true)
  }
})

test.each(realModels)('the values of every tensor of $name are views or fit its dims', ({ path }) => {
  for (const { tensor } of walkTensors(readOnnx(readFileSync(path)))) {
    expect(tensorValues(tensor).length).toBe(tensor.dims.reduce((product, dim) => product * dim, 1))
  }
})

const entry = [{ key: 'k', value: 'v' }]
const fullTensor = {
  dims: [1, 2],
  dataType: 1,
  segment: { begin: 1, end: 2 },
  floatData: [1.5],
  int32Data: [-1, 300],
  stringData: [Uint8Array.of(1)],
  int64Data: [-2],
  name: 'tensor',
  rawData: Uint8Array.of(1, 2, 3),
  doubleData: [2.5],
  uint64Data: [7],
  docString: 'doc',
  externalData: entry,
  dataLocation: 1,
}
const fullSparse = { values: fullTensor, indices: fullTensor, dims: [3] }
const shape = { dim: [{ dimValue: 3, denotation: 'd' }, { dimParam: 'n' }] }
const tensorType = { tensorType: { elemType: 1, shape }, denotation: 'd' }
const typed = [
  tensorType,
  { sequenceType: { elemType: tensorType } },
  { mapType: { keyType: 7, valueType: tensorType } },
  { optionalType: { elemType: tensorType } },
  { sparseTensorType: { elemType: 1, shape } },
].map((type, index) => ({ name: `value ${index}`, type, docString: 'doc' }))
const emptyGraph = { name: 'inner', node: [{ opType: 'Abs' }] }
const fullAttribute = {
  name: 'a',
  refAttrName: 'r',
  docString: 'doc',
  type: 1,
  f: 0.5,
  i: -3,
  s: Uint8Array.of(9),
  t: fullTensor,
  g: emptyGraph,
  sparseTensor: fullSparse,
  tp: tensorType,
  floats: [1, 2],
  ints: [3, -4],
  strings: [Uint8Array.of(8)],
  tensors: [fullTensor],
  graphs: [emptyGraph],
  sparseTensors: [fullSparse],
  typeProtos: [tensorType],
}
const fullNode = {
  input: ['x'],
  output: ['y'],
  name: 'n',
  opType: 'Op',
  domain: 'd',
  attribute: [fullAttribute],
  docString: 'doc',
}
const opsetImport = [{ domain: 'd', version: 17 }]
const fullModel = {
  irVersion: 8,
  opsetImport,
  producerName: 'p',
  producerVersion: 'v',
  domain: 'd',
  modelVersion: 3,
  docString: 'doc',
  metadataProps: entry,
  graph: {
    node: [fullNode],
    name: 'g',
    initializer: [fullTensor],
    sparseInitializer: [fullSparse],
    docString: 'doc',
    input: typed,
    output: typed,
    valueInfo: typed,
    quantizationAnnotation: [{ tensorName: 't', quantParameterTensorNames: entry }],
  },
  trainingInfo: [
    { initialization: emptyGraph, algorithm: emptyGraph, initializationBinding: entry, updateBinding: entry },
  ],
  functions: [
    {
      name: 'f',
      input: ['x'],
      output: ['y'],
      attribute: ['a'],
      node: [fullNode],
      docString: 'doc',
      opsetImport,
      domain: 'd',
    },
  ],
}

test('every field that onnx-proto knows is known, and is written as onnx-proto reads it', () => {
  const original = onnx.ModelProto.fromObject(fullModel)
  const read = readOnnx(onnx.ModelProto.encode(original).finish())
  expect(JSON.stringify(read, (_, value) => (typeof value === 'bigint' ? String(value) : value))).not.toMatch(
    /"unknownFields":\[[^\]]/,
  )
  // A clone has no memory of its bytes: all of it is encoded by our tables.
  const written = onnx.ModelProto.decode(writeOnnx(structuredClone(read)))
  expect(written.toJSON()).toEqual(onnx.ModelProto.decode(onnx.ModelProto.encode(original).finish()).toJSON())
})
