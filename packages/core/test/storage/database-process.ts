// Another process at the same database: `count` adds to counters, `transfer` reads before it writes, `append` writes rows until it is killed and prints
// each once it is committed, `migrate` migrates.
import { openDatabase } from '../../src/storage/index.ts'
import { type TestTables, testMigrations } from './tables.ts'

const [task, location, number] = process.argv.slice(2) as ['count' | 'transfer' | 'append' | 'migrate', string, string]
const database = await openDatabase(location)
const tables = database.tables<TestTables>()

const tasks = {
  async count() {
    const limit = 100
    let admitted = 0
    for (let attempt = 0; attempt < Number(number); attempt += 1) {
      await tables
        .insertInto('test_counters')
        .values({ name: 'all', used: 1 })
        .onConflict((conflict) =>
          conflict.column('name').doUpdateSet((row) => ({ used: row('test_counters.used', '+', 1) })),
        )
        .execute()
      const row = await tables
        .insertInto('test_counters')
        .values({ name: 'limited', used: 1 })
        .onConflict((conflict) =>
          conflict
            .column('name')
            .doUpdateSet((row) => ({ used: row('test_counters.used', '+', 1) }))
            .where('test_counters.used', '<', limit),
        )
        .returning('used')
        .executeTakeFirst()
      if (row !== undefined) admitted += 1
    }
    process.stdout.write(String(admitted))
  },
  async transfer() {
    for (let attempt = 0; attempt < Number(number); attempt += 1) {
      await tables.transaction().execute(async (transaction) => {
        const counter = transaction.selectFrom('test_counters').select('used').where('name', '=', 'account')
        const { used } = await counter.executeTakeFirstOrThrow()
        await transaction
          .updateTable('test_counters')
          .set({ used: used + 1 })
          .where('name', '=', 'account')
          .execute()
      })
    }
  },
  async append() {
    for (let id = Number(number); ; id += 1) {
      await tables
        .insertInto('test_rows')
        .values({ id, text: 'x'.repeat(100), bytes: null })
        .execute()
      process.stdout.write(`${id}\n`)
    }
  },
  async migrate() {
    await database.migrate('test', testMigrations)
  },
}
await tasks[task]()
await database.close()
