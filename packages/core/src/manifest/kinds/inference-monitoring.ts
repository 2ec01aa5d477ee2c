import { z } from 'zod'
import { severities } from '../../finding.ts'
import { kindSchema } from '../kind.ts'
import { nameListSchema } from '../values/choices.ts'
import { durationSchema } from '../values/duration.ts'
import { ratioSchema } from '../values/ratio.ts'

const severitySchema = z
  .enum(severities)
  .default('high')
  .meta({ title: 'Severity', description: `How bad the alert is: ${severities.join(', ')}.` })

const alertSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('latency').meta({ title: 'Alert', description: 'Raised when inferences take too long.' }),
    threshold: durationSchema.meta({
      title: 'Threshold',
      description: 'The duration that is too long, such as 100ms or 2s.',
    }),
    severity: severitySchema,
  }),
  z.strictObject({
    type: z.literal('error_rate').meta({ title: 'Alert', description: 'Raised when too many inferences fail.' }),
    threshold: ratioSchema.meta({
      title: 'Threshold',
      description: 'The part of inferences that may fail, such as 0.01 or 1%.',
    }),
    severity: severitySchema,
  }),
])

/** The schema of {@link InferenceMonitoring}. */
export const inferenceMonitoringSchema = kindSchema(
  'InferenceMonitoring',
  'Measures every inference and raises alerts when the models become slow or fail.',
  z
    .strictObject({
      metrics: nameListSchema('Metrics', {
        latency: 'how long an inference takes',
        throughput: 'inferences per second',
        error_rate: 'the part of inferences that fail',
      }),
      alerts: z
        .array(alertSchema)
        .min(1)
        .optional()
        .meta({ title: 'Alerts', description: 'The thresholds at which an alert is raised.' }),
    })
    .meta({ title: 'Inference monitoring', description: 'What is measured, and what raises an alert.' }),
)
/** A manifest of kind `InferenceMonitoring`. */
export type InferenceMonitoring = z.infer<typeof inferenceMonitoringSchema>
