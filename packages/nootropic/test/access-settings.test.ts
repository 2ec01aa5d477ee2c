import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openQuotas } from '@nootropic/access/quotas'
import { isNootropicError } from '@nootropic/core'
import { openDatabase } from '@nootropic/core/storage'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readAccessSettings } from '../src/access/access-settings.ts'

let root: string
let path: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nootropic-access-settings-'))
  mkdirSync(join(root, 'config'), { mode: 0o700 })
  path = join(root, 'config', 'access.yaml')
})
afterEach(() => rmSync(root, { recursive: true }))

const write = (text: string, mode = 0o600): void => writeFileSync(path, text, { mode })

const whole = `
quotas:
  - id: requests-per-minute
    measure: requests
    kind: rate
    limit: 60
    burst: 10
    window: 1m
    per: [subject]
  - id: tokens-per-day
    measure: tokens
    kind: window
    limit: 100000
    window: 1d
    per: [subject, model]
    subject: { role: analyst }
    model: digits
sensitiveOperations:
  - actions: [unseal, export]
    factors: [passkey, totp]
    freshFor: 5m
  - actions: any
    resourceType: key
    factors: [passkey]
sessions:
  idle: 15m
  absolute: 8h
  maximumPerSubject: 3
  whenFull: refuse
`
const requestsPerMinute = {
  id: 'requests-per-minute',
  measure: 'requests',
  kind: 'rate',
  limit: 60,
  burst: 10,
  windowSeconds: 60,
  per: ['subject'],
}

test('the file says how much anybody may use, what is sensitive, and how long sessions live', async () => {
  write(whole)
  const settings = await readAccessSettings(root)
  expect(settings).toEqual({
    quotas: [
      requestsPerMinute,
      {
        id: 'tokens-per-day',
        measure: 'tokens',
        kind: 'window',
        limit: 100_000,
        windowSeconds: 86_400,
        per: ['subject', 'model'],
        subject: { role: 'analyst' },
        model: 'digits',
      },
    ],
    sensitiveOperations: [
      { actions: ['unseal', 'export'], factors: ['passkey', 'totp'], freshForMs: 300_000 },
      { actions: 'any', resourceType: 'key', factors: ['passkey'], freshForMs: 0 },
    ],
    sessions: { idleMs: 900_000, absoluteMs: 28_800_000, maximumPerSubject: 3, whenFull: 'refuse' },
  })
  const database = await openDatabase(':memory:')
  const quotas = await openQuotas({ database, quotas: settings.quotas ?? [] })
  expect(await quotas.states({ type: 'user', id: 'ada', properties: { roles: ['analyst'] } }, 'digits')).toHaveLength(2)
  quotas.close()
  await database.close()
})

test('without the file, and for what it leaves out, there are defaults', async () => {
  expect(await readAccessSettings(root)).toEqual({})
  rmSync(join(root, 'config'), { recursive: true })
  expect(await readAccessSettings(root)).toEqual({})
  mkdirSync(join(root, 'config'), { mode: 0o700 })
  write('# nothing yet\n')
  expect(await readAccessSettings(root)).toEqual({})
  write('sessions: { absolute: 1h }\n')
  expect(await readAccessSettings(root)).toMatchObject({ sessions: { absoluteMs: 3_600_000, idleMs: 1_800_000 } })
})

test('what the host gives counts, and not the file', async () => {
  write(whole)
  const { quotas, sessions } = await readAccessSettings(root, { quotas: [], sessions: { maximumPerSubject: 1 } })
  expect([quotas, sessions]).toEqual([[], { maximumPerSubject: 1 }])
})

/** The lines of the refusal, without the name of the file. */
const problemsOf = async (text: string): Promise<string[]> => {
  write(text)
  try {
    await readAccessSettings(root)
  } catch (error) {
    if (!isNootropicError(error, 'CONFIGURATION_INVALID')) throw error
    return error.message.split('\n').map((line) => line.replace(`${path}:`, ''))
  }
  return []
}

test('every problem is told with its place', async () => {
  expect(await problemsOf('quota: []\n')).toEqual(['1:1 quota: unknown key "quota"; did you mean "quotas"?'])
  const quota =
    'quotas:\n  - id: a\n    measure: requests\n    kind: window\n    limit: 5\n    window: 1m\n    per: []\n'
  expect(await problemsOf(quota)).toEqual([])
  const spoilt: [string, string, string][] = [
    ['measure: requests', 'measure: request', '3:14 quotas[0].measure: expected one of'],
    ['limit: 5', 'limit: -5', '5:12 quotas[0].limit: expected at least 0; found the number -5'],
    ['limit: 5', 'limt: 5', '2:5 quotas[0].limit: missing "limit": expected a number'],
    ['window: 1m', 'window: 60', '6:13 quotas[0].window: expected a duration above zero'],
    [
      'window: 1m',
      'window: 100ms',
      '6:13 quotas[0].window: Invalid input: expected int, received number; found "100ms"',
    ],
    ['window: 1m', 'window: 60w', '6:13 quotas[0].window: Too big'],
    ['per: []', 'per: [subject, subject, subject]', '7:10 quotas[0].per: expected at most 2 entries'],
    ['per: []', 'per: []\n    burst: 3', '2:5 quotas[0]: expected burst with kind "rate" only'],
    ['per: []', 'per: []\n    subject: { name: ada }', '8:14 quotas[0].subject: expected'],
    ['id: a', 'id: A b', '2:9 quotas[0].id: expected a name such as tokens-per-day; found "A b"'],
  ]
  for (const [good, bad, message] of spoilt) {
    const [first] = await problemsOf(quota.replace(good, bad))
    expect(first?.slice(0, message.length)).toBe(message)
  }
  const twice = await problemsOf(quota + quota.replace('quotas:\n', ''))
  expect(twice).toEqual(['2:3 quotas: expected each quota id once; found a list'])
  expect(await problemsOf('sessions:\n  idle: 2h\n  absolute: 1h\n')).toEqual([
    '2:3 sessions: expected idleMs to be at most absoluteMs, got 7200000 beyond 3600000; shorten idleMs; found a map',
  ])
  expect(await problemsOf('sessions: { maximumPerSubject: 0, idle: 1s }\n')).toHaveLength(1)
  expect(await problemsOf('sessions: { whenFull: wait }\n')).toEqual([
    '1:23 sessions.whenFull: expected one of refuse, end-oldest; found "wait"',
  ])
  expect(await problemsOf('sensitiveOperations:\n  - actions: []\n    factors: [password]\n')).toHaveLength(2)
  expect(await problemsOf('sensitiveOperations:\n  - actions: any\n    factors: [totp]\n    freshFor: 2d\n')).toEqual([
    expect.stringContaining('4:15 sensitiveOperations[0].freshFor: Too big'),
  ])
})

test('a file that others can read or write, a link, and other bytes than text are refused', async () => {
  const refused = (code: string, found: string) =>
    expect(readAccessSettings(root)).rejects.toMatchObject({ code, message: expect.stringContaining(found) })
  write(whole)
  chmodSync(path, 0o640)
  await refused('FILE_UNREADABLE', 'mode 0640')
  chmodSync(path, 0o600)
  chmodSync(join(root, 'config'), 0o770)
  await refused('FILE_UNREADABLE', 'mode 0770')
  chmodSync(join(root, 'config'), 0o700)
  rmSync(path)
  writeFileSync(path, Buffer.of(0xff, 0xfe, 0x00), { mode: 0o600 })
  await refused('CONFIGURATION_INVALID', 'expected UTF-8 text')
  rmSync(path)
  writeFileSync(join(root, 'elsewhere.yaml'), whole, { mode: 0o600 })
  symlinkSync(join(root, 'elsewhere.yaml'), path)
  await refused('FILE_UNREADABLE', 'a link')
})

test('what a host leaves undefined takes away nothing that the file sets', async () => {
  write(whole)
  const undefinedAll = { quotas: undefined, sensitiveOperations: undefined, sessions: undefined } as object
  expect(await readAccessSettings(root, undefinedAll)).toEqual(await readAccessSettings(root))
})
