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

interface Found {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
}

/** What times in milliseconds say, which passed within so many seconds: one after the other unless told. */
const summary = (times: number[], seconds = times.reduce((sum, time) => sum + time, 0) / 1000): Found => {
  times.sort((left, right) => left - right)
  return { perSecond: times.length / seconds, p50: quantile(times, 0.5), p99: quantile(times, 0.99) }
}

/** How long each of some works takes, in turns, so that the disk and the machine are the same for all. */
const interleaved = async <Name extends string>(works: Record<Name, () => Promise<unknown>>) => {
  const names = Object.keys(works) as Name[]
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  for (let turn = 0; turn < 120; turn += 1) {
    for (const name of names) {
      for (let number = 0; number < 50; number += 1) {
        const start = performance.now()
        await works[name]()
        if (turn >= 20) times[name].push(performance.now() - start)
      }
    }
  }
  return times
}

/** Callers that each do one thing after the other, for a while: how often a second, and how long each took. */
const run = async (callers: number, work: (number: number) => Promise<unknown>): Promise<Found> => {
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
  return summary(times, (performance.now() - begun) / 1000)
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

  const each = await interleaved({ sync, append: () => append(1) })
  const sync1 = summary(each.sync)
  const lone = summary(each.append)
  const row = await run(1, insert)
  const many = await run(1024, append)
  const line = (name: string, callers: number, found: Found, ratio: string): string =>
    `| ${name} | ${callers} | ${Math.round(found.perSecond)} | ${found.p50.toFixed(3)} | ${found.p99.toFixed(3)} | ${ratio} |`
  const more = lone.p50 - sync1.p50
  const lines = [
    '| work | callers | per second | p50 ms | p99 ms | ratio |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    line('write and fdatasync', 1, sync1, ''),
    line('append', 1, lone, `${(lone.p50 / sync1.p50).toFixed(2)} of its p50`),
    line('row in SQLite, WAL, FULL', 1, row, ''),
    line('append', 1024, many, `${(many.perSecond / row.perSecond).toFixed(1)} × its rows`),
    '',
    `A lone append takes one write and fdatasync and ${more.toFixed(3)} ms, most of it the signature: at most 1.2 times where`,
    `those take ${(more / 0.2).toFixed(2)} ms or more; on this disk they take ${sync1.p50.toFixed(3)} ms.`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  await log.close()
  await database.close()
  await file.close()
} finally {
  await rm(folder, { recursive: true })
}
