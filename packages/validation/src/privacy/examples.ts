import { NootropicError, sha256 } from '@nootropic/core'
import { type Dataset, verifyDataset } from '../behaviour/dataset.ts'
import { range, rowLength, takeRows } from '../behaviour/rows.ts'

/** Some examples of a dataset, copied, with their labels. */
export const takeExamples = <Given extends Dataset>(dataset: Given, rows: readonly number[]): Given => ({
  ...dataset,
  inputs: takeRows(dataset.inputs, rows),
  ...(dataset.labels === undefined ? {} : { labels: rows.map((row) => dataset.labels?.[row] ?? -1) }),
})

/** How many examples a dataset holds. */
export const countOf = ({ inputs }: Dataset): number => inputs.dims[0] ?? 0

/** Whether every example has its true class. */
export const isLabelled = (dataset: Dataset): dataset is Dataset & { readonly labels: readonly number[] } =>
  dataset.labels !== undefined

const digestsOf = ({ inputs }: Dataset): string[] => {
  const width = rowLength(inputs)
  return range(inputs.dims[0] ?? 0).map((row) => {
    const { buffer, byteOffset, byteLength } = inputs.data.subarray(row * width, (row + 1) * width)
    return sha256(new Uint8Array(buffer, byteOffset, byteLength))
  })
}

/** The non-members without those that are members as well, bit by bit: of them nobody can say on which side they stand. */
export const withoutMembers = (nonMembers: Dataset, members: Dataset): Dataset => {
  const inside = new Set(digestsOf(members))
  const digests = digestsOf(nonMembers)
  const kept = range(digests.length).filter((row) => !inside.has(digests[row] ?? ''))
  return kept.length === digests.length ? nonMembers : takeExamples(nonMembers, kept)
}

/** @throws NootropicError `USAGE` when two datasets cannot be compared, or a label is no class of the model */
export const verifyComparable = (members: Dataset, nonMembers: Dataset, classes: number): void => {
  verifyDataset(members)
  verifyDataset(nonMembers)
  const refuse = (expected: string): never => {
    throw new NootropicError('USAGE', `expected members and non-members ${expected}`)
  }
  const shape = (dataset: Dataset): string => `${dataset.inputs.type} [${dataset.inputs.dims.slice(1)}]`
  if (shape(members) !== shape(nonMembers))
    refuse(`of one type and shape, found ${shape(members)} and ${shape(nonMembers)}`)
  if (members.domain.join() !== nonMembers.domain.join())
    refuse(`with one domain, found [${members.domain}] and [${nonMembers.domain}]`)
  for (const { labels } of [members, nonMembers]) {
    const wrong = labels?.find((label) => label >= classes)
    if (wrong !== undefined) refuse(`with labels from 0 to ${classes - 1}, the classes of the model; found ${wrong}`)
  }
  const data = [members.inputs.data, nonMembers.inputs.data]
  if (data.some((values) => !values.every(Number.isFinite))) refuse('of finite numbers, found one that is not')
}
