import { type ElementType, elementTypes, type Tensor, tensorArrays } from '@nootropic/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  encodeFrame,
  frameTypes,
  headerLength,
  maximumHeadLength,
  parseHead,
  parseHeader,
} from '../../src/worker/protocol.ts'
import { decodeTensors, encodeTensors, frameSource, layOut } from '../../src/worker/tensor-payload.ts'

const tensorOf = (type: ElementType): fc.Arbitrary<Tensor> =>
  fc.tuple(fc.nat(4), fc.nat(4), fc.infiniteStream(fc.nat(255))).map(([rows, columns, bytes]) => {
    const count = rows * columns
    const next = () => bytes.next().value ?? 0
    if (type === 'string')
      return { type, dims: [rows, columns], data: Array.from({ length: count }, () => '☃'.repeat(next() % 5)) }
    const array = tensorArrays[type]
    const raw = Uint8Array.from({ length: count * array.BYTES_PER_ELEMENT }, next)
    return { type, dims: [rows, columns], data: new array(raw.buffer, 0, count) }
  })

const tensors = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 8 }).filter((name) => name !== '__proto__'),
  fc.constantFrom(...elementTypes).chain(tensorOf),
  { maxKeys: 4 },
)

test('tensors of every type survive the pipe bit for bit, over memory of their own', () => {
  fc.assert(
    fc.property(tensors, (sent) => {
      const { heads, parts, byteLength } = encodeTensors(sent)
      const wire = Buffer.concat(parts)
      expect(byteLength).toBe(wire.length)
      const received = decodeTensors(heads, frameSource(wire))
      wire.fill(0xff)
      const bits = (all: Record<string, Tensor>) =>
        Object.entries(all).map(([name, { type, dims, data }]) => [
          name,
          type,
          [...dims],
          ArrayBuffer.isView(data)
            ? Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex')
            : [...data],
        ])
      expect(bits(received)).toEqual(bits(sent))
    }),
    { seed: 20_260_101, numRuns: 200 },
  )
})

test('a frame says its lengths in 16 bytes', () => {
  const [start = new Uint8Array(0), ...payload] = encodeFrame(frameTypes.run, 7, { a: 1 }, [
    Uint8Array.of(1, 2),
    Uint8Array.of(3),
  ])
  expect(parseHeader(start)).toEqual({ payloadLength: 3, type: 3, request: 7, headLength: 7 })
  expect(parseHead(start.subarray(headerLength))).toEqual({ a: 1 })
  expect(payload).toHaveLength(2)
})

test('a head that is too long is never sent', () => {
  expect(() => encodeFrame(frameTypes.run, 1, 'x'.repeat(maximumHeadLength))).toThrowError(
    /expected at most 1048576 bytes/,
  )
})

test('heads that lie about their payload are refused', () => {
  const payload = new Uint8Array(8)
  const head = { name: 'x', type: 'float32' as const, dims: [2], byteLength: 8 }
  expect(decodeTensors([head], frameSource(payload)).x?.data).toEqual(new Float32Array(2))
  const lies = [
    [{ ...head, dims: [3] }],
    [{ ...head, dims: [1] }],
    [{ ...head, dims: [2 ** 40, 2 ** 40] }],
    [{ ...head, byteLength: 4, dims: [1] }],
    [{ ...head, byteLength: 2 ** 40, dims: [2 ** 38] }],
    [
      { ...head, byteLength: 4, dims: [1] },
      { ...head, byteLength: 4, dims: [1] },
    ],
    [{ ...head, type: 'string' as const, dims: [2 ** 31] }],
    [{ ...head, type: 'string' as const, dims: [1] }],
    [],
  ]
  for (const heads of lies)
    expect(() => decodeTensors(heads, frameSource(payload))).toThrowError(/^expected .* in a frame$/)
})

test('strings that reach outside their tensor are refused', () => {
  const payload = new Uint8Array(8)
  payload[0] = 5
  const head = { name: 'x', type: 'string' as const, dims: [1], byteLength: 8 }
  expect(() => decodeTensors([head], frameSource(payload))).toThrowError(/strings inside their tensor/)
})

test('lengths that lie take nothing out of what holds them', () => {
  let taken = 0
  const source = {
    byteLength: 128,
    alignment: 64,
    take(_offset: number, length: number) {
      taken += length
      return new Uint8Array(length)
    },
  }
  const head = { name: 'x', type: 'float32' as const, dims: [2], byteLength: 8 }
  const lies = [
    [{ ...head, byteLength: 128 }],
    [head, { ...head, name: 'y', byteLength: 2 ** 52, dims: [2 ** 50] }],
    [head, { ...head, name: 'y', byteLength: 2 ** 53 - 1 }],
  ]
  for (const heads of lies) expect(() => decodeTensors(heads, source)).toThrowError(/^expected .* in a frame$/)
  expect(taken).toBe(0)
})

test('tensors of a mailbox stand at multiples of its alignment', () => {
  expect(layOut([1, 64, 65, 0, 3], 64)).toEqual({ offsets: [0, 64, 128, 256, 256], end: 259 })
  expect(layOut([1, 64, 65, 0, 3], 1)).toEqual({ offsets: [0, 1, 65, 130, 130], end: 133 })
  expect(layOut([], 64)).toEqual({ offsets: [], end: 0 })
})
