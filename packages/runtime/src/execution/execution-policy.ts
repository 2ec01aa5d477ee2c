/** The switches of the policy about running a model, as a `ModelSecurityPolicy` has them. */
export interface ExecutionPolicy {
  /** The executor limits use; the rest is done by the authenticator, the authorizer and the log that it is given. */
  readonly access: {
    readonly authentication: Switches<'apiKeyRequired' | 'mfaForSensitiveOps' | 'sessionValidation'>
    readonly authorization: Switches<'roleBasedAccess' | 'modelSpecificPermissions' | 'usageQuotas'>
    readonly auditLogging: Switches<'accessLogs' | 'operationLogs' | 'securityEvents'>
  }
  readonly runtime: {
    readonly isolation: Switches<'containerSecurity' | 'memoryIsolation' | 'networkIsolation'>
    readonly monitoring: Switches<'resourceUsage' | 'behaviorAnalysis' | 'anomalyDetection'>
    readonly inputValidation: Switches<'sanitization' | 'sizeLimits' | 'formatVerification'>
    readonly outputValidation: Switches<'contentFiltering' | 'privacyCheck' | 'securityScan'>
  }
  readonly execution: {
    readonly preExecution: Switches<'inputValidation' | 'resourceCheck' | 'permissionVerification'>
    readonly execution: Switches<'isolation' | 'monitoring' | 'resourceLimits'>
    readonly postExecution: Switches<'outputValidation' | 'resourceCleanup' | 'auditLogging'>
  }
}

type Switches<Name extends string> = Readonly<Record<Name, boolean>>

/** The policy that holds where nobody names another: every switch is on. */
export const defaultExecutionPolicy: ExecutionPolicy = {
  access: {
    authentication: { apiKeyRequired: true, mfaForSensitiveOps: true, sessionValidation: true },
    authorization: { roleBasedAccess: true, modelSpecificPermissions: true, usageQuotas: true },
    auditLogging: { accessLogs: true, operationLogs: true, securityEvents: true },
  },
  runtime: {
    isolation: { containerSecurity: true, memoryIsolation: true, networkIsolation: true },
    monitoring: { resourceUsage: true, behaviorAnalysis: true, anomalyDetection: true },
    inputValidation: { sanitization: true, sizeLimits: true, formatVerification: true },
    outputValidation: { contentFiltering: true, privacyCheck: true, securityScan: true },
  },
  execution: {
    preExecution: { inputValidation: true, resourceCheck: true, permissionVerification: true },
    execution: { isolation: true, monitoring: true, resourceLimits: true },
    postExecution: { outputValidation: true, resourceCleanup: true, auditLogging: true },
  },
}

// What stands or falls with workers of a process of their own.
const ofWorkers = [
  'runtime.isolation.containerSecurity',
  'runtime.isolation.memoryIsolation',
  'runtime.isolation.networkIsolation',
  'execution.execution.resourceLimits',
  'execution.postExecution.resourceCleanup',
]

/** Whether models run in workers of their own: without a wall or memory of its own there is no use for one. */
export const isInWorkers = ({ runtime, execution }: ExecutionPolicy): boolean =>
  execution.execution.isolation && runtime.isolation.memoryIsolation

/**
 * What is not done, by its path in the policy, such as `execution.postExecution.auditLogging`: switches that are off, and those
 * that do nothing without others.
 */
export const switchedOff = (policy: ExecutionPolicy): string[] => {
  const walk = (value: object, path: string): string[] =>
    Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
      const below = `${path}.${name}`
      if (typeof inner === 'object' && inner !== null) return walk(inner, below)
      return inner === false ? [below] : []
    })
  const { access, runtime, execution } = policy
  const off = [...walk(access, 'access'), ...walk(runtime, 'runtime'), ...walk(execution, 'execution')]
  return [...new Set([...off, ...(isInWorkers(policy) ? [] : ofWorkers)])]
}
