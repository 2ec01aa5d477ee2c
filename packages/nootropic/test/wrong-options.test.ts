import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type NootropicOptions, openNootropic, replaceAuditLog } from '../src/index.ts'
import { runIn } from './support/run-command.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nootropic-wrong-options-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('an installation is not opened with a place or an interval that is none, and nothing is made', async () => {
  const home = join(folder, 'home')
  const wrong: [keyof NootropicOptions, unknown][] = [
    ...(['home', 'manifests', 'database'] as const).flatMap((name) => [
      [name, ''] as [typeof name, unknown],
      [name, 7] as [typeof name, unknown],
    ]),
    ...(['tidyEverySeconds', 'alertIntervalSeconds'] as const).flatMap((name) =>
      [Number.NaN, -5, 2_592_000, Number.POSITIVE_INFINITY, '300'].map(
        (value) => [name, value] as [typeof name, unknown],
      ),
    ),
  ]
  for (const [name, value] of wrong) {
    const options = { home, isolation: 'none', [name]: value } as NootropicOptions
    await expect(openNootropic(options), `${name} ${String(value)}`).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining(name),
    })
  }
  expect(existsSync(home)).toBe(false)
})

test('a shell variable that is not set makes no installation of the working directory', async () => {
  const { exit, diagnostics } = await runIn(folder, ['audit', 'tail', '--home', ''])
  expect([exit, diagnostics]).toEqual([2, expect.stringContaining('expected a path as home, found an empty text')])
  expect(readdirSync(folder)).toEqual([])
})

test('the command works with the database that the host works with, and refuses another', async () => {
  const home = join(folder, 'home')
  const database = join(folder, 'records.db')
  const host = await openNootropic({ home, database, isolation: 'none', alertIntervalSeconds: 0 })
  await host.audit.append({
    category: 'operation',
    actor: 'user:ada',
    action: 'execute',
    resource: 'model:digits',
    outcome: 'succeeded',
  })
  await host.close()
  const rules = join(folder, 'rules.json')
  const forbid = { id: 'nobody', effect: 'forbid', principal: 'any', actions: 'any', resource: { type: 'model' } }
  writeFileSync(rules, JSON.stringify({ rules: [forbid] }))
  const publish = (...words: string[]) =>
    runIn(folder, ['access', 'publish', rules, '--home', home, '--isolation', 'none', ...words])
  // To publish where no host looks would permit what was forbidden.
  expect((await publish()).diagnostics).toMatch(/CONFIGURATION_INVALID: expected the database of this/)
  expect((await runIn(folder, ['audit', 'replace', '--home', home])).diagnostics).toContain('CONFIGURATION_INVALID')
  expect(await publish('--database', database)).toMatchObject({ exit: 0 })
  const again = await openNootropic({ home, database, isolation: 'none', alertIntervalSeconds: 0 })
  expect((await again.access.policy.read()).rules).toMatchObject([{ id: 'nobody' }])
  await again.close()
})

test('the database of one installation is not that of another, and neither loses its log by it', async () => {
  const database = join(folder, 'records.db')
  const first = { home: join(folder, 'first'), database, isolation: 'none', alertIntervalSeconds: 0 } as const
  const second = { ...first, home: join(folder, 'second') }
  await (await openNootropic(first)).close()
  const refused = { code: 'CONFIGURATION_INVALID', message: expect.stringContaining('a database of its own') }
  await expect(openNootropic(second)).rejects.toMatchObject(refused)
  await expect(replaceAuditLog(second)).rejects.toMatchObject(refused)
  await (await openNootropic(first)).close()
})
