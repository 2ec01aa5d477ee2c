import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { filesWith } from './support/people-home.ts'
import { runIn } from './support/run-command.ts'

const manifest = (kind: string, spec: object): string =>
  JSON.stringify({ apiVersion: 'security.nootropic.ai/v1', kind, metadata: { name: 'x' }, spec })
const types = (...names: string[]) => names.map((type) => ({ type }))
const dataPrivacy = manifest('DataPrivacy', { privacy: types('encryption'), control: types('local', 'audit') })
const userPrivacy = manifest('UserPrivacy', { privacy: types('control'), data: types('minimal') })

const open = (...manifests: string[]) => {
  const directory = mkdtempSync(join(tmpdir(), 'nootropic-data-command-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  writeFileSync(join(directory, 'manifests.yaml'), manifests.join('\n---\n'))
  const settings = manifests.length === 0 ? [] : ['--manifests', join(directory, 'manifests.yaml')]
  const run = (...words: string[]) =>
    runIn(directory, [...words, '--home', join(directory, 'home'), '--isolation', 'none', ...settings])
  return { directory, run, json: async (...words: string[]) => JSON.parse((await run(...words, '--json')).output) }
}

test('a person is exported, erased with a proof that verifies, and found no more', async () => {
  const { directory, run, json } = open(dataPrivacy, userPrivacy)
  await run('token', 'create', 'ada-lovelace')
  expect(await json('data', 'list')).toMatchObject({
    schemaVersion: 1,
    kept: expect.arrayContaining([expect.objectContaining({ kind: 'API keys', count: 1 })]),
  })
  expect(await json('data', 'export', 'ada-lovelace')).toMatchObject({
    apiKeys: [{ roles: ['caller'] }],
    isAnythingHeld: true,
  })
  const asked = await run('data', 'erase', 'ada-lovelace')
  expect(asked).toMatchObject({ exit: 1, output: expect.stringContaining('nothing was erased') })
  expect((await json('token', 'list')).keys).toHaveLength(1)
  const erased = await run('data', 'erase', 'ada-lovelace', '--yes', '--output', 'proof.json')
  expect(erased).toMatchObject({ exit: 0, diagnostics: '' })
  expect(readFileSync(join(directory, 'proof.json'), 'utf8')).not.toContain('ada-lovelace')
  expect(await json('data', 'verify-erasure', 'proof.json')).toMatchObject({
    verified: true,
    statement: { removed: { apiKeys: 1 } },
  })
  expect(await json('data', 'export', 'ada-lovelace')).toMatchObject({ isAnythingHeld: false })
  expect(filesWith(join(directory, 'home'), 'ada-lovelace')).toEqual([])
  // What is there is not written over, and nothing is erased without its proof.
  expect(await run('data', 'erase', 'ada-lovelace', '--yes', '--output', 'proof.json')).toMatchObject({ exit: 2 })
})

test('a wrong proof, a missing one and a missing name each give one sentence', async () => {
  const { directory, run } = open(dataPrivacy, userPrivacy)
  writeFileSync(join(directory, 'text.json'), 'hello')
  writeFileSync(join(directory, 'other.json'), '{"schemaVersion":1}')
  for (const [words, code] of [
    [['data', 'verify-erasure', 'text.json'], 'AUDIT_CORRUPT'],
    [['data', 'verify-erasure', 'other.json'], 'AUDIT_CORRUPT'],
    [['data', 'verify-erasure', 'none.json'], 'FILE_UNREADABLE'],
    [['data', 'verify-erasure'], 'USAGE'],
    [['data', 'export'], 'USAGE'],
    [['data', 'erase', '--yes'], 'USAGE'],
  ] as const) {
    const { exit, diagnostics } = await run(...words)
    expect(exit, words.join(' ')).not.toBe(0)
    expect(diagnostics).toContain(code)
    expect(diagnostics).not.toMatch(/\.ts:\d/)
  }
})

test('without the manifests nothing is listed, given out or erased, and the log names people as before', async () => {
  const { directory, run } = open()
  await run('token', 'create', 'ada-lovelace')
  for (const words of [
    ['data', 'list'],
    ['data', 'export', 'ada-lovelace'],
    ['data', 'erase', 'ada-lovelace', '--yes'],
  ]) {
    expect(await run(...words)).toMatchObject({ exit: 1, diagnostics: expect.stringContaining('ACCESS_DENIED') })
  }
  expect((await run('audit', 'tail')).output).toContain('ada-lovelace')
  expect(filesWith(join(directory, 'home', 'audit'), 'ada-lovelace').length).toBeGreaterThan(0)
  expect((await run('keys', 'list')).output).not.toContain('people')
})

test('a database elsewhere is refused where data is to stay on this host', async () => {
  const { openNootropic } = await import('../src/index.ts')
  const { directory } = open(manifest('UserPrivacy', { privacy: types('local'), data: types('minimal') }))
  const opening = openNootropic({
    home: join(directory, 'home'),
    manifests: join(directory, 'manifests.yaml'),
    database: 'postgres://db.invalid/x',
  })
  await expect(opening).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' })
})
