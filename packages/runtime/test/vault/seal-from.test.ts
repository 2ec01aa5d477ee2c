import { execFile } from 'node:child_process'
import { linkSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { open as openFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { createSeededRandom, sha256 } from '@nootropic/core'
import { readModelPackage } from '@nootropic/core/formats'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runOnFullDisk } from '../../../../tools/testing/full-disk.ts'
import { buildProgram } from '../../../../tools/testing/killed-process.ts'
import { code, contentOf, createHome, refOf } from './home.ts'

const run = promisify(execFile)

let at: ReturnType<typeof createHome>
beforeEach(() => {
  at = createHome()
})
afterEach(() => at.remove())

const files = {
  'model.onnx': 'the graph',
  'data/weights.bin': Buffer.alloc(2_500_000, 'weights'),
  'data/empty': '',
  // Whole segments: 1 MiB less their overhead.
  'exact.bin': Buffer.alloc(2 * (1024 * 1024 - 32), 7),
}
const version = { name: 'digits', version: '1.0.0' }

test('a directory is sealed from disk, and comes back as it was', async () => {
  const source = at.write(files)
  const vault = await at.open()
  const ref = await vault.sealFrom(source, version)
  const model = await readModelPackage(source)
  expect(ref).toEqual({ ...version, digest: model.digest })
  const opened = await vault.open(ref)
  expect(opened.main).toBe('model.onnx')
  expect(opened.files.map(({ path, digest }) => ({ path, digest }))).toEqual(
    model.files.map(({ path, digest }) => ({ path, digest })),
  )
  for (const { digest, bytes } of opened.files) expect(sha256(bytes)).toBe(digest)
})

test('from disk and from memory the same is sealed', async () => {
  const source = at.write(files)
  const vault = await at.open()
  const ref = await vault.sealFrom(source, version)
  await vault.seal(ref, await readModelPackage(source))
  expect(await vault.sealFrom(source, version)).toEqual(ref)
  expect(await vault.sealFrom(source, ref)).toEqual(ref)
  expect(at.names()).toEqual(['digits'])
})

test('a single file is a model', async () => {
  const source = at.write({ 'weights.safetensors': 'tensors' })
  const vault = await at.open()
  const ref = await vault.sealFrom(join(source, 'weights.safetensors'), version)
  const opened = await vault.open(ref)
  expect([opened.main, opened.files.length]).toEqual(['weights.safetensors', 1])
})

test('a model without a main file can be kept, and is not loaded', async () => {
  const source = at.write({ 'a.safetensors': 'a', 'b.safetensors': 'b' })
  const vault = await at.open()
  const ref = await vault.sealFrom(source, version)
  await expect(vault.open(ref)).rejects.toEqual(code('USAGE'))
  const named = await vault.sealFrom(source, { ...version, version: '1.1.0' }, { main: 'b.safetensors' })
  expect((await vault.open(named)).main).toBe('b.safetensors')
  const wrong = vault.sealFrom(source, { ...version, version: '1.2.0' }, { main: 'c' })
  await expect(wrong).rejects.toEqual(code('MODEL_MALFORMED'))
})

test('other bytes than the digest names are not sealed, and leave nothing', async () => {
  const source = at.write(files)
  const vault = await at.open()
  const other = refOf(contentOf({ 'model.onnx': 'another' }))
  await expect(vault.sealFrom(source, other)).rejects.toEqual(code('MODEL_MALFORMED'))
  expect(at.names()).toEqual([])
  await vault.sealFrom(source, version)
  writeFileSync(join(source, 'model.onnx'), 'the changed graph')
  await expect(vault.sealFrom(source, version)).rejects.toEqual(code('MODEL_EXISTS'))
  expect(at.names()).toEqual(['digits'])
  const states = (await (await at.openKeys()).list()).map(({ state }) => state)
  expect(states).toEqual(['active'])
})

test('links, second names and missing files are not sealed', async () => {
  const vault = await at.open()
  const secret = at.write({ secret: 'of the host' }, 'host')
  const linked = at.write({ 'model.onnx': 'graph' }, 'linked')
  symlinkSync(join(secret, 'secret'), join(linked, 'weights'))
  await expect(vault.sealFrom(linked, version)).rejects.toEqual(code('FILE_UNREADABLE'))
  const hard = at.write({ 'model.onnx': 'graph' }, 'hard')
  linkSync(join(secret, 'secret'), join(hard, 'weights'))
  await expect(vault.sealFrom(hard, version)).rejects.toEqual(code('FILE_UNREADABLE'))
  await expect(vault.sealFrom(join(at.home, 'nothing'), version)).rejects.toEqual(code('FILE_UNREADABLE'))
  const many = vault.sealFrom(at.write(files), version, { limits: { totalBytes: 1000 } })
  await expect(many).rejects.toEqual(code('LIMIT_EXCEEDED'))
  expect(at.names()).toEqual([])
})

test('a file that is written to while it is sealed is sealed as it was hashed, or not at all', async () => {
  const source = at.write({ 'model.onnx': Buffer.alloc(4_000_000, 'a') })
  const vault = await at.open()
  const file = await openFile(join(source, 'model.onnx'), 'r+')
  let isSealing = true
  const write = async () => {
    const random = createSeededRandom(1)
    while (isSealing) await file.write(Buffer.alloc(1000, random.integer(256)), 0, 1000, random.integer(3_999_000))
  }
  const writing = write()
  for (let round = 0; round < 20; round += 1) {
    const ref = await vault.sealFrom(source, { ...version, version: `1.${round}.0` })
    const [sealed] = (await vault.open(ref)).files
    expect(sha256(sealed?.bytes ?? '')).toBe(sealed?.digest)
  }
  isSealing = false
  await writing
  await file.close()
})

/** Runs a program in a process of its own, and says how much memory it took at most, in MiB. */
const peakOf = async (program: string, parameters: string[]): Promise<number> =>
  Number((await run(process.execPath, ['--max-old-space-size=64', program, ...parameters])).stdout)

test('sealing, exporting and reading 192 MiB takes little more memory than one byte', async () => {
  const program = buildProgram(new URL('memory-process.ts', import.meta.url))
  try {
    const small = at.write({ 'model.onnx': 'x' }, 'small')
    const large = at.write({ 'model.onnx': Buffer.alloc(192 * 1024 * 1024, 'weights') }, 'large')
    const base = await peakOf(program, [join(at.home, 'one'), small])
    expect((await peakOf(program, [join(at.home, 'two'), large])) - base).toBeLessThan(32)
  } finally {
    rmSync(dirname(program), { recursive: true })
  }
})

test('a full disk is one typed error, and what was sealed stays', async () => {
  const source = at.write(files)
  const vault = await at.open()
  const ref = await vault.sealFrom(at.write({ 'model.onnx': 'small' }, 'small'), version)
  const before = readFileSync(at.place('index'))
  const outcomes = await runOnFullDisk(new URL('full-disk-process.ts', import.meta.url), 1024, [at.home, source])
  expect(outcomes).toEqual(['seal', 'sealFrom'].map((call) => [call, 'STORAGE_FAILED', expect.any(String)]))
  expect(at.names()).toEqual(['digits'])
  expect(readdirSync(join(at.directory, 'digits'))).toEqual(['1.0.0'])
  expect(readFileSync(at.place('index'))).toEqual(before)
  expect((await vault.open(ref)).digest).toBe(ref.digest)
  expect(readFileSync(join(source, 'data/weights.bin')).equals(files['data/weights.bin'])).toBe(true)
})
