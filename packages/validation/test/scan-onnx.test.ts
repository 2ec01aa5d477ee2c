import type { Finding } from '@nootropic/core'
import {
  createGraph,
  createNode,
  createOnnxModel,
  createTensor,
  createValueInfo,
  externalLocation,
  type NodeProto,
  type OnnxModel,
  readOnnx,
  type StringStringEntryProto,
  type TensorProto,
  writeOnnx,
} from '@nootropic/core/formats'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkOnnx } from '../src/index.ts'
import { scan as scanFile } from '../src/scan/index.ts'
import { diagonalClassifier, floats, integers, modelOf } from './support/models.ts'
import { field } from './support/tensorflow.ts'

/** Findings after a round trip through bytes, as a scanner meets the model. */
const scan = (model: OnnxModel): Finding[] => {
  const bytes = writeOnnx(model)
  return checkOnnx(readOnnx(bytes), { path: 'model.onnx', file: bytes })
}
const rules = (model: OnnxModel): string[] => [...new Set(scan(model).map(({ rule }) => rule))]

const withTensor = (
  tensor: TensorProto,
  nodes: readonly NodeProto[] = [createNode('Add', ['x', 'w'], ['y'])],
): OnnxModel => modelOf({ nodes, initializer: [tensor], input: [1, 2], output: [1, 2] })

const weight = floats('float32', 'w', [2], [1, 2])
const entry = (key: string, value: string): StringStringEntryProto => ({ key, value, unknownFields: [] })
const external = (entries: readonly (readonly [string, string])[], tensor: TensorProto = weight): TensorProto => ({
  ...tensor,
  rawData: undefined,
  dataLocation: externalLocation,
  externalData: entries.map(([key, value]) => entry(key, value)),
})

test('a sound model has no finding', () => {
  expect(scan(diagonalClassifier(1))).toEqual([])
  expect(
    scan(
      withTensor(
        external([
          ['location', 'weights.bin'],
          ['offset', '4096'],
          ['length', '8'],
        ]),
      ),
    ),
  ).toEqual([])
  expect(scan(withTensor(external([['location', 'data/weights..bin']])))).toEqual([])
})

for (const location of [
  '/etc/passwd',
  '../secret',
  'data/../../secret',
  'data\\..\\..\\secret',
  'C:\\secret',
  'C:secret',
  '\\\\host\\share\\secret',
  '//host/share',
  'https://example.org/weights',
  'file:///etc/passwd',
  '~/secret',
  'weights\0.bin',
]) {
  test(`external data that leads outside is critical: ${JSON.stringify(location)}`, () => {
    const [finding] = scan(withTensor(external([['location', location]])))
    expect(finding).toMatchObject({ rule: 'onnx/external-data-escapes', severity: 'critical' })
    expect(finding?.location.inside).toBe('graph.initializer[0]')
  })
}

test('external data that is an address in memory is critical', () => {
  const marked = external([
    ['location', '*/_ORT_MEM_ADDR_/*'],
    ['offset', '140000000000'],
    ['length', '8'],
  ])
  expect(scan(withTensor(marked))[0]).toMatchObject({ rule: 'onnx/external-data-memory', severity: 'critical' })
})

test('unknown keys, repeated keys and impossible numbers of external data are found', () => {
  const fine: [string, string] = ['location', 'weights.bin']
  expect(rules(withTensor(external([fine, ['__class__', 'x']])))).toEqual(['onnx/external-data-key'])
  expect(rules(withTensor(external([fine, ['mode', 'w']])))).toEqual(['onnx/external-data-key'])
  for (const entries of [
    [['offset', '0']],
    [fine, fine],
    [fine, ['offset', '-1']],
    [fine, ['length', '99999999999999999999']],
    [fine, ['length', '4']],
    [fine, ['basepath', '/etc']],
  ] as [string, string][][]) {
    expect(rules(withTensor(external(entries)))).toEqual(['onnx/external-data-malformed'])
  }
})

test('external data is found wherever a tensor can stand', () => {
  const hidden = external([['location', '/etc/passwd']])
  const constant = createNode('Constant', [], ['c'], { value: hidden })
  const branch = createGraph({
    name: 'branch',
    node: [constant],
    output: [createValueInfo({ name: 'c', type: 'float32', dims: [2] })],
  })
  const inAttribute = modelOf({
    nodes: [constant, createNode('Add', ['x', 'c'], ['y'])],
    input: [1, 2],
    output: [1, 2],
  })
  const inSubgraph = modelOf({
    nodes: [createNode('If', ['flag'], ['y'], { then_branch: branch, else_branch: branch })],
    initializer: [createTensor({ name: 'flag', type: 'bool', dims: [], data: Uint8Array.of(1) })],
    input: [1, 2],
    output: [2],
  })
  const base = diagonalClassifier(1)
  const inTraining: OnnxModel = {
    ...base,
    trainingInfo: [
      {
        initialization: createGraph({ name: 'start', initializer: [hidden] }),
        initializationBinding: [],
        updateBinding: [],
        unknownFields: [],
      },
    ],
  }
  const inSparse: OnnxModel = {
    ...base,
    graph: { ...base.graph, sparseInitializer: [{ values: hidden, dims: [2], unknownFields: [] }] },
  }
  for (const model of [inAttribute, inSubgraph, inTraining, inSparse]) {
    expect(rules(model)).toContain('onnx/external-data-escapes')
  }
})

test('operators that run code are critical, custom ones are named, local functions and built-in domains are not', () => {
  const using = (domain: string, opType: string): OnnxModel => {
    const model = modelOf({ nodes: [{ ...createNode(opType, ['x'], ['y']), domain }], input: [1, 2], output: [1, 2] })
    const imports = createOnnxModel({ graph: {}, operatorSets: domain === '' ? { '': 17 } : { '': 17, [domain]: 1 } })
    return { ...model, opsetImport: imports.opsetImport }
  }
  expect(scan(using('', 'PyOp'))[0]).toMatchObject({ rule: 'onnx/interpreter-operator', severity: 'critical' })
  expect(scan(using('com.microsoft', 'PythonOp'))[0]).toMatchObject({ rule: 'onnx/interpreter-operator' })
  expect(scan(using('acme', 'Turbo'))[0]).toMatchObject({ rule: 'onnx/custom-operator', severity: 'medium' })
  expect(rules(using('com.microsoft', 'FusedGemm'))).toEqual([])
  expect(rules(using('ai.onnx.ml', 'Scaler'))).toEqual([])
  const own = using('acme', 'Turbo')
  const body: OnnxModel['functions'][number] = {
    name: 'Turbo',
    domain: 'acme',
    input: ['a'],
    output: ['b'],
    attribute: [],
    node: [createNode('Relu', ['a'], ['b'])],
    docString: '',
    opsetImport: [],
    attributeProto: [],
    valueInfo: [],
    overload: '',
    metadataProps: [],
    unknownFields: [],
  }
  expect(rules({ ...own, functions: [body] })).toEqual([])
})

test('data that is not what dims and type declare is high, with the byte where it stands', () => {
  const short = scan(withTensor({ ...weight, dims: [3] }))
  expect(short[0]).toMatchObject({ rule: 'onnx/tensor-length', severity: 'high' })
  expect(short[0]?.location.offset).toBeGreaterThan(0)
  expect(rules(withTensor({ ...weight, dims: [1] }))).toEqual(['onnx/tensor-length'])
  expect(rules(withTensor({ ...weight, dims: [2 ** 40, 2 ** 40] }))).toEqual([
    'onnx/tensor-overflow',
    'onnx/tensor-length',
  ])
  expect(rules(withTensor({ ...weight, rawData: undefined }))).toEqual(['onnx/tensor-length'])
  expect(rules(withTensor({ ...weight, rawData: undefined, floatData: [new Uint8Array(4)] }))).toEqual([
    'onnx/tensor-length',
  ])
  expect(rules(withTensor({ ...weight, dataType: 99 }))).toEqual(['onnx/tensor-type'])
  expect(rules(withTensor({ ...weight, floatData: [new Uint8Array(8)] }))).toEqual(['onnx/tensor-data-ambiguous'])
  expect(rules(withTensor({ ...weight, rawData: undefined, floatData: [new Uint8Array(8)] }))).toEqual([])
  expect(rules(withTensor({ ...weight, dims: [0], rawData: undefined }))).toEqual([])
})

test('values that are written twice or never are found', () => {
  const graph = (nodes: readonly NodeProto[], output = 'y'): OnnxModel => {
    const model = modelOf({ nodes, input: [1, 2], output: [1, 2] })
    return {
      ...model,
      graph: { ...model.graph, output: [createValueInfo({ name: output, type: 'float32', dims: [1, 2] })] },
    }
  }
  expect(rules(graph([createNode('Add', ['x', 'gone'], ['y'])]))).toEqual(['onnx/dangling-input'])
  expect(rules(graph([createNode('Relu', ['x'], ['y'])], 'gone'))).toEqual(['onnx/dangling-output'])
  expect(rules(graph([createNode('Relu', ['x'], ['y']), createNode('Neg', ['x'], ['y'])]))).toEqual([
    'onnx/duplicate-name',
  ])
  expect(rules(graph([createNode('Relu', ['x'], ['x']), createNode('Neg', ['x'], ['y'])]))).toEqual([
    'onnx/duplicate-name',
  ])
  expect(scan(graph([createNode('Relu', ['a'], ['y']), createNode('Neg', ['x'], ['a'])]))).toMatchObject([
    { rule: 'onnx/unsorted-nodes', severity: 'low' },
  ])
  expect(rules(graph([createNode('Clip', ['x', '', ''], ['y'])]))).toEqual([])
})

test('a subgraph sees what is around it, and only that', () => {
  const branch = (name: string) =>
    createGraph({
      name: 'branch',
      node: [createNode('Relu', [name], ['r'])],
      output: [createValueInfo({ name: 'r', type: 'float32', dims: [1, 2] })],
    })
  const choosing = (name: string) =>
    modelOf({
      nodes: [createNode('If', ['flag'], ['y'], { then_branch: branch(name), else_branch: branch('x') })],
      initializer: [createTensor({ name: 'flag', type: 'bool', dims: [], data: Uint8Array.of(1) })],
      input: [1, 2],
      output: [1, 2],
    })
  expect(rules(choosing('x'))).toEqual([])
  expect(rules(choosing('gone'))).toEqual(['onnx/dangling-input'])
})

test('a model must say which operators it means', () => {
  const model = diagonalClassifier(1)
  expect(rules({ ...model, opsetImport: [] })).toEqual(['onnx/missing-opset'])
  expect(rules({ ...model, irVersion: undefined })).toEqual(['onnx/missing-ir-version'])
  expect(rules({ ...model, opsetImport: [...model.opsetImport, ...model.opsetImport] })).toEqual([
    'onnx/duplicate-opset',
  ])
  expect(rules({ ...model, irVersion: 2, opsetImport: [] })).toEqual([])
})

test('constants that ask for too much memory are high, ordinary ones are nothing', () => {
  const shaped = (
    opType: string,
    inputs: readonly string[],
    constants: readonly TensorProto[],
    attributes = {},
  ): string[] =>
    rules(
      modelOf({
        nodes: [createNode(opType, inputs, ['y'], attributes)],
        initializer: constants,
        input: [1, 2],
        output: ['n'],
      }),
    )
  const bomb = ['onnx/unbounded-allocation']
  expect(shaped('ConstantOfShape', ['s'], [integers('s', [100_000, 100_000])])).toEqual(bomb)
  expect(shaped('ConstantOfShape', ['s'], [integers('s', [100, 100])])).toEqual([])
  expect(shaped('Expand', ['x', 's'], [integers('s', [2 ** 20, 2 ** 20])])).toEqual(bomb)
  expect(shaped('Expand', ['x', 's'], [integers('s', [64, 2])])).toEqual([])
  expect(shaped('Tile', ['x', 'r'], [integers('r', [2 ** 15, 2 ** 15])])).toEqual(bomb)
  expect(shaped('Tile', ['x', 'r'], [integers('r', [4, 4])])).toEqual([])
  expect(shaped('Pad', ['x', 'p'], [integers('p', [0, 0, 0, 2 ** 30])])).toEqual(bomb)
  expect(shaped('RandomNormal', [], [], { shape: [100_000n, 100_000n] })).toEqual(bomb)
  expect(
    shaped(
      'Range',
      ['a', 'b', 'c'],
      ['a', 'b', 'c'].map((name, i) => floats('float32', name, [], [[0, 1e9, 1][i] ?? 0])),
    ),
  ).toEqual(bomb)
  const constant = createNode('Constant', [], ['s'], { value: integers('', [2 ** 15, 2 ** 15]) })
  const viaNode = modelOf({
    nodes: [constant, createNode('ConstantOfShape', ['s'], ['y'])],
    input: [1, 2],
    output: ['n', 'm'],
  })
  expect(rules(viaNode)).toEqual(bomb)
})

const loop = (trips: number, body: 'passes' | 'decides'): OnnxModel => {
  const info = (name: string, type: 'int64' | 'bool') => createValueInfo({ name, type, dims: [] })
  const graph = createGraph({
    name: 'body',
    input: [info('turn', 'int64'), info('go', 'bool')],
    output: [info('on', 'bool')],
    node:
      body === 'passes' ? [createNode('Identity', ['go'], ['on'])] : [createNode('Less', ['turn', 'limit'], ['on'])],
  })
  return modelOf({
    nodes: [createNode('Loop', ['trips', 'true'], [], { body: graph }), createNode('Relu', ['x'], ['y'])],
    initializer: [
      createTensor({ name: 'trips', type: 'int64', dims: [], data: BigInt64Array.of(BigInt(trips)) }),
      createTensor({ name: 'limit', type: 'int64', dims: [], data: BigInt64Array.of(5n) }),
      createTensor({ name: 'true', type: 'bool', dims: [], data: Uint8Array.of(1) }),
    ],
    input: [1, 2],
    output: [1, 2],
  })
}

test('a loop that nothing ends is high; one with a condition or few turns is nothing', () => {
  expect(rules(loop(2 ** 52, 'passes'))).toEqual(['onnx/endless-loop'])
  expect(rules(loop(2 ** 52, 'decides'))).toEqual([])
  expect(rules(loop(100, 'passes'))).toEqual([])
})

test('subgraphs that nest too deeply are found', () => {
  const branchTo = (name: string, node = createNode('Relu', ['x'], [name])) =>
    createGraph({ name: 'inner', node: [node], output: [createValueInfo({ name, type: 'float32', dims: [1, 2] })] })
  const nested = (depth: number): NodeProto =>
    createNode('If', ['flag'], [depth === 0 ? 'y' : `y${depth}`], {
      then_branch: branchTo(`y${depth + 1}`, depth < 20 ? nested(depth + 1) : undefined),
      else_branch: branchTo('z'),
    })
  const flag = createTensor({ name: 'flag', type: 'bool', dims: [], data: Uint8Array.of(1) })
  const model = modelOf({ nodes: [nested(0)], initializer: [flag], input: [1, 2], output: [1, 2] })
  expect(rules(model)).toEqual(['onnx/deep-nesting'])
})

test('a program with one byte in each number is high, bytes that merely look alike are nothing', () => {
  const spread = (head: readonly number[]): string[] => {
    const data = Float32Array.from({ length: 128 }, (_, i) => head[i] ?? 0)
    const tensor = createTensor({ name: 'w', type: 'float32', dims: [128], data })
    return rules(withTensor(tensor, [createNode('Add', ['x', 'w'], ['y'])]))
  }
  const elf = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, ...new Array<number>(9).fill(0), 2, 0, 0x3e, 0, 1, 0, 0, 0]
  const withHeader = [...elf, ...new Array<number>(40).fill(0)]
  withHeader[52] = 64
  withHeader[54] = 56
  withHeader[58] = 64
  expect(spread(withHeader)).toEqual(['onnx/spread-program'])
  expect(spread(withHeader.map((byte) => byte + 0.5))).toEqual([])
  expect(spread([0x4d, 0x5a, 1, 2, 3])).toEqual([])
})

test('bytes in fields that ONNX does not name are found when they are many', () => {
  const hiding = (length: number): OnnxModel => ({
    ...diagonalClassifier(1),
    unknownFields: [{ number: 99, wireType: 2, bytes: new Uint8Array(length) }],
  })
  expect(rules(hiding(10_000))).toEqual(['onnx/unknown-content'])
  expect(rules(hiding(10))).toEqual([])
})

test('a hostile model makes a bounded report with bounded, printable names', () => {
  const name = `\u001b[31m${'a'.repeat(5000)}`
  const nodes = Array.from({ length: 500 }, (_, index) => createNode('Relu', [`${name}${index}`], [`y${index}`]))
  const findings = scan(modelOf({ nodes, input: [1, 2], output: [1, 2] }))
  expect(findings).toHaveLength(101)
  expect(JSON.stringify(findings)).not.toContain('\\u001b')
  expect(JSON.stringify(findings).length).toBeLessThan(200_000)
})

test('a model of many loops takes no quadratic time', () => {
  const one = loop(5, 'passes')
  const nodes = Array.from({ length: 5000 }, () => one.graph.node[0] as NodeProto)
  scan({ ...one, graph: { ...one.graph, node: [...nodes, createNode('Relu', ['x'], ['y'])] } })
})

test('a model that is larger than any in use is incomplete; one of 10,000 nodes is read whole (CWE-770)', async () => {
  const nodes = Array.from({ length: 10_000 }, (_, index) =>
    createNode('Relu', [index === 0 ? 'x' : `x${index}`], [index === 9999 ? 'y' : `x${index + 1}`]),
  )
  const chain = writeOnnx(modelOf({ nodes, initializer: [], input: [1, 2], output: [1, 2] }))
  expect((await scanFile(chain)).verdict).toBe('pass')
  // A node of attributes without content, which take two bytes each.
  const node = Buffer.concat([field(4, 'Relu'), Buffer.alloc(2 * (2 ** 19 + 1), Buffer.from([0x2a, 0]))])
  const many = Buffer.concat([field(7, field(1, node)), field(8, field(2, 17))])
  const { verdict, stages } = await scanFile(many)
  expect([verdict, stages[0]?.note]).toEqual(['incomplete', expect.stringContaining('limit attributes')])
})

test('no mutation of a model makes the scan throw anything but its own errors', () => {
  const bytes = writeOnnx(loop(3, 'decides'))
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 }),
      (changes) => {
        const mutated = bytes.slice()
        for (const [place, value] of changes) mutated[place] = value
        try {
          const findings = checkOnnx(readOnnx(mutated), { path: 'model.onnx', file: mutated })
          JSON.stringify(findings)
        } catch (error) {
          expect(error).toMatchObject({ name: 'NootropicError' })
        }
      },
    ),
    { seed: 7, numRuns: 3000 },
  )
})

test('a hundred harmless findings do not hide the one of their rule that counts', () => {
  // Each reads what the next one writes: out of order, which is low.
  const unsorted = Array.from({ length: 150 }, (_, index) => createNode('Relu', [`v${index + 1}`], [`v${index}`]))
  const dangling = createNode('Relu', ['nothing'], ['y'])
  const model = modelOf({
    nodes: [...unsorted, createNode('Relu', ['x'], ['v150']), dangling],
    input: [1],
    output: [1],
  })
  expect(scan(model)[0]).toMatchObject({ rule: 'onnx/dangling-input', severity: 'high' })
})
