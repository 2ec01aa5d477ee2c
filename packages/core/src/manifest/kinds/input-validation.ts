import { z } from 'zod'
import { kindSchema } from '../kind.ts'
import { typeListSchema } from '../values/choices.ts'

/** The schema of {@link InputValidation}. */
export const inputValidationSchema = kindSchema(
  'InputValidation',
  'Checks inputs before they reach a model and turns away those that do not fit.',
  z
    .strictObject({
      validation: typeListSchema('Validation', {
        content: 'the values: not-a-number, infinities, ranges',
        format: 'names, element types and shapes against the model’s signature',
      }),
      filtering: typeListSchema('Filtering', {
        local: 'filters run on this host',
        strict: 'an input that does not fit is refused, never mended',
      }),
    })
    .meta({ title: 'Input validation', description: 'What is checked of an input, and what follows.' }),
)
/** A manifest of kind `InputValidation`. */
export type InputValidation = z.infer<typeof inputValidationSchema>
