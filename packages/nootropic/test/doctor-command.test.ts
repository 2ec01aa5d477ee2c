import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runIn } from './support/run-command.ts'

let directory = ''
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'nootropic-doctor-command-')))
  mkdirSync(join(directory, 'home', 'keys'), { recursive: true, mode: 0o700 })
  writeFileSync(join(directory, 'home', 'keys', 'kek'), 'x', { mode: 0o600 })
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const manifest = `apiVersion: security.nootropic.ai/v1
kind: SystemSecurity
metadata:
  name: system
spec:
  security:
    - type: local
  monitoring:
    - type: local
`

/** Without isolation: what this machine can prove is no matter of the command. */
const doctor = async (...words: string[]) => {
  mkdirSync(join(directory, 'settings'), { recursive: true, mode: 0o700 })
  writeFileSync(join(directory, 'settings', 'system.yaml'), manifest, { mode: 0o600 })
  return runIn(directory, ['doctor', '--manifests', 'settings', ...words])
}

const secretsOf = (output: string) =>
  JSON.parse(output).checks.find(({ name }: { name: string }) => name === 'secrets') as {
    verdict: string
    findings: { rule: string; severity: string; remediation: string }[]
  }

test('a host is checked, with an installation and without one, and nothing is made', async () => {
  const checked = await doctor('--home', 'home', '--json')
  expect(checked.diagnostics).toBe('')
  const document = JSON.parse(checked.output)
  expect([document.schemaVersion, document.home]).toEqual([1, join(directory, 'home')])
  expect(secretsOf(checked.output)).toMatchObject({ verdict: 'pass', findings: [] })
  const fresh = await doctor('--home', 'fresh')
  expect(fresh.output).toContain(
    `ok    secrets     there is no installation at ${join(directory, 'fresh')} yet; 2 files`,
  )
  expect(readdirSync(directory).sort()).toEqual(['home', 'settings'])
})

test('the exit code is that of the verdict, and a finding says how to mend it', async () => {
  const before = await doctor('--home', 'home', '--json')
  const { verdict } = JSON.parse(before.output)
  expect(before.exit).toBe({ pass: 0, fail: 1, incomplete: 4 }[verdict as 'pass' | 'fail' | 'incomplete'])
  chmodSync(join(directory, 'home', 'keys', 'kek'), 0o644)
  const { exit, output } = await doctor('--home', 'home')
  expect(exit).toBe(1)
  expect(output).toContain('FAIL  secrets')
  expect(output).toContain(`mend: chmod -R go= ${join(directory, 'home', 'keys')}`)
  expect(output.trimEnd().split('\n').at(-1)).toBe('fail')
})

test('a home that is a link is looked at where it leads', async () => {
  symlinkSync('home', join(directory, 'link'))
  chmodSync(join(directory, 'home', 'keys', 'kek'), 0o666)
  const { exit, output } = await doctor('--home', 'link', '--json')
  expect([exit, secretsOf(output).findings[0]?.rule]).toEqual([1, 'host/secret-readable'])
})

test('no isolation is never a pass, though it was asked for', async () => {
  const { output } = await runIn(directory, ['doctor', '--home', 'home', '--isolation', 'none', '--json'])
  const { checks, isolation } = JSON.parse(output)
  expect(checks[0].verdict === 'pass').toBe(isolation !== null && isolation.level !== 'none')
})

test('settings that others can write to are found', async () => {
  await doctor('--home', 'home')
  chmodSync(join(directory, 'settings'), 0o777)
  const { exit, output } = await doctor('--home', 'home', '--json')
  expect([exit, secretsOf(output).findings[0]?.rule]).toEqual([1, 'host/others-write'])
})

test('the manifest says what is checked', async () => {
  const { output } = await doctor('--home', 'home', '--json')
  const names = JSON.parse(output).checks.map(({ name }: { name: string }) => name)
  expect(names).not.toContain('isolation')
  expect(names).toContain('monitoring')
})

test('owners and modes that ModelPermissions asks for are checked and left as they are', async () => {
  const permissions = `apiVersion: security.nootropic.ai/v1
kind: ModelPermissions
metadata:
  name: permissions
spec:
  files:
    - path: ~/.nootropic/models
      mode: 600
    - path: ~/.nootropic/keys
      mode: 600
`
  mkdirSync(join(directory, 'settings'), { mode: 0o700 })
  writeFileSync(join(directory, 'settings', 'permissions.yaml'), permissions, { mode: 0o600 })
  const right = await doctor('--home', 'home', '--json')
  expect(JSON.parse(right.output).checks.at(-1)).toMatchObject({ name: 'permissions', verdict: 'pass', findings: [] })
  mkdirSync(join(directory, 'home', 'models'))
  chmodSync(join(directory, 'home', 'models'), 0o755)
  const { exit, output } = await doctor('--home', 'home')
  expect(exit).toBe(1)
  expect(output).toContain('FAIL  permissions 2 paths of ModelPermissions\n')
  expect(output).toContain('high: The mode differs from the manifest: expected mode 0700, got 0755')
  expect(statSync(join(directory, 'home', 'models')).mode & 0o777).toBe(0o755)
})

test('isolation that is required and cannot be proved fails, or is left incomplete, and is never a pass', async () => {
  // Whatever this machine has, a probe is made: the level in the text is one that was proved.
  const { exit, output } = await runIn(directory, ['doctor', '--home', 'home', '--isolation', 'strong', '--json'])
  const { checks, isolation } = JSON.parse(output)
  const [first] = checks
  expect(first.name).toBe('isolation')
  if (first.verdict === 'pass') expect(isolation.level).toBe('strong')
  else expect([exit > 0, isolation]).toEqual([true, null])
})

test('a wrong home, a wrong level and a wrong operand each get a sentence', async () => {
  writeFileSync(join(directory, 'file'), '')
  for (const [words, sentence] of [
    [['--home', 'file'], `${join(directory, 'file')} is a file; name its directory`],
    [['--home', 'settings'], 'settings holds other files; name another (default ~/.nootropic)'],
    [['--isolation', 'most'], 'expected --isolation to be one of strong, standard, limits-only, none, got "most"'],
    [['here'], 'expected `nootropic doctor`, got "here" as well'],
  ] as const) {
    const { exit, output, diagnostics } = await doctor(...words)
    expect([exit, output]).toEqual([2, ''])
    expect(diagnostics).toContain(sentence)
    expect(diagnostics.trimEnd().split('\n')).toHaveLength(1)
  }
})
