// Durable appends to the audit log against one fdatasync, and against a row in SQLite (WAL, synchronous=FULL), in one run.
// Run: npx tsx --conditions=@nootropic/source packages/access/bench/audit.ts
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuditEntry } from '@nootropic/core'
import { openDatabase } from '@nootropic/core/storage'
import { sql } from 'kysely'
import { openAuditLog } from '../src/audit/log.ts'

const measureMs = 3000
const folder = await mkdtemp(join(tmpdir(), 'nootropic-bench-'))

const entry = (number: number): AuditEntry => ({
  category: 'access',
  actor: 'user:ada.lovelace@example.org',
  action: 'execute',
  resource: `model:digits-${number % 100}`,
  outcome: number % 7 === 0 ? 'denied' : 'allowed',
  reason: 'the rule "analysts-may-execute" permits role "analyst" to "execute" every model of the group "production"',
})

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0

/** Callers that each do one thing after the other, for a while: how often a second, and how long each took. */
const run = async (callers: number, work: (number: number) => Promise<unknown>) => {
  const times: number[] = []
  let number = 0
  let isWarm = false
  const start = performance.now()
  let begun = start
  const call = async (): Promise<void> => {
    for (;;) {
      const now = performance.now()
      if (!isWarm && now - start > measureMs / 3) {
        isWarm = true
        begun = now
        times.length = 0
      }
      if (isWarm && now - begun > measureMs) return
      number += 1
      await work(number)
      times.push(performance.now() - now)
    }
  }
  await Promise.all(Array.from({ length: callers }, call))
  const seconds = (performance.now() - begun) / 1000
  times.sort((left, right) => left - right)
  return { perSecond: times.length / seconds, p50: quantile(times, 0.5), p99: quantile(times, 0.99) }
}

try {
  const file = await open(join(folder, 'sync'), 'a')
  const bytes = Buffer.alloc(500, 1)
  const sync = async (): Promise<void> => {
    await file.write(bytes)
    await file.datasync()
  }
  const database = await openDatabase(join(folder, 'state.db'))
  const tables = database.tables<never>()
  await sql`create table record (body text not null)`.execute(tables)
  const insert = (number: number): Promise<unknown> =>
    sql`insert into record values (${JSON.stringify(entry(number))})`.execute(tables)
  const signingKey = generateKeyPairSync('ed25519')
  const log = await openAuditLog({
    directory: join(folder, 'audit'),
    signingKey,
    origin: 'example.org/audit',
  })
  const append = (number: number): Promise<unknown> => log.append(entry(number))

  const before = await run(1, sync)
  const lone = await run(1, append)
  const after = await run(1, sync)
  const row = await run(1, insert)
  const many = await run(1024, append)
  const each = (before.p50 + after.p50) / 2
  const lines = [
    '| work | callers | per second | p50 ms | p99 ms |',
    '|---|---|---|---|---|',
    ...(
      [
        ['write and fdatasync', 1, before],
        ['row in SQLite, FULL', 1, row],
        ['append', 1, lone],
        ['append', 1024, many],
      ] as const
    ).map(
      ([name, callers, { perSecond, p50, p99 }]) =>
        `| ${name} | ${callers} | ${Math.round(perSecond)} | ${p50.toFixed(2)} | ${p99.toFixed(2)} |`,
    ),
    '',
    `a lone append takes ${(lone.p50 / each).toFixed(2)} times one fdatasync; 1,024 callers append ${(many.perSecond / row.perSecond).toFixed(0)} times what SQLite inserts one by one`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  await log.close()
  await database.close()
  await file.close()
} finally {
  await rm(folder, { recursive: true })
}
