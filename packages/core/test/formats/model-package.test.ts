import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { modelDigest, sha256 } from '../../src/digest.ts'
import {
  createOnnxModel,
  createTensor,
  type ModelPackage,
  modelBytes,
  readModelPackage,
  type StringStringEntryProto,
  writeOnnx,
} from '../../src/formats/index.ts'
import { createPipe } from './pipe.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nootropic-package-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const entry = (key: string, value: string): StringStringEntryProto => ({ key, value, unknownFields: [] })

/** A model whose one tensor stands in the file at `location`. */
const createExternal = (location: string): Uint8Array => {
  const tensor = createTensor({ name: 'w', type: 'uint8', dims: [4], data: new Uint8Array(4) })
  const external = { ...tensor, rawData: undefined, dataLocation: 1, externalData: [entry('location', location)] }
  return writeOnnx(createOnnxModel({ operatorSets: { '': 17 }, graph: { name: 'g', initializer: [external] } }))
}

const plain = writeOnnx(createOnnxModel({ operatorSets: { '': 17 }, graph: { name: 'g' } }))

const write = (files: Readonly<Record<string, string | Uint8Array>>): void => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(directory, path, '..'), { recursive: true })
    writeFileSync(join(directory, path), content)
  }
}

const refusal = (name = '', limits = {}) =>
  readModelPackage(join(directory, name), { limits }).then(
    () => 'read',
    ({ code, message }: { code: string; message: string }) => `${code}: ${message.replaceAll(directory, '.')}`,
  )

test('a file is a package of one, and its digest is that of its bytes', async () => {
  write({ 'digits.onnx': plain })
  const model = await readModelPackage(join(directory, 'digits.onnx'))
  expect(model.main).toBe('digits.onnx')
  expect(model.files).toEqual([{ path: 'digits.onnx', digest: sha256(plain), bytes: new Uint8Array(plain) }])
  expect(model.digest).toBe(modelDigest([{ path: 'digits.onnx', digest: sha256(plain) }]))
  expect(modelBytes(model)).toEqual({ main: new Uint8Array(plain) })
})

test('a directory is a package of everything in it, in one order', async () => {
  write({ 'b/weights.bin': 'data', 'digits.onnx': createExternal('b/weights.bin'), 'README.md': 'text', empty: '' })
  const model = await readModelPackage(directory)
  expect(model.main).toBe('digits.onnx')
  expect(model.files.map(({ path }) => path)).toEqual(['README.md', 'b/weights.bin', 'digits.onnx', 'empty'])
  expect(model.files.every(({ bytes, digest }) => sha256(bytes) === digest)).toBe(true)
  expect(model.digest).toBe(modelDigest(model.files))
})

test('model.onnx is the main file where there are several', async () => {
  write({ 'a.onnx': plain, 'model.onnx': plain })
  expect((await readModelPackage(directory)).main).toBe('model.onnx')
})

test('without one main file the caller must name it', async () => {
  write({ 'notes.txt': 'no model', 'inner/a.onnx': plain })
  expect(await refusal()).toBe('USAGE: expected . to hold model.onnx or one .onnx file, found none; name the file')
  write({ 'a.onnx': plain, 'b.onnx': plain })
  expect(await refusal()).toMatch('found a.onnx, b.onnx; name the file')
})

test('what is missing, empty or not a file is refused', async () => {
  expect(await refusal('missing')).toBe('FILE_UNREADABLE: expected ./missing to be readable, found nothing there')
  write({ 'empty.onnx': '', 'other/model.onnx': '' })
  expect(await refusal('empty.onnx')).toMatch('MODEL_MALFORMED: expected an ONNX model in empty.onnx')
  expect(await refusal('other')).toMatch('MODEL_MALFORMED')
  createPipe(join(directory, 'pipe.onnx'))
  expect(await refusal('pipe.onnx')).toMatch('FILE_UNREADABLE')
  write({ 'other/model.onnx': plain })
  createPipe(join(directory, 'other/pipe'))
  expect(await refusal('other')).toMatch('FILE_UNREADABLE: expected ./other/pipe to be a file or a directory')
})

test('no symbolic link is followed, neither to a file nor to a directory', async () => {
  write({ 'outside/secret': 'secret', 'outside/model.onnx': plain, 'model/model.onnx': plain })
  symlinkSync(join(directory, 'outside/model.onnx'), join(directory, 'link.onnx'))
  symlinkSync(join(directory, 'outside'), join(directory, 'link'))
  expect(await refusal('link.onnx')).toMatch('FILE_UNREADABLE')
  expect(await refusal('link')).toMatch('FILE_UNREADABLE')
  symlinkSync(join(directory, 'outside/secret'), join(directory, 'model/weights.bin'))
  expect(await refusal('model')).toMatch(
    'expected ./model/weights.bin to be a file or a directory, found a symbolic link',
  )
  rmSync(join(directory, 'model/weights.bin'))
  symlinkSync(join(directory, 'outside'), join(directory, 'model/data'))
  expect(await refusal('model')).toMatch('expected ./model/data to be a file or a directory, found a symbolic link')
})

test('a hard link to a file outside the directory is refused, one inside is not', async () => {
  write({ 'outside/secret': 'secret', 'model/model.onnx': plain, 'model/a.bin': 'data' })
  linkSync(join(directory, 'model/a.bin'), join(directory, 'model/b.bin'))
  expect(await refusal('model')).toBe('read')
  linkSync(join(directory, 'outside/secret'), join(directory, 'model/c.bin'))
  expect(await refusal('model')).toMatch(
    'expected ./model/c.bin to have no name outside its package, found a hard link',
  )
})

test.each([
  ['entries', 4],
  ['fileBytes', 100],
  ['totalBytes', 116],
  ['depth', 2],
] as const)('the limit %s holds, and holds exactly', async (limit, needed) => {
  write({ 'model.onnx': new Uint8Array(100).fill(1), 'inner/a.bin': '12345678', 'inner/b.bin': '12345678' })
  expect(await refusal('', { [limit]: needed })).toBe('read')
  expect(await refusal('', { [limit]: needed - 1 })).toMatch(
    `LIMIT_EXCEEDED: expected at most ${needed - 1} (limit ${limit})`,
  )
})

test('external data is found inside the package, by the name that the model gives it', async () => {
  write({ 'model.onnx': createExternal('./weights.bin'), 'weights.bin': 'data' })
  expect(modelBytes(await readModelPackage(directory)).externalData).toEqual([
    { path: './weights.bin', data: new Uint8Array(Buffer.from('data')) },
  ])
  const alone = await readModelPackage(join(directory, 'model.onnx'))
  expect(() => modelBytes(alone)).toThrow('name the directory that holds the model and its data')
})

test.each([
  '/etc/passwd',
  '../secret',
  'inner/../../secret',
  'inner/../weights.bin',
  '..\\secret',
  'C:/secret',
  'weights.bin\0.txt',
  '*/_ORT_MEM_ADDR_/*',
  'missing.bin',
  'inner',
])('external data at %j is refused', (location) => {
  const bytes = createExternal(location)
  const files = ['model.onnx', 'weights.bin', 'inner/weights.bin', 'secret'].map((path) => ({
    path,
    digest: sha256(bytes),
    bytes: path === 'model.onnx' ? bytes : new Uint8Array(4),
  }))
  const model: ModelPackage = { path: 'package', digest: modelDigest(files), main: 'model.onnx', files }
  expect(() => modelBytes(model)).toThrow('expected graph.initializer[0] to keep its data in a file of package')
})

test('a hostile file name reaches no terminal, and many names no log', async () => {
  write({ 'a.onnx': 'x' })
  symlinkSync('a.onnx', join(directory, 'evil\u001b[2J\nFORGED'))
  const message = await readModelPackage(directory).catch(String)
  expect(message).toMatch(/found a symbolic link$/)
  expect(message).not.toMatch(/\p{Cc}/u)
  rmSync(join(directory, 'evil\u001b[2J\nFORGED'))
  write(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`m${index}.onnx`, 'x'])))
  expect(await readModelPackage(directory).catch(String)).toMatch(/m11.onnx, 16 more; name the file$/)
})
