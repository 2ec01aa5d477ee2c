import { z } from 'zod'
import { kindSchema } from '../kind.ts'
import { kernelSchema } from '../values/kernel.ts'
import { scheduleSchema } from '../values/schedule.ts'

/** The common corruptions of pictures, sound and tables, by the names that `@nootropic/validation` has them under. */
const commonCorruptions = [
  'gaussian-noise',
  'shot-noise',
  'impulse-noise',
  'defocus-blur',
  'glass-blur',
  'motion-blur',
  'zoom-blur',
  'snow',
  'frost',
  'fog',
  'brightness',
  'contrast',
  'elastic-transform',
  'pixelate',
  'jpeg-compression',
  'speckle-noise',
  'gaussian-blur',
  'spatter',
  'saturate',
  'audio-noise',
  'reverb',
  'clipping',
  'mu-law',
  'resampling',
  'missing-values',
  'wrong-scale',
  'swapped-values',
  'outliers',
] as const

const testSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('noise').meta({ title: 'Test', description: 'Normal noise on every input value.' }),
    level: z.number().positive().max(1).meta({
      title: 'Level',
      description: 'The standard deviation, as a part of the range of inputs: above 0, at most 1.',
    }),
  }),
  z.strictObject({
    type: z.literal('blur').meta({ title: 'Test', description: 'Each pixel becomes the mean of its neighbourhood.' }),
    kernel: kernelSchema.meta({ title: 'Kernel', description: 'Width x height in pixels, odd sides, such as 3x3.' }),
  }),
  z.strictObject({
    type: z.enum(commonCorruptions).meta({
      title: 'Test',
      description: 'A common corruption by its name, in five severities; all of one kind: pictures, sound or tables.',
    }),
  }),
])

/** The schema of {@link RobustnessTesting}. */
export const robustnessTestingSchema = kindSchema(
  'RobustnessTesting',
  'Disturbs inputs as the world does and measures how many answers change.',
  z
    .strictObject({
      tests: z
        .array(testSchema)
        .min(1)
        .meta({ title: 'Tests', description: 'The disturbances to try, in this order.' }),
      schedule: scheduleSchema,
    })
    .meta({ title: 'Robustness testing', description: 'Which disturbances are tried, and when.' }),
)
/** A manifest of kind `RobustnessTesting`. */
export type RobustnessTesting = z.infer<typeof robustnessTestingSchema>
