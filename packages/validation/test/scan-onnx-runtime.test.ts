import { createSeededRandom } from '@nootropic/core'
import {
  createGraph,
  createNode,
  createOnnxModel,
  createValueInfo,
  type NodeProto,
  type OnnxModel,
  readOnnx,
  writeOnnx,
} from '@nootropic/core/formats'
import { validRange } from 'semver'
import { expect, test } from 'vitest'
import { checkOnnx, scan, scanRules } from '../src/scan/index.ts'
import { advisories } from '../src/scan/onnx/advisories.ts'
import { operatorContracts } from '../src/scan/onnx/contracts/contracts.ts'
import { floats, integers, modelOf } from './support/models.ts'

const usingRoiAlign = modelOf({
  nodes: [createNode('RoiAlign', ['x', 'r', 'b'], ['y'])],
  initializer: [floats('float32', 'r', [1, 4], [0, 0, 1, 1]), integers('b', [0])],
  input: [1, 1, 4, 4],
  output: ['n'],
})

const advised = (model: OnnxModel, runtimeVersion?: string): unknown[] =>
  checkOnnx(model, { path: 'model.onnx', runtimeVersion })
    .filter(({ rule }) => rule === 'onnx/runtime-advisory')
    .map(({ evidence }) => evidence?.advisory)

test('known defects of a runtime are told only for its version and for what the model uses', () => {
  expect(advised(usingRoiAlign, '1.24.2')).toEqual(['27543'])
  expect(advised(usingRoiAlign, '1.24.3')).toEqual([])
  expect(advised(usingRoiAlign)).toEqual([])
  expect(advised(modelOf({ nodes: [createNode('Relu', ['x'], ['y'])], input: [1], output: [1] }), '1.10.0')).toEqual([])
})

test('every advisory has a range, a use and a source', () => {
  expect(new Set(advisories.map(({ id }) => id)).size).toBe(advisories.length)
  for (const { id, affected, uses, references } of advisories) {
    expect([id, validRange(affected)]).not.toEqual([id, null])
    expect(uses.length).toBeGreaterThan(0)
    expect(references.every((reference) => reference.startsWith('https://github.com/'))).toBe(true)
  }
})

test('contracts hold for at least a hundred operators, and no rule of the room is without explanation', () => {
  expect(
    new Set(operatorContracts.flatMap(({ domain, operators }) => operators.map((name) => `${domain}:${name}`))).size,
  ).toBeGreaterThan(100)
  const rules = scanRules.filter(({ id }) => id.startsWith('onnx/'))
  expect(rules.length).toBeGreaterThanOrEqual(40)
  for (const { id, explanation, tags, references } of rules) {
    expect([
      id,
      explanation.length > 40,
      tags.length > 0,
      references.every((address) => address.startsWith('https://')),
    ]).toEqual([id, true, true, true])
  }
})

const info = (name: string) => createValueInfo({ name, type: 'float32', dims: [1] })

/** A graph of random nodes over a few names, with numbers of every size as constants. */
const randomModel = (seed: number): OnnxModel => {
  const random = createSeededRandom(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.uniform() * list.length)] as T
  const operators = operatorContracts.flatMap(({ operators: names, domain }) =>
    names.map((name) => [domain, name] as const),
  )
  const values = [0n, 1n, -1n, 3n, 2n ** 31n, 2n ** 62n, -(2n ** 63n)]
  const names = [
    'axis',
    'axes',
    'perm',
    'pads',
    'strides',
    'kernel_shape',
    'dilations',
    'group',
    'hidden_size',
    'block_size',
    'N',
    'K',
    'split',
    'blocksize',
    'num_scan_inputs',
  ]
  const node = (index: number): NodeProto => {
    const [domain, opType] = pick(operators)
    const attributes = Object.fromEntries(
      Array.from({ length: 3 }, () => [
        pick(names),
        random.uniform() < 0.5 ? pick(values) : [pick(values), pick(values)],
      ]),
    )
    const body = createGraph({ name: 'b', input: [info('i')], output: [info('o')], node: [] })
    const inputs = Array.from({ length: 3 }, () => pick(['x', 'c', 'd', 'e', '', `v${Math.max(0, index - 1)}`]))
    return {
      ...createNode(opType, inputs, [`v${index}`], random.uniform() < 0.2 ? { ...attributes, body } : attributes),
      domain,
    }
  }
  const base = modelOf({ nodes: Array.from({ length: 12 }, (_, index) => node(index)), input: ['n', 3], output: ['n'] })
  const big = integers('c', [2 ** 40, -1, 0])
  const initializer = [big, integers('d', []), floats('float32', 'e', [2, 0, 3], [])]
  const imports = createOnnxModel({ graph: {}, operatorSets: { '': 17, 'ai.onnx.ml': 3, 'com.microsoft': 1 } })
  return { ...base, opsetImport: imports.opsetImport, graph: { ...base.graph, initializer } }
}

test('no combination of operators, attributes and constants makes a check fail', async () => {
  for (let seed = 0; seed < 400; seed += 1) {
    const bytes = writeOnnx(randomModel(seed))
    expect(
      () => checkOnnx(readOnnx(bytes), { path: 'model.onnx', runtimeVersion: '1.20.0' }),
      `seed ${seed}`,
    ).not.toThrow()
    const { stages } = await scan(bytes)
    expect([seed, stages[0]?.note]).toEqual([seed, undefined])
  }
})
