import { z } from 'zod'
import { kindSchema } from '../kind.ts'
import { choiceSchema } from '../values/choices.ts'
import { enabledSchema } from '../values/enabled.ts'

/** The schema of {@link ModelRuntimeProtection}. */
export const modelRuntimeProtectionSchema = kindSchema(
  'ModelRuntimeProtection',
  'Protects models while they run: in memory, and at what goes in and out.',
  z
    .strictObject({
      memory: z
        .strictObject({
          protection: enabledSchema.meta({
            title: 'Memory protection',
            description:
              'enabled: a model is decrypted only into its worker, never to disk; no core dumps; wiped where possible.',
          }),
          isolation: choiceSchema('Memory isolation', { process: 'each model runs in a process of its own' }),
        })
        .meta({ title: 'Memory', description: 'The model in memory.' }),
      inference: z
        .strictObject({
          protection: enabledSchema.meta({
            title: 'Inference protection',
            description: 'enabled: every inference passes through the guards.',
          }),
          validation: choiceSchema('Inference validation', {
            strict: 'every input and output is checked against the model’s signature and limits',
          }),
        })
        .meta({ title: 'Inference', description: 'What goes into the model and what comes out.' }),
    })
    .meta({ title: 'Model runtime protection', description: 'How a running model is protected.' }),
)
/** A manifest of kind `ModelRuntimeProtection`. */
export type ModelRuntimeProtection = z.infer<typeof modelRuntimeProtectionSchema>
