import { createSeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'
import { h5pySample } from './support/h5py-samples.ts'
import {
  contiguous,
  datasetHdf5,
  dataspace,
  externalFiles,
  floats,
  heapAddress,
  kerasHdf5,
  virtualLayout,
} from './support/hdf5.ts'
import { call, definition, graph, node, savedModel, tensor as tensorValue } from './support/tensorflow.ts'
import { builtin, operator, subgraph, table, tensor, tflite } from './support/tflite.ts'

const values = [dataspace(4), floats]

const samples: Readonly<Record<string, Uint8Array>> = {
  oldest: h5pySample('earliest'),
  newest: h5pySample('latest'),
  model: kerasHdf5({ class_name: 'Sequential', config: { layers: [{ class_name: 'Lambda', config: {} }] } }).subarray(
    0,
    1024,
  ),
  external: datasetHdf5([...values, contiguous(16), externalFiles(heapAddress, 8, 16)], { local: '/etc/passwd' }),
  virtual: datasetHdf5([...values, virtualLayout(heapAddress)], { virtual: 'other.h5' }),
  graph: savedModel(
    graph(
      [node('Const', { value: tensorValue(2n) }), node('While', { body: call('f') })],
      [definition('f', node('Relu'))],
    ),
  ),
  lite: tflite({
    codes: [builtin(119), builtin(19)],
    subgraphs: [
      subgraph([tensor([4], 1), tensor([4])], [operator(0, [0], [1], { 4: table({ 0: 1, 1: 1 }) })]),
      subgraph([tensor([4]), tensor([4])], [operator(1, [0], [1])]),
    ],
    buffers: [new Uint8Array(16)],
  }),
}

const interesting = [0, 1, 0x7f, 0x80, 0xff]

/** The bytes with a few of them changed where there are any, or cut off. */
const mutate = (bytes: Uint8Array, used: readonly number[], random: () => number): Uint8Array => {
  const pick = (count: number): number => Math.floor(random() * count)
  if (pick(10) === 0) return bytes.slice(0, pick(bytes.length))
  const mutated = bytes.slice()
  for (let change = pick(4); change >= 0; change -= 1) {
    const at = Math.min(bytes.length - 1, (used[pick(used.length)] ?? 0) + pick(4))
    mutated[at] = pick(2) === 0 ? pick(256) : (interesting[pick(interesting.length)] ?? 0)
  }
  return mutated
}

test('no mutation of a file crashes its reader or keeps it busy', async () => {
  const random = createSeededRandom(11)
  for (const [name, bytes] of Object.entries(samples)) {
    const used = [...bytes.keys()].filter((index) => bytes[index] !== 0)
    for (let round = 0; round < 250; round += 1) {
      const mutated = mutate(bytes, used, () => random.uniform())
      const report = await scan(mutated)
      const notes = report.stages.map(({ note }) => note ?? '').join()
      expect([name, round, /the reader of .* failed/.exec(notes)?.input ?? '']).toEqual([name, round, ''])
    }
  }
})
