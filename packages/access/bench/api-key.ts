// Processor time of one check of an API key, beside what others check keys by: a signature (Ed25519), a slow hash (scrypt).
// Then whether a wrong key's time says how it is wrong: Welch's t of interleaved classes, as dudect takes it (Reparaz, Balasch,
// Verbauwhede 2017); beyond 4.5 two classes differ.
// Run: npx tsx --conditions=@nootropic/source packages/access/bench/api-key.ts
import { createSecretKey, generateKeyPairSync, randomBytes, randomInt, scryptSync, sign, verify } from 'node:crypto'
import { systemRandom } from '@nootropic/core'
import { openDatabase } from '@nootropic/core/storage'
import { createApiKey, parseApiKey } from '../src/credentials/api-key.ts'
import type { ApiKeyRow } from '../src/credentials/api-key-table.ts'
import { openApiKeys } from '../src/credentials/api-keys.ts'
import { checkApiKey } from '../src/credentials/check-api-key.ts'
import { createPeppers, macOf } from '../src/credentials/peppers.ts'

const rounds = 500_000
const maximumMicroseconds = 10
const maximumT = 4.5

const pepper = createSecretKey(randomBytes(32))
const peppers = createPeppers(pepper, '1', {})
const now = Date.parse('2026-01-01T00:00:00Z')
const { id, text } = createApiKey('live', systemRandom)
const date = (milliseconds: number): string => new Date(milliseconds).toISOString()
const mac = macOf(pepper, text)
const rowWith = (over: Partial<ApiKeyRow> = {}): ApiKeyRow => ({
  id,
  mac: mac.toString('hex'),
  pepper_id: '1',
  subject_type: 'user',
  subject_id: 'ada',
  roles: '[]',
  scopes: null,
  created_at: date(now - 1000),
  expires_at: date(now + 1000),
  revoked_at: null,
  successor_id: null,
  last_used_at: null,
  ...over,
})
const row = rowWith()

const microseconds = async (count: number, run: () => unknown): Promise<number> => {
  for (let index = 0; index < count / 10; index += 1) await run()
  const begin = process.cpuUsage()
  for (let index = 0; index < count; index += 1) await run()
  const { user, system } = process.cpuUsage(begin)
  return (user + system) / count
}

const check = (credential: string): boolean => {
  const key = parseApiKey(credential)
  return key !== undefined && checkApiKey(key, row, peppers, now) === undefined
}
if (!check(text)) throw new Error('expected the key to be right')
const typingError = `${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}`
if (check(typingError)) throw new Error('expected a wrong checksum to be seen')

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const signature = sign(null, Buffer.from(text), privateKey)
const database = await openDatabase(':memory:')
const keys = await openApiKeys({ database, pepper })
const expiresAt = new Date(Date.now() + 60 * 60 * 1000)
const { secret } = await keys.create({ subject: { type: 'user', id: 'ada' }, roles: [], expiresAt })

const own = await microseconds(200_000, () => check(text))
const costs: [name: string, cost: number][] = [
  ['check: parse, HMAC, compare, judge', own],
  ['a typing error: its checksum is wrong', await microseconds(200_000, () => check(typingError))],
  [
    'the whole, with its row read from SQLite through Kysely',
    await microseconds(10_000, () => keys.authenticate(secret)),
  ],
  ['Ed25519 verification', await microseconds(10_000, () => verify(null, Buffer.from(text), publicKey, signature))],
  ['scrypt (2^14)', await microseconds(20, () => scryptSync(text, 'salt', 32))],
]
await database.close()

/** The MAC with one bit of one byte turned. */
const wrongAt = (at: number): string => {
  const bytes = Buffer.from(mac)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  return bytes.toString('hex')
}
// Reading a date takes longer for some digits than for others, whoever's it is: each class has many dates.
const year = 365 * 24 * 60 * 60 * 1000
const rowsWith = (over: (past: () => string) => Partial<ApiKeyRow>): ApiKeyRow[] =>
  Array.from({ length: 1024 }, () => {
    const days = (sign: number) => (): string => date(now + sign * randomInt(1, year))
    return rowWith({ created_at: days(-1)(), expires_at: days(1)(), ...over(days(-1)) })
  })
type Class = readonly [name: string, rows: readonly ApiKeyRow[], expected: string]
const wrongLast: Class = ['wrong at the last byte', rowsWith(() => ({ mac: wrongAt(31) })), 'wrong-secret']
const classes: Class[] = [
  ['wrong at the first byte', rowsWith(() => ({ mac: wrongAt(0) })), 'wrong-secret'],
  ['unknown; ids are public', rowsWith(() => ({})), 'unknown'],
  ['revoked; the secret is right', rowsWith((past) => ({ revoked_at: past() })), 'revoked'],
  ['expired; the secret is right', rowsWith((past) => ({ expires_at: past() })), 'expired'],
  ['wrong and expired', rowsWith((past) => ({ mac: wrongAt(0), expires_at: past() })), 'wrong-secret'],
]
const key = { id, environment: 'live' as const, text }

/** Nanoseconds of checks of one class and of the other, in random order: as often, so that neither is what is expected. */
const interleave = (pair: readonly [Class, Class]): [number[], number[]] => {
  const order = randomBytes(rounds)
  const times: [number[], number[]] = [[], []]
  for (let round = -rounds / 10; round < rounds; round += 1) {
    const which = ((order[Math.abs(round)] ?? 0) & 1) as 0 | 1
    const [name, rows, expected] = pair[which]
    // As a database gives it: new for each check, so that both find it in the same places of the processor's memory.
    const read = structuredClone(rows[Math.abs(round) % rows.length])
    const subject = expected === 'unknown' ? undefined : read
    const begin = performance.now()
    const reason = checkApiKey(key, subject, peppers, now)
    const took = performance.now() - begin
    if (reason !== expected) throw new Error(`expected ${expected} of the class "${name}", got ${reason}`)
    // The first ones are those that the compiler still works on.
    if (round >= 0) times[which].push(took * 1e6)
  }
  return times
}

const statisticsOf = (series: readonly number[], limit: number) => {
  const kept = Float64Array.from(series.filter((time) => time <= limit)).sort()
  const mean = kept.reduce((sum, time) => sum + time, 0) / kept.length
  const variance = kept.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (kept.length - 1)
  return { mean, error: variance / kept.length, median: kept[kept.length >> 1] ?? 0 }
}

const rowOf = (one: Class): string => {
  const times = interleave([wrongLast, one])
  // The slowest tenth of all is the machine's other work.
  const all = Float64Array.from(times.flat()).sort()
  const limit = all[Math.floor(all.length * 0.9)] ?? 0
  const [last, other] = times.map((series) => statisticsOf(series, limit)) as [
    ReturnType<typeof statisticsOf>,
    ReturnType<typeof statisticsOf>,
  ]
  const t = (other.mean - last.mean) / Math.sqrt(other.error + last.error)
  const figures = [other.mean, last.mean, other.median, last.median].map((time) => time.toFixed(0))
  return `| ${[one[0], ...figures, t.toFixed(1), Math.abs(t) < maximumT ? 'yes' : 'no'].join(' | ')} |`
}

const isWithin = own <= maximumMicroseconds ? 'yes' : 'no'
const lines = [
  `| one API key, processor time | µs | times the check | at most ${maximumMicroseconds} µs |`,
  '| --- | ---: | ---: | --- |',
  ...costs.map(
    ([name, cost], index) =>
      `| ${name} | ${cost.toFixed(1)} | ${(cost / own).toFixed(1)} | ${index === 0 ? isWithin : ''} |`,
  ),
  '',
  `| ${rounds} checks, interleaved with a key wrong at the last byte | mean, ns | of that | median, ns | of that | Welch’s t | within ±${maximumT} |`,
  '| --- | ---: | ---: | ---: | ---: | ---: | --- |',
  ...classes.map(rowOf),
]
process.stdout.write(`${lines.join('\n')}\n`)
