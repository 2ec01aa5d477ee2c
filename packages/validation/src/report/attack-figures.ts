import { verdictSchema } from '@nootropic/core'
import { z } from 'zod'
import { norms } from '../behaviour/attacks/norms.ts'

/** The schema of {@link AttackPoint}. */
const attackPointSchema = z.strictObject({
  /** The mean change of an element that is allowed, as a share of the input range; see `epsilonMeanings`. */
  epsilon: z.number().nonnegative(),
  /** The same in the norm's own unit: the radius of the ball. */
  radius: z.number().nonnegative(),
  /** Examples that are still answered as labelled. */
  standing: z.int().nonnegative(),
  /** Examples that the attack was stopped on before it could tell; they count as neither. */
  undecided: z.int().nonnegative(),
  /** Those that stand over all examples that were tried, wrong ones among them. */
  share: z.number().min(0).max(1),
})
/** One point of a curve: what is left at an epsilon. */
export type AttackPoint = z.infer<typeof attackPointSchema>

/** The schema of {@link AttackFigures}. */
const attackFiguresSchema = z.strictObject({
  /** Its registered name. */
  attack: z.string(),
  title: z.string(),
  reference: z.string(),
  norm: z.enum(norms),
  kind: z.enum(['bounded', 'nearest', 'other']),
  /** What it sees of the model. */
  needs: z.enum(['slopes', 'scores', 'answers']),
  /** Whether slopes were estimated from scores, for want of a gradient: then what stands proves little. */
  isEstimated: z.boolean(),
  verdict: verdictSchema,
  curve: z.array(attackPointSchema),
  /** Examples that the model was run on. */
  queries: z.int().nonnegative(),
  /** How far what was found lies from the original, in the norm's unit; of those that fell. */
  distances: z.strictObject({ least: z.number(), median: z.number(), greatest: z.number() }).optional(),
  effort: z.record(z.string(), z.number()),
  seed: z.int().nonnegative(),
  durationMs: z.number().nonnegative(),
  /** Why it is incomplete, or how it was limited. */
  note: z.string().optional(),
})
/** What one attack came to. */
export type AttackFigures = z.infer<typeof attackFiguresSchema>

/** The schema of {@link WorstCaseFigures}. */
const worstCaseFiguresSchema = z.strictObject({
  norm: z.enum(norms),
  attacks: z.array(z.string()),
  curve: z.array(attackPointSchema),
  /** Each example that fell: to which attack, and at the least epsilon of the curve. */
  fallen: z.array(
    z.strictObject({
      /** Its place in the dataset. */
      row: z.int().nonnegative(),
      label: z.int().nonnegative(),
      attack: z.string(),
      epsilon: z.number(),
      distance: z.number(),
    }),
  ),
})
/** The worst over all attacks of one norm: an example stands only if it withstands them all. */
export type WorstCaseFigures = z.infer<typeof worstCaseFiguresSchema>

/** The schema of {@link Picture}. */
export const pictureSchema = z.strictObject({
  width: z.int().positive(),
  height: z.int().positive(),
  channels: z.union([z.literal(1), z.literal(3)]),
  /** 0 to 255, row by row, the channels of a pixel beside one another. */
  pixels: z.array(z.int().min(0).max(255)),
})
/** A small picture of an example. */
export type Picture = z.infer<typeof pictureSchema>

/** The schema of {@link AdversarialExample}. */
const adversarialExampleSchema = z.strictObject({
  row: z.int().nonnegative(),
  label: z.int().nonnegative(),
  /** What the model answers for it; -1 where it answers with no number. */
  answer: z.int(),
  attack: z.string(),
  epsilon: z.number(),
  original: pictureSchema,
  changed: pictureSchema,
})
/** An example that fell, beside what it was. */
export type AdversarialExample = z.infer<typeof adversarialExampleSchema>

/** The schema of {@link AttackReport}. */
export const attackReportSchema = z.strictObject({
  verdict: verdictSchema,
  /** Whether the model's own operators gave the slopes. */
  isWhiteBox: z.boolean(),
  attacks: z.array(attackFiguresSchema),
  worstCase: z.array(worstCaseFiguresSchema),
  /** The epsilon at which the result counts for the score. */
  judgedAt: z.number(),
  pictures: z.array(adversarialExampleSchema),
  notes: z.array(z.string()),
})
/** What attacks did to a model. */
export type AttackReport = z.infer<typeof attackReportSchema>
