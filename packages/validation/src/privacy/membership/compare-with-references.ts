import { createSeededRandom } from '@nootropic/core'
import { type AttackLimits, guardModel } from '../../behaviour/attacks/guarded-model.ts'
import type { AttackedModel } from '../../behaviour/attacks/objective.ts'
import type { Dataset } from '../../behaviour/dataset.ts'
import { range } from '../../behaviour/rows.ts'
import type { PrivacyTarget } from '../attack.ts'
import { countOf, takeExamples } from '../examples.ts'
import { shuffle } from '../student/shuffle.ts'
import type { StudentEffort } from '../student/train-student.ts'
import { answersOf } from './answers.ts'
import { likelihoodRatio } from './likelihood-ratio.ts'
import type { Reference } from './reference-models.ts'
import { relativeRatio } from './relative-ratio.ts'
import { type ReferenceModel, trainControl, trainShadows } from './shadow-models.ts'
import { type Answers, labelLogits, labelProbabilities } from './signals.ts'

type Labelled = Dataset & { readonly labels: readonly number[] }

/** The references of an attack: so many that are trained here, or models that learned none of the examples. */
export interface ReferenceOptions {
  readonly count: number
  readonly student?: Partial<StudentEffort>
  readonly given?: readonly AttackedModel[]
}

/** Scores of one attack: the higher, the more like a member. */
interface Scores {
  readonly members: Float64Array
  readonly nonMembers: Float64Array
}

/** What {@link compareWithReferences} found. */
export interface Comparison {
  readonly lira: Scores
  readonly rmia: Scores
  /**
   * What LiRA makes of members that a student did not learn, where that student, which learned the other members, stands in
   * for the target. If it tells them from non-members the two sets are unlike, and the references, which know one of them,
   * bring it to light.
   */
  readonly placebo: Scores
}

const givenReferences = (models: readonly AttackedModel[], examples: number, limits: AttackLimits): ReferenceModel[] =>
  models.map((model) => ({
    answers: ({ inputs }) => answersOf(guardModel(model, limits).model, inputs),
    isMember: new Array<boolean>(examples).fill(false),
  }))

/** One value of an answer, such as the logit of the label's probability. */
type Signal = (answers: Answers, labels: readonly number[]) => Float64Array

/** Asks each reference once about some examples, of which `isLearned` says which it learned. */
const askReferences = async (references: readonly ReferenceModel[], dataset: Labelled, isLearned = false) => {
  const asked: Answers[] = []
  for (const reference of references) asked.push(await reference.answers(dataset))
  const none = dataset.labels.map(() => false)
  return (signal: Signal): Reference[] =>
    asked.map((answers, index) => ({
      values: signal(answers, dataset.labels),
      isMember: isLearned ? (references[index]?.isMember ?? none) : none,
    }))
}

/**
 * Compares the target with references: half of the non-members teach them and are RMIA's population, the other half is
 * told from the members.
 */
export const compareWithReferences = async (
  { model, seed, limits }: PrivacyTarget,
  sets: { readonly members: Labelled; readonly nonMembers: Labelled },
  { count, student: effort = {}, given }: ReferenceOptions,
): Promise<Comparison> => {
  const random = createSeededRandom(seed)
  const halvesOf = (dataset: Labelled): [Labelled, Labelled] => {
    const rows = shuffle(range(countOf(dataset)), random)
    return [takeExamples(dataset, rows.slice(0, rows.length >> 1)), takeExamples(dataset, rows.slice(rows.length >> 1))]
  }
  const [population, outside] = halvesOf(sets.nonMembers)
  const [taught, untaught] = halvesOf(sets.members)
  const training = { classes: model.classes, effort, seed, limits }
  const references =
    given === undefined
      ? await trainShadows(population, { ...training, count })
      : givenReferences(given, countOf(population), limits)
  const control = await trainControl(taught, training)

  const asked = {
    members: await askReferences(references, sets.members),
    untaught: await askReferences(references, untaught),
    outside: await askReferences(references, outside),
    population: await askReferences(references, population, true),
  }
  const answers = {
    members: await answersOf(model, sets.members.inputs),
    outside: await answersOf(model, outside.inputs),
    population: await answersOf(model, population.inputs),
  }
  const lira = (target: Answers, { labels }: Labelled, of: (signal: Signal) => Reference[]): Float64Array =>
    likelihoodRatio(labelLogits(target, labels), of(labelLogits))
  const likelihoods = (target: Answers, { labels }: Labelled, of: (signal: Signal) => Reference[]) => ({
    target: labelProbabilities(target, labels),
    references: of(labelProbabilities),
  })
  const others = likelihoods(answers.population, population, asked.population)
  return {
    lira: {
      members: lira(answers.members, sets.members, asked.members),
      nonMembers: lira(answers.outside, outside, asked.outside),
    },
    rmia: {
      members: relativeRatio(likelihoods(answers.members, sets.members, asked.members), others),
      nonMembers: relativeRatio(likelihoods(answers.outside, outside, asked.outside), others),
    },
    placebo: {
      members: lira(await control.answers(untaught), untaught, asked.untaught),
      nonMembers: lira(await control.answers(outside), outside, asked.outside),
    },
  }
}
