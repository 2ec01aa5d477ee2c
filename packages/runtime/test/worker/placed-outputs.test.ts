import type { Signature, Tensor } from '@nootropic/core'
import { expect, test } from 'vitest'
import type { WorkerMailbox } from '../../src/worker/mailbox.ts'
import { createPlacedOutputs } from '../../src/worker/placed-outputs.ts'
import { encodeTensors } from '../../src/worker/tensor-payload.ts'

const signature = (type: Signature['outputs'][number]['type']): Signature => ({
  inputs: [],
  outputs: [
    { name: 'large', type: 'float64', dims: ['n'] },
    { name: 'small', type, dims: ['n'] },
  ],
})
const memory = new ArrayBuffer(1024 * 1024)
const mailbox: WorkerMailbox = {
  use: 'mapped',
  outputBytes: memory.byteLength,
  read: (length) => new Uint8Array(memory, 0, length),
  window: (length) => new Uint8Array(memory, 0, length),
  write: () => {},
}
const tensors = (count: number): Record<string, Tensor> => ({
  large: { type: 'float64', dims: [count], data: new Float64Array(count) },
  small: { type: 'int8', dims: [3], data: new Int8Array(3) },
})
const inputs = (count: number) =>
  encodeTensors({ x: { type: 'int8', dims: [count], data: new Int8Array(count) } }).heads

test('outputs of inputs of a known shape stand in the mailbox, aligned, before they are computed', () => {
  const placed = createPlacedOutputs(signature('int8'))
  expect(placed.place(inputs(1), mailbox)).toBeUndefined()
  placed.learn(inputs(1), tensors(9001))
  const into = placed.place(inputs(1), mailbox)
  expect(into?.large?.data).toMatchObject({ buffer: memory, byteOffset: 0, length: 9001 })
  expect(into?.small?.data).toMatchObject({ buffer: memory, byteOffset: 72_064, length: 3 })
  expect(placed.place(inputs(2), mailbox)).toBeUndefined()
})

test('outputs that fit a frame, do not fit the mailbox, or are strings are not placed', () => {
  const placed = createPlacedOutputs(signature('int8'))
  for (const [key, count] of [100, 1024 * 1024].entries()) {
    placed.learn(inputs(key), tensors(count))
    expect(placed.place(inputs(key), mailbox)).toBeUndefined()
  }
  const strings = createPlacedOutputs(signature('string'))
  strings.learn(inputs(1), { ...tensors(9001), small: { type: 'string', dims: [1], data: ['x'] } })
  expect(strings.place(inputs(1), mailbox)).toBeUndefined()
})

test('shapes that vary with the values are given up, and stay so', () => {
  const placed = createPlacedOutputs(signature('int8'))
  placed.learn(inputs(1), tensors(9001))
  placed.giveUp(inputs(1))
  placed.learn(inputs(1), tensors(9001))
  expect(placed.place(inputs(1), mailbox)).toBeUndefined()
})

test('ever new shapes do not fill the memory', () => {
  const placed = createPlacedOutputs(signature('int8'))
  for (let key = 0; key <= 256; key += 1) placed.learn(inputs(key), tensors(9001))
  expect(placed.place(inputs(0), mailbox)).toBeUndefined()
  expect(placed.place(inputs(256), mailbox)).toBeDefined()
})
