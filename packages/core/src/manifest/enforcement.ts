import { defaultPolicy } from './kinds/model-security-policy.ts'
import type { Manifest } from './kinds.ts'
import type { ManifestSet, ManifestSource } from './parse.ts'
import type { ManifestProblem } from './problem.ts'
import { manifestSettings } from './settings.ts'

/** A setting that nothing honours yet. */
export interface UnenforcedSetting extends ManifestProblem {
  readonly kind: Manifest['kind']
}

const defaultPolicySource: ManifestSource = {
  file: '(default policy)',
  line: 1,
  column: 1,
  settings: manifestSettings(defaultPolicy).map((setting) => ({ ...setting, line: 1, column: 1 })),
}

/**
 * The settings of a set that nothing honours yet; the default policy's too, where no manifest gives one.
 *
 * @param enforced the settings that are honoured, each as `Kind:path` for whatever value, such as
 *   `ModelSecurityPolicy:access.auditLogging.accessLogs` or `AdversarialTesting:attacks.fgsm`, or as `Kind:path=value`
 *   for one value, such as `ProcessIsolation:require=standard`. Paths are those of {@link manifestSettings}.
 */
export const notYetEnforced = (set: ManifestSet, enforced: ReadonlySet<string>): UnenforcedSetting[] => {
  const read = set.manifests.map((manifest, index) => ({ manifest, source: set.sources[index] }))
  const all = set.manifests.includes(set.policy)
    ? read
    : [...read, { manifest: set.policy, source: defaultPolicySource }]
  return all.flatMap(({ manifest: { kind }, source }) =>
    (source?.settings ?? [])
      .filter(({ path, value }) => !enforced.has(`${kind}:${path}`) && !enforced.has(`${kind}:${path}=${value}`))
      .map(({ path, line, column }) => ({
        file: source?.file ?? '',
        line,
        column,
        kind,
        path,
        message: `${kind}: not yet enforced`,
      })),
  )
}
