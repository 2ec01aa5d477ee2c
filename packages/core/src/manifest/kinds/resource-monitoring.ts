import { z } from 'zod'
import { kindSchema } from '../kind.ts'
import { nameListSchema } from '../values/choices.ts'
import { ratioSchema } from '../values/ratio.ts'

const limitSchema = (title: string) =>
  ratioSchema
    .optional()
    .meta({ title, description: 'The part of the whole above which an alert is raised, such as 80%.' })

/** The schema of {@link ResourceMonitoring}. */
export const resourceMonitoringSchema = kindSchema(
  'ResourceMonitoring',
  'Samples what the models use of the host and raises alerts above the limits.',
  z
    .strictObject({
      metrics: nameListSchema('Metrics', {
        cpu: 'processor time',
        memory: 'main memory',
        gpu: 'graphics processor, where there is one',
      }),
      limits: z
        .strictObject({
          cpu: limitSchema('Processor limit'),
          memory: limitSchema('Memory limit'),
          gpu: limitSchema('Graphics processor limit'),
        })
        .optional()
        .meta({ title: 'Limits', description: 'Where alerts begin.' }),
    })
    .meta({ title: 'Resource monitoring', description: 'What is sampled, and what raises an alert.' }),
)
/** A manifest of kind `ResourceMonitoring`. */
export type ResourceMonitoring = z.infer<typeof resourceMonitoringSchema>
