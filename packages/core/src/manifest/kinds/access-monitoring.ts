import { z } from 'zod'
import { kindSchema } from '../kind.ts'
import { choiceSchema, typeListSchema } from '../values/choices.ts'
import { pathSchema } from '../values/path.ts'

/** The schema of {@link AccessMonitoring}. */
export const accessMonitoringSchema = kindSchema(
  'AccessMonitoring',
  'Watches who touches the files of the models and which processes use them, and writes down what it sees.',
  z
    .strictObject({
      monitoring: z
        .array(
          z.strictObject({
            type: choiceSchema('What is watched', {
              file: 'files and directories, for reads, changes and removals',
              process: 'processes that open the models',
            }),
            files: z
              .array(
                z.strictObject({
                  path: pathSchema.meta({ title: 'Path', description: 'A file or directory to watch.' }),
                }),
              )
              .min(1)
              .optional()
              .meta({
                title: 'Watched files',
                description: 'Which files are watched; without it, all that nootropic keeps.',
              }),
          }),
        )
        .min(1)
        .meta({ title: 'What is watched', description: 'The watchers to run.' }),
      logging: typeListSchema('Where it is written', {
        local: 'the log of this host',
        audit: 'the tamper-evident audit log',
      }),
    })
    .meta({ title: 'Access monitoring', description: 'What is watched and where it is written.' }),
)
/** A manifest of kind `AccessMonitoring`. */
export type AccessMonitoring = z.infer<typeof accessMonitoringSchema>
