import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openNootropic } from '../src/index.ts'
import { runIn } from './support/run-command.ts'

let directory: string
let home: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nootropic-token-command-'))
  home = join(directory, 'home')
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const run = (...words: string[]) => runIn(directory, [...words, '--home', home])
const json = async (...words: string[]) => JSON.parse((await run(...words, '--json')).output)
/** Works with the installation itself, as a host program does. */
const within = async <Result>(work: (nootropic: Awaited<ReturnType<typeof openNootropic>>) => Promise<Result>) => {
  const nootropic = await openNootropic({ home, isolation: 'none', alertIntervalSeconds: 0 })
  try {
    return await work(nootropic)
  } finally {
    await nootropic.close()
  }
}
const isRight = (secret: string): Promise<boolean> =>
  within(({ keys }) =>
    keys.authenticate(secret).then(
      () => true,
      () => false,
    ),
  )

test('a key is made until the day that is named, rotated with an overlap or none, and its successor has its rights', async () => {
  const expires = new Date(Date.now() + 30 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10)
  const first = await json('token', 'create', 'ada', '--model', 'digits', '--expires', expires)
  expect(first.expiresAt).toBe(`${expires}T00:00:00.000Z`)
  const second = await json('token', 'rotate', first.id, '--overlap', '2h', '--days', '10')
  expect(second.replaces.id).toBe(first.id)
  const left = Date.parse(second.replaces.expiresAt) - Date.now()
  expect(left > 0 && left <= 2 * 60 * 60 * 1000).toBe(true)
  expect([await isRight(first.secret), await isRight(second.secret)]).toEqual([true, true])
  const { keys } = await json('token', 'list')
  expect(keys.find(({ id }: { id: string }) => id === second.id)).toMatchObject({
    subject: { type: 'user', id: 'ada' },
    roles: ['caller'],
    scopes: [{ resource: { id: 'digits' } }],
  })
  const { exit, output, diagnostics } = await run('token', 'rotate', second.id, '--overlap', '0')
  expect([exit, output]).toEqual([0, expect.stringMatching(/^nsk_live_.*\n$/)])
  expect(diagnostics).toContain(`${second.id} until`)
  expect([await isRight(second.secret), await isRight(output.trim())]).toEqual([false, true])
})

test('a time that is none, two times, and a key that is none are told in a sentence', async () => {
  for (const [words, sentence] of [
    [
      ['create', 'ada', '--expires', 'tomorrow'],
      'expected --expires to be a day or time such as 2030-01-31, got "tomorrow"',
    ],
    [['create', 'ada', '--expires', '2030-02-31'], 'got "2030-02-31"'],
    [['create', 'ada', '--expires', '2000-01-01'], 'expected an expiry after now and within 366 days'],
    [['create', 'ada', '--expires', '2030-01-31', '--days', '3'], 'got --days as well'],
    [['rotate', 'none'], 'expected the id of a valid API key'],
    [['rotate', 'none', '--overlap', '31d'], 'expected an overlap of 0 to 2592000000 ms'],
    [['rotate', 'none', '--overlap', 'long'], 'expected --overlap to be a time above zero'],
  ] as const) {
    const { exit, output, diagnostics } = await run('token', ...words)
    expect([exit, output]).toEqual([2, ''])
    expect(diagnostics).toContain(sentence)
  }
})

test('sessions of a user are listed without their tokens, and ended one by one or all', async () => {
  const subject = { type: 'user', id: 'ada' }
  const [first, second] = await within(async ({ sessions }) => [
    await sessions.create({ subject, roles: ['caller'] }),
    await sessions.create({ subject, roles: ['caller'] }),
  ])
  const { output } = await run('session', 'list', 'ada')
  expect(output.trimEnd().split('\n')).toHaveLength(2)
  expect(output).toContain(`${first?.id}  caller  seen `)
  expect(output).not.toContain('nss_')
  expect(await json('session', 'revoke', first?.id ?? '')).toMatchObject({ ended: 1 })
  expect((await json('session', 'list', 'ada')).sessions).toMatchObject([{ id: second?.id }])
  expect((await run('session', 'revoke', '--user', 'ada')).output).toBe('1 session is ended\n')
  expect((await run('session', 'list', 'ada')).output).toBe('no sessions\n')
  for (const words of [[], ['some', '--user', 'ada'], [first?.id ?? '']]) {
    expect((await run('session', 'revoke', ...words)).exit).toBe(2)
  }
})
