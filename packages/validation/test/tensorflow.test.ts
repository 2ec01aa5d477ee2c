import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'
import { field, graph, metaGraph, node, savedModel, savedModelOf } from './support/tensorflow.ts'

const formatOf = async (bytes: Uint8Array): Promise<string> => (await scan(bytes)).subject.format

test('the messages of TensorFlow are told apart by their shape', async () => {
  const body = graph([node('Placeholder', {}, 'x'), node('Relu')])
  expect(await formatOf(savedModel(body))).toBe('tensorflow-saved-model')
  expect(await formatOf(metaGraph(body))).toBe('tensorflow-meta-graph')
  expect(await formatOf(body)).toBe('tensorflow-graph')
  const fingerprint = Buffer.concat([1, 2, 3, 4, 5].map((number) => field(number, 2n ** 60n + BigInt(number))))
  expect(await formatOf(fingerprint)).toBe('tensorflow-fingerprint')
})

test('a SavedModel without its version number is one, and an ONNX model is none', async () => {
  const body = graph([node('Relu')])
  expect(await formatOf(field(2, metaGraph(body)))).toBe('tensorflow-saved-model')
  const onnx = Buffer.concat([
    field(1, 8),
    field(2, 'pytorch'),
    field(7, Buffer.concat([field(2, 'main')])),
    field(8, field(2, 17)),
  ])
  expect(await formatOf(onnx)).toBe('onnx')
})

test('fields may stand in any order, and fields that nobody knows do not hide a node', async () => {
  const inner = node('PyFunc')
  const reordered = Buffer.concat([field(4, field(1, 1882)), field(2, Buffer.alloc(0)), field(1, inner)])
  const report = await scan(Buffer.concat([field(2, Buffer.concat([field(99, 'x'), field(2, reordered)]))]))
  expect([report.subject.format, report.verdict]).toEqual(['tensorflow-saved-model', 'fail'])
})

test('operators are found in every meta graph and every function', async () => {
  const second = Buffer.concat([savedModelOf('Relu'), field(2, metaGraph(graph([node('WriteFile')])))])
  const { verdict, findings } = await scan(second)
  expect([verdict, findings.map(({ rule }) => rule)]).toEqual(['fail', ['tensorflow/file-write']])
})

test('a large graph is walked in time', async () => {
  const nodes = Array.from({ length: 100_000 }, (_, index) => node('Relu', {}, `node${index}`))
  const report = await scan(savedModel(graph([...nodes, node('PyFunc')])))
  expect(report.verdict).toBe('fail')
})

test('metadata of Keras inside a SavedModel is checked', async () => {
  const metadata = JSON.stringify({ class_name: 'Lambda', config: { function: ['4wEAAAA=', null, null] } })
  const object = field(4, Buffer.concat([field(1, '_tf_keras_layer'), field(3, metadata)]))
  const report = await scan(savedModel(graph([node('Relu')]), field(7, field(1, object))))
  expect(report.findings.map(({ rule }) => rule)).toEqual(['keras/lambda-code'])
})
