// One request that is reserved and settled under two quotas, on a SQLite file, against two bare transactions of one UPDATE each
// on the same engine with the same settings (WAL, synchronous=FULL): the least that two durable changes cost there. In turns, so
// that the disk and the machine are the same for both. 64 callers share one process and its connection, which takes each
// transaction in its turn.
// Run: npx tsx --conditions=@nootropic/source packages/access/bench/quotas.ts
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '@nootropic/core/storage'
import { median } from '../../../tools/bench/cost.ts'
import { openQuotas, type Quota } from '../src/quotas/index.ts'

const turns = 40
const warmTurns = 10
const requestsPerTurn = 128

/** What is used of core's own engine. */
interface Statement {
  run(...values: unknown[]): unknown
}
interface Engine {
  exec(sql: string): void
  prepare(sql: string): Statement
  close(): void
}

type Work = (caller: number) => Promise<void>
interface Found {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  /** Of one request, in milliseconds. */
  readonly processor: number
}

/** How long each of some works takes, when so many callers do it one time after the other. */
const measure = async (callers: number, works: readonly Work[]): Promise<Found[]> => {
  const found = works.map(() => ({ times: [] as number[], seconds: 0, cpu: 0 }))
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [index, work] of works.entries()) {
      const times: number[] = []
      const call = async (caller: number): Promise<void> => {
        for (let number = 0; number < requestsPerTurn / callers; number += 1) {
          const begun = performance.now()
          await work(caller)
          times.push(performance.now() - begun)
        }
      }
      const cpuBefore = process.cpuUsage()
      const begun = performance.now()
      await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)))
      const seconds = (performance.now() - begun) / 1e3
      const { user, system } = process.cpuUsage(cpuBefore)
      const total = found[index]
      if (turn < warmTurns || total === undefined) continue
      total.times.push(...times)
      total.seconds += seconds
      total.cpu += (user + system) / 1e3
    }
  }
  return found.map(({ times, seconds, cpu }) => ({
    perSecond: times.length / seconds,
    p50: median(times),
    p99: times.toSorted((one, other) => one - other)[Math.floor(times.length * 0.99)] ?? Number.NaN,
    processor: cpu / times.length,
  }))
}

const folder = await mkdtemp(join(tmpdir(), 'nootropic-bench-'))
const shared = { kind: 'window', limit: 999_999_999_999, windowSeconds: 86_400 } as const
const quotas: Quota[] = [
  { ...shared, id: 'requests-per-day', measure: 'requests', per: ['subject'] },
  { ...shared, id: 'tokens-per-day', measure: 'tokens', per: ['subject', 'model'] },
]

try {
  const database = await openDatabase(join(folder, 'state.db'))
  const store = await openQuotas({ database, quotas })
  const reserveAndSettle: Work = async (caller) => {
    const subject = { type: 'user', id: `caller-${caller}` }
    const answer = await store.reserve({ subject, model: 'digits', cost: { tokens: 500 } })
    if (!answer.admitted) throw new Error(`expected every request to fit, found that ${answer.quota} refused one`)
    await answer.reservation.settle({ tokens: 312 })
  }

  const requireOfCore = createRequire(createRequire(import.meta.url).resolve('@nootropic/core'))
  const Libsql = requireOfCore('libsql') as new (location: string) => Engine
  const engine = new Libsql(join(folder, 'rival.db'))
  for (const setting of ['journal_mode = wal', 'synchronous = full', 'secure_delete = on'])
    engine.exec(`pragma ${setting}`)
  engine.exec('create table counters (counter text primary key, used integer not null)')
  const insert = engine.prepare('insert into counters values (?, 0)')
  for (let caller = 0; caller < 64; caller += 1) insert.run(`caller-${caller}`)
  const [begin, update, commit] = [
    'begin immediate',
    'update counters set used = used + ? where counter = ?',
    'commit',
  ].map((text) => engine.prepare(text)) as [Statement, Statement, Statement]
  const transaction = (amount: number, caller: number): void => {
    begin.run()
    update.run(amount, `caller-${caller}`)
    commit.run()
  }
  let last: Promise<void> = Promise.resolve()
  const twoUpdates: Work = async (caller) => {
    for (const amount of [500, -188]) {
      last = last.then(() => transaction(amount, caller))
      await last
    }
  }

  const row = (name: string, callers: number, found: Found, rival?: Found): string => {
    const { perSecond, p50, p99, processor } = found
    const ratio = rival === undefined ? '' : `${(rival.perSecond / perSecond).toFixed(1)} times its time`
    const figures = [callers, Math.round(perSecond), p50.toFixed(2), p99.toFixed(2), processor.toFixed(2), ratio]
    return `| ${[name, ...figures].join(' | ')} |`
  }
  const rows: string[] = []
  for (const callers of [1, 64]) {
    const [own, rival] = (await measure(callers, [reserveAndSettle, twoUpdates])) as [Found, Found]
    rows.push(row('two bare transactions', callers, rival), row('reserve and settle', callers, own, rival))
  }
  const lines = [
    '| two quotas, SQLite file | callers | per second | p50 ms | p99 ms | processor ms each | ratio |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  store.close()
  engine.close()
  await database.close()
} finally {
  await rm(folder, { recursive: true })
}
