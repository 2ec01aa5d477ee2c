import type { HashTask } from './hash-files.ts'
import type { TreeFile } from './model-tree.ts'
import { byCodePoint, nameOfShard, shardsOf } from './names.ts'
import type { Serialization } from './statement.ts'

/** A resource of a model as it lies on disk, before it is hashed. */
export interface ResourceTask extends HashTask {
  readonly name: string
}

/** How many resources a model has, without making them: small shards of large files are more than memory holds (CWE-770). */
export const countResources = (files: readonly TreeFile[], { shardSize }: Pick<Serialization, 'shardSize'>): number =>
  shardSize === undefined
    ? files.length
    : files.reduce((sum, { status }) => sum + Math.ceil(Number(status.size) / shardSize), 0)

/** Takes a model apart: what its statement lists, in the order of names by code point. */
export const resourceTasks = (
  files: readonly TreeFile[],
  { shardSize }: Pick<Serialization, 'shardSize'>,
): ResourceTask[] => {
  const tasks = files.flatMap((file): ResourceTask[] => {
    const size = Number(file.status.size)
    if (shardSize === undefined) return [{ name: file.path, file, start: 0, end: size }]
    return shardsOf(file.path, size, shardSize).map((shard) => ({ name: nameOfShard(shard), file, ...shard }))
  })
  return tasks.sort((left, right) => byCodePoint(left.name, right.name))
}
