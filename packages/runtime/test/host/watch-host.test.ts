import {
  type AuditEntry,
  createEventBus,
  createManualClock,
  type Event,
  type Finding,
  systemRandom,
} from '@nootropic/core'
import { expect, test } from 'vitest'
import type { HostReport } from '../../src/host/host-report.ts'
import { watchHost } from '../../src/host/watch-host.ts'
import { bareHost } from './containers.ts'

const finding = (rule: string): Finding => ({
  ...{ rule, severity: 'high', title: '', message: '/secret/path', location: { path: '/secret/path' } },
  ...{ remediation: '', references: [], tags: [] },
})
const report = (...rules: string[]): HostReport => ({
  verdict: rules.length === 0 ? 'pass' : 'fail',
  checks: [{ name: 'secrets', verdict: 'fail', summary: '', findings: rules.map(finding) }],
  facts: bareHost,
  isolation: undefined,
})

const watched = (results: (HostReport | Error)[], options: { isAuditFull?: boolean } = {}) => {
  const events: Event[] = []
  const entries: AuditEntry[] = []
  const errors: unknown[] = []
  const ticks: (() => void)[] = []
  const clock = createManualClock('2026-02-01T00:00:00Z')
  const bus = createEventBus({ clock, random: systemRandom, onError: (error) => errors.push(error) })
  bus.subscribe('ai.nootropic.host.', (event) => void events.push(event))
  const state = { checks: 0, isAuditFull: options.isAuditFull ?? false }
  const watch = watchHost({
    check: async () => {
      state.checks += 1
      const result = results.shift() ?? report()
      if (result instanceof Error) throw result
      return result
    },
    everyMs: 1000,
    bus,
    audit: {
      async append(entry) {
        if (state.isAuditFull) throw new Error('full')
        entries.push(entry)
        return { index: 0, leafHash: '' }
      },
    },
    onError: (error) => errors.push(error),
    repeat: (work, everyMs) => {
      expect(everyMs).toBe(1000)
      ticks.push(work)
      return () => void ticks.splice(0)
    },
  })
  /** One tick of the timer, to its end. */
  const tick = async (): Promise<void> => {
    for (const work of ticks) work()
    await watch.check().catch(() => undefined)
  }
  return { watch, tick, events, entries, errors, state, ticks }
}

test('the first check and every change is an event and an audit record; what stays is neither', async () => {
  const { watch, tick, events, entries } = watched([
    report(),
    report(),
    report('host/swap'),
    report('host/swap'),
    report(),
  ])
  await watch.check()
  for (let count = 0; count < 4; count += 1) await tick()
  const expected = [
    { verdict: 'pass', appeared: [], gone: [] },
    { verdict: 'fail', appeared: [{ rule: 'host/swap', severity: 'high' }], gone: [] },
    { verdict: 'pass', appeared: [], gone: ['host/swap'] },
  ]
  expect(events.map(({ data }) => data)).toEqual(expected)
  expect(entries.map(({ details }) => details)).toEqual(expected)
  expect(entries.map(({ outcome }) => outcome)).toEqual(['succeeded', 'failed', 'succeeded'])
  expect(JSON.stringify([events, entries])).not.toContain('secret')
})

test('a check that fails is told as incomplete, and the next one starts anew', async () => {
  const { tick, events, errors } = watched([report(), new Error('no worker'), report()])
  for (let count = 0; count < 3; count += 1) await tick()
  expect(events.map(({ data }) => data.verdict)).toEqual(['pass', 'incomplete', 'pass'])
  expect(errors).toEqual([new Error('no worker')])
})

test('what the audit log could not keep is told again', async () => {
  const { watch, tick, entries, errors, state } = watched([report('host/swap'), report('host/swap')], {
    isAuditFull: true,
  })
  await expect(watch.check()).rejects.toThrow('full')
  state.isAuditFull = false
  await tick()
  expect(entries.map(({ details }) => details?.appeared)).toEqual([[{ rule: 'host/swap', severity: 'high' }]])
  expect(errors).toEqual([])
})

test('checks do not overlap, and none is under way after the stop', async () => {
  const { watch, state, ticks } = watched([])
  const [first, second] = [watch.check(), watch.check()]
  expect(await first).toBe(await second)
  expect(state.checks).toBe(1)
  await watch.stop()
  expect(ticks).toEqual([])
})
