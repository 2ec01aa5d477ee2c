import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verbs } from '../src/verbs.ts'
import { runIn } from './support/run-command.ts'

const digits = fileURLToPath(new URL('../../../examples/guard-a-model/models/digits', import.meta.url))
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nootropic-command-'))
})
afterAll(() => rm(folder, { recursive: true }))

const nootropic = (...words: string[]) => runIn(folder, words)

test('the help lists every verb, and every verb explains each of its options', async () => {
  const { exit, output } = await nootropic('--help')
  expect(exit).toBe(0)
  for (const { name, options } of verbs) {
    expect(output).toContain(`  ${name} `)
    const help = await nootropic(...name.split(' '), '--help')
    expect(help.exit).toBe(0)
    for (const option of Object.keys(options)) expect(help.output).toContain(`--${option}`)
  }
})

test('the help of verbs that begin alike lists them', async () => {
  for (const option of ['--help', '-h']) {
    const { exit, output, diagnostics } = await nootropic('keys', option)
    expect([exit, diagnostics]).toEqual([0, ''])
    for (const { name, summary } of verbs) expect(output.includes(summary), name).toBe(name.startsWith('keys '))
  }
})

test('without a verb the help is shown, and that is a usage error', async () => {
  const { exit, output } = await nootropic()
  expect(exit).toBe(2)
  expect(output).toContain('usage: nootropic <verb>')
})

test('a mistyped verb or option names what was probably meant and ends with 2', async () => {
  expect(await nootropic('scna', 'x')).toEqual({
    exit: 2,
    output: '',
    diagnostics: 'nootropic: USAGE: expected a verb, got "scna"; did you mean "scan"? `nootropic --help` lists them\n',
  })
  const { exit, diagnostics } = await nootropic('scan', '--jsn', 'x')
  expect(exit).toBe(2)
  expect(diagnostics).toMatch(/^nootropic: USAGE: Unknown option '--jsn'/)
  expect((await nootropic('manifest', 'chekc', '.')).diagnostics).toContain('did you mean "manifest check"?')
  expect((await nootropic('manifest')).diagnostics).toContain('expected manifest check, got "manifest"')
  expect(await nootropic('--version')).toMatchObject({ exit: 0, output: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
})

test('init writes all 22 kinds and the policy, keeps what is there, and what it writes is valid', async () => {
  const first = await nootropic('init')
  expect(first.exit).toBe(0)
  const target = join(folder, 'security/models')
  expect(await readdir(target)).toHaveLength(23)
  await writeFile(
    join(target, 'access.yaml'),
    await readFile(join(target, 'access.yaml'), 'utf8').then((text) => `${text}# mine\n`),
  )
  const second = await nootropic('init')
  expect(second.output).toContain('0 manifests written, 23 kept as they were')
  expect(await readFile(join(target, 'access.yaml'), 'utf8')).toContain('# mine')

  const check = await nootropic('manifest', 'check', 'security/models')
  expect(check.exit).toBe(0)
  expect(check.output).toMatch(/23 manifests are valid; \d+ of their settings are not yet enforced\n$/)
  expect(check.output).toMatch(/dependencies\.yaml:\d+:\d+ schedule DependencyScanning: not yet enforced/)
  const json = JSON.parse((await nootropic('manifest', 'check', 'security/models', '--json')).output)
  expect(json).toMatchObject({ schemaVersion: 1, valid: true, manifests: 23 })
})

test('a wrong manifest is refused with file, line, column and what was probably meant', async () => {
  const path = join(folder, 'wrong.yaml')
  await writeFile(
    path,
    'apiVersion: security.nootropic.ai/v1\nkind: DataPrivacy\nmetadata:\n  name: x\nspec:\n  privcy:\n    - type: local\n',
  )
  const { exit, diagnostics } = await nootropic('manifest', 'check', 'wrong.yaml')
  expect(exit).toBe(2)
  expect(diagnostics).toContain('wrong.yaml:6:3 spec.privcy: unknown key "privcy"')
  expect(diagnostics).toContain('did you mean "privacy"?')
})

test.each([
  ['a missing file', 'missing.onnx', undefined, 'FILE_UNREADABLE'],
  ['an empty file', 'empty.onnx', '', undefined],
  ['a cut archive', 'cut.onnx', 'PK\u0003\u0004\u0014\u0000\u0000', undefined],
])('scanning %s gives one sentence, no stack and no pass', async (_, name, content, code) => {
  if (content !== undefined) await writeFile(join(folder, name), content)
  const { exit, output, diagnostics } = await nootropic('scan', name)
  expect(exit).not.toBe(0)
  expect(exit).not.toBe(3)
  expect(output + diagnostics).not.toMatch(/\n\s+at |undefined/)
  if (code !== undefined) expect(diagnostics).toContain(code)
})

test('scanning the digit model passes, with one JSON document', async () => {
  const { exit, output } = await nootropic('scan', join(digits, 'model.onnx'), '--json')
  expect(exit).toBe(0)
  const document = JSON.parse(output)
  expect(document).toMatchObject({ schemaVersion: 1, verdict: 'pass' })
  expect(document.reports[0].subject).toMatchObject({ format: 'onnx' })
  expect(document.reports[0].subject.digest).toMatch(/^sha256:[0-9a-f]{64}$/)
})

test('errors are JSON too when JSON was asked for', async () => {
  const { exit, output } = await nootropic('scan', 'nothing-here', '--json')
  expect(exit).toBe(2)
  expect(JSON.parse(output)).toMatchObject({ schemaVersion: 1, error: { code: 'FILE_UNREADABLE' } })
})

test('an operand too many is a usage error: what was not scanned is not passed', async () => {
  const { exit, output, diagnostics } = await nootropic('scan', join(digits, 'model.onnx'), 'other.onnx')
  expect([exit, output]).toEqual([2, ''])
  expect(diagnostics).toContain('`nootropic scan PATH`, got "other.onnx" as well')
  expect((await nootropic('init', 'a', 'b')).exit).toBe(2)
})

test.skipIf(process.platform === 'win32')('a name with control characters does not reach the terminal', async () => {
  const directory = join(folder, 'names')
  await mkdir(directory)
  await writeFile(join(directory, 'e\u001b[31mvil.onnx'), 'hello')
  for (const words of [
    ['scan', directory],
    ['scan', `${directory}/no\u001b[31mne`],
  ]) {
    const { output, diagnostics } = await nootropic(...words)
    expect(output + diagnostics).toContain('\uFFFD[31m')
    expect(output + diagnostics).not.toContain('\u001b')
  }
})

test('a scan that could not be finished says why', async () => {
  await writeFile(join(folder, 'unknown.bin'), Uint8Array.of(0xff, 0, 1, 2))
  const { exit, output } = await nootropic('scan', 'unknown.bin')
  expect(exit).toBe(4)
  expect(output).toContain('its format is not recognised')
})

test.skipIf(process.platform === 'win32')(
  'an input that is no regular file is refused, and nobody waits for it',
  async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    for (const path of [pipe, folder, '/dev/zero']) {
      const { exit, diagnostics } = await nootropic('run', 'digits', '--input', path)
      expect([exit, diagnostics]).toEqual([2, expect.stringContaining('FILE_UNREADABLE')])
    }
  },
)
