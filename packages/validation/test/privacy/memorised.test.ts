import { sha256 } from '@nootropic/core'
import { createNode, createTensor, type ModelPackage, type OnnxModel, type TensorProto } from '@nootropic/core/formats'
import { expect, test } from 'vitest'
import { findMemorised, type TextDetector } from '../../src/privacy/memorised/find-memorised.ts'
import { printableRuns } from '../../src/privacy/memorised/printable-runs.ts'
import { modelOf } from '../support/models.ts'
import { packageOf } from '../support/package.ts'

const detect =
  (expression: RegExp, type: string): TextDetector =>
  (text) =>
    [...text.matchAll(expression)].map(({ index, 0: match }) => ({
      type,
      start: index,
      end: index + match.length,
      confidence: 0.9,
    }))

const options = {
  personalData: detect(/[a-z]+@[a-z]+\.example/g, 'e-mail'),
  secrets: detect(/tok_[a-z0-9]{16}/g, 'secret/token'),
}
const secret = 'tok_0123456789abcdef'

const modelWith = (initializer: TensorProto[], metadata: OnnxModel['metadataProps'] = []): OnnxModel => ({
  ...modelOf({ nodes: [createNode('Identity', ['x'], ['y'])], initializer, input: [1], output: [1] }),
  metadataProps: metadata,
})

const codes = (text: string): number[] => [...text].map((character) => character.charCodeAt(0))

const find = (model: ModelPackage) => findMemorised(model, options, {})

test('personal data in a vocabulary is found, and never repeated', async () => {
  const data = ['the', 'a', 'anna@mail.example', 'zebra', 'ben@mail.example']
  const words = createTensor({ name: 'vocabulary', type: 'string', dims: [5], data })
  const result = await find(packageOf(modelWith([words])))
  expect(result.verdict).toBe('fail')
  expect(result.found).toEqual([
    { kind: 'personal-data', type: 'e-mail', path: 'model.onnx', inside: 'tensor vocabulary', offset: 6, count: 2 },
  ])
  expect(JSON.stringify(result)).not.toContain('anna')
})

test('a secret in the metadata is found', async () => {
  const metadata = [{ key: 'note', value: `use ${secret}`, unknownFields: [] }]
  const { found } = await find(packageOf(modelWith([], metadata)))
  expect(found).toMatchObject([{ kind: 'secret', type: 'secret/token', inside: 'metadata' }])
})

test('a secret in the bytes of weights, and one as character codes, are found', async () => {
  const bytes = createTensor({
    name: 'bytes',
    type: 'uint8',
    dims: [secret.length + 2],
    data: Uint8Array.from([0, ...codes(secret), 255]),
  })
  const numbers = createTensor({
    name: 'numbers',
    type: 'float32',
    dims: [secret.length + 2],
    data: Float32Array.from([0.5, ...codes(secret), -1]),
  })
  const { found } = await find(packageOf(modelWith([bytes, numbers])))
  expect(found.map(({ inside, offset }) => [inside, offset])).toEqual([
    ['tensor bytes', 1],
    ['tensor numbers, as character codes', 1],
  ])
})

test('what stands in a file beside the model is found, in the model card it is meant to stand', async () => {
  const card = packageOf(modelWith([]), 'Ask anna@mail.example')
  expect((await find(card)).verdict).toBe('pass')
  const bytes = new TextEncoder().encode(`{"anna@mail.example": 7}`)
  const files = [...card.files, { path: 'vocab.json', bytes, digest: sha256(bytes) }]
  const { found } = await find({ ...card, files })
  expect(found).toMatchObject([{ path: 'vocab.json', inside: 'text', offset: 2, count: 1 }])
})

test('a match is found once wherever it lies in a long text', async () => {
  const piece = 2 ** 18
  for (const at of [0, piece - 4096, piece - 2048 - 3, piece - 2048, piece - 10, piece, piece + 1, 2 * piece - 20]) {
    const text = `${' '.repeat(at)}${secret}${' '.repeat(2 * piece - at)}`
    const card = packageOf(modelWith([]))
    const bytes = new TextEncoder().encode(text)
    const files = [...card.files, { path: 'tokens.txt', bytes, digest: sha256(bytes) }]
    const { found } = await find({ ...card, files })
    expect(found).toMatchObject([{ offset: at, count: 1 }])
  }
})

test('without a detector nothing passes, and what one is unsure of is left out', async () => {
  const words = createTensor({ name: 'words', type: 'string', dims: [1], data: ['anna@mail.example'] })
  const model = packageOf(modelWith([words]))
  const none = await findMemorised(model, {}, {})
  expect(none).toMatchObject({ verdict: 'incomplete', found: [] })
  expect(none.note).toBe('no detector of secrets was given; no detector of personal data was given')
  expect((await findMemorised(model, { ...options, minimumConfidence: 0.95 }, {})).verdict).toBe('pass')
})

test('a search that was stopped is incomplete', async () => {
  const words = createTensor({ name: 'words', type: 'string', dims: [1], data: ['nothing'] })
  const result = await findMemorised(packageOf(modelWith([words])), options, { signal: AbortSignal.abort() })
  expect(result.verdict).toBe('incomplete')
  expect(result.note).toContain('ABORTED')
})

test('runs are of printable characters, long enough, and lie where they say', () => {
  const bytes = Uint8Array.from([1, ...codes('too short'), 0, ...codes('long enough to tell'), 200])
  expect([...printableRuns(bytes)]).toEqual([{ text: 'long enough to tell', offset: 11 }])
  const long = new Uint8Array(2 ** 16 + 20).fill(65)
  expect([...printableRuns(long)].map(({ text, offset }) => [text.length, offset])).toEqual([
    [2 ** 16, 0],
    [20, 2 ** 16],
  ])
})
