/** The switches of the policy about running a model, as a `ModelSecurityPolicy` has them. */
export interface ExecutionPolicy {
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

/** The switches that are off, by their paths in the policy, such as `execution.postExecution.auditLogging`. */
export const switchedOff = ({ runtime, execution }: ExecutionPolicy): string[] => {
  const walk = (value: object, path: string): string[] =>
    Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
      const below = `${path}.${name}`
      if (typeof inner === 'object' && inner !== null) return walk(inner, below)
      return inner === false ? [below] : []
    })
  return [...walk(runtime, 'runtime'), ...walk(execution, 'execution')]
}
