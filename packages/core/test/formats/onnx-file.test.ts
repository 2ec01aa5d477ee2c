import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import {
  createNode,
  createOnnxModel,
  createTensor,
  type OnnxModel,
  readOnnx,
  readOnnxFile,
  type TensorProto,
  writeOnnx,
} from '../../src/formats/index.ts'
import { createPipe } from './pipe.ts'
import { bytesOf, delimited, varint } from './protobuf.ts'

const directory = mkdtempSync(join(tmpdir(), 'nootropic-onnx-'))
afterAll(() => rmSync(directory, { recursive: true }))

const save = (name: string, bytes: Uint8Array): string => {
  const path = join(directory, name)
  writeFileSync(path, bytes)
  return path
}

const createLayers = (sizes: readonly number[]): OnnxModel =>
  createOnnxModel({
    operatorSets: { '': 17 },
    graph: {
      name: 'layers',
      node: sizes.map((_, index) => createNode('Add', [`x${index}`, `w${index}`], [`x${index + 1}`])),
      initializer: sizes.map((size, index) =>
        createTensor({ name: `w${index}`, type: 'uint8', dims: [size], data: new Uint8Array(size).fill(index) }),
      ),
    },
  })

/** A model with each range on disk replaced by the bytes that stand there. */
const filled = (bytes: Uint8Array, tensor: TensorProto): TensorProto => {
  const { offset, length } = tensor.rawData as { offset: number; length: number }
  return { ...tensor, rawData: bytes.subarray(offset, offset + length) }
}

test('reading from disk agrees with reading from memory at every size around the window', async () => {
  const sizes = [0, 1, 4000, 4095, 4096, 4097, 8191, 65_535, 65_536, 65_537, 200_000, 3]
  const many = Array.from({ length: 500 }, (_, index) => (index * 37) % 900)
  for (const model of [createLayers(sizes), createLayers(many), createLayers(sizes.toReversed())]) {
    const bytes = writeOnnx(model)
    const onDisk = await readOnnxFile(save('layers.onnx', bytes))
    const initializer = onDisk.graph.initializer.map((tensor) => filled(bytes, tensor))
    expect(Buffer.compare(writeOnnx({ ...onDisk, graph: { ...onDisk.graph, initializer } }), bytes)).toBe(0)
  }
})

test('byte strings and integers of attributes are read from disk as from memory, whatever their length', async () => {
  const strings = Array.from({ length: 300 }, (_, index) => 'é'.repeat(index).slice(0, index))
  const ints = [0n, 1n, 127n, 16_383n, 16_384n, 2n ** 31n, 2n ** 53n, 2n ** 63n - 1n, -1n, -(2n ** 63n)]
  const node = createNode('LabelEncoder', ['x'], ['y'], { strings, ints: [...ints, ...ints] })
  const bytes = writeOnnx(createOnnxModel({ operatorSets: { '': 17 }, graph: { name: 'g', node: [node] } }))
  const fromMemory = readOnnx(bytes).graph.node[0]?.attribute ?? []
  const fromDisk = (await readOnnxFile(save('strings.onnx', bytes))).graph.node[0]?.attribute ?? []
  expect(fromDisk[0]?.strings.map((value) => Buffer.from(value).toString())).toEqual(strings)
  for (const [encoder] of [fromMemory, fromDisk].map((attributes) => attributes.slice(1)))
    expect(encoder?.ints).toEqual([...ints, ...ints])
})

test('long texts are read from disk whole', async () => {
  const docString = 'é'.repeat(100_000)
  const bytes = writeOnnx({ ...createLayers([10]), docString })
  expect((await readOnnxFile(save('long.onnx', bytes))).docString).toBe(docString)
  await expect(readOnnxFile(join(directory, 'long.onnx'), { limits: { heldBytes: 100_000 } })).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
  })
})

test('a cut file is malformed at the same byte as in memory', async () => {
  const bytes = writeOnnx(createLayers([5000, 10]))
  const codeOf = (read: () => unknown): unknown => {
    try {
      read()
      return 'read'
    } catch (error) {
      return (error as { details: unknown }).details
    }
  }
  for (const length of [1, 10, 100, 5000, bytes.length - 1]) {
    const cut = bytes.subarray(0, length)
    const onDisk = await readOnnxFile(save('cut.onnx', cut)).catch((error: { details: unknown }) => error.details)
    expect(onDisk).toEqual(codeOf(() => readOnnx(cut)))
  }
})

test('a sparse 3 GB file and a small file that claims 3 GB are refused at once', async () => {
  const path = save('huge.onnx', bytesOf([0x3a], varint(3_000_000_000)))
  await expect(readOnnxFile(path)).rejects.toMatchObject({ code: 'MODEL_MALFORMED', details: { offset: 1 } })
  truncateSync(path, 3_000_000_006)
  await expect(readOnnxFile(path)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', details: { limit: 'fileBytes' } })
  const tensor = bytesOf([0x4a], varint(1_900_000_000))
  const claim = bytesOf([0x3a], varint(1_900_000_012), [0x2a], varint(1_900_000_006), [...tensor])
  const large = save('large.onnx', claim)
  truncateSync(large, claim.length + 1_900_000_000)
  const model = await readOnnxFile(large)
  expect(model.graph.initializer[0]?.rawData).toEqual({ offset: claim.length, length: 1_900_000_000 })
})

test('what is not a readable file is refused', async () => {
  const refusal = (path: string) => readOnnxFile(path).catch(({ code, message }) => ({ code, message }))
  const path = save('model.onnx', writeOnnx(createLayers([1])))
  const link = join(directory, 'link.onnx')
  symlinkSync(path, link)
  const pipe = join(directory, 'pipe.onnx')
  createPipe(pipe)
  expect(await refusal(join(directory, 'missing.onnx'))).toMatchObject({
    code: 'FILE_UNREADABLE',
    message: expect.stringContaining('found nothing there'),
  })
  expect(await refusal(link)).toMatchObject({
    code: 'FILE_UNREADABLE',
    message: expect.stringContaining('symbolic link'),
  })
  expect(await refusal(pipe)).toMatchObject({
    code: 'FILE_UNREADABLE',
    message: expect.stringContaining('another kind'),
  })
  expect(await refusal(directory)).toMatchObject({
    code: 'FILE_UNREADABLE',
    message: expect.stringContaining('a directory'),
  })
  expect(await refusal(save('empty.onnx', bytesOf()))).toMatchObject({ code: 'MODEL_MALFORMED' })
  expect(await refusal(save('text.onnx', bytesOf(delimited(2, 'no graph'))))).toMatchObject({ code: 'MODEL_MALFORMED' })
})
