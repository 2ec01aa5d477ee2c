import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runIn } from './support/run-command.ts'

const rules = `rules:
  - id: analysts-run-digits
    effect: permit
    principal: { role: analyst }
    actions: [execute]
    resource: { type: model, id: digits }
    conditions:
      - { kind: time, daily: { from: "08:00", until: "18:00" } }
  - id: nobody-runs-drafts
    effect: forbid
    principal: any
    actions: any
    resource: { group: drafts }
directory:
  groups:
    - { name: lab, roles: [analyst], members: [{ type: user, id: ada }] }
  resourceGroups:
    - { name: drafts, resources: [{ type: model, id: draft-1 }] }
`

const setUp = () => {
  const directory = mkdtempSync(join(tmpdir(), 'nootropic-access-command-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const access = (...words: string[]) => runIn(directory, ['access', ...words, '--home', join(directory, 'home')])
  const write = (name: string, text: string): void => writeFileSync(join(directory, name), text)
  write('rules.yaml', rules)
  return { directory, access, write }
}

test('rules are published from a file, shown, and each change is on the audit log', async () => {
  const { directory, access, write } = setUp()
  expect((await access('show')).output).toBe(
    'nothing is published; the default rules count\n' +
      'operators-do-everything: permit role "operator" to anything on every model\n' +
      'callers-execute: permit role "caller" to execute on every model\n',
  )
  expect((await access('show', '--history')).output).toBe('nothing is published\n')
  expect(await access('publish', 'rules.yaml')).toEqual({
    exit: 0,
    output: 'policy version 1 counts from the next decision on: 2 rules\n',
    diagnostics: '',
  })
  expect((await access('show')).output).toBe(
    'policy version 1\n' +
      'analysts-run-digits: permit role "analyst" to execute on model "digits" (time)\n' +
      'nobody-runs-drafts: forbid anybody to anything on resource group "drafts"\n',
  )
  const shown = JSON.parse((await access('show', '--json')).output)
  write('same.json', JSON.stringify({ rules: shown.rules, directory: shown.directory }))
  expect((await access('publish', 'same.json', '--expect', '0')).diagnostics).toMatch(
    /USAGE: expected policy version 0/,
  )
  expect(JSON.parse((await access('publish', 'same.json', '--expect', '1', '--json')).output)).toMatchObject({
    schemaVersion: 1,
    version: 2,
    rules: 2,
  })
  const author = `user:${userInfo().username}`
  expect(JSON.parse((await access('show', '--history', '--json')).output).versions).toMatchObject([
    { version: 2, author },
    { version: 1, author },
  ])
  expect((await access('show', '--version', '0')).output).toMatch(/^nothing is published/)
  expect(await access('show', '--version', '7')).toMatchObject({ exit: 2, output: '' })
  const tail = await runIn(directory, ['audit', 'tail', '--home', join(directory, 'home'), '--json'])
  const grants = JSON.parse(tail.output).entries.filter(({ action }: { action: string }) => action === 'grant')
  expect(grants.map(({ actor, outcome }: Record<string, string>) => [actor, outcome])).toEqual([
    [author, 'allowed'],
    [author, 'succeeded'],
    [author, 'allowed'],
    [author, 'failed'],
    [author, 'allowed'],
    [author, 'succeeded'],
  ])
})

test('a decision is explained: the rule, or the nearest grants and what they lack', async () => {
  const { access } = setUp()
  await access('publish', 'rules.yaml')
  const noon = ['--time', '2026-01-01T12:00:00Z']
  expect(await access('explain', 'ada', 'execute', 'digits', ...noon)).toEqual({
    exit: 0,
    output: 'yes: permitted by "analysts-run-digits"\n',
    diagnostics: '',
  })
  const night = await access(
    'explain',
    'user:bob',
    'execute',
    'model:digits',
    '--role',
    'analyst',
    '--time',
    '2026-01-01T22:00:00+01:00',
  )
  expect(night).toEqual({
    exit: 1,
    output:
      'no: no rule permits user "bob" to "execute" model "digits"; the nearest grant is "analysts-run-digits", but its condition does not hold: it holds from 08:00 to 18:00 UTC\n' +
      'nearest grants:\n  analysts-run-digits: its condition does not hold: it holds from 08:00 to 18:00 UTC\n',
    diagnostics: '',
  })
  const forbidden = await access('explain', 'ada', 'execute', 'draft-1', '--json')
  expect([forbidden.exit, JSON.parse(forbidden.output)]).toMatchObject([
    1,
    {
      schemaVersion: 1,
      decision: false,
      context: { rules: ['nobody-runs-drafts'] },
      request: { subject: { id: 'ada' } },
    },
  ])
})

test('what an explanation needs is asked for: a factor, a context, a whole request', async () => {
  const { access, write } = setUp()
  const exporting = await access('explain', 'ada', 'export', 'digits', '--role', 'operator')
  expect(exporting).toMatchObject({ exit: 1 })
  expect(exporting.output).toMatch(/\na second factor will do: passkey or totp, at most 300 s old\n$/)
  write(
    'office.json',
    '{"rules":[{"id":"office","effect":"permit","principal":"any","actions":"any","resource":{"type":"model"},"conditions":[{"kind":"network","ranges":["192.0.2.0/24"]}]}]}',
  )
  await access('publish', 'office.json')
  expect((await access('explain', 'ada', 'execute', 'digits')).output).toMatch(
    /cannot be evaluated: the request has no address/,
  )
  expect((await access('explain', 'ada', 'execute', 'digits', '--context', 'ip=192.0.2.9')).exit).toBe(0)
  for (const words of [
    ['ada', 'execute'],
    ['ada', 'execute', 'model:'],
    ['ada', 'execute', 'digits', '--time', 'noon'],
    ['ada', 'execute', 'digits', '--context', 'ip'],
  ]) {
    const { exit, diagnostics } = await access('explain', ...words)
    expect([words, exit, diagnostics.startsWith('nootropic: USAGE: expected ')]).toEqual([words, 2, true])
  }
})

test('a wrong file is refused with every problem at its place, and nothing changes', async () => {
  const { access, write } = setUp()
  write(
    'wrong.yaml',
    `rules:
  - id: one
    effect: allow
    principal: { rol: analyst }
    actions: []
    resource: { type: model }
  - id: two
    effect: permit
    principal: any
    actions: execute
    resource: {}
    conditions:
      - { kind: network, ranges: [10.0.0.0/33] }
      - { kind: wether }
      - { kind: attribute, of: subject, name: level, test: { above: 3 } }
`,
  )
  const wrong = await access('publish', 'wrong.yaml')
  expect([wrong.exit, wrong.output]).toEqual([2, ''])
  expect(wrong.diagnostics.split('\n').map((line) => line.replace('nootropic: CONFIGURATION_INVALID: ', ''))).toEqual([
    'wrong.yaml:3:13 rules[0].effect: expected one of permit, forbid; found "allow"',
    'wrong.yaml:4:16 rules[0].principal: expected any, { role }, { group } or { subject: { type, id } }; found a map',
    'wrong.yaml:5:14 rules[0].actions: expected at least 1 entry; found an empty list',
    'wrong.yaml:10:14 rules[1].actions: expected any, or a list of 1 to 64 names; found "execute"',
    'wrong.yaml:11:15 rules[1].resource: expected { type }, { type, id } or { group }; found a map',
    'wrong.yaml:13:35 rules[1].conditions[0].ranges[0]: expected a network such as 10.0.0.0/8 or fd00::/8; found "10.0.0.0/33"',
    'wrong.yaml:14:17 rules[1].conditions[1].kind: expected one of time, network, purpose, tenant, owner, authentication, attribute, not; found "wether"',
    'wrong.yaml:15:60 rules[1].conditions[2].test: expected one test: { equals }, { in }, { contains }, { atLeast } or { atMost }; found a map',
    '',
  ])
  write(
    'twice.yaml',
    rules.replace('nobody-runs-drafts', 'analysts-run-digits').replace('group: drafts', 'group: draft'),
  )
  expect((await access('publish', 'twice.yaml')).diagnostics).toBe(
    'nootropic: CONFIGURATION_INVALID: twice.yaml:9:9 rules[1].id: expected each rule id once; found "analysts-run-digits"\n' +
      'twice.yaml:13:24 rules[1].resource.group: expected a resource group of the directory; found "draft"\n',
  )
  write('circle.yaml', 'rules: []\ndirectory: { groups: [{ name: a, in: [b] }, { name: b, in: [a] }] }\n')
  expect((await access('publish', 'circle.yaml')).diagnostics).toMatch(
    /CONFIGURATION_INVALID: circle.yaml: expected groups that do not contain themselves/,
  )
  expect((await access('publish', 'no-such-file.yaml')).exit).toBe(2)
  expect((await access('show', '--history')).output).toBe('nothing is published\n')
})

test('a file longer than a manifest may be is taken as JSON', async () => {
  const { access, write } = setUp()
  const many = Array.from({ length: 3000 }, (_, index) => ({
    id: `rule-${index}`,
    effect: 'permit',
    principal: { subject: { type: 'user', id: `user-${index}` } },
    actions: ['execute'],
    resource: { type: 'model', id: `model-${index}` },
  }))
  write('many.json', JSON.stringify({ rules: many }))
  expect((await access('publish', 'many.json')).output).toMatch(/: 3000 rules\n$/)
  expect((await access('explain', 'user-2999', 'execute', 'model-2999')).exit).toBe(0)
  write('many-wrong.json', JSON.stringify({ rules: [...many, many[0]] }))
  expect((await access('publish', 'many-wrong.json')).diagnostics).toMatch(
    /in many-wrong.json, got:\n.*expected each rule id once/,
  )
})
