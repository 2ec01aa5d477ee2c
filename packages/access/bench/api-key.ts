// Processor time of one check of an API key, beside what others check keys by: a signature (Ed25519), a slow hash (scrypt).
// Then whether a key that is wrong at its first digit takes another time than one that is wrong at its last.
// Run: npx tsx --conditions=@nootropic/source packages/access/bench/api-key.ts
import { createSecretKey, generateKeyPairSync, randomBytes, scryptSync, sign, verify } from 'node:crypto'
import { systemRandom } from '@nootropic/core'
import { openDatabase } from '@nootropic/core/storage'
import { createApiKey, parseApiKey } from '../src/credentials/api-key.ts'
import type { ApiKeyRow } from '../src/credentials/api-key-table.ts'
import { openApiKeys } from '../src/credentials/api-keys.ts'
import { checkApiKey } from '../src/credentials/check-api-key.ts'
import { createPeppers, macOf } from '../src/credentials/peppers.ts'

const print = (line: string): boolean => process.stdout.write(`${line}\n`)

const pepper = createSecretKey(randomBytes(32))
const peppers = createPeppers(pepper, '1', {})
const now = Date.parse('2026-01-01T00:00:00Z')
const { id, text } = createApiKey('live', systemRandom)
const row: ApiKeyRow = {
  id,
  mac: macOf(pepper, text).toString('hex'),
  pepper_id: '1',
  subject_type: 'user',
  subject_id: 'ada',
  roles: '[]',
  scopes: null,
  created_at: new Date(now).toISOString(),
  expires_at: new Date(now + 1000).toISOString(),
  revoked_at: null,
  successor_id: null,
  last_used_at: null,
}

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

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const signature = sign(null, Buffer.from(text), privateKey)
const database = await openDatabase(':memory:')
const keys = await openApiKeys({ database, pepper })
const expiresAt = new Date(Date.now() + 60 * 60 * 1000)
const { secret } = await keys.create({ subject: { type: 'user', id: 'ada' }, roles: [], expiresAt })

const own = await microseconds(100_000, () => check(text))
const rivals = {
  'Ed25519 verification': await microseconds(5000, () => verify(null, Buffer.from(text), publicKey, signature)),
  'scrypt (2^14)': await microseconds(20, () => scryptSync(text, 'salt', 32)),
}
print(`API key check: ${own.toFixed(1)} us of processor time`)
for (const [name, time] of Object.entries(rivals)) print(`  ${name}: ${(time / own).toFixed(0)} times that`)
const whole = await microseconds(5000, () => keys.authenticate(secret))
print(`  with its row read from SQLite through Kysely: ${whole.toFixed(0)} us`)

// Welch's t of two interleaved series, as dudect does it (Reparaz, Balasch, Verbauwhede 2017): beyond 4.5 they differ.
const mac = Buffer.from(row.mac, 'hex')
const rowsWrongAt = [0, 31].map((at) => {
  const bytes = Buffer.from(mac)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  return { ...row, mac: bytes.toString('hex') }
})
const key = { id, environment: 'live' as const, text }
const series: number[][] = [[], []]
for (let round = 0; round < 200_000; round += 1) {
  const which = randomBytes(1)[0] ?? 0
  const subject = rowsWrongAt[which & 1]
  const begin = process.hrtime.bigint()
  checkApiKey(key, subject, peppers, now)
  series[which & 1]?.push(Number(process.hrtime.bigint() - begin))
}
// The slowest tenth is the machine's other work.
const cut = series.map((times) =>
  times.toSorted((left, right) => left - right).slice(0, Math.floor(times.length * 0.9)),
)
const [first, last] = cut.map((times) => {
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length
  const variance = times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (times.length - 1)
  return { mean, error: variance / times.length }
})
if (first === undefined || last === undefined) throw new Error('expected two series')
const t = (first.mean - last.mean) / Math.sqrt(first.error + last.error)
print(
  `wrong at the first byte ${first.mean.toFixed(0)} ns, at the last ${last.mean.toFixed(0)} ns: Welch's t ${t.toFixed(1)}`,
)
await database.close()
