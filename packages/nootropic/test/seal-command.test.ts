import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runIn } from './support/run-command.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nootropic-seal-'))
  await writeFile(join(folder, 'model.onnx'), 'a model that no check looked at')
})
afterEach(() => rm(folder, { recursive: true }))

const run = (...words: string[]) => runIn(folder, [...words, '--home', join(folder, 'home'), '--isolation', 'none'])
const seal = () => run('seal', 'model.onnx', '--name', 'weights', '--version', '1.0.0')

test('a model is sealed, listed and written in the clear again, for its owner alone', async () => {
  expect((await seal()).exit).toBe(0)
  const listed = await run('list', '--json')
  expect(JSON.parse(listed.output)).toMatchObject({
    models: [],
    sealed: [{ name: 'weights', version: '1.0.0', isRegistered: false }],
  })
  expect((await run('list')).output).toContain('weights  1.0.0  sealed, not registered')

  const unsealed = await run('unseal', 'weights', '--version', '1.0.0', '--output', 'clear')
  expect([unsealed.exit, unsealed.output]).toEqual([0, expect.stringContaining('in the clear to clear')])
  expect(await readFile(join(folder, 'clear/model.onnx'), 'utf8')).toBe('a model that no check looked at')
  expect((await stat(join(folder, 'clear'))).mode & 0o777).toBe(0o700)
  const audit = await run('audit', 'tail')
  expect(audit.output).toMatch(/seal[\s\S]*unseal/)
})

test('what is there already, what is not, and what was changed each end in one sentence, and nothing is written', async () => {
  await seal()
  await writeFile(join(folder, 'model.onnx'), 'other bytes')
  expect((await seal()).diagnostics).toContain('MODEL_EXISTS')
  expect((await run('unseal', 'weights', '--version', '2.0.0', '-o', 'clear')).diagnostics).toContain('MODEL_NOT_FOUND')
  await writeFile(join(folder, 'taken'), '')
  expect((await run('unseal', 'weights', '--version', '1.0.0', '-o', 'taken')).exit).toBe(2)
  const sealed = join(folder, 'home/models/weights/1.0.0')
  const [file] = (await readdir(sealed)).filter((name) => name.startsWith('file-'))
  const bytes = await readFile(join(sealed, file ?? ''))
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  await writeFile(join(sealed, file ?? ''), bytes)
  expect((await run('unseal', 'weights', '--version', '1.0.0', '-o', 'clear')).diagnostics).toContain(
    'SEALED_FILE_CORRUPT',
  )
  expect(await readdir(folder)).not.toContain('clear')
})

test('a model that is not registered is discarded, with the key that opened it', async () => {
  await seal()
  const discarded = await run('discard', 'weights', '--version', '1.0.0', '--json')
  expect(JSON.parse(discarded.output)).toMatchObject({ discarded: { name: 'weights', version: '1.0.0' } })
  expect(JSON.parse((await run('list', '--json')).output)).toMatchObject({ sealed: [] })
  expect((await run('keys', 'list')).output).not.toContain('weights')
  const again = await run('discard', 'weights', '--version', '1.0.0')
  expect([again.exit, again.diagnostics]).toEqual([2, expect.stringContaining('MODEL_NOT_FOUND')])
})

test('one damaged model is listed with what to do, and stands in the way of no other', async () => {
  await seal()
  expect((await run('seal', 'model.onnx', '--name', 'other', '--version', '1.0.0')).exit).toBe(0)
  await writeFile(join(folder, 'home/models/other/1.0.0/seal.json'), '{}')
  await writeFile(join(folder, 'home/models/stray'), '')
  const { exit, output } = await run('list')
  expect([exit, output]).toEqual([0, expect.stringMatching(/other {2}1\.0\.0 {2}does not open: expected .*restore it/)])
  expect(output).toMatch(/stray {2}\(any\) {2}does not open: .*move it away/)
  expect((await run('unseal', 'weights', '--version', '1.0.0', '-o', 'clear')).exit).toBe(0)
  const restored = await run('restore', 'other', '--version', '1.0.0')
  expect([restored.exit, restored.diagnostics]).toEqual([
    2,
    expect.stringContaining('expected a backup of other 1.0.0'),
  ])
})
