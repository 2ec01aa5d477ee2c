import { enforcedSettings as validationSettings } from '@nootropic/validation'

const under = (prefix: string, settings: readonly string[]): string[] =>
  settings.map((setting) => `${prefix}${setting}`)

// A setting with `=true` does its work when it is on, and cannot be switched off yet.
const policySettings = [
  ...under('runtime.isolation.', ['containerSecurity', 'memoryIsolation', 'networkIsolation']),
  ...under('runtime.monitoring.', ['resourceUsage', 'behaviorAnalysis', 'anomalyDetection']),
  ...under('runtime.inputValidation.', ['sanitization', 'sizeLimits', 'formatVerification']),
  ...under('runtime.outputValidation.', ['contentFiltering', 'privacyCheck', 'securityScan']),
  ...under('access.authentication.', ['apiKeyRequired', 'mfaForSensitiveOps', 'sessionValidation']),
  ...under('access.authorization.', ['roleBasedAccess', 'modelSpecificPermissions', 'usageQuotas']),
  ...under('access.auditLogging.', ['accessLogs', 'operationLogs', 'securityEvents']),
  ...under('execution.preExecution.', ['inputValidation', 'resourceCheck', 'permissionVerification']),
  ...under('execution.execution.', ['isolation', 'monitoring', 'resourceLimits']),
  ...under('execution.postExecution.', ['outputValidation', 'resourceCleanup', 'auditLogging']),
  'update.validation.signatureVerification',
  'update.validation.versionControl=true',
  'update.deployment.rollbackCapability=true',
  'performanceMonitoring.metrics.latency',
  'performanceMonitoring.metrics.errorRate',
  'performanceMonitoring.thresholds.maxLatency',
  'performanceMonitoring.thresholds.errorRate',
  'performanceMonitoring.alerts.thresholdBreach',
  'securityMonitoring.metrics.failedRequests=true',
  'securityMonitoring.metrics.unauthorizedAccess=true',
  'securityMonitoring.metrics.inputViolations=true',
  'securityMonitoring.metrics.outputViolations=true',
  'incidentResponse.triggers.performanceDegradation=true',
  'incidentResponse.actions.modelSuspension=true',
  'incidentResponse.recovery.rootCauseAnalysis=true',
  'incidentResponse.recovery.remediationPlan=true',
  'incidentResponse.recovery.verification=true',
  'recovery.rollback.previousVersion=true',
  'recovery.verification.securityCheck=true',
  'recovery.documentation.incidentReport=true',
  'recovery.documentation.lessonsLearned=true',
]

/**
 * The settings that are honoured today, as `notYetEnforced` of `@nootropic/core/manifest` takes them; `nootropic manifest
 * check` lists all others. Whoever makes a setting work adds it here, with the test that observes it.
 */
export const enforcedSettings: ReadonlySet<string> = new Set([
  ...validationSettings,
  ...under('ModelVulnerabilityScanning:reports.', ['format', 'location']),
  // `list` says what is due.
  'AdversarialTesting:schedule.frequency',
  'RobustnessTesting:schedule.frequency',
  ...under('DependencyScanning:', ['tools.local-scanner', 'scope.direct', 'scope.transitive']),
  ...under('ModelStorageEncryption:', [
    'algorithm=aes-256-gcm',
    'keyManagement.type=local',
    'keyManagement.storage',
    'storage.type=local',
    'storage.path',
    'storage.backup',
  ]),
  ...under('ModelRuntimeProtection:', [
    'memory.protection=true',
    'memory.isolation=process',
    'inference.protection',
    'inference.validation=strict',
  ]),
  ...under('ModelWatermarking:', [
    'type=digital',
    'method=steganography',
    ...under('metadata.', ['owner', 'version', 'timestamp', 'license']),
  ]),
  ...under('ModelFingerprinting:', [
    'method=neural',
    ...under('features.', ['architecture', 'weights', 'activations']),
  ]),
  ...under('InferenceMonitoring:', [
    'metrics.latency',
    'metrics.error_rate',
    ...['latency', 'error_rate'].flatMap((alert) => under(`alerts.${alert}`, ['', '.threshold', '.severity'])),
  ]),
  ...under('ProcessIsolation:', [
    'isolation.process',
    'isolation.memory',
    'require',
    'limits.memory',
    'limits.memory.size',
    'limits.cpu',
    'limits.cpu.time',
  ]),
  ...under('IncidentDetection:', ['detection.local', 'response.local']),
  ...under('InputValidation:', ['validation.content', 'validation.format', 'filtering.local', 'filtering.strict']),
  ...under('OutputFiltering:', ['filters.content', 'filters.safety', 'monitoring.local', 'monitoring.audit']),
  ...under('AccessMonitoring:', [
    ...under('monitoring.', ['file', 'file.files.path', 'process', 'process.files.path']),
    ...under('logging.', ['local', 'audit']),
  ]),
  ...under('ModelPermissions:files.', ['path', 'mode', 'owner']),
  ...under('DataPrivacy:', ['privacy.local', 'privacy.encryption', 'control.local', 'control.audit']),
  ...under('UserPrivacy:', ['privacy.local', 'privacy.control', 'data.local', 'data.minimal', 'retention']),
  ...under('SystemSecurity:', ['security.local', 'security.isolation', 'monitoring.local', 'monitoring.audit']),
  ...under('ModelSecurityPolicy:', policySettings),
])
