import {
  type Alert,
  alertEvents,
  createEventBus,
  createManualClock,
  type EventBus,
  type ManualClock,
  type ModelControl,
  type ModelRef,
  NootropicError,
  type Severity,
  sha256,
  systemRandom,
  type Verdict,
} from '@nootropic/core'
import type { Database } from '@nootropic/core/storage'
import type { KyselyPlugin } from 'kysely'
import { type Incidents, incidentEvents, openIncidents } from '../src/index.ts'

/** One version of a model. */
export const refOf = (name: string, version: string): ModelRef => ({
  name,
  version,
  digest: sha256(`${name} ${version}`),
})

/** What really serves, outlives a crash, and takes note of what should never happen. */
export interface World {
  /** Versions by model, the one in place last. */
  readonly versions: Map<string, ModelRef[]>
  readonly suspended: Set<string>
  readonly verdicts: Map<string, Verdict>
  readonly verified: Set<string>
  readonly rollbacks: string[]
  readonly violations: string[]
  /** Ids of incidents that somebody was told of. */
  readonly acknowledged: Set<string>
  /** Calls that shall fail, by name. */
  readonly broken: Set<keyof ModelControl | 'active' | 'verify'>
}

export const createWorld = (versions: Record<string, readonly string[]> = { digits: ['1.0.0', '2.0.0'] }): World => ({
  versions: new Map(
    Object.entries(versions).map(([name, list]) => [name, list.map((version) => refOf(name, version))]),
  ),
  suspended: new Set(),
  verdicts: new Map(),
  verified: new Set(),
  rollbacks: [],
  violations: [],
  acknowledged: new Set(),
  broken: new Set(),
})

/** Counts the moments at which a process can die, and lets it die at one of them. */
export interface Lifetime {
  /** Throws from the fatal moment on. */
  moment(): void
  readonly isOver: () => boolean
}

export const createLifetime = (fatalMoment = Number.POSITIVE_INFINITY): Lifetime => {
  let moments = 0
  return {
    moment() {
      moments += 1
      if (moments >= fatalMoment) throw new Error('the process has ended')
    },
    isOver: () => moments >= fatalMoment,
  }
}

const mortal = (database: Database, lifetime: Lifetime): Database => {
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      lifetime.moment()
      return node
    },
    transformResult: async ({ result }) => {
      lifetime.moment()
      return result
    },
  }
  return { ...database, tables: <Tables>() => database.tables<Tables>().withPlugin(plugin) }
}

const createControl = (world: World): ModelControl & { active: (model: string) => Promise<ModelRef | undefined> } => {
  const refuseBroken = (call: keyof ModelControl | 'active'): void => {
    if (world.broken.has(call)) throw new NootropicError('STORAGE_FAILED', `${call} is broken`)
  }
  const stackOf = (model: string): ModelRef[] => {
    const stack = world.versions.get(model)
    if (stack === undefined) throw new NootropicError('MODEL_NOT_FOUND', `no model ${model}`)
    return stack
  }
  return {
    async suspend(model) {
      refuseBroken('suspend')
      stackOf(model)
      world.suspended.add(model)
    },
    async resume(model) {
      refuseBroken('resume')
      const serving = stackOf(model).at(-1)
      if (!world.verified.has(serving?.digest ?? '')) world.violations.push(`resumed ${model} unverified`)
      world.suspended.delete(model)
    },
    async activate(ref) {
      refuseBroken('activate')
      stackOf(ref.name).push(ref)
    },
    async rollback(model) {
      refuseBroken('rollback')
      const stack = stackOf(model)
      const before = stack.at(-2)
      if (before === undefined) throw new NootropicError('MODEL_NOT_FOUND', `${model} has no version before this one`)
      if (!world.suspended.has(model)) world.violations.push(`rolled ${model} back while it served`)
      stack.pop()
      world.rollbacks.push(model)
      return before
    },
    async active(model) {
      refuseBroken('active')
      return world.versions.get(model)?.at(-1)
    },
  }
}

/** One process that responds to incidents. */
export interface Scene {
  readonly clock: ManualClock
  readonly bus: EventBus
  readonly incidents: Incidents
  readonly errors: unknown[]
  readonly raise: (alert?: { model?: string; severity?: Severity; message?: string }) => Promise<unknown>
  readonly resolve: (model: string) => Promise<unknown>
}

export const openScene = async (
  database: Database,
  world: World,
  lifetime: Lifetime = createLifetime(),
): Promise<Scene> => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const errors: unknown[] = []
  const bus = createEventBus({ clock, random: systemRandom, onError: (error) => errors.push(error) })
  const control = createControl(world)
  const around =
    <Arguments extends unknown[], Result>(call: (...values: Arguments) => Promise<Result>) =>
    async (...values: Arguments): Promise<Result> => {
      lifetime.moment()
      const result = await call(...values)
      lifetime.moment()
      return result
    }
  bus.subscribe('ai.nootropic.incident.', ({ subject, type }) => {
    if (!lifetime.isOver() && type === incidentEvents.opened) world.acknowledged.add(subject ?? '')
  })
  const incidents = await openIncidents({
    database: mortal(database, lifetime),
    clock,
    bus,
    random: systemRandom,
    control: {
      suspend: around(control.suspend),
      resume: around(control.resume),
      activate: around(control.activate),
      rollback: around(control.rollback),
    },
    active: around(control.active),
    verify: around(async (ref) => {
      if (world.broken.has('verify')) throw new Error('verify is broken')
      const verdict = world.verdicts.get(ref.digest) ?? 'pass'
      if (verdict === 'pass') world.verified.add(ref.digest)
      return verdict
    }),
  })
  const alertOf = (model: string, severity: Severity, message: string): Alert => ({
    rule: 'error-rate',
    severity,
    model,
    value: 0.5,
    threshold: 0.01,
    unit: '1',
    message,
    since: clock.now().toISOString(),
  })
  const publish = (type: string, alert: Alert): Promise<unknown> =>
    bus.publish({ source: '/nootropic/monitoring', type, subject: alert.model, data: { ...alert } })
  return {
    clock,
    bus,
    incidents,
    errors,
    raise: ({ model = 'digits', severity = 'high', message = 'half of the answers are wrong' } = {}) =>
      publish(alertEvents.raised, alertOf(model, severity, message)),
    resolve: (model) => publish(alertEvents.resolved, alertOf(model, 'high', 'well again')),
  }
}
