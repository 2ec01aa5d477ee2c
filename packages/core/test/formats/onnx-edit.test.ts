import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type AttributeValue,
  createAttribute,
  createGraph,
  createNode,
  createOnnxModel,
  createTensor,
  createValueInfo,
  type GraphProto,
  type NodeProto,
  type OnnxModel,
  readOnnx,
  readOnnxFile,
  replaceTensorValues,
  type TensorProto,
  tensorValues,
  writeOnnx,
} from '../../src/formats/index.ts'
import { bytesOf, delimited, varint, whole } from './protobuf.ts'
import { textDirection, voiceActivity } from './real-models.ts'

const seeded = { seed: 20260101, numRuns: 200 }

const name = fc.string({ unit: 'grapheme', maxLength: 12 })
const names = fc.array(name, { maxLength: 4 })
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const float = fc.float({ noNaN: true })

const tensor: fc.Arbitrary<TensorProto> = fc
  .tuple(name, fc.array(fc.nat(4), { maxLength: 3 }), fc.integer())
  .map(([tensorName, dims, first]) => {
    const count = dims.reduce((product, dim) => product * dim, 1)
    const data = Int32Array.from({ length: count }, (_, index) => first + index)
    return createTensor({ name: tensorName, type: 'int32', dims, data })
  })

const { node } = fc.letrec<{ node: NodeProto; graph: GraphProto; value: AttributeValue }>((tie) => ({
  node: fc
    .tuple(name, names, names, fc.dictionary(name, tie('value'), { maxKeys: 3 }))
    .map(([opType, input, output, attributes]) => createNode(opType, input, output, attributes)),
  graph: fc.record({ name, node: fc.array(tie('node'), { maxLength: 2 }) }).map(createGraph),
  value: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(
      int64,
      float,
      name,
      fc.array(int64, { minLength: 1, maxLength: 3 }),
      fc.array(float, { minLength: 1, maxLength: 3 }),
      fc.array(name, { minLength: 1, maxLength: 3 }),
      tensor,
    ),
    tie('graph'),
  ),
}))

const spec = fc
  .tuple(name, fc.array(fc.oneof(fc.nat(), name, fc.constant(null)), { maxLength: 3 }))
  .map(([specName, dims]) => createValueInfo({ name: specName, type: 'float32', dims }))

const model: fc.Arbitrary<OnnxModel> = fc
  .record({
    operatorSets: fc.dictionary(name, fc.nat(), { maxKeys: 2 }),
    metadata: fc.dictionary(name, name, { maxKeys: 2 }),
    graph: fc.record({
      name,
      node: fc.array(node, { maxLength: 5 }),
      initializer: fc.array(tensor, { maxLength: 4 }),
      input: fc.array(spec, { maxLength: 2 }),
      output: fc.array(spec, { maxLength: 2 }),
    }),
  })
  .map(createOnnxModel)

/** A message without what only reading adds, to compare by content. */
const content = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, member) => {
      if (typeof member === 'bigint') return `${member}n`
      return Object.is(member, -0) ? '-0' : member
    }),
  )

test('a model that was made reads back the same, and its bytes are stable', () => {
  fc.assert(
    fc.property(model, (made) => {
      const bytes = writeOnnx(made)
      const read = readOnnx(bytes)
      expect(content(read)).toEqual(content(made))
      expect(writeOnnx(read)).toEqual(bytes)
      // Encoding it anew, without memory of its bytes, gives the same: what was written was canonical.
      expect(writeOnnx(structuredClone(read))).toEqual(bytes)
    }),
    seeded,
  )
})

/** Edits by spread: put in, take out, replace. */
const edited = <T>(list: readonly T[], place: number, item: T, kind: 'insert' | 'remove' | 'replace'): T[] =>
  kind === 'insert' ? list.toSpliced(place, 0, item) : list.toSpliced(place, 1, ...(kind === 'remove' ? [] : [item]))

test('an edited model reads back as the edit, whatever was edited', () => {
  const kind = fc.constantFrom('insert', 'remove', 'replace')
  fc.assert(
    fc.property(model, node, tensor, fc.nat(6), kind, name, (made, extraNode, extraTensor, place, how, newName) => {
      const read = readOnnx(writeOnnx(made))
      const graph: GraphProto = {
        ...read.graph,
        name: newName,
        node: edited(read.graph.node, place, extraNode, how),
        initializer: edited(read.graph.initializer, place, extraTensor, how),
      }
      const changed = { ...read, graph }
      expect(content(readOnnx(writeOnnx(changed)))).toEqual(content(changed))
    }),
    seeded,
  )
})

test('an edit of one node leaves every other byte of a real model as it was', () => {
  const bytes = readFileSync(textDirection)
  const read = readOnnx(bytes)
  fc.assert(
    fc.property(fc.nat(read.graph.node.length - 1), (place) => {
      const old = read.graph.node[place] as NodeProto
      const replaced = { ...old, name: `${old.name}+` }
      const written = writeOnnx({ ...read, graph: { ...read.graph, node: read.graph.node.with(place, replaced) } })
      const again = readOnnx(written)
      const restored = again.graph.node.with(place, { ...(again.graph.node[place] as NodeProto), name: old.name })
      expect(Buffer.compare(writeOnnx({ ...again, graph: { ...again.graph, node: restored } }), bytes)).toBe(0)
    }),
    { ...seeded, numRuns: 20 },
  )
})

test('replaced weights change their own bytes and no others', () => {
  const bytes = readFileSync(voiceActivity)
  const read = readOnnx(bytes)
  const place = read.graph.initializer.findIndex(({ dims }) => dims.length > 1)
  const old = read.graph.initializer[place] as TensorProto
  const values = Float32Array.from(tensorValues(old) as Float32Array, (weight) => weight + 1)
  const initializer = read.graph.initializer.with(place, replaceTensorValues(old, values))
  const written = writeOnnx({ ...read, graph: { ...read.graph, initializer } })
  const start = (old.rawData as Uint8Array).byteOffset - bytes.byteOffset
  const expected = Buffer.from(bytes)
  expected.set(new Uint8Array(values.buffer), start)
  expect(Buffer.compare(written, expected)).toBe(0)
})

test('unusual encodings survive an edit beside them', () => {
  const relu = [...varint(10), ...varint(6, 3), ...delimited(4, 'Relu')]
  const hidden = delimited(500, 'hidden')
  const graph = [...relu, ...delimited(2, 'before'), ...hidden, ...delimited(1, delimited(4, 'Abs'))]
  const bytes = bytesOf([0x08], varint(8, 5), delimited(7, graph), delimited(200, 'end'))
  const read = readOnnx(bytes)
  const written = writeOnnx({ ...read, graph: { ...read.graph, name: 'after!' } })
  const text = (each: Uint8Array): string => Buffer.from(each).toString('latin1')
  expect(text(written)).toBe(text(bytes).replace('before', 'after!'))

  const extra = createNode('Neg', ['x'], ['y'])
  const longer = writeOnnx({ ...read, graph: { ...read.graph, node: [...read.graph.node, extra] } })
  const appended = bytesOf(
    [0x08],
    varint(8, 5),
    delimited(7, [...graph, ...delimited(1, [...delimited(1, 'x'), ...delimited(2, 'y'), ...delimited(4, 'Neg')])]),
    delimited(200, 'end'),
  )
  expect(longer).toEqual(appended)
  const stripped = writeOnnx({ ...read, unknownFields: [], graph: { ...read.graph, unknownFields: [] } })
  expect(text(stripped)).not.toMatch(/hidden|end/)
})

test('a field that becomes absent is left out, and a new one is added', () => {
  const bytes = bytesOf(whole(1, 8), delimited(2, 'maker'), delimited(7, []))
  const read = readOnnx(bytes)
  expect(writeOnnx({ ...read, producerName: '' })).toEqual(bytesOf(whole(1, 8), delimited(7, [])))
  expect(writeOnnx({ ...read, domain: 'd', modelVersion: -1n })).toEqual(
    bytesOf(whole(1, 8), delimited(2, 'maker'), delimited(7, []), delimited(4, 'd'), whole(5, -1n)),
  )
})

test('a model whose tensors stayed on disk cannot be written', async () => {
  const onDisk = await readOnnxFile(textDirection)
  expect(() => writeOnnx(onDisk)).toThrow('read it with readOnnx to write it')
})

test('what protobuf cannot say is refused when it is written', () => {
  const write = (graph: Partial<GraphProto>) => () => writeOnnx(createOnnxModel({ operatorSets: {}, graph }))
  expect(write({ name: '\uD800' })).toThrow('expected well-formed text')
  expect(write({ node: [createNode('Op', [], [], { a: 2n ** 63n })] })).toThrow('expected a whole number of 64 bits')
})

test('lists of hundreds of thousands are written', () => {
  const ints = Array.from({ length: 300_000 }, (_, index) => BigInt(index))
  const read = readOnnx(writeOnnx(createOnnxModel({ operatorSets: {}, graph: { node: [createNode('Op', [], [])] } })))
  const old = read.graph.node[0] as NodeProto
  const node = [{ ...old, attribute: [createAttribute('a', ints)] }]
  const again = readOnnx(writeOnnx({ ...read, graph: { ...read.graph, node } }))
  expect(again.graph.node[0]?.attribute[0]?.ints.length).toBe(300_000)
})
