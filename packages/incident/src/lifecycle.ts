import { NootropicError } from '@nootropic/core'

/** The states of an incident, in the order a good one passes them. */
export const incidentStates = [
  'detected',
  'triaged',
  'contained',
  'recovering',
  'verifying',
  'monitoring',
  'closed',
  'failed',
] as const

/** Where an incident stands. `failed` is open too: the model stays suspended and waits for a person. */
export type IncidentState = (typeof incidentStates)[number]

/** What can happen to an incident. */
export type IncidentStep =
  | 'triaged'
  | 'suspended'
  | 'evidence-kept'
  | 'rolled-back'
  | 'verification-passed'
  | 'resumed'
  | 'recurred'
  | 'given-up'
  | 'closed-by-person'

/**
 * Which step leads where; what is not in the table cannot happen. The model may serve in `detected` and `triaged`, where
 * nothing was contained yet, and again in `monitoring`, whose only way in is `verification-passed`. An alert there, or
 * in `failed`, leads back to be contained anew: somebody may have resumed the model by hand. Closing a failed incident
 * does not make its model serve.
 */
export const transitions: Readonly<Record<IncidentState, Readonly<Partial<Record<IncidentStep, IncidentState>>>>> = {
  detected: { triaged: 'triaged', 'closed-by-person': 'closed' },
  triaged: { suspended: 'contained', 'closed-by-person': 'closed' },
  contained: { 'evidence-kept': 'recovering', 'given-up': 'failed' },
  recovering: { 'rolled-back': 'verifying', 'given-up': 'failed' },
  verifying: { 'verification-passed': 'monitoring', 'given-up': 'failed' },
  monitoring: { resumed: 'monitoring', recurred: 'triaged', 'given-up': 'failed', 'closed-by-person': 'closed' },
  failed: { recurred: 'triaged', 'closed-by-person': 'closed' },
  closed: {},
}

/**
 * The state after a step.
 *
 * @throws NootropicError `USAGE` for a step that the state does not allow.
 * @example
 * ```ts
 * nextIncidentState('recovering', 'rolled-back') // 'verifying'
 * ```
 */
export const nextIncidentState = (state: IncidentState, step: IncidentStep): IncidentState => {
  const next = transitions[state][step]
  if (next !== undefined) return next
  const allowed = Object.keys(transitions[state]).join(', ') || 'nothing'
  throw new NootropicError(
    'USAGE',
    `expected a step that an incident in state ${state} allows (${allowed}), got ${step}`,
  )
}
