import { createSecretKey, randomUUID } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Digest, sha256 } from '@nootropic/core'
import { openKeyStore } from '@nootropic/core/crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openVault } from '../../src/vault/vault.ts'
import { code, contentOf, createHome, refOf } from './home.ts'

let at: ReturnType<typeof createHome>
beforeEach(() => {
  at = createHome()
})
afterEach(() => at.remove())
const open = () => at.open()
const place = (...parts: string[]) => at.place(...parts)
const names = () => at.names()

const digits = contentOf({
  'model.onnx': 'the graph of the model',
  'data/weights.bin': Buffer.alloc(2_500_000, 'weights'),
  empty: '',
})

const openDigits = async () => {
  const vault = await open()
  const ref = refOf(digits)
  await vault.seal(ref, digits)
  return { vault, ref }
}

test('a sealed model comes back, after a restart too', async () => {
  const { ref } = await openDigits()
  const model = await (await open()).open(ref)
  expect(model).toMatchObject({ digest: ref.digest, main: 'model.onnx' })
  expect(model.files.map(({ path }) => path)).toEqual(['model.onnx', 'data/weights.bin', 'empty'])
  for (const [index, file] of model.files.entries()) {
    expect(Buffer.compare(file.bytes, digits.files[index]?.bytes as Buffer)).toBe(0)
    expect(file.digest).toBe(digits.files[index]?.digest)
  }
})

test('nothing of the model is readable on disk, neither content nor file names', async () => {
  await openDigits()
  expect(readdirSync(place()).sort()).toEqual(['file-0', 'file-1', 'file-2', 'index', 'seal.json'])
  for (const name of readdirSync(place())) {
    const bytes = readFileSync(place(name))
    for (const text of ['the graph', 'weightsweights', 'model.onnx', 'weights.bin']) {
      expect(bytes.includes(text), `${name} ${text}`).toBe(false)
    }
    expect(statSync(place(name)).mode & 0o777).toBe(0o600)
  }
  expect(statSync(place()).mode & 0o777).toBe(0o700)
})

test('every changed byte of every small file, and every cut, is found', async () => {
  const { vault, ref } = await openDigits()
  for (const name of ['file-0', 'file-2', 'index', 'seal.json']) {
    const original = readFileSync(place(name))
    const offsets = name === 'seal.json' ? [...original.keys()].filter((at) => at % 5 === 0) : [...original.keys()]
    for (const offset of offsets) {
      const changed = Buffer.from(original)
      changed[offset] = (changed[offset] as number) ^ 1
      writeFileSync(place(name), changed)
      await expect(vault.open(ref), `${name} at ${offset}`).rejects.toEqual(code('SEALED_FILE_CORRUPT'))
    }
    for (const length of [0, 1, original.length - 1]) {
      writeFileSync(place(name), original.subarray(0, length))
      await expect(vault.open(ref), `${name} cut to ${length}`).rejects.toEqual(code('SEALED_FILE_CORRUPT'))
    }
    writeFileSync(place(name), original)
  }
  await vault.open(ref)
})

test('files that change places, are gone or come from another version are found', async () => {
  const { vault, ref } = await openDigits()
  renameSync(place('file-0'), place('kept'))
  await expect(vault.open(ref)).rejects.toEqual(code('SEALED_FILE_CORRUPT'))
  renameSync(place('file-2'), place('file-0'))
  renameSync(place('kept'), place('file-2'))
  await expect(vault.open(ref)).rejects.toEqual(code('SEALED_FILE_CORRUPT'))

  const faces = contentOf({ 'model.onnx': 'the graph of the model' })
  await vault.seal(refOf(faces, '1.0.0', 'faces'), faces)
  const from = join(at.directory, 'faces', '1.0.0')
  // A whole other model under this name: its seal says so.
  rmSync(place(), { recursive: true })
  renameSync(from, place())
  await expect(vault.open({ ...ref, digest: refOf(faces).digest })).rejects.toThrow('the seal of faces 1.0.0')
  expect(await vault.list()).toEqual([{ name: 'digits', version: '1.0.0', problem: code('SEALED_FILE_CORRUPT') }])
  // And when its seal is rewritten to say otherwise, its key does not open.
  writeFileSync(place('seal.json'), readFileSync(place('seal.json'), 'utf8').replace('"faces"', '"digits"'))
  await expect(vault.open({ ...ref, digest: refOf(faces).digest })).rejects.toEqual(code('SEALED_FILE_CORRUPT'))
})

test('other bytes than the ref names are never handed out', async () => {
  const { vault, ref } = await openDigits()
  await expect(vault.open({ ...ref, digest: sha256('other') })).rejects.toEqual(code('SEALED_FILE_CORRUPT'))
  await expect(vault.open({ ...ref, version: '1.0.1' })).rejects.toEqual(code('MODEL_NOT_FOUND'))
})

test('another key store does not open it', async () => {
  const { ref } = await openDigits()
  const vault = await openVault({
    directory: at.directory,
    keys: await openKeyStore({ directory: join(at.home, 'other-keys') }),
  })
  await expect(vault.open(ref)).rejects.toEqual(code('SEALED_FILE_CORRUPT'))
})

test('files that are not what their digests say are not sealed', async () => {
  const vault = await open()
  const [first, ...rest] = digits.files as [(typeof digits.files)[0], ...typeof digits.files]
  const changed = { ...digits, files: [{ ...first, bytes: Buffer.from('another graph') }, ...rest] }
  await expect(vault.seal(refOf(digits), changed)).rejects.toEqual(code('MODEL_MALFORMED'))
  await expect(vault.seal({ ...refOf(digits), digest: sha256('x') }, digits)).rejects.toEqual(code('MODEL_MALFORMED'))
  await expect(vault.seal(refOf(digits), { ...digits, main: 'other.onnx' })).rejects.toEqual(code('MODEL_MALFORMED'))
  expect(await vault.list()).toEqual([])
  expect(names()).toEqual([])
})

test('paths that leave the model or mean different things on different systems are not sealed', async () => {
  const vault = await open()
  const paths = ['', '.', '..', '/etc/passwd', '../x', 'a/../b', 'a/./b', 'a//b', 'a/', 'a\\b', 'C:/x', 'a\0b']
  for (const path of [...paths, '\ud800', 'x'.repeat(1025)]) {
    const content = contentOf({ [path]: 'x' })
    await expect(vault.seal(refOf(content), content), JSON.stringify(path)).rejects.toEqual(code('MODEL_MALFORMED'))
  }
  const twice = { ...digits, files: [...digits.files, ...digits.files] }
  await expect(vault.seal(refOf(twice), twice)).rejects.toThrow('twice')
})

test('names and versions that are none reach no directory', async () => {
  const vault = await open()
  mkdirSync(join(at.home, 'victim'))
  for (const [name, version] of [
    ['..', '1.0.0'],
    ['digits', '../../victim'],
    ['a/b', '1.0.0'],
    ['', ''],
  ] as const) {
    const ref = { name, version, digest: refOf(digits).digest }
    await expect(vault.seal(ref, digits)).rejects.toEqual(code('USAGE'))
    await expect(vault.open(ref)).rejects.toEqual(code('USAGE'))
    await expect(vault.find(ref)).rejects.toEqual(code('USAGE'))
    await expect(vault.backup(ref)).rejects.toEqual(code('USAGE'))
    await expect(vault.restore(ref)).rejects.toEqual(code('USAGE'))
    await expect(vault.remove(ref)).rejects.toEqual(code('USAGE'))
  }
  expect(readdirSync(at.home).sort()).toEqual(['keys', 'models', 'victim'])
})

test('the same again changes nothing, other bytes under the same version are refused', async () => {
  const { vault, ref } = await openDigits()
  const before = readFileSync(place('seal.json'))
  await vault.seal(ref, digits)
  expect(readFileSync(place('seal.json'))).toEqual(before)
  const other = contentOf({ 'model.onnx': 'another graph' })
  await expect(vault.seal(refOf(other), other)).rejects.toEqual(code('MODEL_EXISTS'))
  expect((await vault.open(ref)).digest).toBe(ref.digest)
})

test('of several that seal at once one wins, and nothing is left over', async () => {
  const contents = [1, 2, 3, 4].map((number) => contentOf({ 'model.onnx': `graph ${number}` }))
  const vaults = await Promise.all(contents.map(() => open()))
  const outcomes = await Promise.allSettled(contents.map((content, at) => vaults[at]?.seal(refOf(content), content)))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') expect(outcome.reason).toEqual(code('MODEL_EXISTS'))
  expect(names()).toEqual(['digits'])
})

test('a seal that fails half way leaves nothing', async () => {
  const keys = {
    createDataKey: async () => ({ keyId: randomUUID(), key: createSecretKey(Buffer.alloc(32)) }),
    dataKey: () => Promise.reject(new Error('not asked')),
    removeKey: () => Promise.reject(new Error('not asked')),
  }
  let calls = 0
  const random = {
    uuid: () => 'x',
    bytes: (length: number) => {
      calls += 1
      if (calls > 3) throw new Error('no more randomness')
      return Buffer.alloc(length)
    },
  }
  const vault = await openVault({ directory: at.directory, keys, random })
  await expect(vault.seal(refOf(digits), digits)).rejects.toEqual(code('STORAGE_FAILED'))
  expect(names()).toEqual([])
})

test('what is sealed can be listed and removed', async () => {
  const { vault, ref } = await openDigits()
  const next = contentOf({ 'model.onnx': 'the next graph' })
  await vault.seal(refOf(next, '1.1.0'), next)
  expect(await vault.list()).toEqual([ref, refOf(next, '1.1.0')])
  await vault.remove(ref)
  expect(await vault.list()).toEqual([refOf(next, '1.1.0')])
  await expect(vault.open(ref)).rejects.toEqual(code('MODEL_NOT_FOUND'))
  await expect(vault.remove(ref)).rejects.toEqual(code('MODEL_NOT_FOUND'))
  await vault.seal(ref, digits)
  expect((await vault.open(ref)).digest).toBe(ref.digest as Digest)
})

test('a vault or file that others can read is refused', async () => {
  const { vault, ref } = await openDigits()
  chmodSync(place('file-0'), 0o644)
  await expect(vault.open(ref)).rejects.toEqual(code('FILE_UNREADABLE'))
  chmodSync(at.directory, 0o755)
  await expect(open()).rejects.toEqual(code('FILE_UNREADABLE'))
})
