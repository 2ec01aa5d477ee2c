import { z } from 'zod'
import { kindSchema } from '../kind.ts'
import { choiceSchema, typeListSchema } from '../values/choices.ts'
import { durationSchema } from '../values/duration.ts'
import { sizeSchema } from '../values/size.ts'

const limitSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('cpu').meta({ title: 'Limit', description: 'Processor time of a worker.' }),
    time: durationSchema
      .optional()
      .meta({ title: 'Processor time', description: 'The most that a worker may use, such as 60s; it is then ended.' }),
  }),
  z.strictObject({
    type: z.literal('memory').meta({ title: 'Limit', description: 'Memory of a worker.' }),
    size: sizeSchema
      .optional()
      .meta({ title: 'Memory', description: 'The most that a worker may hold beside the model, such as 512MiB.' }),
  }),
])

/** The schema of {@link ProcessIsolation}. */
export const processIsolationSchema = kindSchema(
  'ProcessIsolation',
  'Runs each model in a worker that is shut off from the host and limited in what it may use.',
  z
    .strictObject({
      isolation: typeListSchema('Isolation', {
        process: 'a process of its own, without network, files or other processes',
        memory: 'memory that nobody else can read',
      }),
      require: choiceSchema('Required level', {
        strong: 'every layer is proved by a probe inside the worker',
        standard: 'files, network and system calls are shut off, by whichever layer this host has',
        'limits-only': 'only resource limits: a hostile model can reach the host',
        none: 'nothing is required',
      }).default('standard'),
      limits: z
        .array(limitSchema)
        .min(1)
        .meta({ title: 'Limits', description: 'What each worker is limited in; without a value, the runtime’s own.' }),
    })
    .meta({ title: 'Process isolation', description: 'How workers are isolated and limited.' }),
)
/** A manifest of kind `ProcessIsolation`. */
export type ProcessIsolation = z.infer<typeof processIsolationSchema>
