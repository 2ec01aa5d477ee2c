import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  type watch,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { FileChange } from '../../src/watch/changes.ts'
import { watchFiles } from '../../src/watch/file-watch.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const tree = (): string => {
  const path = join(temporaryDirectory(), 'above', 'models')
  mkdirSync(join(path, 'inner'), { recursive: true })
  writeFileSync(join(path, 'a.onnx'), 'aaaa')
  writeFileSync(join(path, 'inner', 'b.onnx'), 'b')
  return path
}
const start = async (paths: string[], options: { settleMs?: number; watch?: typeof watch } = {}) => {
  const seen: FileChange[] = []
  const errors: unknown[] = []
  const watcher = await watchFiles({
    paths,
    onChanges: (changes) => void seen.push(...changes),
    onError: (error) => errors.push(error),
    lookEveryMs: 600_000,
    ...options,
  })
  onTestFinished(() => watcher.close())
  return { watcher, seen, errors }
}
const lines = (changes: readonly FileChange[], base: string): string[] =>
  changes.map(({ kind, path, from }) => [kind, path.slice(base.length), from?.slice(base.length)].join(' ').trimEnd())
const until = async (check: () => boolean): Promise<void> => {
  while (!check()) await new Promise((resolve) => setTimeout(resolve, 10))
}

test('every kind of change is told of, by what it is', async () => {
  const path = tree()
  const { watcher } = await start([path], { settleMs: 600_000 })
  const after = async (change: () => void): Promise<string[]> => {
    change()
    return lines(await watcher.check(), path)
  }
  const file = join(path, 'a.onnx')
  const times = statSync(file)
  expect(await watcher.check()).toEqual([])
  expect(await after(() => appendFileSync(file, 'x'))).toEqual(['modified /a.onnx'])
  expect(await after(() => chmodSync(file, 0o666))).toEqual(['permissions /a.onnx'])
  expect(await after(() => linkSync(file, join(path, 'second')))).toEqual(['names /a.onnx', 'created /second'])
  expect(await after(() => unlinkSync(join(path, 'second')))).toEqual(['names /a.onnx', 'removed /second'])
  expect(await after(() => renameSync(file, join(path, 'c.onnx')))).toEqual(['renamed /c.onnx /a.onnx'])
  expect(await after(() => symlinkSync('/etc/passwd', file))).toEqual(['created /a.onnx'])
  expect(await after(() => mkdirSync(join(path, 'new', 'deep'), { recursive: true }))).toEqual([
    'created /new',
    'created /new/deep',
  ])
  expect(await after(() => rmSync(join(path, 'inner'), { recursive: true }))).toEqual([
    'removed /inner',
    'removed /inner/b.onnx',
  ])
  expect(
    await after(() => {
      writeFileSync(join(path, 'c.onnx'), 'bbbbb')
      utimesSync(join(path, 'c.onnx'), times.atime, times.mtime)
    }),
  ).toEqual(['modified /c.onnx'])
})

test('a file that is replaced by one of the same size and time is told of, also by a link', async () => {
  const path = tree()
  const { watcher } = await start([path], { settleMs: 600_000 })
  const file = join(path, 'a.onnx')
  const { atime, mtime } = statSync(file)
  const other = join(dirname(path), 'other')
  writeFileSync(other, 'bbbb')
  utimesSync(other, atime, mtime)
  renameSync(other, file)
  expect(lines(await watcher.check(), path)).toEqual(['replaced /a.onnx'])
  unlinkSync(file)
  symlinkSync('/etc/passwd', file)
  const [change] = await watcher.check()
  expect(change).toMatchObject({ kind: 'replaced', detail: 'a file of 4 bytes, then a link to "/etc/passwd"' })
})

test('the kernel wakes it: writes, new directories and what is put into them', async () => {
  const path = tree()
  const { seen } = await start([path], { settleMs: 5 })
  appendFileSync(join(path, 'inner', 'b.onnx'), 'x')
  await until(() => lines(seen, path).includes('modified /inner/b.onnx'))
  mkdirSync(join(path, 'new'))
  writeFileSync(join(path, 'new', 'first'), '')
  await until(() => lines(seen, path).includes('created /new/first'))
  writeFileSync(join(path, 'new', 'second'), '')
  await until(() => lines(seen, path).includes('created /new/second'))
})

test('a directory above that is replaced is told of, and what then stands there is watched', async () => {
  const path = tree()
  const above = dirname(path)
  const { seen, watcher } = await start([path], { settleMs: 5 })
  renameSync(above, `${above}-old`)
  await until(() => seen.some(({ kind }) => kind === 'parent'))
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, 'a.onnx'), 'evil')
  await until(() => lines(seen, path).includes('created /a.onnx'))
  appendFileSync(join(path, 'a.onnx'), 'x')
  await until(() => lines(seen, path).includes('modified /a.onnx'))
  chmodSync(above, 0o777)
  await watcher.check()
  expect(seen.filter(({ kind, path: place }) => kind === 'parent' && place === above).at(-1)?.detail).toMatch(
    'mode 0777',
  )
})

test('a path that is not there yet is told of when it is made', async () => {
  const path = join(temporaryDirectory(), 'later', 'models')
  const { seen } = await start([path], { settleMs: 5 })
  mkdirSync(path, { recursive: true })
  await until(() => lines(seen, path).includes('created'))
  writeFileSync(join(path, 'x'), '')
  await until(() => lines(seen, path).includes('created /x'))
})

test('two thousand files that are made at once are all told of, each once', async () => {
  const path = tree()
  const { seen } = await start([path], { settleMs: 5 })
  for (let number = 0; number < 2000; number += 1) writeFileSync(join(path, `file-${number}`), '')
  await until(() => seen.length >= 2000)
  expect(new Set(lines(seen, path)).size).toBe(2000)
  expect(seen).toHaveLength(2000)
})

test('where the kernel refuses its watches, that is said and looking still finds the change', async () => {
  const path = tree()
  const refused = (() => {
    throw Object.assign(new Error('System limit for number of file watchers reached'), { code: 'ENOSPC' })
  }) as unknown as typeof watch
  const { watcher } = await start([path], { watch: refused })
  expect(watcher.blindSpots().join('\n')).toContain(
    `${path} is only looked at every 600 s: the kernel refused a watch (ENOSPC).`,
  )
  expect(watcher.blindSpots()[0]).toContain('Reads are not reported')
  appendFileSync(join(path, 'a.onnx'), 'x')
  expect(lines(await watcher.check(), path)).toEqual(['modified /a.onnx'])
})

test('a listener that fails is told of and stops nothing; a relative path is refused', async () => {
  const path = tree()
  const errors: unknown[] = []
  const watcher = await watchFiles({
    paths: [path],
    settleMs: 600_000,
    onChanges: () => Promise.reject(new Error('full')),
    onError: (error) => errors.push(error),
  })
  onTestFinished(() => watcher.close())
  appendFileSync(join(path, 'a.onnx'), 'x')
  expect(await watcher.check()).toHaveLength(1)
  expect(errors).toEqual([new Error('full')])
  const relative = watchFiles({ paths: ['models'], onChanges: () => {}, onError: () => {} })
  await expect(relative).rejects.toMatchObject({ code: 'USAGE' })
})
