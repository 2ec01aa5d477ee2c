import type { ManifestSet } from '@nootropic/core/manifest'

/** What the manifests ask of incident detection and response. */
export interface DetectionPlan {
  /** Whether alerts open incidents: start the response only then. */
  readonly opensFromAlerts: boolean
  /** What is asked for and not done yet, as `detection.audit`. */
  readonly notDone: readonly string[]
}

/**
 * What the `IncidentDetection` manifests ask for, taken together. Without one, alerts open incidents. Detection from the
 * audit log and a backup before the response are not done yet and are named in `notDone`.
 */
export const detectionPlan = ({ manifests }: Pick<ManifestSet, 'manifests'>): DetectionPlan => {
  const specs = manifests.flatMap((manifest) => (manifest.kind === 'IncidentDetection' ? [manifest.spec] : []))
  const asks = (list: 'detection' | 'response', type: string): boolean =>
    specs.some((spec) => spec[list].some((item) => item.type === type))
  return {
    opensFromAlerts: specs.length === 0 || asks('detection', 'local'),
    notDone: [
      ...(asks('detection', 'audit') ? ['detection.audit'] : []),
      ...(asks('response', 'backup') ? ['response.backup'] : []),
    ],
  }
}
