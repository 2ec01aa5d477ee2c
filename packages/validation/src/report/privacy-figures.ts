import { verdictSchema } from '@nootropic/core'
import { z } from 'zod'
import { pictureSchema } from './attack-figures.ts'

/** The schema of {@link PrivacyReport}. */
export const privacyReportSchema = z.strictObject({
  verdict: verdictSchema,
  /** What must be declared, and whether and where it is. */
  declared: z.array(
    z.strictObject({
      id: z.string(),
      topic: z.string(),
      question: z.string(),
      isDeclared: z.boolean(),
      where: z.string().optional(),
    }),
  ),
  /** Each attack that was begun, with its own figures: see `PrivacyAttackFigures` of `@nootropic/validation/privacy`. */
  attacks: z.array(
    z.looseObject({
      attack: z.string(),
      verdict: verdictSchema,
      note: z.string().optional(),
      queries: z.int().nonnegative(),
    }),
  ),
  /** What inversion made of a class, where the examples are pictures. */
  reconstructions: z.array(z.strictObject({ label: z.int(), similarity: z.number(), picture: pictureSchema })),
})
/** What is declared about a model's privacy, and what attacks got out of it. */
export type PrivacyReport = z.infer<typeof privacyReportSchema>
