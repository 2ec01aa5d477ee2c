import { NootropicError } from '@nootropic/core'
import type { ManifestSet } from '@nootropic/core/manifest'
import { type ExecutionPolicy, type ExecutionRules, isInWorkers } from '@nootropic/runtime'
import { manifestOf } from './manifest-of.ts'

/** How models are executed, as the policy and the manifests together say. */
export interface ExecutionSettings {
  readonly policy: ExecutionPolicy
  readonly rules: ExecutionRules
  /** Whether models run in workers; otherwise in this process. */
  readonly runsInWorkers: boolean
}

const lists = (list: readonly { type: string }[] | undefined, type: string): boolean =>
  list === undefined || list.some((entry) => entry.type === type)

/** The switches that the manifests leave on: a manifest that names some checks wants those and no others. */
const policyOf = (settings: ManifestSet): ExecutionPolicy => {
  const { access, runtime, execution } = settings.policy.spec
  const input = manifestOf(settings, 'InputValidation')?.spec
  const output = manifestOf(settings, 'OutputFiltering')?.spec
  const protection = manifestOf(settings, 'ModelRuntimeProtection')?.spec
  const isGuarded = protection?.inference.protection ?? true
  return {
    access,
    runtime: {
      ...runtime,
      inputValidation: {
        sanitization: runtime.inputValidation.sanitization && lists(input?.validation, 'content'),
        sizeLimits: runtime.inputValidation.sizeLimits,
        formatVerification: runtime.inputValidation.formatVerification && lists(input?.validation, 'format'),
      },
      outputValidation: {
        contentFiltering: runtime.outputValidation.contentFiltering && lists(output?.filters, 'content'),
        privacyCheck: runtime.outputValidation.privacyCheck && lists(output?.filters, 'content'),
        securityScan: runtime.outputValidation.securityScan,
      },
    },
    execution: {
      ...execution,
      preExecution: { ...execution.preExecution, inputValidation: execution.preExecution.inputValidation && isGuarded },
      postExecution: {
        ...execution.postExecution,
        outputValidation: execution.postExecution.outputValidation && isGuarded,
      },
    },
  }
}

/**
 * Reads how models are executed.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` where a manifest asks for what the policy switches off
 */
export const executionSettings = (settings: ManifestSet): ExecutionSettings => {
  const policy = policyOf(settings)
  const runsInWorkers = isInWorkers(policy)
  const asking = (['ProcessIsolation', 'ModelRuntimeProtection'] as const).filter(
    (kind) => manifestOf(settings, kind) !== undefined,
  )
  if (!runsInWorkers && asking.length > 0) {
    const off = policy.execution.execution.isolation
      ? 'runtime.isolation.memoryIsolation'
      : 'execution.execution.isolation'
    throw new NootropicError(
      'CONFIGURATION_INVALID',
      `expected workers, as ${asking.join(' and ')} ask for them, found ${off} switched off in the policy; switch it on or ` +
        'remove those manifests',
    )
  }
  const isStrict = lists(manifestOf(settings, 'InputValidation')?.spec.filtering, 'strict')
  const filters = manifestOf(settings, 'OutputFiltering')?.spec.filters
  const rules: ExecutionRules = {
    disguisedText: isStrict ? 'refuse' : 'sanitise',
    secrets: lists(filters, 'content') ? 'withhold' : 'ignore',
    unsound: lists(filters, 'safety') ? 'withhold' : 'ignore',
  }
  return { policy, rules, runsInWorkers }
}
