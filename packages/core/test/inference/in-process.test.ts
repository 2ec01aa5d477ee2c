import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import {
  createManualClock,
  isNootropicError,
  type NootropicError,
  type Tensor,
  type TensorSpec,
} from '../../src/index.ts'
import { checkTensors, createInProcessSessions } from '../../src/inference/index.ts'
import { additionModel, expansionModel, externalDataModel, identityModel, sequenceModel } from './models.ts'

const sessions = createInProcessSessions()

const failure = async (work: Promise<unknown>): Promise<NootropicError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isNootropicError(error)) throw new Error(`expected a NootropicError, got ${String(error)}`)
  return error
}

const matrix = (rows: number, columns: number): Tensor => ({
  type: 'float32',
  dims: [rows, columns],
  data: Float32Array.from({ length: rows * columns }, (_, index) => index),
})

test('every element type comes back as it was sent', async () => {
  const session = await sessions.open({ main: identityModel() })
  const dims = [1, 2]
  const feeds: Record<string, Tensor> = {
    float32: { type: 'float32', dims, data: Float32Array.of(1.5, -2) },
    float64: { type: 'float64', dims, data: Float64Array.of(Math.PI, -0) },
    float16: { type: 'float16', dims, data: Uint16Array.of(0x3c00, 0xc000) },
    int8: { type: 'int8', dims, data: Int8Array.of(-128, 127) },
    uint8: { type: 'uint8', dims, data: Uint8Array.of(0, 255) },
    int16: { type: 'int16', dims, data: Int16Array.of(-32768, 32767) },
    uint16: { type: 'uint16', dims, data: Uint16Array.of(0, 65535) },
    int32: { type: 'int32', dims, data: Int32Array.of(-(2 ** 31), 2 ** 31 - 1) },
    uint32: { type: 'uint32', dims, data: Uint32Array.of(0, 2 ** 32 - 1) },
    int64: { type: 'int64', dims, data: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n) },
    uint64: { type: 'uint64', dims, data: BigUint64Array.of(0n, 2n ** 64n - 1n) },
    bool: { type: 'bool', dims, data: Uint8Array.of(0, 1) },
    string: { type: 'string', dims, data: ['', 'snow ☃ and 𝄞'] },
  }
  const outputs = await session.run(feeds)
  expect(outputs).toEqual(Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [`${name}-out`, tensor])))
  await session.close()
})

test('a tensor that is a window on a larger buffer is read from its own offset', async () => {
  const session = await sessions.open({ main: additionModel() })
  const window = Float32Array.of(9, 9, 1, 2, 3, 9).subarray(2, 5)
  const left: Tensor = { type: 'float32', dims: [1, 3], data: window }
  const { sum } = await session.run({ left, right: left })
  expect(sum?.data).toEqual(Float32Array.of(2, 4, 6))
  await session.close()
})

test('the signature is what the model declares', async () => {
  const require = createRequire(import.meta.url)
  const path = require.resolve('@ricky0123/vad-web/dist/silero_vad_v5.onnx')
  const session = await sessions.open({ main: await readFile(path) })
  expect(session.inputs).toEqual([
    { name: 'input', type: 'float32', dims: [null, null] },
    { name: 'state', type: 'float32', dims: [2, null, 128] },
    { name: 'sr', type: 'int64', dims: [] },
  ])
  const outputs = await session.run({
    input: matrix(1, 512),
    state: { type: 'float32', dims: [2, 1, 128], data: new Float32Array(256) },
    sr: { type: 'int64', dims: [], data: BigInt64Array.of(16000n) },
  })
  expect(outputs.output?.dims).toEqual([1, 1])
  await session.close()
})

test('external data comes from memory and survives a caller who clears it', async () => {
  const data = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer)
  const session = await sessions.open({ main: externalDataModel(), externalData: [{ path: 'weights.bin', data }] })
  data.fill(0)
  const input: Tensor = { type: 'float32', dims: [4], data: Float32Array.of(10, 10, 10, 10) }
  expect((await session.run({ input })).product?.data).toEqual(Float32Array.of(10, 20, 30, 40))
  await session.close()
})

test('external data that was not handed over is a malformed model', async () => {
  expect((await failure(sessions.open({ main: externalDataModel() }))).code).toBe('MODEL_MALFORMED')
})

test('bytes that are no model are malformed', async () => {
  for (const main of [new Uint8Array(0), Buffer.from('not a model'), additionModel().subarray(0, 40)]) {
    expect((await failure(sessions.open({ main }))).code).toBe('MODEL_MALFORMED')
  }
})

test('a model whose output is no tensor is refused by name', async () => {
  const error = await failure(sessions.open({ main: sequenceModel() }))
  expect(error.code).toBe('MODEL_MALFORMED')
  expect(error.message).toContain('"items" is a sequence or a map')
})

test('wrong feeds are refused before the native call, each with its place', async () => {
  const session = await sessions.open({ main: additionModel() })
  const left = matrix(1, 3)
  const cases: [Record<string, Tensor>, string][] = [
    [{ left }, 'input "right": expected float32 [rows, 3], found nothing'],
    [{ left, right: left, extra: left }, 'input "extra": expected one of "left", "right"'],
    [{ left, right: matrix(1, 4) }, 'input "right": expected shape [rows, 3], found [1, 4]'],
    [
      { left, right: matrix(2, 3) },
      'input "right": expected shape [rows, 3], found [2, 3]; "rows" is 1 in another tensor',
    ],
    [
      { left, right: { type: 'float64', dims: [1, 3], data: new Float64Array(3) } },
      'input "right": expected element type float32, found float64',
    ],
    [{ left, right: { ...left, dims: [2, 3] } }, 'input "right": expected 6 elements for float32 [2, 3], found 3'],
    [
      { left, right: { ...left, dims: [-1, 3] } },
      'input "right": expected dims of at most 64 whole numbers, 0 or more',
    ],
    [
      { left, right: { ...left, data: new Float64Array(3) } },
      'input "right": expected a Float32Array over an ArrayBuffer as data of float32',
    ],
    [
      { left, right: { ...left, data: new Float32Array(new SharedArrayBuffer(12)) } },
      'input "right": expected a Float32Array over an ArrayBuffer as data of float32',
    ],
  ]
  for (const [feeds, message] of cases) {
    const error = await failure(session.run(feeds))
    expect([error.code, error.message]).toEqual(['INPUT_INVALID', message])
  }
  await session.close()
})

test('a bool that is neither 0 nor 1 never reaches native code', async () => {
  const session = await sessions.open({ main: identityModel() })
  const error = await failure(session.run({ bool: { type: 'bool', dims: [1, 2], data: Uint8Array.of(0, 2) } }))
  expect(error.message).toContain('expected a Uint8Array of 0 and 1')
  await session.close()
})

test('a run that asks for more memory than there is ends in a typed error and the session serves on', async () => {
  const session = await sessions.open({ main: expansionModel() })
  const value: Tensor = { type: 'float32', dims: [1], data: Float32Array.of(7) }
  const shape = (...dims: bigint[]): Tensor => ({ type: 'int64', dims: [3], data: BigInt64Array.from(dims) })
  const bomb = await failure(session.run({ value, shape: shape(1_000_000n, 1_000_000n, 1000n) }))
  expect(['LIMIT_EXCEEDED', 'INPUT_INVALID']).toContain(bomb.code)
  expect((await session.run({ value, shape: shape(1n, 1n, 2n) })).expanded?.data).toEqual(Float32Array.of(7, 7))
  await session.close()
})

test('a caller who gave up gets no result', async () => {
  const session = await sessions.open({ main: additionModel() })
  const feeds = { left: matrix(1, 3), right: matrix(1, 3) }
  expect((await failure(session.run(feeds, { signal: AbortSignal.abort() }))).code).toBe('ABORTED')
  await session.close()
  expect((await failure(session.run(feeds))).code).toBe('USAGE')
  expect((await failure(sessions.open({ main: additionModel() }, { signal: AbortSignal.abort() }))).code).toBe(
    'ABORTED',
  )
})

test('a result that comes late is withheld', async () => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const late = {
    ...clock,
    monotonicMs: () => {
      clock.advance(50)
      return clock.monotonicMs()
    },
  }
  const session = await createInProcessSessions({ clock: late }).open({ main: additionModel() })
  const feeds = { left: matrix(1, 3), right: matrix(1, 3) }
  expect((await failure(session.run(feeds, { deadlineMs: 20 }))).code).toBe('DEADLINE_EXCEEDED')
  expect((await session.run(feeds, { deadlineMs: 60 })).sum?.dims).toEqual([1, 3])
  await session.close()
})

test('names of the model and of the caller forge no line and fill no log', () => {
  const data = new Float32Array(4)
  const [shape] = checkTensors('input', [{ name: 'x', type: 'float32', dims: [`a\n${'b'.repeat(1e5)}`, 3] }], {
    x: { type: 'float32', dims: [1, 4], data },
  })
  const specs = Array.from(
    { length: 1000 },
    (_, index): TensorSpec => ({ name: `n${index}`, type: 'float32', dims: [] }),
  )
  const [unknown] = checkTensors('input', specs, { x: { type: 'float32', dims: [4], data } })
  for (const message of [shape?.message, unknown?.message]) {
    expect(message).not.toMatch(/\p{Cc}/u)
    expect(message?.length).toBeLessThan(300)
  }
})
