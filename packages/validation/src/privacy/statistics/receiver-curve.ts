import { clopperPearson, type Interval } from '../../statistics/clopper-pearson.ts'
import { normalQuantile } from '../../statistics/normal.ts'

/** The area under a receiver operating characteristic. */
export interface Area extends Interval {
  /** How often a member's score is above a non-member's; equal ones count half. */
  readonly value: number
}

/** What a threshold finds when it is wrong about few non-members. */
export interface Catch {
  /** The share of non-members that may be taken for members, as it was asked for. */
  readonly falsePositiveRate: number
  /** How many were, at the best threshold that keeps to it. */
  readonly falsePositives: number
  /** The share of members that is found at that threshold. */
  readonly truePositiveRate: number
  readonly interval: Interval
  /** The range of the true share of false positives at that threshold. */
  readonly falsePositiveInterval: Interval
}

/** The rank of each value among `all`, from 1; equal values share the mean of their ranks. */
const midranks = (values: Float64Array, all: Float64Array): Float64Array => {
  const below = (value: number, isIncluded: boolean): number => {
    let [low, high] = [0, all.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const other = all[middle] ?? 0
      if (other < value || (isIncluded && other === value)) low = middle + 1
      else high = middle
    }
    return low
  }
  return values.map((value) => (below(value, false) + below(value, true) + 1) / 2)
}

const varianceOf = (values: Float64Array): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
}

/**
 * The area under the curve of two lists of scores, with DeLong's interval (DeLong, DeLong and Clarke-Pearson 1988, by the
 * midranks of Sun and Xu 2014).
 */
export const areaUnderCurve = (members: Float64Array, others: Float64Array, confidence: number): Area => {
  const [sortedMembers, sortedOthers] = [members.toSorted(), others.toSorted()]
  const all = new Float64Array([...members, ...others]).sort()
  const [count, otherCount] = [members.length, others.length]
  const inAll = midranks(sortedMembers, all)
  const value = (inAll.reduce((sum, rank) => sum + rank, 0) - (count * (count + 1)) / 2) / (count * otherCount)
  const inOwn = midranks(sortedMembers, sortedMembers)
  const otherInAll = midranks(sortedOthers, all)
  const otherInOwn = midranks(sortedOthers, sortedOthers)
  const above = inAll.map((rank, index) => (rank - (inOwn[index] ?? 0)) / otherCount)
  const under = otherInAll.map((rank, index) => 1 - (rank - (otherInOwn[index] ?? 0)) / count)
  const deviation = Math.sqrt(varianceOf(above) / count + varianceOf(under) / otherCount)
  const reach = normalQuantile((1 + confidence) / 2) * deviation
  return { value, low: Math.max(0, value - reach), high: Math.min(1, value + reach) }
}

/**
 * The share of members above the lowest threshold that takes at most `falsePositiveRate` of the others for members. With
 * fewer others than one over the rate the threshold lies above all of them.
 */
export const catchAt = (
  members: Float64Array,
  others: Float64Array,
  falsePositiveRate: number,
  confidence: number,
): Catch => {
  const allowed = Math.floor(falsePositiveRate * others.length)
  const threshold = others.toSorted()[others.length - 1 - allowed] ?? Number.POSITIVE_INFINITY
  const found = members.filter((score) => score > threshold).length
  const falsePositives = others.filter((score) => score > threshold).length
  return {
    falsePositiveRate,
    falsePositives,
    truePositiveRate: found / members.length,
    interval: clopperPearson(found, members.length, confidence),
    falsePositiveInterval: clopperPearson(falsePositives, others.length, confidence),
  }
}
