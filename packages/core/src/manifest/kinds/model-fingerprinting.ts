import { z } from 'zod'
import { kindSchema } from '../kind.ts'
import { choiceSchema, nameListSchema } from '../values/choices.ts'
import { frequencySchema } from '../values/frequency.ts'
import { frequencyHelp } from '../values/schedule.ts'

/** The schema of {@link ModelFingerprinting}. */
export const modelFingerprintingSchema = kindSchema(
  'ModelFingerprinting',
  'Takes a fingerprint of each model at registration and compares it again later.',
  z
    .strictObject({
      method: choiceSchema('Method', { neural: 'features of the network itself, not of its file' }),
      features: nameListSchema('Features', {
        architecture: 'the graph: its operators, shapes and connections',
        weights: 'the numbers the model learned',
        activations: 'what the model answers to chosen probes',
      }),
      verification: z
        .strictObject({
          frequency: frequencySchema.meta({ title: 'Frequency', description: `How often: ${frequencyHelp}` }),
        })
        .meta({ title: 'Verification', description: 'When fingerprints are compared again.' }),
    })
    .meta({ title: 'Model fingerprinting', description: 'What is fingerprinted, and when it is verified.' }),
)
/** A manifest of kind `ModelFingerprinting`. */
export type ModelFingerprinting = z.infer<typeof modelFingerprintingSchema>
