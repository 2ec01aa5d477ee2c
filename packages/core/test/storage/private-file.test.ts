import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  createPrivateFile,
  ensurePrivateDirectory,
  openPrivateFile,
  readPrivateFile,
  readPrivateFileIfPresent,
  writePrivateFile,
} from '../../src/storage/index.ts'
import { startProcess } from './processes.ts'

let directory: string
let path: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nootropic-private-'))
  path = join(directory, 'file')
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const unreadable = (found: string) =>
  expect.objectContaining({ code: 'FILE_UNREADABLE', message: expect.stringContaining(found) })

test('a written file is 0600, whatever was there before, and is replaced whole', async () => {
  writeFileSync(path, 'a much longer old content', { mode: 0o644 })
  await writePrivateFile(path, Buffer.from('new'))
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect((await readPrivateFile(path)).toString()).toBe('new')
  expect(readdirSync(directory)).toEqual(['file'])
})

test('a write that fails half way leaves the old content and nothing else', async () => {
  await writePrivateFile(path, Buffer.from('old'))
  async function* broken(): AsyncGenerator<Uint8Array, void, void> {
    yield Buffer.from('ne')
    throw new Error('no more')
  }
  await expect(writePrivateFile(path, broken())).rejects.toEqual(expect.objectContaining({ code: 'STORAGE_FAILED' }))
  await expect(createPrivateFile(join(directory, 'other'), broken())).rejects.toThrow('other')
  expect((await readPrivateFile(path)).toString()).toBe('old')
  expect(readdirSync(directory)).toEqual(['file'])
})

test('a file is made once', async () => {
  const results = await Promise.all([1, 2, 3, 4, 5].map((number) => createPrivateFile(path, Buffer.of(number))))
  expect(results.filter(Boolean)).toHaveLength(1)
  expect(await readPrivateFile(path)).toEqual(Buffer.of(results.indexOf(true) + 1))
  expect(readdirSync(directory)).toEqual(['file'])
})

test('writing to a link replaces the link and not what it points to', async () => {
  writeFileSync(join(directory, 'target'), 'untouched')
  symlinkSync(join(directory, 'target'), path)
  expect(await createPrivateFile(path, Buffer.from('new'))).toBe(false)
  await writePrivateFile(path, Buffer.from('new'))
  expect(lstatSync(path).isSymbolicLink()).toBe(false)
  expect(readFileSync(join(directory, 'target'), 'utf8')).toBe('untouched')
})

test('links, directories, pipes and files that others can read are not read', async () => {
  writeFileSync(join(directory, 'target'), 'x', { mode: 0o600 })
  symlinkSync(join(directory, 'target'), path)
  await expect(readPrivateFile(path)).rejects.toEqual(unreadable('a link'))
  mkdirSync(join(directory, 'inner'), { mode: 0o700 })
  await expect(readPrivateFile(join(directory, 'inner'))).rejects.toEqual(unreadable('regular file'))
  execFileSync('mkfifo', ['-m', '600', join(directory, 'pipe')])
  await expect(readPrivateFile(join(directory, 'pipe'))).rejects.toEqual(unreadable('regular file'))
  chmodSync(join(directory, 'target'), 0o640)
  await expect(openPrivateFile(join(directory, 'target'))).rejects.toEqual(unreadable('mode 0640'))
  await expect(readPrivateFile(join(directory, 'none'))).rejects.toEqual(unreadable('no such file'))
})

test('only a file that is not there counts as absent: one that may not be trusted is refused', async () => {
  expect(await readPrivateFileIfPresent(path)).toBeUndefined()
  expect(await readPrivateFileIfPresent(join(directory, 'none', 'file'))).toBeUndefined()
  symlinkSync(join(directory, 'none'), path)
  await expect(readPrivateFileIfPresent(path)).rejects.toEqual(unreadable('a link'))
  rmSync(path)
  writeFileSync(path, 'x', { mode: 0o644 })
  await expect(readPrivateFileIfPresent(path)).rejects.toEqual(unreadable('mode 0644'))
  chmodSync(path, 0o600)
  expect((await readPrivateFileIfPresent(path))?.toString()).toBe('x')
})

test('a file with a second name is not read whole', async () => {
  await writePrivateFile(path, Buffer.from('secret'))
  linkSync(path, join(directory, 'second'))
  await expect(readPrivateFile(path)).rejects.toEqual(unreadable('2 names (hard links); find the others'))
  rmSync(join(directory, 'second'))
  expect((await readPrivateFile(path)).toString()).toBe('secret')
})

test('a file whose maker was killed before it removed the temporary name is read, and has one name then', async () => {
  const { child } = startProcess(new URL('killed-creation-process.ts', import.meta.url), [path])
  await once(child, 'close')
  expect(child.signalCode).toBe('SIGKILL')
  expect(statSync(path).nlink).toBe(2)
  linkSync(path, join(directory, '.file.second'))
  await expect(readPrivateFile(path)).rejects.toEqual(unreadable('2 names'))
  expect(readdirSync(directory).sort()).toEqual(['.file.second', 'file'])
  rmSync(join(directory, '.file.second'))
  const foreign = `.file.${randomUUID()}`
  writeFileSync(join(directory, foreign), 'being written by another process')
  expect((await readPrivateFile(path)).toString()).toBe('secret')
  expect(await createPrivateFile(path, Buffer.from('other'))).toBe(false)
  expect(readdirSync(directory).sort()).toEqual([foreign, 'file'])
})

test('a file that is read while it is made is there whole or not at all', async () => {
  const contents: string[] = []
  for (let round = 0; round < 50; round += 1) {
    const file = join(directory, `file-${round}`)
    const made = createPrivateFile(file, Buffer.from('whole'))
    for (let isMade = false; !isMade; ) {
      const read = await Promise.race([readPrivateFile(file), made.then(() => readPrivateFile(file))]).catch(
        (error: { details: { reason: string } }) => error.details.reason,
      )
      isMade = read !== 'ENOENT'
      if (isMade) contents.push(read.toString())
    }
    expect(await made).toBe(true)
  }
  expect(new Set(contents)).toEqual(new Set(['whole']))
})

test('a file that is too long to be read whole is not', async () => {
  writeFileSync(path, '', { mode: 0o600 })
  truncateSync(path, 16 * 1024 * 1024 + 1)
  await expect(readPrivateFile(path)).rejects.toEqual(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
})

test('a directory is made 0700 with its parents, and anything else in its place is refused', async () => {
  await ensurePrivateDirectory(join(directory, 'a', 'b'))
  expect(statSync(join(directory, 'a')).mode & 0o777).toBe(0o700)
  expect(statSync(join(directory, 'a', 'b')).mode & 0o777).toBe(0o700)
  chmodSync(join(directory, 'a', 'b'), 0o750)
  await expect(ensurePrivateDirectory(join(directory, 'a', 'b'))).rejects.toEqual(unreadable('chmod 700'))
  symlinkSync(join(directory, 'a'), join(directory, 'link'))
  await expect(ensurePrivateDirectory(join(directory, 'link/'))).rejects.toEqual(unreadable('a link'))
  await expect(ensurePrivateDirectory(join(directory, 'link'))).rejects.toEqual(unreadable('a link'))
  writeFileSync(path, '')
  await expect(ensurePrivateDirectory(path)).rejects.toEqual(unreadable('cannot be made'))
  await expect(ensurePrivateDirectory(join(path, 'below'))).rejects.toEqual(unreadable('cannot be made'))
})
