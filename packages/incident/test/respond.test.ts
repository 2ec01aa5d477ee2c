import { openDatabase } from '@nootropic/core/storage'
import { expect, test } from 'vitest'
import { createWorld, openScene, refOf, type Scene, type World } from './scene.ts'

const start = async (world: World): Promise<Scene> => {
  const scene = await openScene(await openDatabase(':memory:'), world)
  await scene.incidents.start()
  return scene
}

const note = { author: 'person:ada', rootCause: 'a bad training set', lessons: 'check the labels' }

test('an alert suspends, rolls back, verifies and resumes, and waits for a person', async () => {
  const world = createWorld()
  const { incidents, raise, errors } = await start(world)
  await raise()
  const [incident] = await incidents.list()
  expect(incident).toMatchObject({
    state: 'monitoring',
    affected: refOf('digits', '2.0.0'),
    restored: refOf('digits', '1.0.0'),
    verification: 'pass',
    resumedAt: '2026-01-01T00:00:00.000Z',
  })
  expect(world.suspended).toEqual(new Set())
  expect(world.rollbacks).toEqual(['digits'])
  const { timeline } = await incidents.report(incident?.id ?? '')
  expect(timeline.map(({ kind, data }) => `${kind} ${data.action ?? ''}`.trim())).toEqual([
    'opened',
    'started triage',
    'done triage',
    'started suspend',
    'done suspend',
    'started keep-evidence',
    'done keep-evidence',
    'started roll-back',
    'done roll-back',
    'started verify',
    'done verify',
    'started resume',
    'done resume',
  ])
  expect(errors).toEqual([])
})

test.each(['fail', 'incomplete'] as const)(
  'a verification that says %s leaves the model suspended',
  async (verdict) => {
    const world = createWorld()
    world.verdicts.set(refOf('digits', '1.0.0').digest, verdict)
    const { incidents, raise } = await start(world)
    await raise()
    const [incident] = await incidents.list()
    expect(incident).toMatchObject({ state: 'failed', reason: `verification of digits 1.0.0: ${verdict}` })
    expect(world.suspended).toEqual(new Set(['digits']))
  },
)

test.each([
  ['rollback', 'roll-back failed: rollback is broken; the model stays suspended'],
  ['active', 'keep-evidence failed: active is broken; the model stays suspended'],
  ['verify', 'verify failed: verify is broken; the model stays suspended'],
  ['resume', 'resume failed: resume is broken; the model stays suspended'],
] as const)('when %s fails, the model stays suspended and the incident says why', async (call, reason) => {
  const world = createWorld()
  world.broken.add(call)
  const { incidents, raise } = await start(world)
  await raise()
  expect(await incidents.list()).toMatchObject([{ state: 'failed', reason }])
  expect(world.suspended).toEqual(new Set(['digits']))
})

test('a model without a version before stays suspended, and the incident says so', async () => {
  const world = createWorld({ digits: ['1.0.0'] })
  const { incidents, raise } = await start(world)
  await raise()
  expect((await incidents.list())[0]?.reason).toBe(
    'roll-back failed: digits has no version before this one; the model stays suspended',
  )
  expect(world.suspended).toEqual(new Set(['digits']))
})

test('a model that cannot be suspended is called not contained, and tried again at the next alert', async () => {
  const world = createWorld()
  world.broken.add('suspend')
  const { incidents, raise } = await start(world)
  await raise()
  expect((await incidents.list())[0]).toMatchObject({
    state: 'triaged',
    reason: expect.stringContaining('NOT CONTAINED'),
  })
  expect(world.rollbacks).toEqual([])
  world.broken.clear()
  await raise()
  const [incident, ...others] = await incidents.list()
  expect(others).toEqual([])
  expect(incident?.state).toBe('monitoring')
  expect(incident?.reason).toBeUndefined()
})

test('an alert that comes while a containment is failing has it tried once more', async () => {
  const world = createWorld()
  world.broken.add('suspend')
  const { incidents, raise, bus } = await start(world)
  bus.subscribe('ai.nootropic.incident.updated', async ({ data }) => {
    if (data.reason === undefined || !world.broken.delete('suspend')) return
    await raise()
  })
  await raise()
  expect(await incidents.list()).toMatchObject([{ state: 'monitoring' }])
})

test('alerts during an incident join it; the worst decides how bad it is; other models have their own', async () => {
  const world = createWorld({ digits: ['1.0.0', '2.0.0'], letters: ['1.0.0', '2.0.0'] })
  const { incidents, raise, resolve } = await start(world)
  await Promise.all([
    raise({ severity: 'medium' }),
    raise({ severity: 'critical' }),
    raise({ severity: 'low' }),
    raise({ model: 'letters' }),
  ])
  await resolve('digits')
  const found = await incidents.list()
  expect(found.map(({ model, severity }) => `${model} ${severity}`).toSorted()).toEqual([
    'digits critical',
    'letters high',
  ])
  const { timeline } = await incidents.report(found.find(({ model }) => model === 'digits')?.id ?? '')
  expect(timeline.filter(({ kind }) => kind === 'alert')).toHaveLength(2)
  expect(timeline.at(-1)?.kind).toBe('resolved')
  expect(world.rollbacks.toSorted()).toEqual(['digits', 'letters'])
})

test('an alert about the restored version suspends it for a person: no second rollback', async () => {
  const world = createWorld({ digits: ['1.0.0', '2.0.0', '3.0.0'] })
  const { incidents, raise } = await start(world)
  await raise()
  await raise()
  expect(await incidents.list()).toMatchObject([
    { state: 'failed', recurrences: 1, reason: 'alerts went on after the response; the model stays suspended' },
  ])
  expect(world.rollbacks).toEqual(['digits'])
  expect(world.suspended).toEqual(new Set(['digits']))
})

test('a model that a person resumed beside its failed incident is suspended again', async () => {
  const world = createWorld({ digits: ['1.0.0'] })
  const { incidents, raise } = await start(world)
  await raise()
  world.suspended.clear()
  await raise()
  expect(world.suspended).toEqual(new Set(['digits']))
  expect(await incidents.list()).toHaveLength(1)
})

test('a version that was put in place meanwhile is not resumed on the verdict of another', async () => {
  const world = createWorld()
  const { incidents, raise, bus } = await start(world)
  bus.subscribe('ai.nootropic.incident.updated', ({ data }) => {
    if (data.state === 'monitoring') world.versions.get('digits')?.push(refOf('digits', '2.0.0'))
  })
  await raise()
  expect(await incidents.list()).toMatchObject([
    { state: 'failed', reason: 'the version in place is not the one that was verified' },
  ])
  expect(world.suspended).toEqual(new Set(['digits']))
  expect(world.violations).toEqual([])
})

test('a person closes with a note; a new alert then opens a new incident', async () => {
  const world = createWorld({ digits: ['1.0.0', '2.0.0', '3.0.0'] })
  const { incidents, raise } = await start(world)
  await raise()
  const [first] = await incidents.list()
  const id = first?.id ?? ''
  await expect(incidents.close(id, { ...note, lessons: ' ' })).rejects.toMatchObject({ code: 'USAGE' })
  await expect(incidents.close('unknown', note)).rejects.toMatchObject({ code: 'USAGE' })
  expect(await incidents.close(id, note)).toMatchObject({ state: 'closed', closing: note })
  await expect(incidents.close(id, note)).rejects.toMatchObject({ code: 'USAGE' })
  await raise()
  expect((await incidents.list()).map(({ state }) => state).toSorted()).toEqual(['closed', 'monitoring'])
})

test('nobody closes an incident while it is being responded to', async () => {
  const { incidents, raise, bus } = await start(createWorld())
  const refusals: unknown[] = []
  bus.subscribe('ai.nootropic.incident.updated', async ({ subject }) => {
    await incidents.close(subject ?? '', note).catch((error: unknown) => refusals.push(error))
  })
  await raise()
  expect(refusals).toHaveLength(6)
  expect(refusals).toEqual(refusals.map(() => expect.objectContaining({ code: 'USAGE' })))
  expect(await incidents.list()).toMatchObject([{ state: 'monitoring' }])
})

test('closing a failed incident does not make the model serve', async () => {
  const world = createWorld({ digits: ['1.0.0'] })
  const { incidents, raise } = await start(world)
  await raise()
  const [incident] = await incidents.list()
  await incidents.close(incident?.id ?? '', note)
  expect(world.suspended).toEqual(new Set(['digits']))
})

test('what is no alert opens nothing and is reported to the bus', async () => {
  const { incidents, bus, errors } = await start(createWorld())
  await bus.publish({ source: '/nootropic/monitoring', type: 'ai.nootropic.alert.raised', data: { rule: 'x' } })
  expect(errors).toHaveLength(1)
  expect(await incidents.list()).toEqual([])
})

test('opening alone does nothing, and stopping ends the response', async () => {
  const world = createWorld()
  const { incidents, raise } = await openScene(await openDatabase(':memory:'), world)
  await raise()
  await incidents.start()
  incidents.stop()
  await raise()
  expect(await incidents.list()).toEqual([])
})

const asked = (scene: Scene, subject = 'digits') =>
  scene.bus.publish({ source: '/nootropic/runtime', type: 'ai.nootropic.execution.completed', subject, data: {} })

test('a containment that failed is tried again when the model is next asked for, once a second', async () => {
  const world = createWorld()
  world.broken.add('suspend')
  const scene = await start(world)
  await scene.raise()
  const reason = expect.stringMatching(/^NOT CONTAINED/)
  expect(await scene.incidents.list()).toMatchObject([{ state: 'triaged', reason }])
  await asked(scene)
  const [{ id } = { id: '' }] = await scene.incidents.list()
  const { timeline } = await scene.incidents.report(id)
  world.broken.clear()
  await asked(scene)
  expect((await scene.incidents.report(id)).timeline).toEqual(timeline)
  scene.clock.advance(1000)
  await asked(scene)
  expect(await scene.incidents.list()).toMatchObject([{ state: 'monitoring' }])
  expect(world.rollbacks).toEqual(['digits'])
})

test('an alert that could not be put on disk is taken up when the model is next asked for', async () => {
  const world = createWorld()
  let isFull = true
  const database = await openDatabase(':memory:')
  const full = {
    ...database,
    tables: <Tables>() =>
      database.tables<Tables>().withPlugin({
        transformQuery: ({ node }) => {
          if (isFull && node.kind === 'InsertQueryNode') throw new Error('disk full')
          return node
        },
        transformResult: async ({ result }) => result,
      }),
  }
  const scene = await openScene(full, world)
  await scene.incidents.start()
  await scene.raise()
  expect(scene.errors).toHaveLength(1)
  expect(await scene.incidents.list()).toEqual([])
  isFull = false
  scene.clock.advance(1000)
  await asked(scene)
  expect(await scene.incidents.list()).toMatchObject([{ state: 'monitoring' }])
})

test('starting again listens once: one alert stays one', async () => {
  const world = createWorld()
  const scene = await start(world)
  await scene.incidents.start()
  await scene.raise()
  expect(await scene.incidents.list()).toMatchObject([{ state: 'monitoring', recurrences: 0 }])
})

test('requests for names that no model has do not push out the change before an incident', async () => {
  const scene = await start(createWorld())
  const type = 'ai.nootropic.model.activated'
  await scene.bus.publish({ source: '/nootropic/runtime', type, subject: 'digits', data: {} })
  for (let count = 0; count < 1001; count += 1) await asked(scene, `invented-${count}`)
  await scene.raise()
  const [{ id } = { id: '' }] = await scene.incidents.list()
  expect((await scene.incidents.report(id)).rootCauseCandidates).toMatchObject([{ type }])
})

test('a text cut inside a character does not keep a model from being repaired', async () => {
  const scene = await start(createWorld())
  const data = { reason: 'cut \ud83d' }
  await scene.bus.publish({
    source: '/nootropic/runtime',
    type: 'ai.nootropic.execution.failed',
    subject: 'digits',
    data,
  })
  await scene.raise()
  expect(await scene.incidents.list()).toMatchObject([{ state: 'monitoring' }])
})
