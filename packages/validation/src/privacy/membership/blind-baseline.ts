import { createSeededRandom } from '@nootropic/core'
import type { AttackLimits } from '../../behaviour/attacks/guarded-model.ts'
import type { Dataset } from '../../behaviour/dataset.ts'
import { range } from '../../behaviour/rows.ts'
import { type Area, areaUnderCurve } from '../statistics/receiver-curve.ts'
import { type Features, featuresOf, oneHot, takeFeatures } from '../student/features.ts'
import { shuffle } from '../student/shuffle.ts'
import { trainStudent } from '../student/train-student.ts'

/** More examples of either side would not find another difference. */
const mostExamples = 1000

/** A softmax regression that must generalise. */
const effort = { hidden: 0, epochs: 20, batch: 32, rate: 3e-3, decay: 0.1 }

/** The elements of some examples, and one column a class. */
const describe = ({ inputs, labels }: Dataset, rows: readonly number[], classes: number): Features => {
  const taken = takeFeatures(featuresOf(inputs), rows)
  if (labels === undefined) return taken
  const classColumns = oneHot(
    rows.map((row) => labels[row] ?? -1),
    classes,
  )
  const width = taken.width + classes
  const values = new Float64Array(rows.length * width)
  for (let row = 0; row < rows.length; row += 1) {
    values.set(taken.values.subarray(row * taken.width, (row + 1) * taken.width), row * width)
    values.set(classColumns.subarray(row * classes, (row + 1) * classes), row * width + taken.width)
  }
  return { rows: rows.length, width, values }
}

const joined = (first: Features, second: Features): Features => {
  const values = new Float64Array(first.values.length + second.values.length)
  values.set(first.values)
  values.set(second.values, first.values.length)
  return { rows: first.rows + second.rows, width: first.width, values }
}

/**
 * How well members and non-members are told apart by a classifier that never asks the model, on examples that it was not
 * trained on. Where it does better than chance the two sets differ by themselves, and what an attack finds is no sign of a
 * leak (Das, Zhang and Tramer 2024, arXiv 2406.16201).
 */
export const measureBlindly = async (
  members: Dataset,
  nonMembers: Dataset,
  options: {
    readonly classes: number
    readonly confidence: number
    readonly seed: number
    readonly limits: AttackLimits
  },
): Promise<Area> => {
  const { classes, confidence, seed, limits } = options
  const random = createSeededRandom(seed)
  const halves = (dataset: Dataset): [number[], number[]] => {
    const rows = shuffle(range(dataset.inputs.dims[0] ?? 0), random).slice(0, mostExamples)
    return [rows.slice(0, rows.length >> 1), rows.slice(rows.length >> 1)]
  }
  const hasLabels = members.labels !== undefined && nonMembers.labels !== undefined
  const side = (dataset: Dataset): Dataset => (hasLabels ? dataset : { inputs: dataset.inputs, domain: dataset.domain })
  const [inside, outside] = [halves(members), halves(nonMembers)]
  const scores = { members: [] as number[], nonMembers: [] as number[] }
  for (const fold of [0, 1] as const) {
    const learned = { inside: inside[fold], outside: outside[fold] }
    const asked = { inside: inside[1 - fold] ?? [], outside: outside[1 - fold] ?? [] }
    const features = joined(
      describe(side(members), learned.inside, classes),
      describe(side(nonMembers), learned.outside, classes),
    )
    const labels = range(features.rows).map((row) => (row < learned.inside.length ? 1 : 0))
    const student = await trainStudent({ features, targets: oneHot(labels, 2), classes: 2 }, { effort, seed, limits })
    const judge = (dataset: Dataset, rows: readonly number[]): number[] => {
      const answers = student.logProbabilities(describe(side(dataset), rows, classes))
      return rows.map((_, row) => (answers[row * 2 + 1] ?? 0) - (answers[row * 2] ?? 0))
    }
    scores.members.push(...judge(members, asked.inside))
    scores.nonMembers.push(...judge(nonMembers, asked.outside))
  }
  return areaUnderCurve(Float64Array.from(scores.members), Float64Array.from(scores.nonMembers), confidence)
}
