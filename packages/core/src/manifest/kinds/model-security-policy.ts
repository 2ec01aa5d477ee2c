import { z } from 'zod'
import { apiVersion, kindSchema } from '../kind.ts'
import { durationSchema } from '../values/duration.ts'
import { ratioSchema } from '../values/ratio.ts'
import { groupSchema, switchesSchema } from '../values/switches.ts'

const scoreSchema = (least: number, meaning: string) =>
  ratioSchema
    .prefault(least)
    .meta({ title: 'Least score', description: `${meaning}; a lower score refuses the model.` })

const validation = groupSchema('Validation of a model', {
  securityChecks: groupSchema('Security checks', {
    codeAnalysis: switchesSchema('Code analysis', {
      vulnerabilityScan: 'Scan the files of the model for what could harm the host.',
      dependencyCheck: 'Check the packages that the model names against the advisories.',
      backdoorDetection: 'Look for hidden triggers in the model.',
      codeSigningVerification: 'Verify who signed the model.',
    }),
    behavioralAnalysis: switchesSchema('Behavioural analysis', {
      inputValidation: 'Try malformed inputs and see that they are refused.',
      outputStability: 'Compare answers to inputs that differ little.',
      resourceUsage: 'Measure the memory and time that the model takes.',
      performanceProfiling: 'Measure latency and throughput.',
    }),
    privacyAssessment: switchesSchema('Privacy assessment', {
      dataCollection: 'See that the model carries no data about people.',
      processingTransparency: 'See that the model says what it is for and where it is from.',
      userControl: 'See that a person’s data can be exported and erased.',
    }),
  }),
  thresholds: groupSchema('Thresholds of validation', {
    securityScore: scoreSchema(0.8, 'The least security score from 0 to 1'),
    privacyScore: scoreSchema(0.85, 'The least privacy score from 0 to 1'),
    performanceScore: scoreSchema(0.75, 'The least performance score from 0 to 1'),
  }),
})

const runtime = groupSchema('Running a model', {
  isolation: switchesSchema('Isolation', {
    containerSecurity: 'Run the model where it sees no files and no other processes.',
    memoryIsolation: 'Run each model in memory of its own.',
    networkIsolation: 'Run the model where there is no network.',
  }),
  monitoring: switchesSchema('Runtime monitoring', {
    resourceUsage: 'Measure what each worker uses.',
    behaviorAnalysis: 'Watch how the answers of a model are spread.',
    anomalyDetection: 'Watch for use and answers that differ from what is usual.',
  }),
  inputValidation: switchesSchema('Input validation', {
    sanitization: 'Refuse values that no input should hold: not-a-number, infinities.',
    sizeLimits: 'Refuse inputs that are too large.',
    formatVerification: 'Refuse inputs that do not fit the signature of the model.',
  }),
  outputValidation: switchesSchema('Output validation', {
    contentFiltering: 'Withhold outputs that break a rule on content.',
    privacyCheck: 'Withhold outputs that hold personal data.',
    securityScan: 'Withhold outputs that hold secrets, or that no sound model gives.',
  }),
})

const access = groupSchema('Access', {
  authentication: switchesSchema('Authentication', {
    apiKeyRequired: 'Every caller shows an API key.',
    mfaForSensitiveOps: 'Sensitive operations need a second factor.',
    sessionValidation: 'Sessions end, and can be ended.',
  }),
  authorization: switchesSchema('Authorisation', {
    roleBasedAccess: 'What a caller may do follows from roles.',
    modelSpecificPermissions: 'Permissions can name single models.',
    usageQuotas: 'A caller may use a model only so much.',
  }),
  auditLogging: switchesSchema('Audit log', {
    accessLogs: 'Decisions on access are audited.',
    operationLogs: 'Operations on models are audited.',
    securityEvents: 'Alerts and incidents are audited.',
  }),
})

const execution = groupSchema('Execution of an inference', {
  preExecution: switchesSchema('Before', {
    inputValidation: 'Check the inputs.',
    resourceCheck: 'See that the host has what the inference needs.',
    permissionVerification: 'See that the caller may do this.',
  }),
  execution: switchesSchema('During', {
    isolation: 'Run in the sandbox.',
    monitoring: 'Measure.',
    resourceLimits: 'Stop what takes too much time or memory.',
  }),
  postExecution: switchesSchema('After', {
    outputValidation: 'Check the outputs.',
    resourceCleanup: 'Release and wipe what the inference used.',
    auditLogging: 'Write the audit record before the answer is given.',
  }),
})

const update = groupSchema('Update of a model', {
  validation: switchesSchema('Before an update', {
    signatureVerification: 'Verify who signed the new version.',
    versionControl: 'Refuse a version that is older or used already.',
    compatibilityCheck: 'Compare the signatures of the old and the new version.',
  }),
  deployment: switchesSchema('Roll-out', {
    rollbackCapability: 'Keep the version before, ready to serve.',
    gradualRollout: 'Give the new version a growing part of the calls.',
    healthMonitoring: 'Compare the health of both versions during the roll-out.',
  }),
  verification: switchesSchema('After an update', {
    securityRegression: 'See that the new version is not less secure.',
    performanceImpact: 'See that the new version is not slower.',
    complianceCheck: 'See that the new version keeps this policy.',
  }),
})

const performanceMonitoring = groupSchema('Performance monitoring', {
  metrics: switchesSchema('Performance metrics', {
    latency: 'How long inferences take.',
    throughput: 'Inferences per second.',
    errorRate: 'The part of inferences that fail.',
    resourceUsage: 'Processor and memory.',
  }),
  thresholds: groupSchema('Performance thresholds', {
    maxLatency: durationSchema
      .prefault('500ms')
      .meta({ title: 'Latency', description: 'The duration of an inference above which an alert is raised.' }),
    errorRate: ratioSchema
      .prefault('0.1%')
      .meta({ title: 'Error rate', description: 'The part of failed inferences above which an alert is raised.' }),
    resourceUsage: ratioSchema
      .prefault('80%')
      .meta({ title: 'Resource usage', description: 'The part of the host above which an alert is raised.' }),
  }),
  alerts: switchesSchema('Performance alerts', {
    thresholdBreach: 'Alert when a threshold is passed.',
    anomalyDetection: 'Alert when a figure differs from what is usual.',
    trendAnalysis: 'Alert when a figure grows worse over time.',
  }),
})

const securityMonitoring = groupSchema('Security monitoring', {
  metrics: switchesSchema('Security metrics', {
    failedRequests: 'Count requests that failed.',
    unauthorizedAccess: 'Count callers that were turned away.',
    inputViolations: 'Count inputs that were refused.',
    outputViolations: 'Count outputs that were withheld.',
  }),
  analysis: switchesSchema('Security analysis', {
    patternDetection: 'Look for patterns of attack in the requests.',
    threatAnalysis: 'Name the technique that a pattern belongs to.',
    riskAssessment: 'Rate how bad a threat is.',
  }),
  response: switchesSchema('Security response', {
    automaticBlocking: 'Block a caller that attacks.',
    alertGeneration: 'Raise an alert.',
    incidentCreation: 'Open an incident.',
  }),
})

const incidentResponse = groupSchema('Incident response', {
  triggers: switchesSchema('Triggers', {
    securityBreach: 'A breach of security opens an incident.',
    performanceDegradation: 'A loss of performance opens an incident.',
    complianceViolation: 'A breach of this policy opens an incident.',
  }),
  actions: switchesSchema('Actions', {
    modelSuspension: 'Suspend the model.',
    investigation: 'Collect the evidence.',
    stakeholderNotification: 'Notify those who must know.',
  }),
  recovery: switchesSchema('Recovery from an incident', {
    rootCauseAnalysis: 'Name the likely cause.',
    remediationPlan: 'Write down what is to be done.',
    verification: 'Verify the model before it serves again.',
  }),
})

const recovery = groupSchema('Recovery', {
  rollback: switchesSchema('Rollback', {
    previousVersion: 'Bring back the version before.',
    dataRecovery: 'Bring back the data from a snapshot.',
    configurationRestore: 'Bring back the settings from a snapshot.',
  }),
  verification: switchesSchema('Verification of a recovery', {
    securityCheck: 'Check the security of what was brought back.',
    performanceCheck: 'Check the performance of what was brought back.',
    complianceCheck: 'Check what was brought back against this policy.',
  }),
  documentation: switchesSchema('Documentation of an incident', {
    incidentReport: 'Write the report.',
    lessonsLearned: 'Ask what was learned.',
    procedureUpdates: 'Ask what is to change.',
  }),
})

/** The schema of {@link ModelSecurityPolicy}. */
export const modelSecurityPolicySchema = kindSchema(
  'ModelSecurityPolicy',
  'The switches and thresholds of everything that nootropic does; what is left out is on.',
  z
    .strictObject({
      validation,
      runtime,
      access,
      execution,
      update,
      performanceMonitoring,
      securityMonitoring,
      incidentResponse,
      recovery,
    })
    .meta({ title: 'Security policy', description: 'Nine groups of switches; what is left out is on.' }),
)
/** A manifest of kind `ModelSecurityPolicy`: all switches, with the default for those that were left out. */
export type ModelSecurityPolicy = z.infer<typeof modelSecurityPolicySchema>

/** The policy that holds where no manifest gives one: every switch is on. */
export const defaultPolicy: ModelSecurityPolicy = modelSecurityPolicySchema.parse({
  apiVersion,
  kind: 'ModelSecurityPolicy',
  metadata: { name: 'default' },
  spec: {},
})
