import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isNootropicError } from '../../src/errors.ts'
import {
  createNode,
  createTensor,
  type GraphProto,
  onnxSignature,
  readOnnx,
  tensorValues,
  walkTensors,
  writeOnnx,
} from '../../src/formats/index.ts'
import { createSeededRandom, type SeededRandom } from '../../src/random.ts'
import { varint } from './protobuf.ts'
import { voiceActivity } from './real-models.ts'

const mutations = 100_000

/** A graph with its first nodes and its small tensors only, in its subgraphs too. */
const cut = (graph: GraphProto): GraphProto => ({
  ...graph,
  node: graph.node.slice(0, 8).map((node) => ({
    ...node,
    attribute: node.attribute.map((each) => (each.g === undefined ? each : { ...each, g: cut(each.g) })),
  })),
  initializer: graph.initializer.filter(({ rawData }) => (rawData?.length ?? 0) <= 64).slice(0, 6),
  valueInfo: graph.valueInfo.slice(0, 2),
})

/** A real model cut down to some 3 KB, with what few models have put in: numbers and texts in typed fields. */
const createSmallModel = (): Uint8Array => {
  const model = readOnnx(readFileSync(voiceActivity))
  const graph = cut(model.graph)
  const texts = createTensor({ name: 'texts', type: 'string', dims: [2], data: ['a', 'b'] })
  const numbers = createTensor({ name: 'numbers', type: 'int32', dims: [3], data: new Int32Array(3) })
  const typed = { ...numbers, rawData: undefined, int32Data: [Uint8Array.of(1, 0x80, 0x01, 3)] }
  const floats = createTensor({ name: 'floats', type: 'float32', dims: [2], data: new Float32Array(2) })
  const typedFloats = { ...floats, rawData: undefined, floatData: [new Uint8Array(8)] }
  const node = createNode('Op', ['x'], ['y'], { ints: [1n, -1n], floats: [1, 2], texts: ['a'], text: 'a', float: 1 })
  return writeOnnx({
    ...model,
    graph: { ...graph, node: [...graph.node, node], initializer: [...graph.initializer, texts, typed, typedFloats] },
  })
}

const mutate = (original: Uint8Array, random: SeededRandom): Uint8Array => {
  const place = (): number => random.integer(original.length)
  const splice = (at: number, removed: number, added: readonly number[] | Uint8Array): Uint8Array =>
    Buffer.concat([original.subarray(0, at), Uint8Array.from(added), original.subarray(at + removed)])
  switch (random.integer(5)) {
    case 0: {
      const flipped = original.slice()
      for (let flips = 1 + random.integer(4); flips > 0; flips -= 1) {
        const at = place()
        flipped[at] = (flipped[at] as number) ^ (1 << random.integer(8))
      }
      return flipped
    }
    case 1:
      return original.subarray(0, place())
    case 2: {
      const from = place()
      return splice(place(), random.integer(64), original.subarray(from, from + random.integer(64)))
    }
    case 3:
      return splice(
        place(),
        1,
        varint(BigInt(random.integer(2 ** 31)) << BigInt(random.integer(33)), random.integer(12)),
      )
    default: {
      const drawn = original.slice()
      drawn[place()] = random.integer(256)
      return drawn
    }
  }
}

const readAndUse = (bytes: Uint8Array): 'read' | string => {
  try {
    const model = readOnnx(bytes)
    // The copies make the writer go through the bytes field by field.
    const graph = { ...model.graph, node: model.graph.node.map((node) => ({ ...node })) }
    if (Buffer.compare(writeOnnx({ ...model, graph }), bytes) !== 0) return 'written otherwise'
    for (const { tensor } of walkTensors(model)) tensorValues(tensor)
    onnxSignature(model)
    return 'read'
  } catch (error) {
    return isNootropicError(error) ? error.code : `crashed: ${String(error)}`
  }
}

test(`${mutations} mutations of a model each read as a model or are refused, none slowly`, () => {
  const original = createSmallModel()
  expect(readAndUse(original)).toBe('read')
  const random = createSeededRandom(2026)
  const outcomes: Record<string, number> = {}
  for (let index = 0; index < mutations; index += 1) {
    const bytes = mutate(original, random)
    const outcome = readAndUse(bytes)
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  }
  const { read = 0, MODEL_MALFORMED = 0, LIMIT_EXCEEDED = 0, ...others } = outcomes
  expect(others).toEqual({})
  expect(read + MODEL_MALFORMED + LIMIT_EXCEEDED).toBe(mutations)
  // Both outcomes must be common, or the mutations would test one path only.
  expect(read).toBeGreaterThan(mutations / 10)
  expect(MODEL_MALFORMED).toBeGreaterThan(mutations / 10)
})
