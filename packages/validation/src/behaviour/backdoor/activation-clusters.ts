import { createSeededRandom } from '@nootropic/core'
import type { Sighting } from '../../scan/rule.ts'
import type { Dataset } from '../dataset.ts'
import { range, rowLength } from '../rows.ts'
import { backdoorRules } from './rules.ts'
import { alongStrangestDirection, centre } from './strangest-direction.ts'

/** Activations of examples at one layer: one row an example. */
export interface Activations {
  /** Row-major, `width` a row. */
  readonly data: ArrayLike<number>
  readonly width: number
}

/** How the examples of one class fall into two groups. */
export interface ClassClusters {
  readonly label: number
  /** Rows of the smaller and of the larger group. */
  readonly smaller: readonly number[]
  readonly larger: readonly number[]
}

/** Fewer examples of a class have no groups. */
export const leastExamples = 10

/** The units that vary most are looked at: the work grows with the cube of their number. */
const mostUnits = 256

const clusterRounds = 50

/** Two groups along a line, by k-means from its ends: which places belong to the second. */
const twoGroups = (places: Float64Array): boolean[] => {
  let [first, second] = [Math.min(...places), Math.max(...places)]
  const isSecond = (): boolean[] => Array.from(places, (place) => Math.abs(place - second) < Math.abs(place - first))
  for (let round = 0; round < clusterRounds; round += 1) {
    const groups = isSecond()
    const mean = (group: boolean, fallback: number): number => {
      const members = places.filter((_, index) => groups[index] === group)
      return members.length === 0 ? fallback : members.reduce((sum, place) => sum + place / members.length, 0)
    }
    ;[first, second] = [mean(false, first), mean(true, second)]
  }
  return isSecond()
}

/** The units that vary most. */
const variedUnits = ({ data, width }: Activations): number[] => {
  const rows = data.length / width
  const spread = range(width).map((unit) => {
    let [sum, squares] = [0, 0]
    for (let row = 0; row < rows; row += 1) {
      const value = data[row * width + unit] ?? 0
      sum += value
      squares += value * value
    }
    return squares / rows - (sum / rows) ** 2
  })
  return range(width)
    .sort((left, right) => (spread[right] ?? 0) - (spread[left] ?? 0) || left - right)
    .slice(0, mostUnits)
}

/**
 * Splits the examples of each class into two groups by what a layer gives for them (activation clustering, Chen et al.
 * 2018, arXiv 1811.03728), along the direction in which the class varies most beside all others (as Hayase et al. 2021,
 * arXiv 2104.11315, whiten it).
 *
 * @param labels the class of each row, as the model answers.
 */
export const clusterActivations = (
  activations: Activations,
  labels: readonly number[],
  seed: number,
): ClassClusters[] => {
  const { data, width } = activations
  const units = variedUnits(activations)
  const classes = [...new Set(labels)].toSorted((left, right) => left - right)
  const groups = classes.map((label) => {
    const rows = range(labels.length).filter((row) => labels[row] === label)
    return {
      label,
      rows,
      centred: centre(rows.map((row) => Float64Array.from(units, (unit) => data[row * width + unit] ?? Number.NaN))),
    }
  })
  return groups
    .filter(({ rows }) => rows.length >= leastExamples)
    .map(({ label, rows, centred }): ClassClusters => {
      const others = groups.filter((group) => group.label !== label).flatMap((group) => group.centred)
      const isSecond = twoGroups(alongStrangestDirection(centred, others, createSeededRandom(seed)))
      const parts = [false, true].map((group) => rows.filter((_, index) => isSecond[index] === group))
      const [smaller = [], larger = []] = parts.toSorted((left, right) => left.length - right.length)
      return { label, smaller, larger }
    })
}

/** A group must have so many members that what they share is no chance. */
const leastMembers = 8

/** Elements of the input that the group must share: as many as a mark of three by two pixels. */
const leastShared = 6

/** Nearly all members have an element when so many do, within a part of the domain's width; and hardly any other example. */
const nearlyAll = 0.9
const hardlyAny = 0.1
const near = 0.02

/** The elements that nearly all examples at `rows` have alike, and hardly any other example has. */
const sharedElements = (rows: readonly number[], { inputs, domain }: Dataset): number[] => {
  const width = rowLength(inputs)
  const members = new Set(rows)
  const others = range(inputs.dims[0] ?? 0).filter((row) => !members.has(row))
  return range(width).filter((element) => {
    const valueAt = (row: number): number => inputs.data[row * width + element] ?? Number.NaN
    const own = rows.map(valueAt).toSorted((left, right) => left - right)
    const median = own[Math.floor(own.length / 2)] ?? Number.NaN
    const isAlike = (value: number): boolean => Math.abs(value - median) <= near * (domain[1] - domain[0])
    return (
      own.filter(isAlike).length >= nearlyAll * own.length &&
      others.filter((row) => isAlike(valueAt(row))).length <= hardlyAny * others.length
    )
  })
}

/**
 * The classes whose examples fall into two groups inside the model, the members of one sharing a mark in their inputs.
 * Groups alone are no sign: honest classes have them, too.
 */
export const judgeClusters = (clusters: readonly ClassClusters[], dataset: Dataset): Sighting[] =>
  clusters.flatMap(({ label, smaller, larger }) =>
    // Where most examples of a class are poisoned, the larger group is theirs.
    [smaller, larger].flatMap((rows): Sighting[] => {
      const elements = rows.length < leastMembers ? [] : sharedElements(rows, dataset)
      if (elements.length < leastShared) return []
      return [
        {
          rule: backdoorRules['activation-cluster'],
          message: `expected the examples of class ${label} to have nothing but their class in common, ${rows.length} of ${smaller.length + larger.length} stand apart inside the model and share ${elements.length} elements of their inputs that hardly any other example has`,
          evidence: { label, rows: rows.slice(0, 20), elements: elements.slice(0, 20) },
        },
      ]
    }),
  )
