import {
  type Alert,
  alertEvents,
  alertSchema,
  type Clock,
  type Event,
  type EventBus,
  type ModelControl,
  type ModelRef,
  NootropicError,
  type Random,
  severities,
  type Verdict,
} from '@nootropic/core'
import type { Database } from '@nootropic/core/storage'
import { z } from 'zod'
import { type ClosingNote, closingNoteSchema, type Incident } from './incident.ts'
import { nextIncidentState } from './lifecycle.ts'
import { createPlaybook, failedAction, nextAction } from './playbook.ts'
import { createRecentEvents } from './recent-events.ts'
import { createIncidentReport, type IncidentReport } from './report.ts'
import { type IncidentChange, openIncidentStore } from './store.ts'

/** The event types that tell of incidents; their subject is the incident's id. */
export const incidentEvents = {
  opened: 'ai.nootropic.incident.opened',
  updated: 'ai.nootropic.incident.updated',
  closed: 'ai.nootropic.incident.closed',
} as const

/** What the response needs of its host. */
export interface IncidentOptions {
  readonly database: Database
  /** `suspend` and `resume` must do no harm when they are called a second time: after a crash they are. */
  readonly control: ModelControl
  /** The version that serves, or would serve were the model not suspended. */
  readonly active: (model: string) => Promise<ModelRef | undefined>
  /** Whether a version may serve again. Anything but `pass` leaves the model suspended. */
  readonly verify: (ref: ModelRef) => Promise<Verdict>
  readonly bus: EventBus
  readonly clock: Clock
  readonly random: Random
}

/** Opens incidents from alerts and takes each through the playbook. */
export interface Incidents {
  /**
   * Listens for alerts, then takes up every incident that was left unfinished. Resolves when none can go on by itself.
   * What could not be done, because the database or the model's control failed, is tried again when somebody next asks for
   * the model, and by calling this again.
   *
   * @throws NootropicError `STORAGE_FAILED`: an incident could not be taken up; the others were.
   */
  start(): Promise<void>
  /** The newest first. */
  list(): Promise<Incident[]>
  /** @throws NootropicError `USAGE` for an unknown id. */
  get(id: string): Promise<Incident>
  /** @throws NootropicError `USAGE` for an unknown id. */
  report(id: string): Promise<IncidentReport>
  /**
   * Ends an incident, by a person. The model of a failed one stays suspended.
   *
   * @throws NootropicError `USAGE` for an unknown id, an incomplete note, or an incident that is still being worked on.
   */
  close(id: string, note: ClosingNote): Promise<Incident>
  /** Stops listening. What is under way goes on to its end. */
  stop(): void
}

// Each try is two entries of a timeline, and requests come as fast as they please (CWE-770).
const leastRetryMs = 1000

const worse = (left: Alert['severity'], right: Alert['severity']): Alert['severity'] =>
  severities.indexOf(left) <= severities.indexOf(right) ? left : right

// An alert where the response had ended says that something serves that should not; before that it is about what is being
// repaired.
const attachAlert = (open: Incident, alert: Alert): IncidentChange => {
  const severity = worse(open.severity, alert.severity)
  const isRecurrence = open.state === 'failed' || (open.state === 'monitoring' && open.resumedAt !== undefined)
  return {
    incident: isRecurrence
      ? { ...open, severity, recurrences: open.recurrences + 1, state: nextIncidentState(open.state, 'recurred') }
      : { ...open, severity },
    entry: { kind: 'alert', data: { ...alert, recurrence: isRecurrence } },
  }
}

/**
 * Opens the incidents of a database. The playbook: suspend, keep the evidence, roll back, verify, resume, watch; then a
 * person closes. Each action is on disk before it is done and after, so a crash at any moment loses none and repeats
 * none that must not be repeated. What fails leaves the model suspended and the incident `failed` with its reason.
 *
 * Nothing is done before {@link Incidents.start}: opening alone is enough to list and to read.
 */
export const openIncidents = async (options: IncidentOptions): Promise<Incidents> => {
  const { bus, clock, random } = options
  const store = await openIncidentStore(options.database, clock)
  const events = createRecentEvents()
  const playbook = createPlaybook(options, events)
  const running = new Map<string, { again: boolean }>()
  const subscriptions: (() => void)[] = []
  /** What is left to be done for a model, where something failed on the way, and when it was last tried. */
  const unfinished = new Map<string, { readonly triedMs: number; readonly retry: () => Promise<void> }>()

  const publish = async (type: string, { id, model, state, severity, reason }: Incident): Promise<void> => {
    const data = { model, state, severity, ...(reason === undefined ? {} : { reason }) }
    await bus.publish({ source: '/nootropic/incident', type, subject: id, data })
  }

  /** Does the next action, with its start and its end on disk. Returns whether another may follow. */
  const act = async (incident: Incident): Promise<boolean> => {
    const action = nextAction(incident)
    if (action === undefined) return false
    await store.change(incident.id, (current) => ({ incident: current, entry: { kind: 'started', data: { action } } }))
    const { step, change, data } = await playbook[action](incident).catch((error: unknown) =>
      failedAction(action, error),
    )
    const after = await store.change(incident.id, (current) => ({
      incident: {
        ...current,
        ...change,
        state: step === undefined ? current.state : nextIncidentState(current.state, step),
      },
      entry: { kind: step === undefined || step === 'given-up' ? 'not-done' : 'done', data: { action, ...data } },
    }))
    await publish(incidentEvents.updated, after)
    return step !== undefined
  }

  /** Takes an incident as far as it goes by itself. Who comes while that is under way has it looked at once more. */
  const respond = async (id: string): Promise<void> => {
    const underWay = running.get(id)
    if (underWay !== undefined) {
      underWay.again = true
      return
    }
    const run = { again: true }
    running.set(id, run)
    try {
      while (run.again) {
        run.again = false
        while (await act(await store.get(id)));
      }
    } finally {
      running.delete(id)
    }
  }

  /** Takes up an incident; where that fails or leaves it short, once more when the model is next asked for. */
  const pursue = async (model: string, take: () => Promise<Incident>): Promise<void> => {
    const triedMs = clock.monotonicMs()
    unfinished.set(model, { triedMs, retry: () => pursue(model, take) })
    const { id } = await take()
    unfinished.set(model, { triedMs, retry: () => pursue(model, () => store.get(id)) })
    await respond(id)
    if (nextAction(await store.get(id)) === undefined) unfinished.delete(model)
  }

  const onRaised = async (event: Event): Promise<void> => {
    const alert = alertSchema.parse(event.data)
    await pursue(alert.model, () => openFor(alert))
  }

  // A model that is asked for may still serve.
  const onExecuted = async ({ subject = '' }: Event): Promise<void> => {
    const left = unfinished.get(subject)
    if (left !== undefined && clock.monotonicMs() - left.triedMs >= leastRetryMs) await left.retry()
  }

  const openFor = async (alert: Alert): Promise<Incident> => {
    const id = random.uuid()
    const incident = await store.openOrChange(
      {
        id,
        model: alert.model,
        state: 'detected',
        severity: alert.severity,
        alert,
        recurrences: 0,
        openedAt: clock.now().toISOString(),
      },
      { kind: 'opened', data: { ...alert } },
      (open) => attachAlert(open, alert),
    )
    await publish(incident.id === id ? incidentEvents.opened : incidentEvents.updated, incident)
    return incident
  }

  const onResolved = async (event: Event): Promise<void> => {
    const alert = alertSchema.parse(event.data)
    const open = await store.openOf(alert.model)
    if (open === undefined) return
    await store.change(open.id, (incident) => ({ incident, entry: { kind: 'resolved', data: { rule: alert.rule } } }))
  }

  return {
    async start() {
      for (const unsubscribe of subscriptions.splice(0)) unsubscribe()
      subscriptions.push(
        ...['alert', 'execution', 'model'].map((area) => bus.subscribe(`ai.nootropic.${area}.`, events.keep)),
        bus.subscribe(alertEvents.raised, onRaised),
        bus.subscribe(alertEvents.resolved, onResolved),
        bus.subscribe('ai.nootropic.execution.', onExecuted),
      )
      const left = (await store.list()).filter((incident) => nextAction(incident) !== undefined)
      const results = await Promise.allSettled(left.map((incident) => pursue(incident.model, async () => incident)))
      for (const result of results) if (result.status === 'rejected') throw result.reason
    },
    list: () => store.list(),
    get: (id) => store.get(id),
    report: async (id) => createIncidentReport(await store.get(id), await store.timeline(id)),
    async close(id, note) {
      const parsed = closingNoteSchema.safeParse(note)
      if (!parsed.success) {
        throw new NootropicError(
          'USAGE',
          `expected a note that closes an incident, got:\n${z.prettifyError(parsed.error)}`,
        )
      }
      const incident = await store.change(id, (current) => {
        const isUnfinished = current.state === 'monitoring' && current.resumedAt === undefined
        if (running.has(id) || isUnfinished) {
          throw new NootropicError('USAGE', `expected incident ${id} to wait for a person, got one in response; wait`)
        }
        return {
          incident: { ...current, state: nextIncidentState(current.state, 'closed-by-person'), closing: parsed.data },
          entry: { kind: 'closed', data: { ...parsed.data } },
        }
      })
      await publish(incidentEvents.closed, incident)
      return incident
    },
    stop() {
      for (const unsubscribe of subscriptions.splice(0)) unsubscribe()
    },
  }
}
