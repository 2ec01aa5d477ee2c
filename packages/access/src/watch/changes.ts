import { dirname } from 'node:path'
import type { FileState, Snapshot } from './snapshot.ts'

/** Something that changed between two looks. */
export interface FileChange {
  /**
   * `replaced`: another file stands under the name. `modified`: its content was, or may have been, changed, also where
   * somebody set the time back. `permissions`: mode or owner. `names`: it got or lost a second name (a hard link).
   * `parent`: a directory above was replaced, or its mode or owner changed. `unseen`: it could no longer be looked at.
   */
  readonly kind:
    | 'created'
    | 'removed'
    | 'renamed'
    | 'replaced'
    | 'modified'
    | 'permissions'
    | 'names'
    | 'parent'
    | 'unseen'
  readonly path: string
  /** Of a renamed file: its name before. */
  readonly from?: string
  /** What was there and what is there, in words. */
  readonly detail: string
}

const identity = ({ device, inode }: FileState): string => `${device}:${inode}`
const octal = (mode: number): string => mode.toString(8).padStart(4, '0')
const rights = ({ mode, user, group }: FileState): string => `mode ${octal(mode)} of ${user}:${group}`
const describe = ({ kind, size, target }: FileState): string => {
  if (kind === 'link') return `a link to ${JSON.stringify(target)}`
  return kind === 'file' ? `a file of ${size} bytes` : kind === 'directory' ? 'a directory' : 'a special file'
}

const changesOf = (path: string, before: FileState, after: FileState): FileChange[] => {
  if (identity(before) !== identity(after) || before.kind !== after.kind || before.target !== after.target) {
    return [{ kind: 'replaced', path, detail: `${describe(before)}, then ${describe(after)}` }]
  }
  const changes: FileChange[] = []
  const hasOtherRights = rights(before) !== rights(after)
  if (hasOtherRights) changes.push({ kind: 'permissions', path, detail: `${rights(before)}, then ${rights(after)}` })
  // A directory changes with what is in it, and that is told of by itself.
  if (before.kind === 'directory') return changes
  const hasOtherNames = before.names !== after.names
  if (hasOtherNames) changes.push({ kind: 'names', path, detail: `${before.names} names, then ${after.names}` })
  const isWritten = before.size !== after.size || before.modifiedAt !== after.modifiedAt
  const isTouched = before.changedAt !== after.changedAt && !hasOtherRights && !hasOtherNames
  if (isWritten || isTouched) {
    const detail = isWritten
      ? `${describe(before)}, then ${describe(after)}`
      : 'the same size and time, but the kernel saw a change'
    changes.push({ kind: 'modified', path, detail })
  }
  return changes
}

/** Whether it stands below something that could not be looked at: then nothing can be said of it. */
const isUnseen = (path: string, { unseen }: Snapshot): boolean => {
  for (let place = path; unseen.size > 0; place = dirname(place)) {
    if (unseen.has(place)) return true
    if (place === dirname(place)) break
  }
  return false
}

/** What changed between two snapshots of the same paths, in the order of the paths. */
export const compareSnapshots = (before: Snapshot, after: Snapshot): FileChange[] => {
  const changes: FileChange[] = []
  const gone = new Map<string, { path: string; state: FileState }[]>()
  for (const [path, state] of before.files) {
    if (after.files.has(path) || isUnseen(path, after)) continue
    gone.set(identity(state), [...(gone.get(identity(state)) ?? []), { path, state }])
  }
  for (const [path, state] of after.files) {
    const earlier = before.files.get(path)
    if (earlier !== undefined) {
      changes.push(...changesOf(path, earlier, state))
      continue
    }
    // An inode is given to the next file: only one that was not changed otherwise has but another name.
    const earlierNames = gone.get(identity(state)) ?? []
    const isSame = (one: FileState): boolean => one.kind === state.kind && one.modifiedAt === state.modifiedAt
    const index = earlierNames.findIndex((one) => isSame(one.state))
    const [renamed] = index === -1 ? [] : earlierNames.splice(index, 1)
    if (renamed !== undefined) {
      changes.push({ kind: 'renamed', path, from: renamed.path, detail: `${renamed.path}, then ${path}` })
    } else {
      changes.push({ kind: 'created', path, detail: `nothing, then ${describe(state)}` })
    }
  }
  for (const { path, state } of [...gone.values()].flat()) {
    changes.push({ kind: 'removed', path, detail: `${describe(state)}, then nothing` })
  }
  for (const [path, state] of before.parents) {
    const now = after.parents.get(path)
    if (now === undefined) changes.push({ kind: 'parent', path, detail: `${describe(state)}, then nothing` })
    else if (identity(now) !== identity(state)) {
      changes.push({ kind: 'parent', path, detail: `${describe(state)}, then another: ${describe(now)}` })
    } else if (rights(now) !== rights(state)) {
      changes.push({ kind: 'parent', path, detail: `${rights(state)}, then ${rights(now)}` })
    }
  }
  for (const [path, reason] of after.unseen) {
    if (before.unseen.get(path) !== reason) changes.push({ kind: 'unseen', path, detail: reason })
  }
  return changes.sort((left, right) => (left.path < right.path ? -1 : left.path > right.path ? 1 : 0))
}
