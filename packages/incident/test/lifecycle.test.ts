import { expect, test } from 'vitest'
import { type IncidentState, type IncidentStep, incidentStates, nextIncidentState, transitions } from '../src/index.ts'

const edges = incidentStates.flatMap((from) =>
  (Object.entries(transitions[from]) as [IncidentStep, IncidentState][]).map(([step, to]) => ({ from, step, to })),
)

const reachable = (start: IncidentState, usable: typeof edges): Set<IncidentState> => {
  const seen = new Set([start])
  for (const state of seen) for (const { from, to } of usable) if (from === state) seen.add(to)
  return seen
}

test('no way from contained to serving goes past a verification that passed', () => {
  const unverified = edges.filter(({ step }) => step !== 'verification-passed')
  for (const start of ['contained', 'recovering', 'verifying'] as const) {
    const ways = reachable(start, unverified)
    expect(ways).not.toContain('monitoring')
  }
  expect(edges.filter(({ to }) => to === 'monitoring').map(({ step }) => step)).toEqual([
    'verification-passed',
    'resumed',
  ])
  expect(edges.filter(({ step }) => step === 'resumed').map(({ from }) => from)).toEqual(['monitoring'])
})

test('every state is reached, and from every one the end can be reached', () => {
  expect([...reachable('detected', edges)].toSorted()).toEqual([...incidentStates].toSorted())
  for (const state of incidentStates) expect(reachable(state, edges)).toContain('closed')
})

test('an alert after containment leads back to containment, never past it', () => {
  expect(edges.filter(({ step }) => step === 'recurred').map(({ to }) => to)).toEqual(['triaged', 'triaged'])
  expect(edges.filter(({ from }) => from === 'triaged').map(({ to }) => to)).toEqual(['contained', 'closed'])
})

test('a step that a state does not allow is refused by name', () => {
  expect(() => nextIncidentState('contained', 'resumed')).toThrow(
    'expected a step that an incident in state contained allows (evidence-kept, given-up), got resumed',
  )
  expect(() => nextIncidentState('closed', 'triaged')).toThrow('(nothing)')
})
