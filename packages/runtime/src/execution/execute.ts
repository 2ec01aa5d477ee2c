import {
  type AccessRequest,
  type AuditLog,
  type Authenticator,
  type Authorizer,
  type Clock,
  type CredentialClient,
  type EventBus,
  isNootropicError,
  type Meter,
  type ModelControl,
  type ModelRef,
  modelNameSchema,
  NootropicError,
  type RunOptions,
  systemClock,
  type Tensor,
  type UsageLimiter,
} from '@nootropic/core'
import { defaultGuardLimits, tensorsByteLength } from '../guards/check-values.ts'
import { createModelWorkers, type ModelSessions } from '../model-workers.ts'
import type { Registry } from '../registry.ts'
import type { IsolationReport } from '../sandbox/isolation.ts'
import { defaultSandboxLimits } from '../sandbox/limits.ts'
import type { Vault } from '../vault/vault-contract.ts'
import { createAnswerWatch } from './answer-watch.ts'
import { type ReadHostResources, readHostResources, verifyResources } from './check-resources.ts'
import { defaultExecutionPolicy, type ExecutionPolicy, switchedOff } from './execution-policy.ts'
import { asNootropicError, auditEntryOf, type ExecutionTrace, eventOf, measurementOf } from './execution-record.ts'
import { type ExecutionRules, ignored, rulesOf } from './execution-rules.ts'
import { createGate } from './gate.ts'
import { guardInputs } from './guard-inputs.ts'
import { guardOutputs } from './guard-outputs.ts'
import { type CountedRun, mostUsage, withinUsage } from './limit-usage.ts'
import { createModelControl } from './model-control.ts'
import { inSpan, type Stage } from './stage.ts'
import { takeInputs } from './take-inputs.ts'
import { tellWorkerEvents } from './worker-events.ts'

/** What an executor is made of. */
export interface ExecutorParts {
  readonly registry: Pick<Registry, 'active' | 'status' | 'activate' | 'suspend' | 'resume' | 'rollback'>
  readonly vault: Pick<Vault, 'lend'>
  readonly sessions: ModelSessions
  readonly authenticator: Authenticator
  readonly authorizer: Authorizer
  readonly audit: AuditLog
  readonly bus: EventBus
  readonly meter: Meter
  readonly clock?: Clock
  /** What is done before, during and after; everything when nothing is said. */
  readonly policy?: ExecutionPolicy
  /** What inputs and outputs may hold. */
  readonly rules?: ExecutionRules
  readonly resources?: ReadHostResources
  /** Limits how much of which model each caller uses, unless the policy switches it off. */
  readonly usage?: UsageLimiter
  /**
   * How long a run may take where its request does not say, in milliseconds. By default what the sessions allow; where use is
   * limited 30 seconds, for that much is reserved.
   */
  readonly deadlineMs?: number
}

/** Who wants what of which model. */
export interface ExecutionRequest extends RunOptions {
  readonly model: string
  readonly inputs: Readonly<Record<string, Tensor>>
  /** An API key or the token of a session, as the host's authenticator takes them. */
  readonly credential: string
  /** What the host knows of who presents it. */
  readonly client?: CredentialClient
  /** What the host knows of the circumstances, for rules with conditions: `ip`, `purpose`. Never what the caller says. */
  readonly context?: AccessRequest['context']
}

/** What came of it. */
export interface ExecutionResult {
  readonly outputs: Record<string, Tensor>
  /** The version that answered. */
  readonly model: ModelRef
  /** What was proved of the worker that answered; undefined when the sessions are in this process. */
  readonly isolation: IsolationReport | undefined
  readonly timings: { readonly totalMs: number; readonly runMs: number }
  /** What was changed in the inputs before the model saw them, and in the outputs before the caller does. */
  readonly changes: readonly string[]
  /** What the policy has switched off, by path: none of it was done. */
  readonly switchedOff: readonly string[]
}

/** Executes models for callers. */
export interface Executor {
  /**
   * @throws NootropicError `CREDENTIAL_INVALID`, `ACCESS_DENIED`, `MODEL_NOT_FOUND`, `MODEL_SUSPENDED`, `INPUT_INVALID`,
   * `LIMIT_EXCEEDED`, `OUTPUT_INVALID`, `AUDIT_UNAVAILABLE`, and what opening and running a session throws
   */
  execute(request: ExecutionRequest): Promise<ExecutionResult>
  readonly control: ModelControl
  /** Stops every worker. */
  close(): Promise<void>
}

const unwatched = { resourceUsage: false, behaviorAnalysis: false, anomalyDetection: false }

/**
 * Executes models in the order that keeps them, and whoever asks, safe: who is it, may they, does the model serve, do the
 * inputs fit, has the host room, run, do the outputs fit, record, then answer. Whatever is refused on the way is a typed error,
 * an audit entry, a measurement and an event; and what cannot be recorded is not answered. Each stage is a span of
 * OpenTelemetry; each switch of the policy that is off removes its stage, and the result names it.
 */
export const createExecutor = (parts: ExecutorParts): Executor => {
  const { registry, authenticator, authorizer, audit, bus, meter } = parts
  const { clock = systemClock, policy = defaultExecutionPolicy, rules = {}, resources = readHostResources } = parts
  const { preExecution, execution: during, postExecution } = policy.execution
  const usage = policy.access.authorization.usageQuotas ? parts.usage : undefined
  const off = [...switchedOff(policy), ...ignored(rules)]
  const workers = createModelWorkers({
    ...parts,
    ...(during.monitoring ? { onEvent: tellWorkerEvents({ bus, meter, clock }) } : {}),
  })
  const gate = createGate()
  const control = createModelControl({ ...parts, workers, gate })
  const watch = createAnswerWatch(during.monitoring ? policy.runtime.monitoring : unwatched, meter)

  const verifyAccess = async (
    subject: AccessRequest['subject'],
    model: string,
    circumstances: AccessRequest['context'],
  ): Promise<void> => {
    const request = { subject, action: { name: 'execute' }, resource: { type: 'model', id: model } }
    const { decision, context } = await authorizer.authorize(
      circumstances === undefined ? request : { ...request, context: circumstances },
    )
    if (decision !== true)
      throw new NootropicError('ACCESS_DENIED', context.reason, { details: { rules: context.rules } })
  }

  const answer = async (request: ExecutionRequest, trace: ExecutionTrace): Promise<ExecutionResult> => {
    /** A stage of the execution, when the policy has it done. */
    const stage = <Result>(name: Stage, work: () => Promise<Result>): Promise<Result> => {
      trace.stage = name
      return during.monitoring ? inSpan(name, {}, work) : work()
    }
    const inputs = takeInputs(request.inputs)
    const subject = await stage('authentication', () => authenticator.authenticate(request.credential, request.client))
    trace.subject = subject
    const { modelName } = trace
    if (modelName === undefined) {
      throw new NootropicError(
        'MODEL_NOT_FOUND',
        'expected a model name of 1 to 63 of a-z, 0-9 and -; no other has a model',
      )
    }
    if (preExecution.permissionVerification) {
      await stage('permission-verification', () => verifyAccess(subject, modelName, request.context))
    }
    return gate.pass(modelName, async (verifyOpen) => {
      const { ref, signature } = await registry.active(modelName)
      trace.ref = ref
      const ofModel = rulesOf(rules, modelName)

      const respond = async (options: RunOptions, counted: CountedRun) => {
        const given = preExecution.inputValidation
          ? await stage('input-validation', async () =>
              guardInputs(signature, inputs, policy.runtime.inputValidation, ofModel),
            )
          : { tensors: inputs, changes: [], reported: [] }
        trace.reported = given.reported
        if (preExecution.resourceCheck) {
          const inputBytes = tensorsByteLength(given.tensors)
          await stage('resource-check', async () => verifyResources({ inputBytes }, resources()))
        }
        const { outputs, isolation, runMs } = await stage('run', async () => {
          // At once before: what was suspended since it was looked up must start no worker that nobody stops.
          verifyOpen()
          return counted(() => workers.run(ref, given.tensors, options))
        })
        verifyOpen()
        const taken = postExecution.outputValidation
          ? await stage('output-validation', async () =>
              guardOutputs(signature, outputs, policy.runtime.outputValidation, ofModel),
            )
          : { tensors: outputs, changes: [] }
        trace.unusual = watch.observe(ref, taken.tensors, runMs)
        return { outputs: taken.tensors, isolation, runMs, changes: [...given.changes, ...taken.changes] }
      }

      const respondWithin = (limiter: UsageLimiter) => {
        const deadlineMs = request.deadlineMs ?? parts.deadlineMs ?? defaultSandboxLimits.deadlineMs
        const { bytes: outputBytes } = ofModel.limits ?? defaultGuardLimits
        const cost = mostUsage({ inputs, signature, deadlineMs, outputBytes })
        return withinUsage(
          limiter,
          { subject, model: modelName, cost, inputs },
          { stage: (work) => stage('usage-quotas', work), now: () => clock.monotonicMs() },
          (counted) => respond({ ...request, deadlineMs }, counted),
        )
      }

      const { deadlineMs } = parts
      const { runMs, ...answered } =
        usage === undefined
          ? await respond({ ...(deadlineMs === undefined ? {} : { deadlineMs }), ...request }, (run) => run())
          : await respondWithin(usage)
      if (postExecution.auditLogging) {
        await stage('audit', () => audit.append(auditEntryOf(trace, clock)))
      }
      return {
        ...answered,
        model: ref,
        timings: { totalMs: clock.monotonicMs() - trace.startedMs, runMs },
        switchedOff: off,
      }
    })
  }

  /** The error to answer with, after the refusal is on record: that of the audit log when it cannot be. */
  const recordRefusal = async (error: NootropicError, trace: ExecutionTrace): Promise<NootropicError> => {
    if (error.code === 'AUDIT_UNAVAILABLE' || !postExecution.auditLogging) return error
    try {
      await audit.append(auditEntryOf(trace, clock, error))
      return error
    } catch (cause) {
      if (isNootropicError(cause, 'AUDIT_UNAVAILABLE')) return cause
      return new NootropicError('AUDIT_UNAVAILABLE', 'the audit log failed unexpectedly', { cause })
    }
  }

  const execute = async (request: ExecutionRequest, modelName: string | undefined): Promise<ExecutionResult> => {
    const trace: ExecutionTrace = { startedMs: clock.monotonicMs(), modelName }
    const { result, error } = await answer(request, trace).then(
      (result) => ({ result, error: undefined }),
      async (thrown: unknown) => ({ result: undefined, error: await recordRefusal(asNootropicError(thrown), trace) }),
    )
    if (during.monitoring) meter.record(measurementOf(trace, clock, error))
    await bus.publish(eventOf(trace, clock, error))
    if (error !== undefined) throw error
    return result
  }

  return {
    async execute(request) {
      const name = modelNameSchema.safeParse(request.model).data
      if (!during.monitoring) return execute(request, name)
      return inSpan('execution', name === undefined ? {} : { 'nootropic.model.name': name }, () =>
        execute(request, name),
      )
    },
    control,
    close: () => workers.closeAll(),
  }
}
