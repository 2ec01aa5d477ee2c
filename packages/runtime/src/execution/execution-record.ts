import {
  type AccessRequest,
  type AuditEntry,
  type Clock,
  type EventContent,
  entityText,
  type Finding,
  isNootropicError,
  type Measurement,
  type ModelRef,
  measurements,
  NootropicError,
} from '@nootropic/core'
import type { UnusualFigure } from './answer-profile.ts'
import { countByRule } from './guarded.ts'
import type { Stage } from './stage.ts'

/** What is known of an execution so far; filled in as it goes on. */
export interface ExecutionTrace {
  readonly startedMs: number
  /** Of the model that was asked for, when that can be a name. */
  readonly modelName: string | undefined
  /** The one that was begun last. */
  stage?: Stage
  subject?: AccessRequest['subject']
  ref?: ModelRef
  unusual?: readonly UnusualFigure[]
  reported?: readonly Finding[]
}

// A record of the audit log holds 64 KiB; a refusal that names every input of a hostile model must still fit (CWE-778).
const maximumReason = 4096

/** Any failure as one of ours. The text of a foreign error may hold anything, so it stays in the cause. */
export const asNootropicError = (error: unknown): NootropicError =>
  isNootropicError(error)
    ? error
    : new NootropicError('INTERNAL', 'the execution failed unexpectedly', { cause: error })

/**
 * Why it was refused, as it may be kept. Findings name values and places of what was sent or answered: of them only the rules
 * are.
 */
const reasonOf = ({ message, details: { findings } }: NootropicError): string =>
  (Array.isArray(findings) ? countByRule(findings as Finding[]) : message).slice(0, maximumReason)

const actorOf = ({ subject }: ExecutionTrace): string =>
  subject === undefined ? 'anonymous:unknown' : entityText(subject)

const durationMs = (trace: ExecutionTrace, clock: Clock): number => clock.monotonicMs() - trace.startedMs

/** Where it ended, and why. */
const failureOf = ({ stage }: ExecutionTrace, error: NootropicError | undefined): Record<string, string> => {
  if (error === undefined) return {}
  return { code: error.code, ...(stage === undefined ? {} : { stage }) }
}

const versionOf = ({ ref }: ExecutionTrace): Record<string, string> =>
  ref === undefined ? {} : { version: ref.version, digest: ref.digest }

/** The audit entry of an execution; `error` is why it was refused or failed. */
export const auditEntryOf = (trace: ExecutionTrace, clock: Clock, error?: NootropicError): AuditEntry => {
  const isAboutAccess = error?.code === 'CREDENTIAL_INVALID' || error?.code === 'ACCESS_DENIED'
  const unsuccessful = error?.kind === 'refused' ? 'denied' : 'failed'
  return {
    category: isAboutAccess ? 'access' : 'operation',
    actor: actorOf(trace),
    action: 'execute',
    resource: `model:${trace.modelName ?? '(invalid)'}`,
    outcome: error === undefined ? 'succeeded' : unsuccessful,
    ...(error === undefined ? {} : { reason: reasonOf(error) }),
    details: {
      ...versionOf(trace),
      ...failureOf(trace, error),
      durationMs: durationMs(trace, clock),
    },
  }
}

/** The measurement of an execution. Only models that exist are named: whoever asks must not make new series (CWE-770). */
export const measurementOf = (trace: ExecutionTrace, clock: Clock, error?: NootropicError): Measurement => ({
  ...measurements.inferenceDuration,
  value: durationMs(trace, clock) / 1000,
  attributes: { model: trace.ref?.name ?? '(none)', outcome: error?.code ?? 'ok' },
})

const unusualOf = ({ unusual = [] }: ExecutionTrace): EventContent['data'] =>
  unusual.length === 0 ? {} : { unusual: unusual.map((figure) => ({ ...figure })) }

const reportedOf = ({ reported = [] }: ExecutionTrace): EventContent['data'] =>
  reported.length === 0 ? {} : { reported: countByRule(reported) }

/** The event of an execution: `completed`, `refused` (nootropic said no) or `failed` (it could not). */
export const eventOf = (trace: ExecutionTrace, clock: Clock, error?: NootropicError): EventContent => {
  const isAnswer = error?.kind === 'refused' || error?.kind === 'usage'
  const happening = error === undefined ? 'completed' : isAnswer ? 'refused' : 'failed'
  return {
    source: '/nootropic/runtime',
    type: `ai.nootropic.execution.${happening}`,
    ...(trace.modelName === undefined ? {} : { subject: trace.modelName }),
    data: {
      actor: actorOf(trace),
      ...versionOf(trace),
      ...failureOf(trace, error),
      ...(error === undefined ? {} : { reason: reasonOf(error) }),
      ...unusualOf(trace),
      ...reportedOf(trace),
      durationMs: durationMs(trace, clock),
    },
  }
}
