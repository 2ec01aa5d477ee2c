import { createEventBus, createManualClock, type Event, systemRandom } from '@nootropic/core'
import { parseManifestSet } from '@nootropic/core/manifest'
import { openDatabase } from '@nootropic/core/storage'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { detectionPlan, type IncidentReport, renderIncidentMarkdown } from '../src/index.ts'
import { createRecentEvents } from '../src/recent-events.ts'
import { createWorld, openScene } from './scene.ts'

const reportOf = async (message?: string): Promise<IncidentReport> => {
  const scene = await openScene(await openDatabase(':memory:'), createWorld())
  await scene.incidents.start()
  const publish = (area: string, type: string): Promise<Event> =>
    scene.bus.publish({
      source: '/nootropic/runtime',
      type: `ai.nootropic.${area}.${type}`,
      subject: 'digits',
      data: {},
    })
  await publish('model', 'registered')
  scene.clock.advance(60_000)
  await publish('model', 'activated')
  for (let index = 0; index < 500; index += 1) await publish('execution', 'failed')
  scene.clock.advance(30_000)
  await scene.raise(message === undefined ? {} : { message })
  const [incident] = await scene.incidents.list()
  return scene.incidents.report(incident?.id ?? '')
}

test('changes before the onset are candidates, the nearest first, and a flood of requests does not hide them', async () => {
  const { rootCauseCandidates } = await reportOf()
  expect(rootCauseCandidates.map(({ type, secondsBefore }) => [type, secondsBefore])).toEqual([
    ['ai.nootropic.model.activated', 30],
    ['ai.nootropic.model.registered', 90],
  ])
})

test('the checklist ticks what the timeline shows, and nothing that a person has yet to do', async () => {
  const { remediation, techniques, verification } = await reportOf()
  expect(remediation.filter(({ isDone }) => !isDone).map(({ task }) => task)).toEqual([
    'Find the root cause',
    'Write down the lessons',
    'Declare the end',
  ])
  expect(verification).toBe('pass')
  expect(techniques.map(({ id }) => id)).toEqual(['AML.T0029', 'AML.T0031', 'AML.T0043'])
})

test('a report is plain JSON', async () => {
  const report = await reportOf()
  expect(JSON.parse(JSON.stringify(report))).toEqual(report)
})

test('the Markdown tells the incident', async () => {
  const text = renderIncidentMarkdown(await reportOf())
  expect(text).toContain('- State: **monitoring**\n')
  expect(text).toContain('- Alert: half of the answers are wrong\n')
  expect(text).toContain('- [x] Suspend the model (RS.MI-01)\n- [x] Keep the evidence (RS.AN-07)\n')
  expect(text).toContain('- [ ] Declare the end (RC.RP-06)\n')
})

test('no message becomes markup: nothing of it stands unescaped or on a line of its own', async () => {
  const report = await reportOf()
  const shape = renderIncidentMarkdown(report).split('\n').length
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '<script>alert(1)</script>',
      '](javascript:alert(1))',
      '\n# Closed',
      '![x](http://x)',
      'https://x and WWW.x.org',
      'a\u202eb',
      '`~*_#',
    ),
  )
  fc.assert(
    fc.property(hostile, (message) => {
      const alert = { ...report.incident.alert, message }
      const text = renderIncidentMarkdown({ ...report, incident: { ...report.incident, alert } })
      expect(text.split('\n')).toHaveLength(shape)
      const line = text.split('\n').find((candidate) => candidate.startsWith('- Alert: '))
      const shown = line?.slice('- Alert: '.length)
      expect(shown).toMatch(/^(\\[!-/:-@[-`{-~]|[^\\`*_{}[\]<>()#!|~&@$\p{Cc}\p{Cf}])*$/u)
      expect(shown).not.toMatch(/(?<!\\):\/\/|www\./i)
    }),
    { seed: 6, numRuns: 300 },
  )
})

test('evidence is bounded: the last events of a model, the last models, and no long content', async () => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const bus = createEventBus({ clock, random: systemRandom, onError: () => {} })
  const recent = createRecentEvents()
  bus.subscribe('', recent.keep)
  const publish = (subject: string, text: string): Promise<Event> =>
    bus.publish({ source: '/nootropic/runtime', type: 'ai.nootropic.execution.failed', subject, data: { text } })
  for (let index = 0; index < 60; index += 1) await publish('digits', `${index}`)
  expect(recent.of('digits').map(({ data }) => data?.text)).toEqual(
    Array.from({ length: 50 }, (_, index) => `${index + 10}`),
  )
  for (let index = 0; index < 1000; index += 1) await publish(`m${index}`, '')
  expect(recent.of('digits')).toEqual([])
  await publish('digits', 'x'.repeat(5000))
  expect(recent.of('digits')).toMatchObject([{ digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) }])
  expect(recent.of('digits')[0]).not.toHaveProperty('data')
})

const manifest = (detection: string, response: string): string => `apiVersion: security.nootropic.ai/v1
kind: IncidentDetection
metadata:
  name: incidents
spec:
  detection:
    - type: ${detection}
  response:
    - type: ${response}
`

test('the plan says what the manifest asks for and what of it is not done', () => {
  const plan = (...texts: string[]) =>
    detectionPlan(parseManifestSet(texts.map((text) => ({ path: 'incidents.yaml', text }))))
  expect(plan()).toEqual({ opensFromAlerts: true, notDone: [] })
  expect(plan(manifest('local', 'local'))).toEqual({ opensFromAlerts: true, notDone: [] })
  expect(plan(manifest('audit', 'backup'))).toEqual({
    opensFromAlerts: false,
    notDone: ['detection.audit', 'response.backup'],
  })
})
