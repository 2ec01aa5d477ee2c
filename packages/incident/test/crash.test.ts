import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '@nootropic/core/storage'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLifetime, createWorld, openScene, refOf, type World } from './scene.ts'

test('a process that ends at any moment loses no incident, repeats no rollback and serves nothing unverified', async () => {
  let crashes = 0
  for (let fatal = 1; ; fatal += 1) {
    const database = await openDatabase(':memory:')
    // Three versions: a rollback done twice would be seen.
    const world = createWorld({ digits: ['1.0.0', '2.0.0', '3.0.0'] })
    const lifetime = createLifetime(fatal)
    const dying = await openScene(database, world, lifetime)
    await dying.incidents.start().then(
      () => dying.raise(),
      () => {},
    )
    if (!lifetime.isOver()) {
      await database.close()
      break
    }
    crashes += 1
    const { incidents } = await openScene(database, world)
    await incidents.start()
    const found = await incidents.list()
    const place = `fatal moment ${fatal}`
    for (const id of world.acknowledged)
      expect(
        found.map((incident) => incident.id),
        place,
      ).toContain(id)
    if (found.length === 0) {
      expect([world.suspended.size, world.rollbacks.length], place).toEqual([0, 0])
    } else {
      expect(found, place).toMatchObject([{ state: 'monitoring', restored: refOf('digits', '2.0.0') }])
      expect(world.rollbacks, place).toEqual(['digits'])
      expect(world.suspended, place).toEqual(new Set())
    }
    expect(world.violations, place).toEqual([])
    await database.close()
  }
  expect(crashes).toBeGreaterThan(80)
})

test('an incident outlives the process that opened it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'incident-'))
  const path = join(directory, 'state', 'state.db')
  const world = createWorld({ digits: ['1.0.0'] })
  const first = await openDatabase(path)
  const scene = await openScene(first, world)
  await scene.incidents.start()
  await scene.raise()
  const before = await scene.incidents.list()
  await first.close()
  const second = await openDatabase(path)
  const { incidents } = await openScene(second, world)
  expect(await incidents.list()).toEqual(before)
  await second.close()
  await rm(directory, { recursive: true })
})

const model = fc.constantFrom('digits', 'letters')
const command = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('raise' as const), model }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('raise-twice' as const), model }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('resolve' as const), model }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('close' as const), model }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('activate' as const), model }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('break' as const),
      call: fc.constantFrom('suspend', 'resume', 'rollback', 'active', 'verify'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('mend' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('judge' as const), verdict: fc.constantFrom('pass', 'fail', 'incomplete') }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('restart' as const), fatal: fc.integer({ min: 1, max: 60 }) }) },
)

const contained: readonly string[] = ['contained', 'recovering', 'verifying', 'failed']

test('whatever happens in whatever order: nothing unverified serves, one open incident a model, none forgotten', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 25 }), async (commands) => {
      const database = await openDatabase(':memory:')
      const versions = ['1.0.0', '2.0.0', '3.0.0', '4.0.0']
      const world: World = createWorld({ digits: versions, letters: versions })
      let lifetime = createLifetime()
      let scene = await openScene(database, world, lifetime)
      await scene.incidents.start()
      const restart = async (fatal?: number): Promise<void> => {
        scene.incidents.stop()
        lifetime = createLifetime(fatal)
        scene = await openScene(database, world, lifetime)
        await scene.incidents.start().catch(() => {})
      }
      for (const one of commands) {
        if (one.do === 'raise') await scene.raise({ model: one.model })
        if (one.do === 'raise-twice') {
          await Promise.all([
            scene.raise({ model: one.model }),
            scene.raise({ model: one.model, severity: 'critical' }),
          ])
        }
        if (one.do === 'resolve') await scene.resolve(one.model)
        if (one.do === 'close' && !lifetime.isOver()) {
          const note = { author: 'person:ada', rootCause: 'unknown', lessons: 'none' }
          const open = (await scene.incidents.list().catch(() => [])).find(
            (incident) => incident.model === one.model && incident.state !== 'closed',
          )
          if (open !== undefined) await scene.incidents.close(open.id, note).catch(() => {})
        }
        if (one.do === 'activate') world.versions.get(one.model)?.push(refOf(one.model, '9.0.0'))
        if (one.do === 'break') world.broken.add(one.call as 'suspend')
        if (one.do === 'mend') world.broken.clear()
        if (one.do === 'judge') {
          for (const ref of [...world.versions.values()].flat()) world.verdicts.set(ref.digest, one.verdict as 'pass')
        }
        if (one.do === 'restart') await restart(one.fatal)
      }
      await restart()
      const found = await scene.incidents.list()
      const open = found.filter(({ state }) => state !== 'closed')
      expect(new Set(open.map((incident) => incident.model)).size).toBe(open.length)
      for (const id of world.acknowledged) expect(found.map((incident) => incident.id)).toContain(id)
      for (const incident of open) {
        if (contained.includes(incident.state)) expect(world.suspended).toContain(incident.model)
      }
      expect(world.violations).toEqual([])
      await database.close()
    }),
    { seed: 5, numRuns: 100 },
  )
})
