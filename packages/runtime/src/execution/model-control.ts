import { setTimeout as sleep } from 'node:timers/promises'
import {
  type AuditEntry,
  type AuditLog,
  type EventBus,
  isNootropicError,
  type ModelControl,
  type ModelRef,
} from '@nootropic/core'
import type { ModelWorkers } from '../model-workers.ts'
import type { Registry } from '../registry.ts'
import type { Gate } from './gate.ts'

/** What acting on a serving model takes. */
export interface ModelControlParts {
  readonly registry: Pick<Registry, 'status' | 'activate' | 'suspend' | 'resume' | 'rollback'>
  readonly workers: ModelWorkers
  readonly gate: Gate
  readonly audit: AuditLog
  readonly bus: EventBus
  /** How long those inside are waited for, in milliseconds, when the version that serves changes or none does. */
  readonly drainMs?: number
}

// Twice as long as a run may take when nobody says anything else.
const defaultDrainMs = 60_000

// The contract names no caller: whoever holds it acts for the system, and says why.
const entryOf = (action: string, model: string, reason: string, ref?: ModelRef): AuditEntry => ({
  category: 'operation',
  actor: 'system:nootropic',
  action,
  resource: `model:${model}`,
  outcome: 'succeeded',
  reason,
  ...(ref === undefined ? {} : { details: { version: ref.version, digest: ref.digest } }),
})

/**
 * Acts on models that serve, each act in the audit log. What makes a model serve is recorded before it is done; a
 * suspension is carried out even where it cannot be recorded, and then fails.
 */
export const createModelControl = (parts: ModelControlParts): ModelControl => {
  const { registry, workers, gate, audit, bus, drainMs = defaultDrainMs } = parts
  /** Whoever never comes out must not keep a model from being changed. */
  const drained = async (model: string): Promise<void> => {
    const overdue = new AbortController()
    await Promise.race([gate.drained(model), sleep(drainMs, undefined, { signal: overdue.signal }).catch(() => {})])
    overdue.abort()
  }
  const publish = (happening: string, model: string, reason: string, ref?: ModelRef) =>
    bus.publish({
      source: '/nootropic/runtime',
      type: `ai.nootropic.model.${happening}`,
      subject: model,
      data: { reason, ...(ref === undefined ? {} : { version: ref.version, digest: ref.digest }) },
    })
  // Recorded as allowed before it is done; when it then fails, that is on record too.
  const carryOut = async <Result>(entry: AuditEntry, act: () => Promise<Result>): Promise<Result> => {
    await audit.append({ ...entry, outcome: 'allowed' })
    try {
      return await act()
    } catch (error) {
      const code = isNootropicError(error) ? error.code : 'INTERNAL'
      await audit.append({ ...entry, outcome: 'failed', details: { ...entry.details, code } })
      throw error
    }
  }
  /** Whatever was warmed up and does not serve needs no worker. */
  const keepServing = async (model: string): Promise<void> => {
    const { active } = await registry.status(model)
    if (active !== undefined) await workers.closeOthers(active)
  }
  return {
    async suspend(model, reason) {
      // In this order: nobody new is let in, nobody inside gets a result, nothing runs, everybody is out. Where the registry
      // fails the rest is done all the same, and whoever asked is told and tries again.
      try {
        await registry.suspend(model, reason)
      } finally {
        gate.shut(model)
        await workers.close(model)
        await drained(model)
      }
      await audit.append(entryOf('suspend', model, reason))
      await publish('suspended', model, reason)
    },
    async resume(model, reason) {
      await carryOut(entryOf('resume', model, reason), () => registry.resume(model))
      await publish('resumed', model, reason)
    },
    async activate(ref) {
      const reason = `version ${ref.version} is to serve`
      await carryOut(entryOf('activate', ref.name, reason, ref), async () => {
        const { active } = await registry.status(ref.name)
        // In place of another it is warm before it serves: nobody waits for its start, and what does not start replaces nothing.
        if (active !== undefined && active.version !== ref.version) await workers.session(ref)
        try {
          await registry.activate(ref)
        } catch (error) {
          await keepServing(ref.name).catch(() => {})
          throw error
        }
      })
      // Who is inside gets the answer of the version before, unless that takes too long; then nobody needs its worker any more.
      await drained(ref.name)
      await workers.closeOthers(ref)
      await publish('activated', ref.name, reason, ref)
    },
    async rollback(model, reason) {
      const ref = await carryOut(entryOf('rollback', model, reason), () => registry.rollback(model, reason))
      await workers.closeOthers(ref)
      // Who looked the version up before it went may only now have started its worker.
      await drained(model)
      await workers.closeOthers(ref)
      await publish('rolled-back', model, reason, ref)
      return ref
    },
  }
}
