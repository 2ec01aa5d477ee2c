import type { ManifestSet } from '@nootropic/core/manifest'
import type { IsolationLevel, SandboxLimits } from '@nootropic/runtime/sandbox'
import { manifestOf } from './manifest-of.ts'

/** What the `ProcessIsolation` manifest asks of every worker; without one, `standard` and the runtime's own limits. */
export const isolationSettings = (
  settings: ManifestSet,
): { require: IsolationLevel; limits: Partial<SandboxLimits> } => {
  const manifest = manifestOf(settings, 'ProcessIsolation')
  if (manifest === undefined) return { require: 'standard', limits: {} }
  const limits = manifest.spec.limits.map((limit): Partial<SandboxLimits> => {
    if (limit.type === 'memory') return limit.size === undefined ? {} : { memoryBytes: limit.size }
    return limit.time === undefined ? {} : { cpuSeconds: Math.max(1, Math.round(limit.time / 1000)) }
  })
  return { require: manifest.spec.require, limits: Object.assign({}, ...limits) }
}
