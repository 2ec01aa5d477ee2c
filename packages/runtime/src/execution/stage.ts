import { isNootropicError } from '@nootropic/core'
import { SpanStatusCode, trace } from '@opentelemetry/api'

/** The stages of an execution, in their order. */
const stages = [
  'authentication',
  'permission-verification',
  'usage-quotas',
  'input-validation',
  'resource-check',
  'run',
  'output-validation',
  'audit',
] as const
/** A stage of an execution. */
export type Stage = (typeof stages)[number]

/**
 * Does the work of something that is to be seen as a span of OpenTelemetry, named `nootropic.<name>`. A failure is told by its
 * code alone: a message may quote what a caller sent.
 */
export const inSpan = <Result>(
  name: Stage | 'execution',
  attributes: Readonly<Record<string, string>>,
  work: () => Promise<Result>,
): Promise<Result> =>
  trace.getTracer('@nootropic/runtime').startActiveSpan(`nootropic.${name}`, { attributes }, async (span) => {
    try {
      return await work()
    } catch (error) {
      span.setAttribute('error.type', isNootropicError(error) ? error.code : 'INTERNAL')
      span.setStatus({ code: SpanStatusCode.ERROR })
      throw error
    } finally {
      span.end()
    }
  })
