import { createSecretKey } from 'node:crypto'
import { isNootropicError } from '@nootropic/core'
import {
  createTensor,
  dataTypes,
  type OnnxModel,
  readOnnx,
  replaceTensorValues,
  tensorValues,
  writeOnnx,
} from '@nootropic/core/formats'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createClaim, type EmbeddedClaim, embedWatermark, extractWatermark } from '../src/index.ts'
import { halfOf } from './attacks.ts'
import { attackModel, digitModel, mapTensors, ocrModel } from './models.ts'

const keyOf = (byte: number) => createSecretKey(Buffer.alloc(32, byte))
const key = keyOf(7)
const content = { owner: 'Example Ltd', version: '1.0.0', timestamp: '2024-03-20', license: 'MIT' }
const claim = createClaim(content)
const options = { key, claim }
const original = writeOnnx(digitModel({ seed: 1 }))
const marked = embedWatermark(original, options)

const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (isNootropicError(error)) return `${error.code}: ${error.message}`
    throw error
  }
  return 'no error'
}

/** Where in the file the values of a constant stand. */
const rangeOf = (bytes: Uint8Array, wanted: string): [number, number] => {
  const ranges: [number, number][] = []
  mapTensors(readOnnx(bytes), (tensor, name) => {
    if (name === wanted && tensor.rawData instanceof Uint8Array) {
      const start = tensor.rawData.byteOffset - bytes.byteOffset
      ranges.push([start, start + tensor.rawData.length])
    }
    return tensor
  })
  return ranges[0]!
}

test('what is embedded is read back whole, within the deviation allowed, whatever the key, claim and model', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.string({ minLength: 1, maxLength: 64, unit: 'grapheme' }),
      fc.integer({ min: 0, max: 1000 }),
      fc.constantFrom(1e-5, 1e-4, 1e-3),
      (secret, owner, seed, strength) => {
        const own = { key: createSecretKey(secret), claim: createClaim({ ...content, owner }) }
        const embedding = embedWatermark(writeOnnx(digitModel({ seed, hidden: 64 })), { ...own, strength })
        const extraction = extractWatermark(embedding.bytes, { key: own.key, claim: embedding.claim })
        expect(extraction).toMatchObject({ verdict: 'present', bitErrorRate: 0, payloadBitErrors: 0 })
        expect(embedding.deviation).toBeLessThanOrEqual(strength)
        expect(embedding.deviation).toBeGreaterThan(strength / 2)
      },
    ),
    { seed: 3, numRuns: 20 },
  )
})

test.each([
  ['digits', original],
  ['PP-OCRv4 recognition, whose weights are in Constant nodes', ocrModel('rec_infer')],
])('nothing but the marked tensors changes, and no length: %s', (_, bytes) => {
  const embedding = embedWatermark(bytes, options)
  expect(embedding.bytes.length).toBe(bytes.length)
  expect(embedding.deviation).toBeLessThanOrEqual(1e-4)
  const restored = Uint8Array.from(embedding.bytes)
  for (const name of embedding.tensors) {
    const [start, end] = rangeOf(bytes, name)
    expect(Buffer.compare(restored.subarray(start, end), bytes.subarray(start, end))).not.toBe(0)
    restored.set(bytes.subarray(start, end), start)
  }
  expect(Buffer.compare(restored, bytes)).toBe(0)
})

test('the first convolution and the last layer are left alone', () => {
  const { tensors } = embedWatermark(ocrModel('rec_infer'), options)
  expect(tensors).toHaveLength(21)
  expect(marked.tensors).toEqual(['dense1'])
})

test('an unmarked model does not show the mark', () => {
  for (const seed of [1, 2, 3]) {
    const extraction = extractWatermark(writeOnnx(digitModel({ seed })), { key, claim: marked.claim })
    expect(extraction.verdict).toBe('absent')
  }
})

test('the mark shows to its own key and record only', () => {
  const reference = { key, claim: marked.claim }
  expect(extractWatermark(marked.bytes, reference).verdict).toBe('present')
  expect(extractWatermark(marked.bytes, { ...reference, key: keyOf(8) }).verdict).toBe('absent')
  const other = { ...createClaim({ ...content, owner: 'Mallory' }), placement: marked.claim.placement }
  expect(extractWatermark(marked.bytes, { ...reference, claim: other }).verdict).toBe('absent')
  const { placement } = marked.claim
  for (const step of [placement.step * 1.7, placement.step * 0.6]) {
    const elsewhere: EmbeddedClaim = { ...claim, placement: { ...placement, step } }
    expect(extractWatermark(marked.bytes, { key, claim: elsewhere }).verdict).toBe('absent')
  }
})

test('two marks in one model are both read', () => {
  const second = { key: keyOf(9), claim: createClaim({ ...content, owner: 'Second' }) }
  const twice = embedWatermark(marked.bytes, second)
  expect(extractWatermark(twice.bytes, { key: second.key, claim: twice.claim }).verdict).toBe('present')
  expect(extractWatermark(twice.bytes, { key, claim: marked.claim })).toMatchObject({
    verdict: 'present',
    payloadBitErrors: 0,
  })
})

test('renamed and reordered tensors are found by their shape', () => {
  const model = readOnnx(marked.bytes)
  const renamed: OnnxModel = {
    ...model,
    graph: {
      ...model.graph,
      initializer: model.graph.initializer.map((tensor) => ({ ...tensor, name: `x_${tensor.name}` })).reverse(),
      node: model.graph.node.map((node) => ({
        ...node,
        input: node.input.map((name) => (/^(conv|dense)/.test(name) ? `x_${name}` : name)),
      })),
    },
  }
  expect(extractWatermark(writeOnnx(renamed), { key, claim: marked.claim }).verdict).toBe('present')
})

test('a model cast to float16 still shows the mark', () => {
  const cast = mapTensors(readOnnx(marked.bytes), (tensor) => {
    const halves = Uint16Array.from(tensorValues(tensor) as Float32Array, halfOf)
    return createTensor({ name: tensor.name, type: 'float16', dims: tensor.dims, data: halves })
  })
  expect(cast.graph.initializer[2]?.dataType).toBe(dataTypes.FLOAT16)
  expect(extractWatermark(writeOnnx(cast), { key, claim: marked.claim })).toMatchObject({
    verdict: 'present',
    payloadBitErrors: 0,
  })
})

test('dead channels and a model full of zeros are neither changed into noise nor marked', () => {
  const dead = attackModel(
    original,
    (values, dims) => {
      for (let index = 0; index < values.length; index += 1) if (index % dims[1]! < 20) values[index] = 0
    },
    ['dense1'],
  )
  const embedding = embedWatermark(dead, options)
  const noisy = attackModel(embedding.bytes, (values) => {
    for (let index = 0; index < values.length; index += 1) values[index]! += 5e-5 * ((index % 3) - 1)
  })
  expect(extractWatermark(noisy, { key, claim: embedding.claim })).toMatchObject({
    bitErrorRate: 0,
    payloadBitErrors: 0,
  })
  const zero = attackModel(original, (values) => values.fill(0))
  expect(codeOf(() => embedWatermark(zero, options))).toMatch(/^WATERMARK_UNSUITABLE/)
})

test('what cannot be read is incomplete or refused, never absent or present', () => {
  const missing = extractWatermark(writeOnnx(digitModel({ seed: 1, hidden: 100 })), { key, claim: marked.claim })
  expect(missing).toEqual({
    verdict: 'incomplete',
    reason: 'expected 1 marked tensors, 1 are not there as float32 or float16: "dense1" [784, 200]',
  })
  const poisoned = attackModel(marked.bytes, (values) => values.fill(Number.NaN, 5, 6))
  expect(extractWatermark(poisoned, { key, claim: marked.claim }).verdict).toBe('incomplete')
  const integers = mapTensors(readOnnx(marked.bytes), (tensor) =>
    replaceTensorValues(
      { ...tensor, dataType: dataTypes.INT8 },
      Int8Array.from(tensorValues(tensor) as Float32Array, (value) => 100 * value),
    ),
  )
  expect(extractWatermark(writeOnnx(integers), { key, claim: marked.claim }).verdict).toBe('incomplete')
  const truncated = marked.bytes.subarray(0, marked.bytes.length - 100)
  expect(codeOf(() => extractWatermark(truncated, { key, claim: marked.claim }))).toMatch(/^MODEL_MALFORMED/)
})

test('a model with too few weights is refused with the number needed', () => {
  const small = writeOnnx(digitModel({ seed: 1, hidden: 16 }))
  expect(codeOf(() => embedWatermark(small, options))).toBe(
    'WATERMARK_UNSUITABLE: expected at least one float32 weight of 16384 elements besides the first convolution and the ' +
      'last layer, found 12544 elements in the largest; use a fingerprint for this model instead',
  )
})

test('wrong arguments are named, and no secret is', () => {
  expect(codeOf(() => embedWatermark(original, { key: createSecretKey(Buffer.alloc(16, 0x41)), claim }))).toBe(
    'KEY_UNAVAILABLE: expected a secret key of 32 bytes to watermark with, got 16 bytes',
  )
  expect(codeOf(() => embedWatermark(original, { key, claim, strength: 1 }))).toMatch(/^USAGE: expected a strength/)
  expect(codeOf(() => createClaim({ ...content, owner: '' }))).toMatch(/^USAGE: .*owner/)
  const forged = { ...marked.claim, record: { ...marked.claim.record, owner: 'Mallory' } }
  expect(codeOf(() => extractWatermark(marked.bytes, { key, claim: forged }))).toMatch(/^USAGE: .*digest/)
  const unplaced = claim as EmbeddedClaim
  expect(codeOf(() => extractWatermark(marked.bytes, { key, claim: unplaced }))).toMatch(/^USAGE: .*placement/)
})

test('a claim survives as JSON', () => {
  const kept = JSON.parse(JSON.stringify(marked.claim)) as EmbeddedClaim
  expect(extractWatermark(marked.bytes, { key, claim: kept }).verdict).toBe('present')
  expect(marked.claim.digest).toBe(claim.digest)
})
