import { expect, test, vi } from 'vitest'
import {
  createNode,
  createOnnxModel,
  createTensor,
  createValueInfo,
  externalLocation,
  writeOnnx,
} from '../../src/formats/index.ts'
import { isNootropicError } from '../../src/index.ts'
import { createInProcessSessions, verifyLoadable } from '../../src/inference/index.ts'
import { additionModel, externalDataModel } from './models.ts'

/** A sound model that keeps a tensor of two floats at this place. */
const reading = (location: string, more: Readonly<Record<string, string>> = {}): Uint8Array => {
  const entries = Object.entries({ location, ...more })
  const tensor = {
    ...createTensor({ name: 'w', type: 'float32', dims: [2], data: new Float32Array(2) }),
    rawData: undefined,
    dataLocation: externalLocation,
    externalData: entries.map(([key, value]) => ({ key, value, unknownFields: [] })),
  }
  const spec = (name: string) => createValueInfo({ name, type: 'float32', dims: [2] })
  return writeOnnx(
    createOnnxModel({
      operatorSets: { '': 17 },
      graph: {
        name: 'test',
        node: [createNode('Add', ['x', 'w'], ['y'])],
        initializer: [tensor],
        input: [spec('x')],
        output: [spec('y')],
      },
    }),
  )
}

const running = (opType: string): Uint8Array =>
  writeOnnx(
    createOnnxModel({ operatorSets: { '': 17 }, graph: { name: 'test', node: [createNode(opType, ['x'], ['y'])] } }),
  )

test('a model with a critical danger is refused before onnxruntime is loaded', async () => {
  const load = vi.hoisted(() => vi.fn())
  vi.doMock('onnxruntime-node', () => {
    load()
    throw new Error('must not be loaded')
  })
  const sessions = createInProcessSessions()
  const cases: readonly [Uint8Array, string][] = [
    [reading('/etc/passwd'), 'external-data-escapes'],
    [reading('../secret'), 'external-data-escapes'],
    [reading('*/_ORT_MEM_ADDR_/*', { offset: '140000000000', length: '8' }), 'external-data-memory'],
    [running('PyOp'), 'interpreter-operator'],
  ]
  for (const [main, kind] of cases) {
    const error = await sessions.open({ main }).catch((reason: unknown) => reason)
    expect(isNootropicError(error, 'MODEL_REFUSED') && error.details.dangers).toMatchObject([{ kind }])
  }
  expect(load).not.toHaveBeenCalled()
  vi.doUnmock('onnxruntime-node')
})

test('what cannot be read is refused, ORT format models among it', () => {
  const ort = Buffer.alloc(64)
  ort.write('ORTM', 4, 'latin1')
  for (const main of [new Uint8Array(0), Buffer.from('not a model'), additionModel().subarray(0, 40), ort])
    expect(() => verifyLoadable({ main })).toThrow(expect.objectContaining({ code: 'MODEL_MALFORMED' }))
})

test('external data must be handed over, and be as long as the model says', () => {
  const data = new Uint8Array(16)
  expect(() =>
    verifyLoadable({ main: externalDataModel(), externalData: [{ path: 'weights.bin', data }] }),
  ).not.toThrow()
  for (const externalData of [[], [{ path: 'other.bin', data }], [{ path: 'weights.bin', data: data.subarray(1) }]])
    expect(() => verifyLoadable({ main: externalDataModel(), externalData })).toThrow(
      expect.objectContaining({ code: 'MODEL_MALFORMED' }),
    )
})

test('a sound model is let through', () => {
  expect(() => verifyLoadable({ main: additionModel() })).not.toThrow()
})
