import type { Digest } from '@nootropic/core'
import { expect, test } from 'vitest'
import type { StepUpOperation } from '../src/mfa/challenges.ts'
import type { MfaTables } from '../src/mfa/mfa-table.ts'
import { stepMs } from '../src/mfa/totp-code.ts'
import { ada, codeAt, createSecretStore, operationOf } from './support/factors.ts'
import { setUpMfa } from './support/mfa.ts'

const refused = { code: 'CREDENTIAL_INVALID' }
const throttled = { code: 'LIMIT_EXCEEDED' }
const wrongCode = (secret: string, now: Date): string => {
  const right = [-1, 0, 1].map((step) => codeAt(secret, now, step))
  return ['000000', '111111', '222222', '333333'].find((code) => !right.includes(code)) ?? ''
}

test('a code of a confirmed generator proves once, and no earlier code after it', async () => {
  const { clock, enrol, prove, open, entries } = await setUpMfa()
  const secret = await enrol()
  clock.advance(stepMs)
  const answer = { factor: 'totp', code: codeAt(secret, clock.now()) } as const
  expect(await prove(answer)).toMatchObject({ factor: 'totp' })
  await expect(prove(answer)).rejects.toMatchObject(refused)
  const tolerant = await open({ toleratedSteps: 1 })
  const { challenge } = await tolerant.challenge(operationOf())
  const earlier = { factor: 'totp', code: codeAt(secret, clock.now(), -1) } as const
  const late = tolerant.prove({ challenge, operation: operationOf(), source: 'home', answer: earlier })
  await expect(late).rejects.toMatchObject(refused)
  expect(entries.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
    'mfa.enrol succeeded',
    'mfa.confirm succeeded',
    'mfa.prove succeeded',
    'mfa.prove denied',
    'mfa.prove denied',
  ])
  expect(JSON.stringify(entries)).not.toContain(answer.code)
})

test('a generator counts only when its first code confirmed it, within ten minutes', async () => {
  const { mfa, clock, prove } = await setUpMfa()
  const { id, secret, uri } = await mfa.totp.enrol(ada, { issuer: 'Models', account: 'ada' })
  expect(uri).toContain(`secret=${secret}`)
  expect(Buffer.from(secret, 'latin1')).toHaveLength(32)
  await expect(prove({ factor: 'totp', code: codeAt(secret, clock.now()) })).rejects.toMatchObject(refused)
  const confirm = (code: string) => mfa.totp.confirm(ada, id, code, 'home')
  await expect(confirm(wrongCode(secret, clock.now()))).rejects.toMatchObject(refused)
  expect(await mfa.totp.list(ada)).toEqual([])
  clock.advance(10 * 60_000)
  await expect(confirm(codeAt(secret, clock.now()))).rejects.toMatchObject(refused)
})

test('a challenge is answered once, in time, and for exactly the operation it was given for', async () => {
  const { mfa, clock } = await setUpMfa()
  const codes = await mfa.recoveryCodes.replace(ada)
  const others: Partial<StepUpOperation>[] = [
    { subject: { type: 'user', id: 'eve' } },
    { session: 's2' },
    { action: 'export' },
    { resource: { type: 'model', id: 'faces' } },
    { resource: { type: 'report', id: 'digits' } },
    { requestDigest: `sha256:${'1'.repeat(64)}` as Digest },
  ]
  const [code = '', second = ''] = codes
  const answer = { factor: 'recovery-code', code } as const
  const { challenge } = await mfa.challenge(operationOf())
  for (const over of others) {
    const operation = operationOf(over)
    await expect(mfa.prove({ challenge, operation, source: JSON.stringify(over), answer })).rejects.toMatchObject(
      refused,
    )
  }
  const prove = (nonce: string, text: string) =>
    mfa.prove({ challenge: nonce, operation: operationOf(), source: 'home', answer: { ...answer, code: text } })
  await prove(challenge, code)
  await expect(prove(challenge, second)).rejects.toMatchObject(refused)
  const late = await mfa.challenge(operationOf())
  clock.advance(5 * 60_000)
  await expect(prove(late.challenge, second)).rejects.toMatchObject(refused)
  for (const none of ['', 'A'.repeat(43), undefined as never])
    await expect(prove(none, second)).rejects.toMatchObject(refused)
})

test('a recovery code of 120 bits works once, however it is typed, for its subject; new ones end the old', async () => {
  const { mfa, prove, clock } = await setUpMfa()
  const old = await mfa.recoveryCodes.replace(ada)
  const codes = await mfa.recoveryCodes.replace(ada)
  expect(codes).toHaveLength(10)
  for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/)
  const use = (code: string, over = {}) => {
    clock.advance(3_600_000)
    return prove({ factor: 'recovery-code', code }, { operation: operationOf(over) })
  }
  await expect(use(old[0] ?? '')).rejects.toMatchObject(refused)
  await expect(use(codes[0] ?? '', { subject: { type: 'user', id: 'eve' } })).rejects.toMatchObject(refused)
  await use((codes[0] ?? '').toLowerCase().replaceAll('-', ' ').replaceAll('1', 'l').replaceAll('0', 'o'))
  await expect(use(codes[0] ?? '')).rejects.toMatchObject(refused)
  expect(await mfa.recoveryCodes.remaining(ada)).toBe(9)
})

test('what is kept holds no seed, no code and no nonce, and another key store cannot open a seed', async () => {
  const { mfa, database, enrol, open, clock } = await setUpMfa()
  const secret = await enrol()
  const [code = ''] = await mfa.recoveryCodes.replace(ada)
  const { challenge } = await mfa.challenge(operationOf())
  const tables = database.tables<MfaTables>()
  const names = ['access_totp', 'access_recovery_codes', 'access_challenges', 'access_attempts'] as const
  const kept = JSON.stringify(await Promise.all(names.map((name) => tables.selectFrom(name).selectAll().execute())))
  for (const hidden of [secret, code, code.replaceAll('-', ''), challenge, '"home"']) expect(kept).not.toContain(hidden)
  const other = await open({ keys: createSecretStore() })
  const answer = { factor: 'totp', code: codeAt(secret, clock.now()) } as const
  const opened = other.prove({ challenge, operation: operationOf(), source: 'home', answer })
  await expect(opened).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE' })
})

test("a seed that is moved to another subject's row does not open", async () => {
  const { database, enrol, prove, clock } = await setUpMfa()
  const secret = await enrol()
  const eve = { type: 'user', id: 'eve' }
  await database.tables<MfaTables>().updateTable('access_totp').set({ subject_id: 'eve' }).execute()
  const code = codeAt(secret, clock.now())
  const use = prove({ factor: 'totp', code }, { operation: operationOf({ subject: eve }) })
  await expect(use).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE' })
})

test('wrong codes from one source make it wait, and nobody else', async () => {
  const { clock, enrol, prove, entries } = await setUpMfa()
  const secret = await enrol()
  const wrong = { factor: 'totp', code: wrongCode(secret, clock.now()) } as const
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await expect(prove(wrong, { source: 'evil' })).rejects.toMatchObject(refused)
  }
  const waiting = prove({ factor: 'totp', code: codeAt(secret, clock.now()) }, { source: 'evil' })
  await expect(waiting).rejects.toMatchObject({ ...throttled, details: { retryAfterMs: 30_000 } })
  expect(entries.at(-1)).toMatchObject({ outcome: 'denied', reason: 'throttled' })
  await prove({ factor: 'totp', code: codeAt(secret, clock.now()) })
  clock.advance(30_000)
  await prove({ factor: 'totp', code: codeAt(secret, clock.now()) }, { source: 'evil' })
})

test('two hundred sources together guess no more than a few times, and do not shut out the subject or anybody else', async () => {
  const { mfa, clock, enrol, prove } = await setUpMfa()
  const secret = await enrol()
  const eve = { type: 'user', id: 'eve' }
  const eveSecret = await enrol(eve)
  const codes = await mfa.recoveryCodes.replace(ada)
  const outcomes = new Map<string, number>()
  for (let source = 0; source < 200; source += 1) {
    const answer = { factor: 'totp', code: wrongCode(secret, clock.now()) } as const
    const code = await prove(answer, { source: `address-${source}` }).then(
      () => 'proved',
      (error: { code: string }) => error.code,
    )
    outcomes.set(code, (outcomes.get(code) ?? 0) + 1)
  }
  // Twenty are free; confirming the generator from a new source was no failure.
  expect(Object.fromEntries(outcomes)).toEqual({ CREDENTIAL_INVALID: 20, LIMIT_EXCEEDED: 180 })
  await prove({ factor: 'totp', code: codeAt(secret, clock.now()) })
  await prove(
    { factor: 'totp', code: codeAt(eveSecret, clock.now()) },
    { operation: operationOf({ subject: eve }), source: 'new' },
  )
  await prove({ factor: 'recovery-code', code: codes[0] ?? '' }, { source: 'train' })
})

test('without an audit record nothing is proved', async () => {
  const { open, mfa } = await setUpMfa()
  const [code = ''] = await mfa.recoveryCodes.replace(ada)
  const unaudited = await open({ record: () => Promise.reject(new Error('no audit')) })
  const { challenge } = await mfa.challenge(operationOf())
  const answer = { factor: 'recovery-code', code } as const
  const prove = unaudited.prove({ challenge, operation: operationOf(), source: 'home', answer })
  await expect(prove).rejects.toThrow('no audit')
})

test('a factor that the operation does not accept is refused before it is used up', async () => {
  const { mfa } = await setUpMfa()
  const [code = ''] = await mfa.recoveryCodes.replace(ada)
  const { challenge } = await mfa.challenge(operationOf())
  const given = {
    challenge,
    operation: operationOf(),
    source: 'home',
    answer: { factor: 'recovery-code', code } as const,
  }
  await expect(mfa.prove({ ...given, accepted: ['passkey'] })).rejects.toMatchObject(refused)
  const unknown = { ...given, answer: { factor: 'magic', code } as never }
  await expect(mfa.prove(unknown)).rejects.toMatchObject(refused)
  const next = await mfa.challenge(operationOf())
  await mfa.prove({ ...given, challenge: next.challenge })
})

test('what has expired is removed; what still counts stays', async () => {
  const { mfa, clock, enrol, database } = await setUpMfa()
  await enrol()
  await mfa.challenge(operationOf())
  expect(await mfa.removeExpired()).toBe(0)
  clock.advance(25 * 60 * 60 * 1000)
  // The challenge and the count of strangers; the known source stays.
  expect(await mfa.removeExpired()).toBe(2)
  expect(await database.tables<MfaTables>().selectFrom('access_attempts').selectAll().execute()).toHaveLength(1)
})

test('a service of the same name as a user is somebody else', async () => {
  const { mfa, enrol, prove, clock } = await setUpMfa()
  const service = { type: 'service', id: 'ada' }
  const secret = await enrol()
  const [generator] = await mfa.totp.list(ada)
  const [code = ''] = await mfa.recoveryCodes.replace(ada)
  expect(await mfa.totp.list(service)).toEqual([])
  expect(await mfa.totp.remove(service, generator?.id ?? '')).toBe(false)
  expect(await mfa.recoveryCodes.remaining(service)).toBe(0)
  const operation = operationOf({ subject: service })
  await expect(prove({ factor: 'recovery-code', code }, { operation })).rejects.toMatchObject(refused)
  const now = codeAt(secret, clock.now())
  await expect(prove({ factor: 'totp', code: now }, { operation })).rejects.toMatchObject(refused)
  await mfa.recoveryCodes.replace(service)
  expect(await mfa.recoveryCodes.remaining(ada)).toBe(10)
  await prove({ factor: 'recovery-code', code })
  const pending = await mfa.totp.enrol(ada, { issuer: 'Models', account: 'ada' })
  await expect(
    mfa.totp.confirm(service, pending.id, codeAt(pending.secret, clock.now()), 'home'),
  ).rejects.toMatchObject(refused)
  expect(await mfa.totp.remove(ada, generator?.id ?? '')).toBe(true)
  await expect(prove({ factor: 'totp', code: now })).rejects.toMatchObject(refused)
})

test('a subject has five generators at most; those that were never confirmed make room', async () => {
  const { mfa, clock } = await setUpMfa()
  const enrol = (subject = ada) => mfa.totp.enrol(subject, { issuer: 'Models', account: 'ada' })
  for (let index = 0; index < 5; index += 1) await enrol()
  await expect(enrol()).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  await enrol({ type: 'service', id: 'ada' })
  await enrol({ type: 'user', id: 'eve' })
  clock.advance(10 * 60_000 - 1)
  await expect(enrol()).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  clock.advance(1)
  await enrol()
})
