import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import * as files from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createPublicFile, writePublicFile } from '../../src/storage/index.ts'

vi.mock('node:fs/promises', async (original) => {
  const actual = await original<typeof files>()
  return { ...actual, link: vi.fn(actual.link) }
})

let directory = ''
let path = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nootropic-public-'))
  path = join(directory, 'bom.json')
})
afterEach(() => rmSync(directory, { recursive: true }))

/** As a file system without hard links answers, such as FAT. */
const refuseLinks = (): void =>
  void vi.mocked(files.link).mockRejectedValueOnce(Object.assign(new Error('link'), { code: 'EPERM' }))

test.each([
  ['a file system with hard links', () => {}],
  ['one without', refuseLinks],
])('a file is made once, and what is there is not touched: %s', async (_, prepare) => {
  prepare()
  expect(await createPublicFile(path, Buffer.from('first'))).toBe(true)
  prepare()
  expect(await createPublicFile(path, Buffer.from('second'))).toBe(false)
  const dangling = join(directory, 'dangling')
  symlinkSync('nowhere', dangling)
  prepare()
  expect(await createPublicFile(dangling, Buffer.from('third'))).toBe(false)
  expect(readFileSync(path, 'utf8')).toBe('first')
  expect(readdirSync(directory)).toEqual(['bom.json', 'dangling'])
})

test.skipIf(process.platform === 'win32')('others may read it, and nobody else may write', async () => {
  await createPublicFile(path, Buffer.from('first'))
  expect(statSync(path).mode & 0o777).toBe(0o644 & ~process.umask())
})

test('what cannot be written leaves the old content, and nothing beside it', async () => {
  await writePublicFile(path, Buffer.from('old'))
  const broken = async function* () {
    yield Buffer.from('ne')
    throw new Error('the source ended')
  }
  await expect(writePublicFile(path, broken())).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  await expect(createPublicFile(join(directory, 'other'), broken())).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  await expect(createPublicFile(join(directory, 'none/other'), Buffer.from('x'))).rejects.toMatchObject({
    code: 'STORAGE_FAILED',
  })
  expect(readdirSync(directory)).toEqual(['bom.json'])
  expect(readFileSync(path, 'utf8')).toBe('old')
  await writePublicFile(path, Buffer.from('new'))
  expect(readFileSync(path, 'utf8')).toBe('new')
})
