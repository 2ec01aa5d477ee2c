import { totalmem } from 'node:os'
import type { ManifestSet } from '@nootropic/core/manifest'
import { type ExecutionPolicy, readHostFacts, verifyContainer } from '@nootropic/runtime'
import { findCgroupPlaces, type SandboxLimits, type SandboxOptions } from '@nootropic/runtime/sandbox'
import { manifestOf } from './manifest-of.ts'

/** The limits that a policy without `resourceLimits` leaves: all of the host's memory, and as long as timers count. */
const withoutLimits = (): Partial<SandboxLimits> => ({
  memoryBytes: totalmem(),
  cpuSeconds: undefined,
  deadlineMs: 2 ** 31 - 1,
})

const limitsOf = (settings: ManifestSet): Partial<SandboxLimits> => {
  const limits = (manifestOf(settings, 'ProcessIsolation')?.spec.limits ?? []).map((limit): Partial<SandboxLimits> => {
    if (limit.type === 'memory') return limit.size === undefined ? {} : { memoryBytes: limit.size }
    return limit.time === undefined ? {} : { cpuSeconds: Math.max(1, Math.round(limit.time / 1000)) }
  })
  return Object.assign({}, ...limits)
}

/** What the `ProcessIsolation` manifest and the policy ask of every worker; without them, `standard` and the runtime's own limits. */
export const sandboxSettings = (settings: ManifestSet, { runtime, execution }: ExecutionPolicy): SandboxOptions => ({
  require: manifestOf(settings, 'ProcessIsolation')?.spec.require ?? 'standard',
  limits: execution.execution.resourceLimits ? limitsOf(settings) : withoutLimits(),
  waive: runtime.isolation.networkIsolation ? [] : ['network'],
  ...(runtime.isolation.containerSecurity ? { verifyHost: () => void verifyContainer(readHostFacts()) } : {}),
  ...(execution.execution.resourceLimits ? { findCgroups: findCgroupPlaces } : {}),
  cleanup: execution.postExecution.resourceCleanup,
  ...(runtime.monitoring.resourceUsage ? {} : { pool: { usageMs: 0 } }),
})
