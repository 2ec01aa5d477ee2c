import { z } from 'zod'
import { kindSchema } from '../kind.ts'
import { choiceSchema, nameListSchema } from '../values/choices.ts'
import { frequencySchema } from '../values/frequency.ts'
import { pathSchema } from '../values/path.ts'
import { frequencyHelp } from '../values/schedule.ts'

/** The schema of {@link DependencyScanning}. */
export const dependencyScanningSchema = kindSchema(
  'DependencyScanning',
  'Checks the packages that a project depends on against a database of advisories on this host.',
  z
    .strictObject({
      tools: z
        .array(
          z.strictObject({
            name: choiceSchema('Tool', { 'local-scanner': 'the built-in scanner, which uses no network' }),
            database: pathSchema.optional().meta({
              title: 'Advisory database',
              description: 'A directory of OSV advisories on this host.',
            }),
          }),
        )
        .min(1)
        .meta({ title: 'Tools', description: 'The scanners to run.' }),
      schedule: frequencySchema.meta({ title: 'Schedule', description: `How often: ${frequencyHelp}` }),
      scope: nameListSchema('Scope', {
        direct: 'packages that the project names itself',
        transitive: 'packages that those depend on',
      }),
    })
    .meta({ title: 'Dependency scanning', description: 'What is checked, by what, and when.' }),
)
/** A manifest of kind `DependencyScanning`. */
export type DependencyScanning = z.infer<typeof dependencyScanningSchema>
