import { z } from 'zod'
import { accessMonitoringSchema } from './kinds/access-monitoring.ts'
import { adversarialTestingSchema } from './kinds/adversarial-testing.ts'
import { dataPrivacySchema } from './kinds/data-privacy.ts'
import { dataProtectionSchema } from './kinds/data-protection.ts'
import { dependencyScanningSchema } from './kinds/dependency-scanning.ts'
import { incidentDetectionSchema } from './kinds/incident-detection.ts'
import { inferenceMonitoringSchema } from './kinds/inference-monitoring.ts'
import { inputValidationSchema } from './kinds/input-validation.ts'
import { modelFingerprintingSchema } from './kinds/model-fingerprinting.ts'
import { modelPermissionsSchema } from './kinds/model-permissions.ts'
import { modelRuntimeProtectionSchema } from './kinds/model-runtime-protection.ts'
import { modelSecurityPolicySchema } from './kinds/model-security-policy.ts'
import { modelStorageEncryptionSchema } from './kinds/model-storage-encryption.ts'
import { modelVulnerabilityScanningSchema } from './kinds/model-vulnerability-scanning.ts'
import { modelWatermarkingSchema } from './kinds/model-watermarking.ts'
import { outputFilteringSchema } from './kinds/output-filtering.ts'
import { processIsolationSchema } from './kinds/process-isolation.ts'
import { recoveryProceduresSchema } from './kinds/recovery-procedures.ts'
import { resourceMonitoringSchema } from './kinds/resource-monitoring.ts'
import { robustnessTestingSchema } from './kinds/robustness-testing.ts'
import { systemSecuritySchema } from './kinds/system-security.ts'
import { threatDetectionSchema } from './kinds/threat-detection.ts'
import { userPrivacySchema } from './kinds/user-privacy.ts'

/** Any manifest, told apart by `kind`. */
export const manifestSchema = z.discriminatedUnion('kind', [
  modelStorageEncryptionSchema,
  modelRuntimeProtectionSchema,
  modelWatermarkingSchema,
  modelFingerprintingSchema,
  adversarialTestingSchema,
  robustnessTestingSchema,
  modelVulnerabilityScanningSchema,
  dependencyScanningSchema,
  inferenceMonitoringSchema,
  resourceMonitoringSchema,
  threatDetectionSchema,
  accessMonitoringSchema,
  modelPermissionsSchema,
  processIsolationSchema,
  incidentDetectionSchema,
  recoveryProceduresSchema,
  inputValidationSchema,
  outputFilteringSchema,
  dataProtectionSchema,
  systemSecuritySchema,
  dataPrivacySchema,
  userPrivacySchema,
  modelSecurityPolicySchema,
])
/** Any manifest, told apart by `kind`; durations are milliseconds, ratios are in [0, 1], sizes are bytes. */
export type Manifest = z.infer<typeof manifestSchema>
/** The kinds of manifest. */
export type ManifestKind = Manifest['kind']

const schemas = new Map(manifestSchema.options.map((schema) => [schema.shape.kind.value as string, schema]))

/** The kinds of manifest, in the order of the model's way through them. */
export const manifestKinds = [...schemas.keys()] as readonly ManifestKind[]

/** The schema of one kind, if there is such a kind. */
export const schemaOfKind = (kind: unknown) => (typeof kind === 'string' ? schemas.get(kind) : undefined)
