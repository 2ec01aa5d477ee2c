import { z } from 'zod'
import { kindSchema } from '../kind.ts'
import { scheduleSchema } from '../values/schedule.ts'

const epsilonSchema = z.number().positive().max(1)
const epsilonMeta = {
  title: 'Epsilon',
  description: 'The largest change of any input value, as a part of the range of inputs: above 0, at most 1.',
}

const stepsSchema = z.int().min(1).max(1000)
const stepsMeta = { title: 'Steps', description: 'How many steps: 1 to 1000.' }

/** The attacks besides FGSM and PGD, by the names that `@nootropic/validation` has them under. */
const namedAttacks = [
  'bim',
  'mi-fgsm',
  'apgd',
  'auto-attack',
  'deepfool',
  'carlini-wagner',
  'elastic-net',
  'fab',
  'saliency-map',
  'sparse-pgd',
  'universal',
  'patch',
  'square',
  'spatial',
  'hop-skip-jump',
  'boundary',
] as const

const attackSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('fgsm').meta({
      title: 'Attack',
      description: 'Fast gradient sign method: one step along the sign of the gradient (Goodfellow et al., 2015).',
    }),
    epsilon: epsilonSchema.meta(epsilonMeta),
  }),
  z.strictObject({
    type: z.literal('pgd').meta({
      title: 'Attack',
      description: 'Projected gradient descent: many small steps inside epsilon (Madry et al., 2018).',
    }),
    steps: stepsSchema.meta(stepsMeta),
    epsilon: epsilonSchema.default(0.03).meta(epsilonMeta),
  }),
  z.strictObject({
    type: z.enum(namedAttacks).meta({ title: 'Attack', description: 'One of the further attacks, by its name.' }),
    steps: stepsSchema.optional().meta(stepsMeta),
    epsilon: epsilonSchema.default(0.03).meta({
      title: 'Epsilon',
      description:
        'The change of the inputs as a part of their range, above 0, at most 1: the largest at L-infinity, the root mean square at L2, the mean at L1, the share of values at L0.',
    }),
  }),
])

/** The schema of {@link AdversarialTesting}. */
export const adversarialTestingSchema = kindSchema(
  'AdversarialTesting',
  'Attacks the models with inputs made to mislead them and measures how many answers change.',
  z
    .strictObject({
      attacks: z
        .array(attackSchema)
        .min(1)
        .meta({ title: 'Attacks', description: 'The attacks to run, in this order.' }),
      schedule: scheduleSchema,
    })
    .meta({ title: 'Adversarial testing', description: 'Which attacks run, and when.' }),
)
/** A manifest of kind `AdversarialTesting`. */
export type AdversarialTesting = z.infer<typeof adversarialTestingSchema>
