import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { contentHashBytes, contentHashes, createContentHasher, openSignedFiles } from '../../src/formats/index.ts'

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex')

const writeModel = (files: Readonly<Record<string, string>>): string => {
  const root = mkdtempSync(join(tmpdir(), 'nootropic-signed-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const directory = join(root, 'model')
  mkdirSync(join(directory, 'data'), { recursive: true })
  for (const [path, content] of Object.entries(files)) writeFileSync(join(directory, path), content)
  return directory
}

const whole = (path: string, content: string) => ({ path, algorithm: 'sha256' as const, digest: sha256(content) })

const shards = (path: string, content: string, size: number) =>
  Array.from({ length: Math.ceil(content.length / size) }, (_, index) => {
    const [start, end] = [index * size, Math.min(content.length, (index + 1) * size)]
    return { ...whole(path, content.slice(start, end)), start, end }
  })

const invalid = { code: 'SIGNATURE_INVALID' }

test('the hashes of signed models are the published ones', async () => {
  const known = {
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    blake2b:
      'ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923',
    blake3: '6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85',
  }
  for (const algorithm of contentHashes) {
    const hasher = await createContentHasher(algorithm)
    hasher.update(Buffer.from('a'))
    hasher.update(Buffer.from('bc'))
    const digest = hasher.digest()
    expect(digest).toBe(known[algorithm])
    expect(digest).toHaveLength(2 * contentHashBytes[algorithm])
  }
})

test('signed bytes are read, whole and in pieces', async () => {
  const directory = writeModel({ 'model.onnx': 'weights', 'data/large.bin': '0123456789', empty: '' })
  const files = await openSignedFiles(directory, [
    ...shards('data/large.bin', '0123456789', 4).toReversed(),
    whole('model.onnx', 'weights'),
    whole('empty', ''),
  ])
  expect(files.paths).toEqual(['data/large.bin', 'empty', 'model.onnx'])
  expect((await files.read('model.onnx')).toString()).toBe('weights')
  expect((await files.read('empty')).toString()).toBe('')
  expect((await files.read('data/large.bin')).toString()).toBe('0123456789')
  const pieces: string[] = []
  for await (const piece of files.pieces('data/large.bin')) pieces.push(piece.toString())
  expect(pieces).toEqual(['0123', '4567', '89'])
})

test('a single file is a model', async () => {
  const directory = writeModel({ 'model.onnx': 'weights' })
  const files = await openSignedFiles(join(directory, 'model.onnx'), [whole('.', 'weights')])
  expect((await files.read('.')).toString()).toBe('weights')
})

test('nothing of a file is released that was changed, cut, or grew', async () => {
  const directory = writeModel({ a: 'weights', b: '0123456789' })
  const files = await openSignedFiles(directory, [whole('a', 'weights'), ...shards('b', '0123456789', 4)])
  for (const content of ['Weights', 'weight', 'weights+', '']) {
    writeFileSync(join(directory, 'a'), content)
    await expect(files.read('a'), content).rejects.toMatchObject(invalid)
  }
  for (const content of ['0123456780', '012345678', '0123456789+']) {
    writeFileSync(join(directory, 'b'), content)
    await expect(files.read('b'), content).rejects.toMatchObject(invalid)
    const pieces: string[] = []
    const read = async (): Promise<void> => {
      for await (const piece of files.pieces('b')) pieces.push(piece.toString())
    }
    await expect(read(), content).rejects.toMatchObject(invalid)
    expect(pieces).toEqual(['0123', '4567'])
  }
})

test('files that were not signed are not read', async () => {
  const directory = writeModel({ a: 'a', 'modeling.py': 'import os' })
  const files = await openSignedFiles(directory, [whole('a', 'a')])
  for (const path of ['modeling.py', 'A', './a', 'data/../a', '../model/a', '', '.'])
    await expect(files.read(path), path).rejects.toMatchObject(invalid)
})

test('no link is followed, at the end of a path or on its way', async () => {
  const directory = writeModel({ a: 'a', 'data/b': 'b' })
  const files = await openSignedFiles(directory, [whole('a', 'a'), whole('data/b', 'b')])
  renameSync(join(directory, 'data'), join(directory, '..', 'elsewhere'))
  symlinkSync('../elsewhere', join(directory, 'data'))
  await expect(files.read('data/b')).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  renameSync(join(directory, 'a'), join(directory, 'c'))
  symlinkSync('c', join(directory, 'a'))
  await expect(files.read('a')).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  rmSync(join(directory, 'a'))
  mkdirSync(join(directory, 'a'))
  await expect(files.read('a')).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
})

test('a file larger than memory allows is read in pieces', async () => {
  const directory = writeModel({ a: '0123456789' })
  const limits = { bytes: 4 }
  const files = await openSignedFiles(directory, shards('a', '0123456789', 4), { limits })
  await expect(files.read('a')).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  let length = 0
  for await (const piece of files.pieces('a')) length += piece.length
  expect(length).toBe(10)
  // A hostile size is refused before memory is taken.
  truncateSync(join(directory, 'a'), 2 ** 33)
  const one = await openSignedFiles(directory, [whole('a', '0123456789')])
  await expect(one.read('a')).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
})

test('contents that do not fit together are refused', async () => {
  const directory = writeModel({ a: '0123456789' })
  const [first, second, third] = shards('a', '0123456789', 4)
  const cases = [
    [first, third],
    [second, third],
    [first, second, second],
    [whole('a', 'x'), whole('a', 'x')],
    [whole('a', 'x'), first],
    [whole('../a', 'x')],
    [whole('/a', 'x')],
    [whole('a\\b', 'x')],
    [whole('', 'x')],
  ]
  for (const contents of cases)
    await expect(openSignedFiles(directory, contents as never)).rejects.toMatchObject(invalid)
})
