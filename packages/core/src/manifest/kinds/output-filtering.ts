import { z } from 'zod'
import { kindSchema } from '../kind.ts'
import { typeListSchema } from '../values/choices.ts'

/** The schema of {@link OutputFiltering}. */
export const outputFilteringSchema = kindSchema(
  'OutputFiltering',
  'Checks outputs before anyone sees them and withholds those that break a rule.',
  z
    .strictObject({
      filters: typeListSchema('Filters', {
        content: 'personal data and secrets in text',
        safety: 'values that no sound model gives: not-a-number, infinities, wrong shapes',
      }),
      monitoring: typeListSchema('Monitoring', {
        local: 'withheld outputs are counted on this host',
        audit: 'each withheld output is audited',
      }),
    })
    .meta({ title: 'Output filtering', description: 'What is filtered, and where it is noted.' }),
)
/** A manifest of kind `OutputFiltering`. */
export type OutputFiltering = z.infer<typeof outputFilteringSchema>
