import type { ChildProcess } from 'node:child_process'
import { createSecretKey, randomBytes } from 'node:crypto'
import { createManualClock, type ManualClock, systemRandom } from '@nootropic/core'
import { type Database, openDatabase } from '@nootropic/core/storage'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiKeys, openApiKeys } from '../../src/credentials/api-keys.ts'
import type { Owner } from '../../src/credentials/owner.ts'
import { type Mfa, openMfa } from '../../src/mfa/mfa.ts'
import type { MfaTables } from '../../src/mfa/mfa-table.ts'
import { createRecoveryCodes } from '../../src/mfa/recovery-codes.ts'
import { openSessions, type Sessions } from '../../src/sessions/sessions.ts'
import { ada, codeAt, createSecretStore, operationOf } from './factors.ts'
import { nextMessage, startScript } from './run-script.ts'

const processes = 8
// Eight processes that load everything from source, on a machine that has other work: only a process that hangs is late.
const longestStartMs = 5 * 60_000
const day = 24 * 60 * 60 * 1000
/** What the clocks of second factors say in every process. */
const time = '2026-01-01T00:00:00.000Z'

/** What eight processes at one database must do alike on every engine. `newLocation` names an empty database. */
export const credentialContract = (newLocation: () => Promise<string>): void => {
  const seed = randomBytes(32)
  let location: string
  let database: Database
  let keys: ApiKeys
  let sessions: Sessions
  let mfa: Mfa
  let clock: ManualClock
  let workers: ChildProcess[] = []

  const start = async (): Promise<ChildProcess> => {
    const worker = startScript('./credential-worker.ts', location, seed.toString('hex'), time)
    await nextMessage(worker)
    return worker
  }
  const ask = async (worker: ChildProcess, task: string, value: unknown): Promise<string> => {
    const answer = nextMessage<string>(worker)
    worker.send({ task, value })
    return answer
  }
  const askAll = (task: string, value: unknown | ((index: number) => unknown)): Promise<string[]> =>
    Promise.all(workers.map((worker, index) => ask(worker, task, typeof value === 'function' ? value(index) : value)))

  beforeAll(async () => {
    location = await newLocation()
    database = await openDatabase(location)
    keys = await openApiKeys({ database, pepper: createSecretKey(seed) })
    sessions = await openSessions({ database, policy: { maximumPerSubject: 3, whenFull: 'refuse' } })
    clock = createManualClock(time)
    mfa = await openMfa({ database, keys: createSecretStore(seed), clock })
    workers = await Promise.all(Array.from({ length: processes }, start))
  }, longestStartMs)
  afterAll(async () => {
    for (const worker of workers) worker.kill('SIGKILL')
    await database.close()
  })

  const challengesFor = async (operation = operationOf()): Promise<string[]> => {
    const given = await Promise.all(workers.map(() => mfa.challenge(operation)))
    return given.map(({ challenge }) => challenge)
  }
  const count = (answers: string[], wanted: string): number => answers.filter((answer) => answer === wanted).length

  test('one time-based code is accepted by one of eight processes', async () => {
    const earlier = createManualClock('2025-12-31T23:59:00.000Z')
    const before = await openMfa({ database, keys: createSecretStore(seed), clock: earlier })
    const { id, secret } = await before.totp.enrol(ada, { issuer: 'Models', account: 'ada' })
    await before.totp.confirm(ada, id, codeAt(secret, earlier.now()), 'home')
    const challenges = await challengesFor()
    const answer = { factor: 'totp', code: codeAt(secret, clock.now()) }
    const proofs = await askAll('prove', (index: number) => ({
      challenge: challenges[index],
      operation: operationOf(),
      source: `source-${index}`,
      answer,
    }))
    expect([count(proofs, 'totp'), count(proofs, 'CREDENTIAL_INVALID')]).toEqual([1, processes - 1])
  })

  test('one recovery code is accepted by one of eight processes, and so is one challenge', async () => {
    const subject = { type: 'user', id: 'grace' }
    const operation = operationOf({ subject })
    const codes = await mfa.recoveryCodes.replace(subject)
    const challenges = await challengesFor(operation)
    const prove = (challenge: (index: number) => string, code: (index: number) => string) =>
      askAll('prove', (index: number) => ({
        challenge: challenge(index),
        operation,
        source: `source-${index}`,
        answer: { factor: 'recovery-code', code: code(index) },
      }))
    const one = await prove(
      (index) => challenges[index] ?? '',
      () => codes[0] ?? '',
    )
    expect(count(one, 'recovery-code')).toBe(1)
    const { challenge } = await mfa.challenge(operation)
    const other = await prove(
      () => challenge,
      (index) => codes[index + 1] ?? '',
    )
    expect(count(other, 'recovery-code')).toBe(1)
    expect(count(other, 'CREDENTIAL_INVALID')).toBe(processes - 1)
  })

  test('recovery codes that eight processes replace at once are ten in the end, all of one of them', async () => {
    const codes = createRecoveryCodes(database, () => clock.now().getTime(), systemRandom)
    const valid = async (subject: Owner, texts: string): Promise<number> => {
      let taken = 0
      for (const code of texts.split(' ')) if (await codes.take(subject, code)) taken += 1
      return taken
    }
    for (let round = 0; round < 25; round += 1) {
      const subject = { type: 'user', id: `replaced-${round % 5}` } // who has none yet at first, then used ones
      const replaced = await askAll('replaceCodes', subject.id)
      for (const texts of replaced) expect(texts.split(' '), texts).toHaveLength(10)
      expect(await codes.remaining(subject), `round ${round}`).toBe(10)
      const counts: number[] = []
      for (const texts of replaced) counts.push(await valid(subject, texts))
      expect(counts.toSorted().slice(-2), `round ${round}`).toEqual([0, 10])
    }
  })

  test('recovery codes whose rows have other ids end with the next replacement, also with eight at once', async () => {
    const subject = { type: 'user', id: 'earlier' }
    const rows = Array.from({ length: 20 }, (_, index) => ({
      id: `earlier-${index}`,
      subject_type: subject.type,
      subject_id: subject.id,
      created_at: 0,
      code_hash: `hash-${index}`,
      used_at: null,
    }))
    const tables = database.tables<MfaTables>()
    await tables.insertInto('access_recovery_codes').values(rows).execute()
    await askAll('replaceCodes', subject.id)
    const kept = tables.selectFrom('access_recovery_codes').select('code_hash').where('subject_id', '=', subject.id)
    const hashes = (await kept.execute()).map(({ code_hash: hash }) => hash)
    expect(hashes).toHaveLength(10)
    expect(hashes.filter((hash) => hash.startsWith('hash-'))).toEqual([])
  })

  test('wrong codes of eight processes together are stopped where those of one would be', async () => {
    const operation = operationOf({ subject: { type: 'user', id: 'mallory' } })
    const outcomes: string[] = []
    for (let round = 0; round < 3; round += 1) {
      const challenges = await challengesFor(operation)
      const answers = await askAll('prove', (index: number) => ({
        challenge: challenges[index],
        operation,
        source: 'one-address',
        answer: { factor: 'totp', code: '000000' },
      }))
      outcomes.push(...answers)
    }
    expect([count(outcomes, 'CREDENTIAL_INVALID'), count(outcomes, 'LIMIT_EXCEEDED')]).toEqual([5, 19])
  })

  test('eight processes begin sessions of one subject: never more than it may have', async () => {
    for (let round = 0; round < 4; round += 1) {
      const id = `many-${round}`
      const tokens = await askAll('begin', id)
      expect(count(tokens, 'LIMIT_EXCEEDED')).toBe(processes - 3)
      expect(await sessions.list({ type: 'user', id })).toHaveLength(3)
    }
  })

  test('a session that is renewed by eight processes at once has one new token; ended, it is ended in all at the next use', async () => {
    const { token } = await sessions.create({ subject: { type: 'user', id: 'renewed' }, roles: [] })
    const renewed = await askAll('renew', token)
    const [next = '', ...others] = renewed.filter((text) => text.startsWith('nss_'))
    expect(others).toEqual([])
    expect(count(await askAll('session', next), 'renewed')).toBe(processes)
    expect(count(await askAll('session', token), 'CREDENTIAL_INVALID')).toBe(processes)
    await sessions.revokeAll({ type: 'user', id: 'renewed' })
    expect(count(await askAll('session', next), 'CREDENTIAL_INVALID')).toBe(processes)
  })

  test('a key that is rotated by eight processes at once has one successor; ended, it is ended in all at the next use', async () => {
    const expiresAt = new Date(Date.now() + day)
    const { id, secret } = await keys.create({ subject: { type: 'user', id: 'rotated' }, roles: [], expiresAt })
    const rotated = await askAll('rotate', id)
    expect(count(rotated, 'USAGE')).toBe(processes - 1)
    const [next = ''] = rotated.filter((text) => text.startsWith('nsk_'))
    for (const text of [secret, next]) expect(count(await askAll('key', text), 'rotated')).toBe(processes)
    expect(await keys.revokeAll({ type: 'user', id: 'rotated' })).toBe(2)
    for (const text of [secret, next]) expect(count(await askAll('key', text), 'CREDENTIAL_INVALID')).toBe(processes)
  })

  test(
    'a process that is killed while it rotates leaves each rotated key with its successor',
    async () => {
      const expiresAt = new Date(Date.now() + day)
      for (let round = 0; round < 3; round += 1) {
        const subject = { type: 'user', id: `killed-${round}` }
        const { id } = await keys.create({ subject, roles: [], expiresAt })
        const worker = await start()
        worker.send({ task: 'rotateOn', value: id })
        while ((await keys.list()).filter((key) => key.subject.id === subject.id).length < 4 + round) {
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
        worker.kill('SIGKILL')
        await new Promise((resolve) => worker.once('exit', resolve))
        const mine = (await keys.list()).filter((key) => key.subject.id === subject.id)
        const ids = new Set(mine.map((key) => key.id))
        expect(mine.filter(({ successorId }) => successorId === undefined)).toHaveLength(1)
        expect(mine.every((key) => key.successorId === undefined || ids.has(key.successorId))).toBe(true)
        expect(mine.some((key) => key.successorId === key.id)).toBe(false)
      }
    },
    longestStartMs,
  )
}
