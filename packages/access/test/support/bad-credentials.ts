import { createSecretKey, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { type AuditEntry, type Clock, NootropicError, systemRandom } from '@nootropic/core'
import { type Database, openDatabase } from '@nootropic/core/storage'
import { createApiKey } from '../../src/credentials/api-key.ts'
import { type ApiKeys, openApiKeys } from '../../src/credentials/api-keys.ts'
import type { Owner } from '../../src/credentials/owner.ts'
import type { StepUpOperation } from '../../src/mfa/challenges.ts'
import { type FactorAnswer, type Mfa, openMfa } from '../../src/mfa/mfa.ts'
import { stepMs } from '../../src/mfa/totp-code.ts'
import { openSessions, type Sessions } from '../../src/sessions/sessions.ts'
import { createTestAuthenticator, type Twist } from './authenticator.ts'
import { codeAt, createSecretStore, digest, operationOf, relyingParty } from './factors.ts'

const [origin = ''] = relyingParty.origins
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** A clock whose two hands a test moves: time passes, or somebody sets the wall clock. */
export interface SteppedClock extends Clock {
  pass(milliseconds: number): void
  step(milliseconds: number): void
}

export const createSteppedClock = (): SteppedClock => {
  let wall = Date.parse('2026-01-01T00:00:00Z')
  let monotonic = 0
  return {
    now: () => new Date(wall),
    monotonicMs: () => monotonic,
    pass(milliseconds) {
      wall += milliseconds
      monotonic += milliseconds
    },
    step(milliseconds) {
      wall += milliseconds
    },
  }
}

/** Keys, sessions and factors at one database, as a process has them. */
export interface Credentials {
  readonly database: Database
  readonly keys: ApiKeys
  readonly sessions: Sessions
  readonly mfa: Mfa
  readonly clock: SteppedClock
  /** What was recorded; `isFull` refuses every entry. */
  readonly log: { readonly entries: AuditEntry[]; isFull: boolean }
}

const seed = randomBytes(32)

/** Opens everything at a database, as a process that starts does. */
export const openCredentials = async (
  location: string,
  clock: SteppedClock,
  append?: (entry: AuditEntry) => Promise<unknown>,
): Promise<Credentials> => {
  const database = await openDatabase(location)
  const log: Credentials['log'] = { entries: [], isFull: false }
  const record = async (entry: AuditEntry): Promise<void> => {
    if (log.isFull) throw new NootropicError('AUDIT_UNAVAILABLE', 'expected to write the audit log, found no space')
    await append?.(entry)
    log.entries.push(entry)
  }
  const keys = await openApiKeys({
    database,
    clock,
    pepper: createSecretKey(seed),
    onRefused: ({ reason }) =>
      record({
        category: 'access',
        actor: 'unknown:unknown',
        action: 'authenticate',
        resource: 'test:this',
        outcome: 'denied',
        reason,
      }),
    onChanged: ({ change, keyId }) =>
      record({
        category: 'security',
        actor: 'system:test',
        action: change,
        resource: `api-key:${keyId}`,
        outcome: 'succeeded',
      }),
  })
  const sessions = await openSessions({ database, clock, record })
  const mfa = await openMfa({ database, clock, record, relyingParty, keys: createSecretStore(seed) })
  return { database, keys, sessions, mfa, clock, log }
}

/** What somebody tries; it resolves when he is let in. */
export type Attempt = () => Promise<unknown>
type Prepare = (credentials: Credentials, subject: Owner) => Promise<Attempt>

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** A text with the id of a real key, another secret and a right checksum. */
const forgeKey = (secret: string): string => {
  const own = createApiKey('live', systemRandom).text
  const body = `${secret.split('_').slice(0, 3).join('_')}_${own.split('_')[3]?.slice(0, 43)}`
  let rest = crc32(body)
  let checksum = ''
  for (let place = 0; place < 6; place += 1) {
    checksum = `${base62[rest % 62]}${checksum}`
    rest = Math.floor(rest / 62)
  }
  return body + checksum
}

const newKey = ({ keys, clock }: Credentials, subject: Owner, lifetimeMs = 30 * day) =>
  keys.create({ subject, roles: [], expiresAt: new Date(clock.now().getTime() + lifetimeMs) })

/** Answers a challenge that is given now, each from an address of its own: throttling is another test's. */
const proof = async (
  all: Credentials,
  subject: Owner,
  answer: FactorAnswer | ((challenge: string) => FactorAnswer),
  given?: { challenge: string; operation?: StepUpOperation },
): Promise<Attempt> => {
  const operation = given?.operation ?? operationOf({ subject })
  const challenge = given?.challenge ?? (await all.mfa.challenge(operation)).challenge
  const said = typeof answer === 'function' ? answer(challenge) : answer
  return () => all.mfa.prove({ challenge, operation, source: randomBytes(8).toString('hex'), answer: said })
}

const totp = async ({ mfa, clock }: Credentials, subject: Owner) => {
  const { id, secret } = await mfa.totp.enrol(subject, { issuer: 'Models', account: subject.id })
  await mfa.totp.confirm(subject, id, codeAt(secret, clock.now()), 'enrolment')
  clock.pass(stepMs)
  const code = (steps = 0): FactorAnswer => ({ factor: 'totp', code: codeAt(secret, clock.now(), steps) })
  return { id, code }
}
const text = (code: string): FactorAnswer => ({ factor: 'totp', code })

const recovery = async ({ mfa }: Credentials, subject: Owner) => {
  const codes = await mfa.recoveryCodes.replace(subject)
  return (index = 0): FactorAnswer => ({ factor: 'recovery-code', code: codes[index] ?? '' })
}

const passkey = async ({ mfa }: Credentials, subject: Owner) => {
  const authenticator = createTestAuthenticator(relyingParty.id, origin)
  const options = await mfa.passkeys.beginRegistration(subject, 's1', subject.id)
  await mfa.passkeys.finishRegistration(subject, 's1', authenticator.register(options))
  const answer =
    (twist: Twist = {}) =>
    (challenge: string): FactorAnswer => ({ factor: 'passkey', response: authenticator.answer(challenge, twist) })
  return { id: authenticator.id, answer }
}

const other = (subject: Owner): Owner => ({ ...subject, id: `${subject.id}-other` })
const wrongCode = ({ code }: { code: string }): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

export const conditions = ['forged', 'expired', 'revoked', 'foreign', 'malformed', 'replayed'] as const

/** What is presented, and how it is bad. A text says why something cannot be so. */
export const badCredentials: Record<string, Record<(typeof conditions)[number], Prepare | string>> = {
  'API key': {
    forged: async (all, subject) => {
      const { secret } = await newKey(all, subject)
      return () => all.keys.authenticate(forgeKey(secret))
    },
    expired: async (all, subject) => {
      const { secret } = await newKey(all, subject, hour)
      all.clock.pass(hour)
      return () => all.keys.authenticate(secret)
    },
    revoked: async (all, subject) => {
      const { id, secret } = await newKey(all, subject)
      await all.keys.revoke(id)
      return () => all.keys.authenticate(secret)
    },
    foreign: async (all) => {
      const { text: secret } = createApiKey('live', systemRandom)
      return () => all.keys.authenticate(secret)
    },
    malformed: async (all, subject) => {
      const { secret } = await newKey(all, subject)
      return () => all.keys.authenticate(`${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`)
    },
    replayed: async (all, subject) => {
      const { id, secret } = await newKey(all, subject)
      await all.keys.rotate(id, { overlapMs: 0, expiresAt: new Date(all.clock.now().getTime() + day) })
      return () => all.keys.authenticate(secret)
    },
  },
  session: {
    forged: async (all) => {
      const token = `nss_${randomBytes(32).toString('base64url')}`
      return () => all.sessions.authenticate(token)
    },
    expired: async (all, subject) => {
      const { token } = await all.sessions.create({ subject, roles: [] })
      all.clock.pass(12 * hour)
      return () => all.sessions.authenticate(token)
    },
    revoked: async (all, subject) => {
      const { id, token } = await all.sessions.create({ subject, roles: [] })
      await all.sessions.revoke(id)
      return () => all.sessions.authenticate(token)
    },
    foreign: async (all, subject) => {
      const { token } = await all.sessions.create({ subject, roles: [], binding: 'certificate' })
      return () => all.sessions.authenticate(token, { binding: 'another' })
    },
    malformed: async (all, subject) => {
      const { token } = await all.sessions.create({ subject, roles: [] })
      return () => all.sessions.authenticate(`${token}=`)
    },
    replayed: async (all, subject) => {
      const { token } = await all.sessions.create({ subject, roles: [] })
      await all.sessions.renew(token)
      return () => all.sessions.renew(token)
    },
  },
  'time-based code': {
    forged: async (all, subject) => {
      const { code } = await totp(all, subject)
      return proof(all, subject, text(wrongCode(code() as { code: string })))
    },
    expired: async (all, subject) => {
      const { code } = await totp(all, subject)
      all.clock.pass(2 * stepMs)
      return proof(all, subject, code(-1))
    },
    revoked: async (all, subject) => {
      const { id, code } = await totp(all, subject)
      await all.mfa.totp.remove(subject, id)
      return proof(all, subject, code())
    },
    foreign: async (all, subject) => {
      const { code } = await totp(all, other(subject))
      await totp(all, subject)
      return proof(all, subject, code())
    },
    malformed: async (all, subject) => {
      await totp(all, subject)
      return proof(all, subject, text('12345\n'))
    },
    replayed: async (all, subject) => {
      const { code } = await totp(all, subject)
      await (await proof(all, subject, code()))()
      return proof(all, subject, code())
    },
  },
  'recovery code': {
    forged: async (all, subject) => {
      await recovery(all, subject)
      return proof(all, subject, { factor: 'recovery-code', code: '0123-4567-89AB-CDEF-GHJK-MNPQ' })
    },
    expired: 'it does not expire: it is on paper for the day when all else is lost',
    revoked: async (all, subject) => {
      const code = await recovery(all, subject)
      await recovery(all, subject)
      return proof(all, subject, code())
    },
    foreign: async (all, subject) => {
      const code = await recovery(all, other(subject))
      await recovery(all, subject)
      return proof(all, subject, code())
    },
    malformed: async (all, subject) => {
      await recovery(all, subject)
      return proof(all, subject, { factor: 'recovery-code', code: 'U'.repeat(24) })
    },
    replayed: async (all, subject) => {
      const code = await recovery(all, subject)
      await (await proof(all, subject, code()))()
      return proof(all, subject, code())
    },
  },
  passkey: {
    forged: async (all, subject) => {
      const { id } = await passkey(all, subject)
      const stranger = createTestAuthenticator(relyingParty.id, origin)
      return proof(all, subject, (challenge) => ({
        factor: 'passkey',
        response: { ...stranger.answer(challenge), id, rawId: id },
      }))
    },
    expired: async (all, subject) => {
      const { answer } = await passkey(all, subject)
      const { challenge } = await all.mfa.challenge(operationOf({ subject }))
      all.clock.pass(5 * minute)
      return proof(all, subject, answer(), { challenge })
    },
    revoked: async (all, subject) => {
      const { id, answer } = await passkey(all, subject)
      await all.mfa.passkeys.remove(subject, id)
      return proof(all, subject, answer())
    },
    foreign: async (all, subject) => {
      const { answer } = await passkey(all, subject)
      return proof(all, subject, answer({ origin: 'https://models.example.com' }))
    },
    malformed: async (all, subject) => {
      await passkey(all, subject)
      return proof(all, subject, { factor: 'passkey', response: { id: 'x', response: {} } })
    },
    replayed: async (all, subject) => {
      const { answer } = await passkey(all, subject)
      const { challenge } = await all.mfa.challenge(operationOf({ subject }))
      const said = answer()(challenge)
      await (await proof(all, subject, said, { challenge }))()
      return proof(all, subject, said, { challenge })
    },
  },
  challenge: {
    forged: async (all, subject) => {
      const code = await recovery(all, subject)
      return proof(all, subject, code(), { challenge: randomBytes(32).toString('base64url') })
    },
    expired: async (all, subject) => {
      const code = await recovery(all, subject)
      const { challenge } = await all.mfa.challenge(operationOf({ subject }))
      all.clock.pass(5 * minute)
      return proof(all, subject, code(), { challenge })
    },
    revoked: 'nobody takes one back: it lives for five minutes',
    foreign: async (all, subject) => {
      const code = await recovery(all, subject)
      const { challenge } = await all.mfa.challenge(operationOf({ subject }))
      const operation = operationOf({ subject, requestDigest: digest.replaceAll('0', '1') as typeof digest })
      return proof(all, subject, code(), { challenge, operation })
    },
    malformed: async (all, subject) => {
      const code = await recovery(all, subject)
      return proof(all, subject, code(), { challenge: "' or 1=1 --" })
    },
    replayed: async (all, subject) => {
      const code = await recovery(all, subject)
      const { challenge } = await all.mfa.challenge(operationOf({ subject }))
      await (await proof(all, subject, code(0), { challenge }))()
      return proof(all, subject, code(1), { challenge })
    },
  },
}

/** What is presented, and is right. */
export const goodCredentials: Record<string, Prepare> = {
  'API key': async (all, subject) => {
    const { secret } = await newKey(all, subject)
    return () => all.keys.authenticate(secret)
  },
  session: async (all, subject) => {
    const { token } = await all.sessions.create({ subject, roles: [] })
    return () => all.sessions.authenticate(token)
  },
  'time-based code': async (all, subject) => proof(all, subject, (await totp(all, subject)).code()),
  'recovery code': async (all, subject) => proof(all, subject, (await recovery(all, subject))()),
  passkey: async (all, subject) => proof(all, subject, (await passkey(all, subject)).answer()),
}
