import { createSeededRandom } from '@nootropic/core'
import type { AttackLimits } from '../../behaviour/attacks/guarded-model.ts'
import type { Dataset } from '../../behaviour/dataset.ts'
import { range } from '../../behaviour/rows.ts'
import { featuresOf, oneHot } from '../student/features.ts'
import { shuffle } from '../student/shuffle.ts'
import { type Lesson, type Student, type StudentEffort, takeLesson, trainStudent } from '../student/train-student.ts'
import type { Answers } from './signals.ts'

/** One reference model as the attacks ask it. */
export interface ReferenceModel {
  /** What it says of the examples of a dataset. */
  answers(dataset: Dataset): Promise<Answers>
  /** Whether it learned each example of the dataset whose rows it was trained on. */
  readonly isMember: readonly boolean[]
}

const lessonOf = ({ inputs, labels }: Dataset & { readonly labels: readonly number[] }, classes: number): Lesson => ({
  features: featuresOf(inputs),
  targets: oneHot(labels, classes),
  classes,
})

const asked = ({ classes, logProbabilities }: Student): Pick<ReferenceModel, 'answers'> => ({
  answers: async ({ inputs }) => ({ classes, logProbabilities: logProbabilities(featuresOf(inputs)) }),
})

/**
 * Trains shadow models, each on half of `dataset`: of every two the second learns what the first did not, so that half of
 * them know any example.
 */
export const trainShadows = async (
  dataset: Dataset & { readonly labels: readonly number[] },
  options: {
    readonly count: number
    readonly classes: number
    readonly effort?: Partial<StudentEffort>
    readonly seed: number
    readonly limits: AttackLimits
  },
): Promise<ReferenceModel[]> => {
  const { count, classes, effort = {}, seed, limits } = options
  const lesson = lessonOf(dataset, classes)
  const random = createSeededRandom(seed)
  const shadows: ReferenceModel[] = []
  let order: number[] = []
  for (let shadow = 0; shadow < count; shadow += 1) {
    if (shadow % 2 === 0) order = shuffle(range(dataset.labels.length), random)
    const half = order.length >> 1
    const rows = shadow % 2 === 0 ? order.slice(0, half) : order.slice(half)
    const learned = new Set(rows)
    const student = await trainStudent(takeLesson(lesson, rows), { effort, seed: (seed + shadow + 1) >>> 0, limits })
    shadows.push({ ...asked(student), isMember: dataset.labels.map((_, row) => learned.has(row)) })
  }
  return shadows
}

/** A student of all examples of `dataset`, in the place of the target. */
export const trainControl = async (
  dataset: Dataset & { readonly labels: readonly number[] },
  options: {
    readonly classes: number
    readonly effort?: Partial<StudentEffort>
    readonly seed: number
    readonly limits: AttackLimits
  },
): Promise<Pick<ReferenceModel, 'answers'>> => {
  const { classes, ...training } = options
  return asked(await trainStudent(lessonOf(dataset, classes), training))
}
