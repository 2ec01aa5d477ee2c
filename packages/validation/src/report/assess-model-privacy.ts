import type { ModelPackage } from '@nootropic/core/formats'
import { type Dataset, verifyDataset } from '../behaviour/dataset.ts'
import type { StageOutcome } from '../outcome.ts'
import { assessPrivacy, type PrivacyAssessment, type PrivacyOptions } from '../privacy/index.ts'
import type { BehaviourReport } from './behaviour-report.ts'
import { type Examination, type ExaminationOptions, examine, scanModel } from './examine.ts'
import { pictureOf } from './picture.ts'
import type { PrivacyReport } from './privacy-figures.ts'

/** How a model's privacy is assessed. */
export type PrivacyTestOptions = Omit<ExaminationOptions, 'dataset' | 'fixed'> &
  Omit<PrivacyOptions, 'sessions' | 'seed' | 'budgetMs' | 'signal' | 'clock' | 'progress'>

const reconstructionsOf = (
  { attacks }: PrivacyAssessment,
  members: Dataset | undefined,
): PrivacyReport['reconstructions'] =>
  attacks.flatMap((figures) => {
    if (figures.attack !== 'model-inversion' || members === undefined) return []
    return figures.classes.flatMap(({ label, similarity, picture }) => {
      if (picture === undefined) return []
      const example = {
        ...members.inputs,
        dims: [1, ...members.inputs.dims.slice(1)],
        data: Float64Array.from(picture),
      }
      const drawn = pictureOf(example, 0, members.domain)
      return drawn === undefined ? [] : [{ label, similarity, picture: drawn }]
    })
  })

/** Figures without the reconstructions themselves, which stand apart as pictures. */
const withoutPictures = (figures: PrivacyAssessment['attacks'][number]): PrivacyReport['attacks'][number] =>
  figures.attack === 'model-inversion'
    ? { ...figures, classes: figures.classes.map(({ picture, ...others }) => others) }
    : { ...figures }

const reportOf = (assessment: PrivacyAssessment, members: Dataset | undefined): PrivacyReport => ({
  verdict: assessment.verdict,
  declared: assessment.declared.statements.map(({ id, topic, question, isDeclared, where }) => ({
    id,
    topic,
    question,
    isDeclared,
    ...(where === undefined ? {} : { where }),
  })),
  attacks: assessment.attacks.map(withoutPictures),
  reconstructions: reconstructionsOf(assessment, members),
})

const outcomeOf = ({ verdict, declared, attacks, findings, incomplete, skipped }: PrivacyAssessment): StageOutcome => ({
  verdict,
  measurements: {
    declaredStatements: declared.declared,
    requiredStatements: declared.required,
    attacks: attacks.length,
    queries: attacks.reduce((sum, { queries }) => sum + queries, 0),
  },
  findings,
  skipped: [...incomplete, ...skipped]
    // An attack that was begun says itself why it did not come to its end.
    .filter(({ attack }) => !attacks.some((begun) => begun.attack === attack))
    .map(({ attack, reason }) => ({ name: `privacy/${attack}`, reason })),
})

const carryOut = async (
  model: ModelPackage,
  options: PrivacyTestOptions,
  examination: Examination,
): Promise<StageOutcome> => {
  const { seed, clock, signal, progress } = examination.options
  const { members, nonMembers, attacks, topics, manifests, threshold, membership, inversion, extraction } = options
  const { attribute, memorised, sessions } = options
  const given = { members, nonMembers, attacks, topics, manifests, threshold, membership, inversion, extraction }
  const mayLoad = await scanModel(examination)
  const assessment = await assessPrivacy(model, {
    ...(Object.fromEntries(
      Object.entries({ ...given, attribute, memorised }).filter(([, value]) => value !== undefined),
    ) as PrivacyOptions),
    ...(mayLoad ? { sessions } : {}),
    seed,
    clock,
    budgetMs: examination.remainingMs(),
    ...(signal === undefined ? {} : { signal }),
    ...(progress === undefined ? {} : { progress: (part, done, all) => progress({ part, done, all }) }),
  })
  examination.keep({ privacy: reportOf(assessment, members) })
  const { score } = assessment.declared
  if (score !== undefined) examination.scores.privacyScore = score
  return outcomeOf(assessment)
}

/**
 * Assesses a model's privacy and reports it: what its card and the host's manifests declare, and what attacks get out of
 * it. Without members and non-members the attacks are incomplete, never passed.
 *
 * @throws NootropicError `USAGE` when data or budget do not fit
 * @example
 * ```ts
 * const report = await assessModelPrivacy(await readModelPackage('./digits'), { sessions, members, nonMembers })
 * report.privacy?.attacks.map(({ attack, verdict }) => `${attack}: ${verdict}`)
 * ```
 */
export const assessModelPrivacy = async (
  model: ModelPackage,
  options: PrivacyTestOptions,
): Promise<BehaviourReport> => {
  for (const dataset of [options.members, options.nonMembers]) if (dataset !== undefined) verifyDataset(dataset)
  return examine(model, options, async (examination) => {
    await examination.stages.run('privacy', () => carryOut(model, options, examination))
  })
}
