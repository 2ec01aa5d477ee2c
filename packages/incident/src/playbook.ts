import type { Clock, Event, ModelControl, ModelRef, Verdict } from '@nootropic/core'
import type { Incident } from './incident.ts'
import type { IncidentStep } from './lifecycle.ts'
import type { RecentEvents } from './recent-events.ts'

/** What the response can do next. */
export type PlaybookAction = 'triage' | 'suspend' | 'keep-evidence' | 'give-up' | 'roll-back' | 'verify' | 'resume'

/** How an action went: the step it makes, what it changes, and what the timeline shall say of it. */
export interface ActionResult {
  /** Absent where the action failed and is to be tried again. */
  readonly step?: IncidentStep
  readonly change: Partial<Incident>
  readonly data: Event['data']
}

/** What the response acts with. */
export interface PlaybookTools {
  readonly clock: Clock
  /** `suspend` and `resume` must do no harm when they are called a second time: after a crash they are. */
  readonly control: ModelControl
  /** The version that serves, or would serve were the model not suspended. */
  readonly active: (model: string) => Promise<ModelRef | undefined>
  /** Whether a version may serve again. Anything but `pass` leaves the model suspended. */
  readonly verify: (ref: ModelRef) => Promise<Verdict>
}

/** The next action for an incident, or undefined where it waits for an alert or a person. */
export const nextAction = ({ state, recurrences, resumedAt }: Incident): PlaybookAction | undefined => {
  switch (state) {
    case 'detected':
      return 'triage'
    case 'triaged':
      return 'suspend'
    case 'contained':
      return recurrences === 0 ? 'keep-evidence' : 'give-up'
    case 'recovering':
      return 'roll-back'
    case 'verifying':
      return 'verify'
    case 'monitoring':
      return resumedAt === undefined ? 'resume' : undefined
    default:
      return undefined
  }
}

const isSame = (left: ModelRef, right: ModelRef): boolean =>
  left.version === right.version && left.digest === right.digest

const givenUp = (reason: string, change: Partial<Incident> = {}): ActionResult => ({
  step: 'given-up',
  change: { ...change, reason },
  data: { reason },
})

/** The actions of the playbook. Each may run twice: a crash can fall between the act and the record of it. */
export const createPlaybook = (
  { clock, control, active, verify }: PlaybookTools,
  events: RecentEvents,
): Record<PlaybookAction, (incident: Incident) => Promise<ActionResult>> => ({
  triage: async ({ severity, alert }) => ({ step: 'triaged', change: {}, data: { severity, rule: alert.rule } }),

  suspend: async ({ id, model, alert }) => {
    await control.suspend(model, `incident ${id}: ${alert.message}`)
    return { step: 'suspended', change: { reason: undefined }, data: {} }
  },

  'keep-evidence': async ({ model }) => {
    const affected = await active(model)
    return {
      step: 'evidence-kept',
      change: affected === undefined ? {} : { affected },
      data: { affected: affected ?? null, events: events.of(model).map((event) => ({ ...event })) },
    }
  },

  // Rolling back once more could bring the bad version back: it happens once an incident, then a person decides.
  'give-up': async () => givenUp('alerts went on after the response; the model stays suspended'),

  'roll-back': async ({ id, model, affected }) => {
    const serving = await active(model)
    if (affected === undefined || serving === undefined) {
      return givenUp('it is not known which version served, so there is nothing to roll back from')
    }
    // A rollback goes one version further each time it is called. When another version than the affected one serves, it
    // was done before a crash, or by a person.
    const restored = isSame(serving, affected) ? await control.rollback(model, `incident ${id}`) : serving
    if (isSame(restored, affected)) return givenUp('the rollback left the affected version in place')
    return { step: 'rolled-back', change: { restored }, data: { restored } }
  },

  verify: async ({ restored }) => {
    if (restored === undefined) return givenUp('no version was restored')
    const verification = await verify(restored)
    return verification === 'pass'
      ? { step: 'verification-passed', change: { verification }, data: { verification } }
      : givenUp(`verification of ${restored.name} ${restored.version}: ${verification}`, { verification })
  },

  resume: async ({ id, model, restored }) => {
    const serving = await active(model)
    if (restored === undefined || serving === undefined || !isSame(serving, restored)) {
      return givenUp('the version in place is not the one that was verified')
    }
    await control.resume(model, `incident ${id}: the version restored was verified`)
    return { step: 'resumed', change: { resumedAt: clock.now().toISOString() }, data: {} }
  },
})

/** What follows from an action that threw: a containment is tried again, everything else is given up, suspended. */
export const failedAction = (action: PlaybookAction, error: unknown): ActionResult => {
  const reason = `${action} failed: ${error instanceof Error ? error.message : String(error)}`
  return action === 'suspend'
    ? { change: { reason: `NOT CONTAINED, the model may still serve; ${reason}` }, data: { reason } }
    : givenUp(`${reason}; the model stays suspended`)
}
