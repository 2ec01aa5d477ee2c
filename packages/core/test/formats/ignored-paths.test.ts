import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import {
  createIgnore,
  defaultIgnoredPaths,
  openModelFiles,
  parseIgnoredPaths,
  pathInside,
  readModelPackage,
  streamedLimits,
  usualSignature,
} from '../../src/formats/index.ts'

const writeModel = (files: Readonly<Record<string, string>>): string => {
  const root = mkdtempSync(join(tmpdir(), 'nootropic-ignored-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [path, content] of Object.entries({ 'model.onnx': 'weights', ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  return root
}

const beside = {
  'model.sig': 'a signature',
  '.git/HEAD': 'ref: refs/heads/main',
  '.github/workflows/ci.yml': 'on: push',
  '.gitattributes': '*.onnx filter=lfs',
  '.gitignore': 'cache',
}

test('the repository that a model lies in and its signature are no part of it', async () => {
  const clean = await readModelPackage(writeModel({ 'data/a': 'a' }))
  const directory = writeModel({ 'data/a': 'a', ...beside })
  expect(await readModelPackage(directory)).toEqual({ ...clean, path: directory })
  expect((await openModelFiles(directory, streamedLimits)).paths).toEqual(['data/a', 'model.onnx'])
})

test('they are left out at the top only, and by exactly their names', async () => {
  const kept = ['.GIT', '.gitmodules', 'Model.sig', 'data/.gitignore', 'data/model.sig', 'model.sig.txt']
  const directory = writeModel({ ...Object.fromEntries(kept.map((path) => [path, 'x'])), ...beside })
  const { files } = await readModelPackage(directory)
  expect(files.map(({ path }) => path)).toEqual([...kept, 'model.onnx'].sort())
})

test('what is left out is not looked at: neither links nor pipes nor depth in a repository matter', async () => {
  const directory = writeModel({ [`.git/${'d/'.repeat(20)}f`]: 'x' })
  symlinkSync('/etc/passwd', join(directory, '.git/link'))
  symlinkSync('/etc/passwd', join(directory, 'model.sig'))
  expect((await readModelPackage(directory)).files.map(({ path }) => path)).toEqual(['model.onnx'])
})

test.skipIf(process.platform === 'win32')('a name that not every system reads alike is refused', async () => {
  for (const name of ['a\\b', 'C:', '..\\model.onnx', '...'])
    await expect(readModelPackage(writeModel({ [name]: 'x' })), name).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringContaining('every system'),
    })
})

test('what was signed is never left out, nor the directories on its way', () => {
  const isIgnored = createIgnore(['.git', 'data', 'model.sig'], ['.git/hooks/x', 'model.sig'])
  expect(['.git', '.git/hooks', '.git/hooks/x', 'model.sig'].map(isIgnored)).toEqual([false, false, false, false])
  expect(['.git/HEAD', 'data', 'data/a', 'database'].map(isIgnored)).toEqual([true, true, true, false])
})

test('paths to ignore lie inside the model', () => {
  expect(parseIgnoredPaths(['a', './a/', '././a/b//'])).toEqual(['a', 'a', 'a/b'])
  for (const path of ['', '.', '..', '../a', '/a', 'a/../b', 'a\\b'])
    expect(() => parseIgnoredPaths([path]), path).toThrow('expected a path inside the model to ignore')
})

test('a file is inside a model wherever links lead to it, whether it is there or not', async () => {
  const directory = writeModel({ 'data/a': 'a' })
  const link = `${directory}-link`
  symlinkSync(directory, link)
  onTestFinished(() => rmSync(link))
  expect(await pathInside(directory, join(link, 'data/a'))).toBe('data/a')
  expect(await pathInside(link, join(directory, 'new.json'))).toBe('new.json')
  expect(await pathInside(directory, `${directory}.json`)).toBeUndefined()
  expect(await pathInside(directory, join(directory, 'none/new.json'))).toBeUndefined()
  expect(await pathInside(directory, directory)).toBeUndefined()
})

test('a signature stands in a directory, or beside a file', async () => {
  const directory = writeModel({})
  expect(await usualSignature(directory)).toBe(join(directory, 'model.sig'))
  expect(await usualSignature(join(directory, 'model.onnx'))).toBe(join(directory, 'model.onnx.sig'))
  expect(await usualSignature(join(directory, 'none'))).toBe(join(directory, 'none.sig'))
  expect(defaultIgnoredPaths).toContain('model.sig')
})
