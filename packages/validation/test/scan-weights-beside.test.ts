import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { scanPath } from '../src/scan/index.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nootropic-weights-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const numbers = Buffer.from(Float32Array.of(0.25, -1.5, 3.75, 2.125).buffer)
const write = (name: string, content: Uint8Array | string): void => {
  mkdirSync(dirname(join(directory, name)), { recursive: true })
  writeFileSync(join(directory, name), content)
}
const scanned = async (): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await scanPath(directory)).map(({ subject, verdict }) => [basename(subject.path), `${subject.format} ${verdict}`]),
  )

/** The end of a table without blocks. */
const index = (blockSize = 0): Buffer =>
  Buffer.concat([
    Buffer.of(0, 0, 0, blockSize),
    Buffer.alloc(36),
    Buffer.of(0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb),
  ])

const browserModel = (...paths: readonly string[]): string =>
  JSON.stringify({
    format: 'layers-model',
    modelTopology: { class_name: 'Sequential', config: { name: 'm', layers: [] } },
    weightsManifest: [{ paths, weights: [] }],
  })

test('shards of a checkpoint are the numbers of the index beside them', async () => {
  write('variables/variables.index', index())
  write('variables/variables.data-00000-of-00002', numbers)
  write('variables/variables.data-00001-of-00002', numbers)
  write('variables/other.data-00000-of-00001', numbers)
  expect(await scanned()).toEqual({
    'variables.index': 'tensorflow-checkpoint-index pass',
    'variables.data-00000-of-00002': 'weights pass',
    'variables.data-00001-of-00002': 'weights pass',
    'other.data-00000-of-00001': 'unknown incomplete',
  })
})

test('an index that is not sound vouches for nothing', async () => {
  write('variables.index', index(9))
  write('variables.data-00000-of-00001', numbers)
  expect(await scanned()).toMatchObject({ 'variables.data-00000-of-00001': 'unknown incomplete' })
})

test('shards of TensorFlow.js are the numbers of the model that names them', async () => {
  write('model.json', browserModel('group1-shard1of2.bin', 'group1-shard2of2.bin'))
  write('group1-shard1of2.bin', numbers)
  write('group1-shard2of2.bin', numbers)
  write('group2-shard1of1.bin', numbers)
  expect(await scanned()).toEqual({
    'model.json': 'tensorflow-js pass',
    'group1-shard1of2.bin': 'weights pass',
    'group1-shard2of2.bin': 'weights pass',
    'group2-shard1of1.bin': 'unknown incomplete',
  })
})

test('what is named as numbers and is a pickle is read as one', async () => {
  write('model.json', browserModel('group1-shard1of1.bin'))
  write('group1-shard1of1.bin', Buffer.from("cposix\nsystem\n(S'true'\ntR."))
  expect((await scanned())['group1-shard1of1.bin']).toBe('pickle fail')
})
