import { createSecretKey, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { type AuditEntry, createManualClock } from '@nootropic/core'
import { openDatabase } from '@nootropic/core/storage'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { formatAuditRecord, openAuditLog } from '../../src/audit/index.ts'
import { decodeRecord, encodeRecord } from '../../src/audit/record.ts'
import { createGate } from '../../src/guard/gate.ts'
import {
  accountNotice,
  createAuthorizer,
  entryOfKeyChange,
  entryOfKeyRefusal,
  openApiKeys,
  openMfa,
  openSessions,
} from '../../src/index.ts'
import { stepMs } from '../../src/mfa/totp-code.ts'
import { collect, newDirectory, origin, signingKey } from '../support/audit.ts'
import { createTestAuthenticator } from '../support/authenticator.ts'
import { ada, codeAt, createSecretStore, operationOf, relyingParty } from '../support/factors.ts'

const start = '2026-01-01T00:00:00Z'
const tomorrow = new Date('2026-01-02T00:00:00Z')
const [site = ''] = relyingParty.origins

const bytesBelow = (directory: string): Buffer =>
  Buffer.concat(
    readdirSync(directory, { recursive: true })
      .map((name) => join(directory, String(name)))
      .filter((path) => statSync(path).isFile())
      .map((path) => readFileSync(path)),
  )

test('no key, token, seed, code, challenge or binding is in what is written down, listed, told or thrown', async () => {
  const database = await openDatabase(':memory:')
  const clock = createManualClock(start)
  const directory = newDirectory()
  const log = await openAuditLog({ directory, signingKey, origin, clock })
  onTestFinished(() => database.close())
  const entries: AuditEntry[] = []
  const record = async (entry: AuditEntry): Promise<void> => {
    entries.push(entry)
    await log.append(entry)
  }
  const pepper = createSecretKey(randomBytes(32))
  const keys = await openApiKeys({
    database,
    clock,
    pepper,
    onChanged: (change) => record(entryOfKeyChange(change)),
    onRefused: (refusal) => record(entryOfKeyRefusal(refusal)),
  })
  const sessions = await openSessions({ database, clock, record })
  const mfa = await openMfa({ database, clock, record, keys: createSecretStore(), relyingParty })
  const said: unknown[] = []
  const secrets: string[] = []
  const secret = <Text extends string>(text: Text): Text => {
    secrets.push(text)
    return text
  }
  const refused = async (work: Promise<unknown>): Promise<void> => {
    const error = await work.then(
      () => expect.unreachable('it was let through'),
      (thrown: unknown) => thrown,
    )
    said.push(error, (error as Error).stack, (error as { details?: unknown }).details)
  }

  const key = await keys.create({ subject: ada, roles: ['analyst'], expiresAt: tomorrow })
  const next = await keys.rotate(key.id, { overlapMs: 0, expiresAt: tomorrow })
  secret(key.secret)
  secret(next.secret)
  const binding = secret('certificate-of-the-laptop')
  const session = await sessions.create({ subject: ada, roles: ['analyst'], binding })
  secret(session.token)
  const renewed = await sessions.renew(session.token, { binding, factor: 'totp' })
  secret(renewed.token)
  const { id, secret: seed, uri } = await mfa.totp.enrol(ada, { issuer: 'Models', account: 'ada' })
  secret(seed)
  secret(uri)
  const right = secret(codeAt(seed, clock.now()))
  await mfa.totp.confirm(ada, id, right, 'home')
  const [code = '', other = ''] = await mfa.recoveryCodes.replace(ada)
  for (const text of [code, other]) secrets.push(text, text.replaceAll('-', ''))
  const authenticator = createTestAuthenticator(relyingParty.id, site)
  const begun = await mfa.passkeys.beginRegistration(ada, 's1', 'ada')
  await mfa.passkeys.finishRegistration(ada, 's1', authenticator.register(begun))
  clock.advance(stepMs)

  const prove = async (answer: Parameters<typeof mfa.prove>[0]['answer'], source = 'home') => {
    const { challenge } = await mfa.challenge(operationOf())
    secret(challenge)
    return mfa.prove({ challenge, operation: operationOf(), source, answer })
  }
  said.push(await prove({ factor: 'recovery-code', code }))
  await refused(prove({ factor: 'recovery-code', code }))
  await refused(prove({ factor: 'totp', code: right }, 'elsewhere'))
  const { challenge } = await mfa.challenge(operationOf())
  const response = authenticator.answer(secret(challenge))
  secret(response.response.signature)
  const answer = { factor: 'passkey', response } as const
  said.push(await mfa.prove({ challenge, operation: operationOf(), source: 'home', answer }))
  await refused(mfa.prove({ challenge, operation: operationOf(), source: 'home', answer }))
  for (const text of [key.secret, `${next.secret} `, session.token, secret('nsk_live_my-own-password')]) {
    await refused(keys.authenticate(text))
    await refused(sessions.authenticate(text))
    await refused(keys.revoke(text))
    said.push(await sessions.revoke(text), await mfa.totp.remove(ada, text), await mfa.passkeys.remove(ada, text))
  }
  await refused(sessions.authenticate(renewed.token, { binding: secret('certificate-of-the-thief') }))

  const gate = createGate({
    authenticator: keys,
    authorizer: createAuthorizer([], { clock }),
    audit: record,
    onError: (error) => said.push(error),
    clock,
  })
  const asked = () => ({ action: { name: 'execute' }, resource: { type: 'model', id: 'digits' } })
  for (const text of [next.secret, key.secret, renewed.token, undefined]) said.push(await gate.admit(text, asked))
  said.push(await keys.list(), await sessions.list(ada), await mfa.totp.list(ada), await mfa.passkeys.list(ada))
  said.push(
    entries.map(accountNotice),
    (await collect(log.entries())).map((one) => formatAuditRecord(one)),
  )
  await log.close()

  expect(entries.length).toBeGreaterThan(25)
  const told = inspect(said, { depth: Number.POSITIVE_INFINITY, maxStringLength: null, maxArrayLength: null })
  const written = Buffer.concat([bytesBelow(directory), Buffer.from(told)]).toString('latin1')
  // Names may be there, which shows that the search finds what is there.
  for (const name of [key.id, session.id, 'user:ada']) expect(written).toContain(name)
  for (const text of secrets) {
    const bytes = Buffer.from(text)
    const forms = [text, bytes.toString('hex'), bytes.toString('base64').slice(0, -3)]
    // Six digits can be part of a hash by chance: they count where they stand alone.
    const found = forms.filter((form) =>
      form.length > 8 ? written.includes(form) : new RegExp(`(?<![\\w+/])${form}(?![\\w+/=])`).test(written),
    )
    expect(found).toEqual([])
  }
})

test('an entry says who did what to what, how it ended, and when in UTC, whatever the time zone of the host', async () => {
  const zone = process.env.TZ
  onTestFinished(() => {
    if (zone === undefined) delete process.env.TZ
    else process.env.TZ = zone
  })
  const directory = newDirectory()
  const clock = createManualClock('2026-03-29T00:59:59Z')
  const log = await openAuditLog({ directory, signingKey, origin, clock })
  const entry: AuditEntry = {
    category: 'access',
    actor: 'user:ada',
    action: 'execute',
    resource: 'model:digits',
    outcome: 'allowed',
  }
  // The night of a change to summer time: an hour that some places have not, and others twice.
  for (const place of ['Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns']) {
    process.env.TZ = place
    await log.append(entry)
    clock.advance(1000)
  }
  const records = (await collect(log.entries())).map(({ index: _, ...record }) => record)
  expect(records).toEqual(
    ['2026-03-29T00:59:59.000Z', '2026-03-29T01:00:00.000Z', '2026-03-29T01:00:01.000Z'].map((time) => ({
      ...entry,
      time,
    })),
  )
  for (const field of ['actor', 'action', 'resource', 'outcome', 'category'] as const) {
    const { [field]: _, ...rest } = entry
    await expect(log.append(rest as AuditEntry), field).rejects.toMatchObject({ code: 'USAGE' })
  }
  await log.close()
})

test('whatever text is in any field, a record is one line of JSON, one line for people, and the same text when it is read', () => {
  const text = fc.string({ unit: 'binary' })
  const nasty = fc.oneof(
    text,
    fc.constantFrom(
      'x\n2026-01-01T00:00:00.000Z access allowed user:root grant policy:this',
      '\r\u0085\u2028\u2029',
      '\u001b[2K\u001b[1A',
      '","outcome":"allowed',
      '\u202Eadmin',
      '\u0000',
    ),
  )
  const entry = fc.record({
    actor: nasty,
    action: nasty,
    resource: nasty,
    reason: nasty,
    details: fc.dictionary(text, nasty),
  })
  fc.assert(
    fc.property(entry, (fields) => {
      const said = { ...fields, category: 'security', outcome: 'denied' } as const
      const record = { ...said, time: '2026-01-01T00:00:00.000Z' }
      const bytes = encodeRecord(said, record.time)
      // RFC 8785: control characters are escaped.
      expect(bytes.some((byte) => byte < 0x20)).toBe(false)
      expect(decodeRecord(bytes)).toEqual(record)
      const line = formatAuditRecord(record)
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      expect(line.startsWith('2026-01-01T00:00:00.000Z security denied ')).toBe(true)
    }),
    { numRuns: 150, seed: 16 },
  )
})
