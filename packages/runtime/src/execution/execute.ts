import {
  type AuditLog,
  type Authenticator,
  type Authorizer,
  type Clock,
  type ErrorCode,
  type EventBus,
  type Finding,
  isNootropicError,
  type Meter,
  type ModelControl,
  type ModelRef,
  modelNameSchema,
  NootropicError,
  type RunOptions,
  systemClock,
  type Tensor,
} from '@nootropic/core'
import { asNootropicError, auditEntryOf, type ExecutionTrace, eventOf, measurementOf } from './execution-record.ts'
import { createGate } from './gate.ts'
import { checkInputs } from './guards/check-inputs.ts'
import { checkOutputs } from './guards/check-outputs.ts'
import { defaultGuardLimits, type GuardLimits } from './guards/check-values.ts'
import { createModelControl } from './model-control.ts'
import { createModelWorkers, type ModelSessions } from './model-workers.ts'
import type { Registry } from './registry.ts'
import type { IsolationReport } from './sandbox/isolation.ts'
import type { Vault } from './vault/vault-contract.ts'

/** What an executor is made of. */
export interface ExecutorParts {
  readonly registry: Pick<Registry, 'active' | 'activate' | 'suspend' | 'resume' | 'rollback'>
  readonly vault: Pick<Vault, 'lend'>
  readonly sessions: ModelSessions
  readonly authenticator: Authenticator
  readonly authorizer: Authorizer
  readonly audit: AuditLog
  readonly bus: EventBus
  readonly meter: Meter
  readonly clock?: Clock
  readonly limits?: GuardLimits
}

/** Who wants what of which model. */
export interface ExecutionRequest extends RunOptions {
  readonly model: string
  readonly inputs: Readonly<Record<string, Tensor>>
  readonly credential: string
}

/** What came of it. */
export interface ExecutionResult {
  readonly outputs: Record<string, Tensor>
  /** The version that answered. */
  readonly model: ModelRef
  /** What was proved of the worker that answered; undefined when the sessions are in this process. */
  readonly isolation: IsolationReport | undefined
  readonly timings: { readonly totalMs: number; readonly runMs: number }
}

/** Executes models for callers. */
export interface Executor {
  /**
   * @throws NootropicError `CREDENTIAL_INVALID`, `ACCESS_DENIED`, `MODEL_NOT_FOUND`, `MODEL_SUSPENDED`, `INPUT_INVALID`,
   * `OUTPUT_INVALID`, `AUDIT_UNAVAILABLE`, and what opening and running a session throws
   */
  execute(request: ExecutionRequest): Promise<ExecutionResult>
  readonly control: ModelControl
  /** Stops every worker. */
  close(): Promise<void>
}

const verifyNothingFound = (findings: readonly Finding[], code: ErrorCode): void => {
  if (findings.length === 0) return
  throw new NootropicError(code, findings.map(({ message }) => message).join('; '), { details: { findings } })
}

/**
 * Executes models in the order that keeps them, and whoever asks, safe: who is it, may they, does the model serve, do the
 * inputs fit, run, do the outputs fit, record, then answer. Whatever is refused on the way is a typed error, an audit
 * entry, a measurement and an event; and what cannot be recorded is not answered.
 */
export const createExecutor = (parts: ExecutorParts): Executor => {
  const { registry, authenticator, authorizer, audit, bus, meter } = parts
  const { clock = systemClock, limits = defaultGuardLimits } = parts
  const workers = createModelWorkers(parts)
  const gate = createGate()
  const control = createModelControl({ ...parts, workers, gate })

  const verifyAccess = async (subject: NonNullable<ExecutionTrace['subject']>, model: string): Promise<void> => {
    const request = { subject, action: { name: 'execute' }, resource: { type: 'model', id: model } }
    const { decision, context } = await authorizer.authorize(request)
    if (!decision) throw new NootropicError('ACCESS_DENIED', context.reason, { details: { rules: context.rules } })
  }

  const run = async (ref: ModelRef, { inputs, signal, deadlineMs }: ExecutionRequest, verifyOpen: () => void) => {
    // At once before: what was suspended since it was looked up must start no worker that nobody stops.
    verifyOpen()
    const session = await workers.session(ref)
    const startedMs = clock.monotonicMs()
    const outputs = await session.run(inputs, {
      ...(signal === undefined ? {} : { signal }),
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
    })
    return { outputs, isolation: session.isolation, runMs: clock.monotonicMs() - startedMs }
  }

  const answer = async (request: ExecutionRequest, trace: ExecutionTrace): Promise<ExecutionResult> => {
    trace.subject = await authenticator.authenticate(request.credential)
    const { modelName } = trace
    if (modelName === undefined) {
      throw new NootropicError(
        'MODEL_NOT_FOUND',
        'expected a model name of 1 to 63 of a-z, 0-9 and -; no other has a model',
      )
    }
    await verifyAccess(trace.subject, modelName)
    return gate.pass(modelName, async (verifyOpen) => {
      const { ref, signature } = await registry.active(modelName)
      trace.ref = ref
      verifyNothingFound(checkInputs(signature, request.inputs, limits), 'INPUT_INVALID')
      const { outputs, isolation, runMs } = await run(ref, request, verifyOpen)
      verifyOpen()
      verifyNothingFound(checkOutputs(signature, outputs, limits), 'OUTPUT_INVALID')
      await audit.append(auditEntryOf(trace, clock))
      return { outputs, model: ref, isolation, timings: { totalMs: clock.monotonicMs() - trace.startedMs, runMs } }
    })
  }

  /** The error to answer with, after the refusal is on record: that of the audit log when it cannot be. */
  const recordRefusal = async (error: NootropicError, trace: ExecutionTrace): Promise<NootropicError> => {
    if (error.code === 'AUDIT_UNAVAILABLE') return error
    try {
      await audit.append(auditEntryOf(trace, clock, error))
      return error
    } catch (cause) {
      if (isNootropicError(cause, 'AUDIT_UNAVAILABLE')) return cause
      return new NootropicError('AUDIT_UNAVAILABLE', 'the audit log failed unexpectedly', { cause })
    }
  }

  return {
    async execute(request) {
      const name = modelNameSchema.safeParse(request.model)
      const trace: ExecutionTrace = { startedMs: clock.monotonicMs(), modelName: name.data }
      const { result, error } = await answer(request, trace).then(
        (result) => ({ result, error: undefined }),
        async (thrown: unknown) => ({ result: undefined, error: await recordRefusal(asNootropicError(thrown), trace) }),
      )
      meter.record(measurementOf(trace, clock, error))
      await bus.publish(eventOf(trace, clock, error))
      if (error !== undefined) throw error
      return result
    },
    control,
    close: () => workers.closeAll(),
  }
}
