import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSeededRandom } from '@nootropic/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { code, createHome } from './home.ts'

let at: ReturnType<typeof createHome>
beforeEach(() => {
  at = createHome()
})
afterEach(() => at.remove())

const weights = Buffer.alloc(2_500_000)
for (let index = 0; index < weights.length; index += 4) weights.writeUInt32LE(index, index)
const files = { 'model.onnx': 'the graph', 'data/weights.bin': weights, 'data/more/empty': '' }
const version = { name: 'digits', version: '1.0.0' }

const sealed = async () => {
  const vault = await at.open()
  return { vault, ref: await vault.sealFrom(at.write(files), version) }
}
const openWeights = async () => {
  const { vault, ref } = await sealed()
  const reader = await vault.openReader(ref)
  const file = reader.files.find(({ path }) => path === 'data/weights.bin')
  if (file === undefined) throw new Error('expected the weights')
  return { vault, ref, reader, file, position: reader.files.indexOf(file) }
}

test('a file is read anywhere', async () => {
  const { reader, file, ref } = await openWeights()
  expect(reader).toMatchObject({ ref, main: 'model.onnx' })
  expect(file.size).toBe(weights.length)
  const random = createSeededRandom(1)
  const reads = Array.from({ length: 200 }, async () => {
    const offset = random.integer(weights.length)
    const length = random.integer(weights.length - offset + 1)
    expect((await file.read(offset, length)).equals(weights.subarray(offset, offset + length))).toBe(true)
  })
  await Promise.all(reads)
  await expect(file.read(weights.length - 1, 2)).rejects.toEqual(code('USAGE'))
  await reader.close()
  await expect(file.read(0, 1)).rejects.toEqual(code('USAGE'))
})

test('a file is streamed whole', async () => {
  const { reader, file } = await openWeights()
  const pieces: Buffer[] = []
  for await (const piece of file.stream()) pieces.push(Buffer.from(piece))
  expect(Buffer.concat(pieces).equals(weights)).toBe(true)
  await reader.close()
})

test('what was changed is refused by what reads it, and what was not changed is still read', async () => {
  const { reader, file, position } = await openWeights()
  const path = at.place(`file-${position}`)
  const bytes = readFileSync(path)
  bytes[1_500_000] = (bytes[1_500_000] as number) ^ 1
  writeFileSync(path, bytes)
  expect((await file.read(10, 100)).equals(weights.subarray(10, 110))).toBe(true)
  await expect(file.read(1_500_000, 1)).rejects.toEqual(code('SEALED_FILE_CORRUPT'))
  let streamed = 0
  const all = async () => {
    for await (const piece of file.stream()) streamed += piece.length
  }
  await expect(all()).rejects.toEqual(code('SEALED_FILE_CORRUPT'))
  expect(streamed).toBe(1024 * 1024 - 32)
  await reader.close()
})

test('a cut is known before the first byte, and a file that was restored is read again', async () => {
  const { reader, file, position } = await openWeights()
  const path = at.place(`file-${position}`)
  const bytes = readFileSync(path)
  writeFileSync(path, bytes.subarray(0, 74 + 1024 * 1024))
  await expect(file.read(0, 1)).rejects.toEqual(code('SEALED_FILE_CORRUPT'))
  writeFileSync(path, bytes)
  expect((await file.read(0, 4)).equals(weights.subarray(0, 4))).toBe(true)
  await reader.close()
})

test('a model that is too large for memory is refused there, and read in pieces', async () => {
  const { ref } = await sealed()
  const vault = await at.open({ limits: { fileBytes: 1_000_000 } })
  await expect(vault.open(ref)).rejects.toThrow('openReader')
  await expect((await at.open({ limits: { totalBytes: 1_000_000 } })).open(ref)).rejects.toEqual(code('LIMIT_EXCEEDED'))
  await (await vault.openReader(ref)).close()
})

test('a model is exported whole, private, and equal to what was sealed', async () => {
  const { vault, ref } = await sealed()
  const target = join(at.home, 'clear-again')
  await vault.export(ref, target)
  for (const [path, content] of Object.entries(files)) {
    expect(readFileSync(join(target, path)).equals(Buffer.from(content))).toBe(true)
    expect(statSync(join(target, path)).mode & 0o777).toBe(0o600)
  }
  expect(readdirSync(target, { recursive: true }).sort()).toEqual(['data', 'data/more', ...Object.keys(files)].sort())
  for (const path of ['.', 'data', 'data/more']) expect(statSync(join(target, path)).mode & 0o777).toBe(0o700)
})

test('nothing is exported over what is there, nor in part', async () => {
  const { vault, ref } = await sealed()
  const target = join(at.home, 'target')
  mkdirSync(target)
  await expect(vault.export(ref, target)).rejects.toEqual(code('USAGE'))
  rmSync(target, { recursive: true })
  writeFileSync(target, 'mine')
  await expect(vault.export(ref, target)).rejects.toEqual(code('USAGE'))
  expect(readFileSync(target, 'utf8')).toBe('mine')
  rmSync(target)
  const path = at.place('file-0')
  const bytes = readFileSync(path)
  bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1
  writeFileSync(path, bytes)
  const before = readdirSync(at.home)
  await expect(vault.export(ref, target)).rejects.toEqual(code('SEALED_FILE_CORRUPT'))
  expect(readdirSync(at.home)).toEqual(before)
  await expect(vault.export(ref, join(at.home, 'no', 'parent'))).rejects.toEqual(code('STORAGE_FAILED'))
})

test('lent bytes are overwritten when they come back, also from a failure', async () => {
  const { vault, ref } = await sealed()
  const kept: Uint8Array[] = []
  const length = await vault.lend(ref, async ({ files: lent }) => {
    kept.push(...lent.map(({ bytes }) => bytes))
    expect(Buffer.from(lent.find(({ path }) => path === 'model.onnx')?.bytes ?? []).toString()).toBe('the graph')
    return lent.length
  })
  await expect(
    vault.lend(ref, async (model) => {
      kept.push(...model.files.map(({ bytes }) => bytes))
      throw new Error('no use')
    }),
  ).rejects.toThrow('no use')
  expect([length, kept.length]).toEqual([3, 6])
  for (const bytes of kept) expect(bytes.every((byte) => byte === 0)).toBe(true)
})
