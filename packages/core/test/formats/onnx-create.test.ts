import { expect, test } from 'vitest'
import {
  attributeTypes,
  createAttribute,
  createGraph,
  createNode,
  createOnnxModel,
  createTensor,
  createValueInfo,
  dataTypes,
  elementTypeOf,
  onnxSignature,
  type TensorProto,
  tensorValues,
  walkNodes,
  walkTensors,
  writeOnnx,
} from '../../src/formats/index.ts'
import { type ElementType, elementTypes, type TensorData, tensorArrays } from '../../src/index.ts'

const weights = createTensor({ name: 'w', type: 'float32', dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) })
const x = createValueInfo({ name: 'x', type: 'float32', dims: ['batch', 2] })
const y = createValueInfo({ name: 'y', type: 'float32', dims: ['batch', 2] })

const createSmall = () =>
  createOnnxModel({
    operatorSets: { '': 17 },
    metadata: { purpose: 'test' },
    graph: {
      name: 'small',
      input: [x, createValueInfo({ name: 'w', type: 'float32', dims: [2, 2] })],
      output: [y],
      initializer: [weights],
      node: [createNode('Gemm', ['x', 'w'], ['h'], { transB: 1n, alpha: 0.5 }), createNode('Relu', ['h'], ['y'])],
    },
  })

test('onnxruntime runs a model that was made here', async () => {
  process.env.ORT_DISABLE_TELEMETRY = '1'
  process.env.ORT_TELEMETRY_DISABLED = '1'
  const { InferenceSession, Tensor } = await import('onnxruntime-node')
  const session = await InferenceSession.create(writeOnnx(createSmall()), { logSeverityLevel: 4 })
  expect(session.inputNames).toEqual(['x'])
  const results = await session.run({ x: new Tensor('float32', [1, -1, 2, 0], [2, 2]) })
  // 0.5 · x · wᵀ, negative ones cut off: [[-0.5, -0.5], [1, 3]].
  expect(results.y?.data).toEqual(Float32Array.of(0, 0, 1, 3))
  await session.release()
})

test('the signature holds inputs that are not initialisers, with fixed, named and unknown dimensions', () => {
  const { graph, ...model } = createSmall()
  const input = [...graph.input, createValueInfo({ name: 'mask', type: 'int64', dims: [null, -1 as number, 3] })]
  expect(onnxSignature({ ...model, graph: { ...graph, input } })).toEqual({
    inputs: [
      { name: 'x', type: 'float32', dims: ['batch', 2] },
      { name: 'mask', type: 'int64', dims: [null, null, 3] },
    ],
    outputs: [{ name: 'y', type: 'float32', dims: ['batch', 2] }],
  })
})

test('a signature that cannot be stated is refused by name', () => {
  const { graph, ...model } = createSmall()
  const signatureOf = (type: object) => () =>
    onnxSignature({ ...model, graph: { ...graph, output: [{ ...y, type: { ...y.type, ...type } as typeof y.type }] } })
  expect(signatureOf({ tensorType: undefined })).toThrow('expected "y" of the graph to have the type of a tensor')
  expect(signatureOf({ tensorType: { ...y.type?.tensorType, shape: undefined } })).toThrow(
    'to have a shape, found none',
  )
  expect(signatureOf({ tensorType: { ...y.type?.tensorType, elemType: dataTypes.BFLOAT16 } })).toThrow('found BFLOAT16')
})

const sample = (type: ElementType): TensorData => {
  if (type === 'string') return ['a', 'é', '']
  const values = new tensorArrays[type](new ArrayBuffer(64), 0, 3)
  for (let index = 0; index < 3; index += 1)
    values[index] = (
      values instanceof BigInt64Array || values instanceof BigUint64Array ? BigInt(index) : index
    ) as never
  return values
}

test.each(elementTypes)('values of type %s come back from rawData, aligned or not', (type) => {
  const data = sample(type)
  const tensor = createTensor({ name: 't', type, dims: [3], data })
  expect(elementTypeOf(tensor.dataType)).toBe(type)
  expect(tensorValues(tensor)).toEqual(data)
  if (!(tensor.rawData instanceof Uint8Array)) return
  const shifted = new Uint8Array(tensor.rawData.length + 1)
  shifted.set(tensor.rawData, 1)
  const values = tensorValues({ ...tensor, rawData: shifted.subarray(1) })
  expect(values).toEqual(data)
})

test('aligned values are a view, not a copy', () => {
  const bytes = (weights.rawData as Uint8Array).buffer
  expect((tensorValues(weights) as Float32Array).buffer).toBe(bytes)
})

const varints = [
  Uint8Array.of(1),
  Uint8Array.of(0x82, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
]

test.each([
  ['int32', 'int32Data', Int32Array.of(1, 2, -1)],
  ['int8', 'int32Data', Int8Array.of(1, 2, -1)],
  ['uint8', 'int32Data', Uint8Array.of(1, 2, 255)],
  ['int16', 'int32Data', Int16Array.of(1, 2, -1)],
  ['uint16', 'int32Data', Uint16Array.of(1, 2, 65535)],
  ['float16', 'int32Data', Uint16Array.of(1, 2, 65535)],
  ['bool', 'int32Data', Uint8Array.of(1, 1, 1)],
  ['int64', 'int64Data', BigInt64Array.of(1n, 2n, -1n)],
  ['uint32', 'uint64Data', Uint32Array.of(1, 2, 2 ** 32 - 1)],
  ['uint64', 'uint64Data', BigUint64Array.of(1n, 2n, 2n ** 64n - 1n)],
] as const)('values of type %s come back from %s', (type, field, expected) => {
  const tensor = {
    ...createTensor({ name: 't', type, dims: [3], data: expected }),
    rawData: undefined,
    [field]: varints,
  }
  expect(tensorValues(tensor)).toEqual(expected)
  expect(() => tensorValues({ ...tensor, dims: [2] })).toThrow('expected tensor "t" to have 2 elements')
  expect(() => tensorValues({ ...tensor, dims: [4] })).toThrow('expected tensor "t" to have 4 elements')
  // No memory is taken for elements that cannot be there.
  expect(() => tensorValues({ ...tensor, dims: [2 ** 40] })).toThrow('elements, as its dims say')
})

test('packed floats come back from one run and from several', () => {
  const bytes = weights.rawData as Uint8Array
  const typed = (floatData: Uint8Array[]): TensorProto => ({ ...weights, rawData: undefined, floatData })
  expect(tensorValues(typed([bytes]))).toEqual(Float32Array.of(1, 2, 3, 4))
  expect(tensorValues(typed([bytes.subarray(0, 4), bytes.subarray(4)]))).toEqual(Float32Array.of(1, 2, 3, 4))
})

test('values that stand in two places, or in the wrong one, are refused', () => {
  const bytes = weights.rawData as Uint8Array
  expect(() => tensorValues({ ...weights, floatData: [bytes] })).toThrow('in one place, found rawData and floatData')
  expect(() => tensorValues({ ...weights, dataLocation: 1 })).toThrow('found rawData and external data')
  expect(() => tensorValues({ ...weights, rawData: undefined, int32Data: [bytes] })).toThrow('its values in floatData')
  expect(() => tensorValues({ ...weights, rawData: bytes.subarray(1) })).toThrow('16 bytes, as its dims and type say')
  expect(() => tensorValues({ ...weights, dims: [2 ** 30, 2 ** 30] })).toThrow('at most 2^53 elements')
  expect(() => tensorValues({ ...weights, dataType: dataTypes.INT4 })).toThrow('found INT4')
})

test('external values are found in the file that the tensor names', () => {
  const entry = (key: string, value: string) => ({ key, value, unknownFields: [] })
  const external = (...externalData: ReturnType<typeof entry>[]): TensorProto => ({
    ...weights,
    rawData: undefined,
    dataLocation: 1,
    externalData,
  })
  const data = new Uint8Array(24)
  data.set(weights.rawData as Uint8Array, 8)
  const files = [{ path: 'weights.bin', data }]
  const location = entry('location', 'weights.bin')
  expect(tensorValues(external(location, entry('offset', '8'), entry('length', '16')), files)).toEqual(
    Float32Array.of(1, 2, 3, 4),
  )
  expect(() => tensorValues(external(location), [])).toThrow('a file that was given, found "weights.bin"')
  expect(() => tensorValues(external(location, entry('offset', '24'), entry('length', '1')), files)).toThrow('a place')
  expect(() => tensorValues(external(location, entry('offset', '-8')), files)).toThrow('a whole number as offset')
  expect(() => tensorValues(external(location, location), files)).toThrow('"location" once, found it twice')
  expect(() => tensorValues(external(), files)).toThrow('a location, found none')
})

test('tensors and nodes are found wherever they stand, with their place', () => {
  const constant = (name: string) => createNode('Constant', [], [name], { value: { ...weights, name } })
  const branch = createGraph({ name: 'b', node: [constant('inner')], initializer: [{ ...weights, name: 'own' }] })
  const sparse = { values: { ...weights, name: 'sparse' }, dims: [4], unknownFields: [] }
  const graph = createGraph({
    node: [createNode('If', ['c'], ['d'], { then_branch: branch })],
    sparseInitializer: [sparse],
  })
  const { functions: _, ...model } = createSmall()
  const lists = { input: [], output: [], attribute: [], attributeProto: [createAttribute('a', weights)], valueInfo: [] }
  const body = { ...lists, node: [constant('f')], opsetImport: [], metadataProps: [], unknownFields: [] }
  const functions = [{ ...body, name: 'f', domain: 'd', overload: '', docString: '' }]
  const trainingInfo = [{ algorithm: graph, initializationBinding: [], updateBinding: [], unknownFields: [] }]
  const whole = { ...model, graph, functions, trainingInfo }
  expect([...walkTensors(whole)].map(({ tensor, place }) => `${tensor.name}: ${place}`)).toEqual([
    'inner: graph.node[0].attribute[0].g.node[0].attribute[0].t',
    'own: graph.node[0].attribute[0].g.initializer[0]',
    'sparse: graph.sparseInitializer[0].values',
    'inner: trainingInfo[0].algorithm.node[0].attribute[0].g.node[0].attribute[0].t',
    'own: trainingInfo[0].algorithm.node[0].attribute[0].g.initializer[0]',
    'sparse: trainingInfo[0].algorithm.sparseInitializer[0].values',
    'f: functions[0].node[0].attribute[0].t',
    'w: functions[0].attributeProto[0].t',
  ])
  expect([...walkNodes(whole)].map(({ node }) => node.opType)).toEqual(['If', 'Constant', 'If', 'Constant', 'Constant'])
})

test('an attribute has the type of its value', () => {
  expect(createAttribute('a', 1).type).toBe(attributeTypes.FLOAT)
  expect(createAttribute('a', 1n).type).toBe(attributeTypes.INT)
  expect(createAttribute('a', 'x').type).toBe(attributeTypes.STRING)
  expect(createAttribute('a', [1]).type).toBe(attributeTypes.FLOATS)
  expect(createAttribute('a', [1n]).type).toBe(attributeTypes.INTS)
  expect(createAttribute('a', ['x']).type).toBe(attributeTypes.STRINGS)
  expect(createAttribute('a', weights).type).toBe(attributeTypes.TENSOR)
  expect(createAttribute('a', createGraph({})).type).toBe(attributeTypes.GRAPH)
  expect(() => createAttribute('a', [])).toThrow(
    'expected attribute "a" to be a list of one or more values of one type',
  )
})

test('a tensor that its data does not fit is refused', () => {
  const make = (dims: number[], data: TensorData) => () => createTensor({ name: 't', type: 'float32', dims, data })
  expect(make([3], new Float32Array(2))).toThrow('expected 3 values of float32 for tensor "t" (dims 3), got 2')
  expect(make([2], new Float64Array(2))).toThrow('got 2 in Float64Array')
  expect(make([-1, -2], new Float32Array(2))).toThrow('expected dims of whole numbers')
})

test('values in a Buffer are read wherever it begins', () => {
  const bytes = Buffer.concat([Buffer.alloc(1), Buffer.from(Float32Array.of(1, 2).buffer)])
  const tensor = createTensor({ name: 'w', type: 'float32', dims: [2], data: new Float32Array(2) })
  expect(tensorValues({ ...tensor, rawData: bytes.subarray(1) })).toEqual(Float32Array.of(1, 2))
  const entry = (key: string, value: string) => ({ key, value, unknownFields: [] })
  const externalData = [entry('location', 'data'), entry('offset', '1')]
  const outside = { ...tensor, rawData: undefined, dataLocation: 1, externalData }
  expect(tensorValues(outside, [{ path: 'data', data: bytes }])).toEqual(Float32Array.of(1, 2))
})
