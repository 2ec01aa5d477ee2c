import { createSecretKey } from 'node:crypto'
import { isNootropicError } from '@nootropic/core'
import {
  createGraph,
  createNode,
  createOnnxModel,
  createTensor,
  createValueInfo,
  dataTypes,
  type OnnxModel,
  readOnnx,
  tensorValues,
  writeOnnx,
} from '@nootropic/core/formats'
import { expect, test } from 'vitest'
import { leafHash, merkleRoot } from '../src/fingerprint/merkle.ts'
import { compareFingerprints, createClaim, embedWatermark, fingerprintModel, fingerprintSchema } from '../src/index.ts'
import * as attacks from './attacks.ts'
import { attackModel, digitModel, mapTensors, ocrModel, voiceModel } from './models.ts'

const model = digitModel({ seed: 1 })
const bytes = writeOnnx(model)
const original = await fingerprintModel(bytes)

/** The same model with other names and its initialisers in another order. */
const renamed = (source: OnnxModel): OnnxModel => {
  const rename = (name: string): string => (name === '' ? '' : `v${name.length}_${name}`)
  const { graph } = source
  return {
    ...source,
    graph: {
      ...graph,
      name: 'other',
      initializer: graph.initializer.map((tensor) => ({ ...tensor, name: rename(tensor.name) })).reverse(),
      input: graph.input.map((value) => ({ ...value, name: rename(value.name) })),
      output: graph.output.map((value) => ({ ...value, name: rename(value.name) })),
      node: graph.node.map((node, index) => ({
        ...node,
        name: `n${index}`,
        input: node.input.map(rename),
        output: node.output.map(rename),
        attribute: node.attribute.map((attribute) => ({ ...attribute, docString: 'x' })).reverse(),
      })),
    },
  }
}

test('renaming everything and shuffling nodes and initialisers leaves a model identical', async () => {
  for (const source of [model, readOnnx(ocrModel('rec_infer'))]) {
    const before = await fingerprintModel(writeOnnx(source))
    const shuffled = renamed(source)
    const after = await fingerprintModel(
      writeOnnx({ ...shuffled, graph: { ...shuffled.graph, node: [...shuffled.graph.node].reverse() } }),
    )
    expect(after.architecture).toEqual(before.architecture)
    expect(compareFingerprints(before, after).relation).toBe('identical')
  }
})

/** A loop or a branch: a subgraph that uses a value of the outer graph. */
const branching = (options: { captured: string; initializers?: readonly [number, number] }): OnnxModel => {
  const [first, second] = options.initializers ?? [1, 2]
  const constant = (name: string, value: number) =>
    createTensor({ name, type: 'float32', dims: [2], data: Float32Array.of(value, value) })
  const branch = (opType: string) =>
    createGraph({
      name: opType,
      node: [createNode(opType, [options.captured, 'left'], ['taken'])],
      output: [createValueInfo({ name: 'taken', type: 'float32', dims: [2] })],
    })
  return createOnnxModel({
    operatorSets: { '': 17 },
    graph: {
      name: 'branching',
      input: [
        createValueInfo({ name: 'x', type: 'float32', dims: [2] }),
        createValueInfo({ name: 'flag', type: 'bool', dims: [] }),
      ],
      output: [createValueInfo({ name: 'y', type: 'float32', dims: [2] })],
      initializer: [constant('left', first), constant('right', second)],
      node: [
        createNode('Add', ['x', 'left'], ['sum']),
        createNode('Mul', ['x', 'right'], ['product']),
        createNode('If', ['flag'], ['y'], { then_branch: branch('Sub'), else_branch: branch('Div') }),
      ],
    },
  })
}

test('constants that changed places, and subgraphs that use another value, are not identical', async () => {
  const fingerprintOf = (options: Parameters<typeof branching>[0]) => fingerprintModel(writeOnnx(branching(options)))
  const reference = await fingerprintOf({ captured: 'sum' })
  expect(compareFingerprints(reference, await fingerprintOf({ captured: 'sum' })).relation).toBe('identical')
  const swapped = await fingerprintOf({ captured: 'sum', initializers: [2, 1] })
  expect(swapped.architecture).toEqual(reference.architecture)
  expect(compareFingerprints(reference, swapped)).toMatchObject({
    relation: 'incomplete',
    evidence: { sameArchitecture: true, sameWeights: false },
  })
  const rewired = await fingerprintOf({ captured: 'product' })
  expect(rewired.architecture?.graph).not.toBe(reference.architecture?.graph)
})

test('another body of a function of the same name is not identical', async () => {
  const withFunction = (opType: string) => {
    const body = createNode(opType, ['in'], ['out'])
    const declared = { name: 'activation', domain: 'own', input: ['in'], output: ['out'], node: [body] }
    const empty = { attribute: [], docString: '', opsetImport: [], attributeProto: [], valueInfo: [], overload: '' }
    return writeOnnx({ ...model, functions: [{ ...empty, ...declared, metadataProps: [], unknownFields: [] }] })
  }
  const [tanh, same, relu] = await Promise.all(
    ['Tanh', 'Tanh', 'Relu'].map((opType) => fingerprintModel(withFunction(opType))),
  )
  expect(compareFingerprints(tanh!, same!).relation).toBe('identical')
  expect(compareFingerprints(tanh!, relu!).relation).toBe('descendant')
})

test.each<[string, (source: OnnxModel) => OnnxModel]>([
  ['another operator', () => digitModel({ seed: 1, activation: 'Tanh' })],
  ['another width', () => digitModel({ seed: 1, hidden: 201 })],
  [
    'another attribute',
    ({ graph, ...rest }) => ({
      ...rest,
      graph: {
        ...graph,
        node: graph.node.map((node) => ({
          ...node,
          attribute: node.attribute.map((attribute) =>
            attribute.name === 'strides' ? { ...attribute, ints: [1n, 1n] } : attribute,
          ),
        })),
      },
    }),
  ],
  [
    'another wire',
    ({ graph, ...rest }) => ({
      ...rest,
      graph: {
        ...graph,
        node: graph.node.map((node) => (node.opType === 'MaxPool' ? { ...node, input: ['a'] } : node)),
      },
    }),
  ],
])('the architecture tells apart: %s', async (_, change) => {
  const changed = await fingerprintModel(writeOnnx(change(model)))
  expect(changed.architecture?.graph).not.toBe(original.architecture?.graph)
})

test('one bit of one weight is not identical', async () => {
  const changed = Uint8Array.from(bytes)
  const dense = readOnnx(changed).graph.initializer[2]?.rawData as Uint8Array
  dense[400_000]! ^= 1
  const comparison = compareFingerprints(original, await fingerprintModel(changed))
  expect(comparison.relation).toBe('descendant')
  expect(comparison.evidence).toMatchObject({ sameWeights: false, sameArchitecture: true, sharedWeights: 1 })
})

const castToHalf = (source: Uint8Array): Uint8Array =>
  writeOnnx(
    mapTensors(readOnnx(source), (tensor) =>
      tensor.dataType === dataTypes.FLOAT
        ? createTensor({
            name: tensor.name,
            type: 'float16',
            dims: tensor.dims,
            data: Uint16Array.from(tensorValues(tensor) as Float32Array, attacks.halfOf),
          })
        : tensor,
    ),
  )

const quantizeToBytes = (source: Uint8Array): Uint8Array =>
  writeOnnx(
    mapTensors(readOnnx(source), (tensor) => {
      if (tensor.dataType !== dataTypes.FLOAT) return tensor
      const values = tensorValues(tensor) as Float32Array
      const peak = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1
      const data = Uint8Array.from(values, (value) => Math.round((value / peak) * 127) + 128)
      return createTensor({ name: tensor.name, type: 'uint8', dims: tensor.dims, data })
    }),
  )

const watermarked = (source: Uint8Array): Uint8Array =>
  embedWatermark(source, {
    key: createSecretKey(Buffer.alloc(32, 1)),
    claim: createClaim({ owner: 'a', version: '1.0.0', timestamp: '2024-03-20', license: 'MIT' }),
  }).bytes

const ocr = ocrModel('rec_infer')
const references = [
  { source: bytes, reference: original },
  { source: ocr, reference: await fingerprintModel(ocr) },
]

test.each<[string, (source: Uint8Array) => Uint8Array, number]>([
  ['marked', watermarked, 0.99],
  ['noise of 30 %', (source) => attackModel(source, attacks.noise(0.3)), 0.9],
  ['noise as loud as the weights', (source) => attackModel(source, attacks.noise(1)), 0.6],
  ['float16', castToHalf, 0.99],
  ['uint8 codes', quantizeToBytes, 0.95],
  ['int4 per channel', (source) => attackModel(source, attacks.quantizeChannels(7)), 0.9],
  ['half pruned', (source) => attackModel(source, attacks.prune(0.5)), 0.9],
])('a changed copy is a descendant: %s', async (_, change, least) => {
  for (const { source, reference } of references) {
    const comparison = compareFingerprints(reference, await fingerprintModel(change(source)))
    expect(comparison.relation).toBe('descendant')
    expect(comparison.evidence.sharedWeights).toBe(1)
    expect(comparison.evidence.weightCorrelation).toBeGreaterThan(least)
  }
})

test('other models are unrelated, even on the same graph', async () => {
  const retrained = compareFingerprints(original, await fingerprintModel(writeOnnx(digitModel({ seed: 2 }))))
  expect(retrained).toMatchObject({ relation: 'unrelated', evidence: { sameArchitecture: true, sharedWeights: 0 } })

  const files = [ocr, ocrModel('det_infer'), voiceModel('legacy'), voiceModel('v5')]
  const fingerprints = await Promise.all(files.map((file) => fingerprintModel(file)))
  for (const [index, reference] of fingerprints.entries()) {
    for (const [other, suspect] of fingerprints.entries()) {
      expect([index, other, compareFingerprints(reference, suspect).relation]).toEqual([
        index,
        other,
        index === other ? 'identical' : 'unrelated',
      ])
    }
  }
})

test('a model with reordered neurons is not recognised: the README says so', async () => {
  const suspect = await fingerprintModel(attackModel(bytes, attacks.permuteRows))
  expect(compareFingerprints(original, suspect).relation).toBe('unrelated')
})

test('the correlation of sketches errs by the 0.044 that its length gives', async () => {
  const correlations: number[] = []
  for (let seed = 100; seed < 160; seed += 1) {
    const suspect = await fingerprintModel(writeOnnx(digitModel({ seed, hidden: 20 })), { features: ['weights'] })
    const reference = await fingerprintModel(writeOnnx(digitModel({ seed: seed + 500, hidden: 20 })), {
      features: ['weights'],
    })
    correlations.push(compareFingerprints(reference, suspect).evidence.weightCorrelation ?? 0)
  }
  const deviation = Math.sqrt(correlations.reduce((sum, value) => sum + value * value, 0) / correlations.length)
  expect(deviation).toBeGreaterThan(0.033)
  expect(deviation).toBeLessThan(0.055)
})

test('what the fingerprints do not hold is incomplete, never unrelated or identical', async () => {
  const architecture = await fingerprintModel(bytes, { features: ['architecture'] })
  expect(architecture.weights).toBeUndefined()
  expect(compareFingerprints(architecture, architecture).relation).toBe('incomplete')
  const external = mapTensors(model, (tensor) => ({
    ...tensor,
    rawData: undefined,
    dataLocation: 1,
    externalData: [{ key: 'location', value: 'weights.bin', unknownFields: [] }],
  }))
  const unread = await fingerprintModel(writeOnnx(external))
  expect(unread.weights?.unread).toBe(4)
  expect(compareFingerprints(unread, unread).relation).toBe('incomplete')
  expect(compareFingerprints(original, unread).relation).toBe('incomplete')
})

test('a fingerprint is plain JSON that its own schema accepts', () => {
  expect(fingerprintSchema.parse(JSON.parse(JSON.stringify(original)))).toEqual(original)
})

test('activations need sessions, and bytes that are no model are refused', async () => {
  const codeOf = async (promise: Promise<unknown>) =>
    promise.then(
      () => '',
      (error) => isNootropicError(error) && error.code,
    )
  expect(await codeOf(fingerprintModel(bytes, { features: ['activations'] }))).toBe('USAGE')
  expect(await codeOf(fingerprintModel(bytes.subarray(0, 1000)))).toBe('MODEL_MALFORMED')
})

test('Merkle roots are those of RFC 6962', () => {
  // The tree of Certificate Transparency's own test: the empty leaf, and the root over two leaves.
  expect(leafHash(new Uint8Array(0)).toString('hex')).toBe(
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  )
  const leaves = [new Uint8Array(0), Uint8Array.of(0)].map(leafHash)
  expect(merkleRoot(leaves).toString('hex')).toBe('fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125')
  const [one, two, three] = ['one', 'two', 'three'].map((text) => leafHash(Buffer.from(text))) as [
    Buffer,
    Buffer,
    Buffer,
  ]
  expect(merkleRoot([one, two, three])).toEqual(merkleRoot([merkleRoot([one, two]), three]))
  expect(merkleRoot([one, two, three])).not.toEqual(merkleRoot([two, one, three]))
})

test('a node with half a million inputs is refused, not read for minutes', async () => {
  const inputs = Array.from({ length: 2 ** 19 + 1 }, () => 'x')
  const wide = { ...model, graph: { ...model.graph, node: [createNode('Sum', inputs, ['y'])] } }
  const refused = await fingerprintModel(writeOnnx(wide)).catch((error: unknown) => error)
  expect(isNootropicError(refused, 'LIMIT_EXCEEDED')).toBe(true)
})
