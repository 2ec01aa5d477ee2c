import { expect, test } from 'vitest'
import {
  createGraph,
  createNode,
  createOnnxModel,
  createTensor,
  createValueInfo,
  externalLocation,
  findOnnxDangers,
  type OnnxModel,
  readOnnx,
  refuseLocation,
  type TensorProto,
  writeOnnx,
} from '../../src/formats/index.ts'

const external = (location: string): TensorProto => ({
  ...createTensor({ name: 'w', type: 'float32', dims: [2], data: new Float32Array(2) }),
  rawData: undefined,
  dataLocation: externalLocation,
  externalData: [{ key: 'location', value: location, unknownFields: [] }],
})

const value = (name: string) => createValueInfo({ name, type: 'float32', dims: [2] })

const modelOf = (graph: Parameters<typeof createGraph>[0]): OnnxModel =>
  createOnnxModel({
    operatorSets: { '': 17 },
    graph: {
      name: 'test',
      input: [value('x')],
      output: [value('y')],
      node: [createNode('Relu', ['x'], ['y'])],
      ...graph,
    },
  })

/** Dangers after a round trip through bytes, as a runtime would meet the model. */
const dangers = (model: OnnxModel) => findOnnxDangers(readOnnx(writeOnnx(model)))

test('a plain path beside the model is no danger; what leads elsewhere on any system is one', () => {
  for (const location of ['weights.bin', './weights.bin', 'data/weights..bin', 'a b.bin', 'ü.bin'])
    expect([location, refuseLocation(location)]).toEqual([location, undefined])
  for (const location of [
    '/etc/passwd',
    '/proc/self/mem',
    '../secret',
    'a/../../secret',
    'a\\..\\..\\secret',
    'C:\\secret',
    'C:secret',
    '\\\\host\\share',
    '//host/share',
    'https://example.org/w',
    'file:///etc/passwd',
    '~/secret',
    'w\0.bin',
  ])
    expect([location, refuseLocation(location)?.kind]).toEqual([location, 'external-data-escapes'])
  expect(refuseLocation('*/_ORT_MEM_ADDR_/*')?.kind).toBe('external-data-memory')
})

test('a dangerous tensor is found wherever a tensor can stand', () => {
  const hidden = external('/etc/passwd')
  const constant = createNode('Constant', [], ['c'], { value: hidden })
  const branch = createGraph({ name: 'b', node: [constant], output: [value('c')] })
  const base = modelOf({})
  const function_ = {
    name: 'F',
    domain: 'acme',
    input: [],
    output: ['c'],
    attribute: [],
    node: [constant],
    docString: '',
    opsetImport: [],
    attributeProto: [{ ...(constant.attribute[0] as (typeof constant.attribute)[number]), name: 'default' }],
    valueInfo: [],
    overload: '',
    metadataProps: [],
    unknownFields: [],
  }
  const attribute = constant.attribute[0] as (typeof constant.attribute)[number]
  const sparse = { values: hidden, dims: [2], unknownFields: [] }
  const places: readonly [string, OnnxModel][] = [
    ['graph.initializer[0]', modelOf({ initializer: [hidden] })],
    ['graph.node[0].attribute[0].t', modelOf({ node: [constant] })],
    [
      'graph.node[0].attribute[0].g.node[0].attribute[0].t',
      modelOf({ node: [createNode('If', ['x'], ['y'], { then_branch: branch })] }),
    ],
    [
      'graph.node[0].attribute[0].tensors[0]',
      modelOf({ node: [{ ...constant, attribute: [{ ...attribute, t: undefined, tensors: [hidden], type: 9 }] }] }),
    ],
    [
      'graph.node[0].attribute[0].sparseTensor.values',
      modelOf({ node: [{ ...constant, attribute: [{ ...attribute, t: undefined, sparseTensor: sparse, type: 11 }] }] }),
    ],
    [
      'graph.node[0].attribute[0].sparseTensors[0].values',
      modelOf({
        node: [{ ...constant, attribute: [{ ...attribute, t: undefined, sparseTensors: [sparse], type: 12 }] }],
      }),
    ],
    ['graph.sparseInitializer[0].values', modelOf({ sparseInitializer: [sparse] })],
    ['functions[0].node[0].attribute[0].t', { ...base, functions: [{ ...function_, attributeProto: [] }] }],
    ['functions[0].attributeProto[0].t', { ...base, functions: [{ ...function_, node: [] }] }],
    [
      'trainingInfo[0].initialization.initializer[0]',
      {
        ...base,
        trainingInfo: [
          {
            initialization: createGraph({ name: 's', initializer: [hidden] }),
            initializationBinding: [],
            updateBinding: [],
            unknownFields: [],
          },
        ],
      },
    ],
  ]
  for (const [place, model] of places)
    expect(dangers(model)).toEqual([{ kind: 'external-data-escapes', place, found: 'an absolute path' }])
})

test('operators that run code of another language are dangers, functions of that name are not', () => {
  const using = (domain: string, opType: string) => modelOf({ node: [{ ...createNode(opType, ['x'], ['y']), domain }] })
  for (const opType of ['PyOp', 'PyCustomOp', 'PythonOp', 'EagerPyFunc', 'ATen', 'aten_op'])
    expect([opType, dangers(using('any', opType))[0]?.kind]).toEqual([opType, 'interpreter-operator'])
  for (const opType of ['Relu', 'Pad', 'PyramidPool', 'Shell2Vec'])
    expect([opType, dangers(using('any', opType))]).toEqual([opType, []])
})

test('a hostile model makes a bounded list', () => {
  expect(dangers(modelOf({ initializer: Array.from({ length: 500 }, () => external('/etc/passwd')) }))).toHaveLength(
    100,
  )
})
