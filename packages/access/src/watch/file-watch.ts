import { type FSWatcher, watch as watchDirectory } from 'node:fs'
import { basename, isAbsolute, resolve } from 'node:path'
import { NootropicError } from '@nootropic/core'
import { compareSnapshots, type FileChange } from './changes.ts'
import { type FileState, type Snapshot, takeSnapshot } from './snapshot.ts'

/** Watches files until it is closed. */
export interface FileWatch {
  /** Looks now, tells `onChanges`, and returns what changed since the last look. */
  check(): Promise<FileChange[]>
  /** What it cannot see, in sentences. */
  blindSpots(): string[]
  close(): void
}

// An update of a model touches many files at once: tell of them together, and soon.
const defaultSettleMs = 50
// What the kernel did not tell of (its queue of events overflows silently in Node) is found by looking.
const defaultLookEveryMs = 60_000

/** True of every watch of files, whatever the host. */
const always = [
  'Reads are not reported: no file system tells an unprivileged process who read a file. Use auditd for that.',
  'A change that is undone between two looks may not be seen, nor one below the file system, as by writing to the disk.',
  'Who changed a file is not reported, and a process of the same user can stop this watch.',
  'Access control lists are not shown by mode bits.',
]

interface Watched {
  readonly identity: string
  readonly watcher: FSWatcher
}

/**
 * Tells of changes to files and directories: contents, names, modes, owners, links, and the directories above them.
 *
 * The kernel's notices (inotify) say only when to look; what changed is told by comparing two looks, so that lost notices
 * delay a report and never drop it.
 *
 * @param options.paths absolute. One that does not exist yet is told of when it is created.
 * @param options.onChanges is called with all changes of one look. What it throws or rejects with goes to `onError`.
 * @throws NootropicError `USAGE` for a path that is not absolute.
 * @example
 * ```ts
 * const watch = await watchFiles({ paths: ['/srv/models'], onChanges: (changes) => console.log(changes), onError: console.error })
 * ```
 */
export const watchFiles = async (options: {
  paths: readonly string[]
  onChanges: (changes: readonly FileChange[]) => void | Promise<void>
  onError: (error: unknown) => void
  settleMs?: number
  lookEveryMs?: number
  watch?: typeof watchDirectory
}): Promise<FileWatch> => {
  const { onChanges, onError, settleMs = defaultSettleMs, lookEveryMs = defaultLookEveryMs } = options
  const { watch = watchDirectory } = options
  for (const path of options.paths) {
    if (!isAbsolute(path))
      throw new NootropicError('USAGE', `expected absolute paths to watch, got ${path}; resolve it`)
  }
  const paths = [...new Set(options.paths.map((path) => resolve(path)))]
  const watchers = new Map<string, Watched>()
  const unwatched = new Map<string, string>()
  let isClosed = false
  let pending: NodeJS.Timeout | undefined

  const lookSoon = (): void => {
    if (isClosed || pending !== undefined) return
    pending = setTimeout(() => {
      pending = undefined
      void check().catch(onError)
    }, settleMs)
    pending.unref()
  }

  const forget = (path: string): void => {
    watchers.get(path)?.watcher.close()
    watchers.delete(path)
  }

  /** Watches one directory. Of a directory above the paths only the names that lead to them count. */
  const watchOne = (path: string, state: FileState, names: ReadonlySet<string> | undefined): boolean => {
    const identity = `${state.device}:${state.inode}`
    if (watchers.get(path)?.identity === identity) return false
    forget(path)
    try {
      const watcher = watch(path, { persistent: false }, (_, name) => {
        if (names === undefined || name === null || names.has(name)) lookSoon()
      })
      watcher.on('error', () => {
        forget(path)
        lookSoon()
      })
      watchers.set(path, { identity, watcher })
      unwatched.delete(path)
      return true
    } catch (error) {
      // ENOSPC: the user's inotify watches are used up. Looking at intervals still finds the changes.
      unwatched.set(path, (error as NodeJS.ErrnoException).code ?? 'an error')
      return false
    }
  }

  const namesBelow = (parent: string): Set<string> => {
    const prefix = parent.endsWith('/') ? parent : `${parent}/`
    return new Set(
      paths
        .filter((path) => path.startsWith(prefix))
        .map((path) => path.slice(prefix.length).split('/')[0] ?? basename(path)),
    )
  }

  /** Watches every directory of a snapshot; whether there was a new one. */
  const watchAll = ({ files, parents }: Snapshot): boolean => {
    if (isClosed) return false
    let isNew = false
    for (const path of [...watchers.keys()]) {
      if (!files.has(path) && !parents.has(path)) forget(path)
    }
    for (const [path, state] of parents) {
      if (!files.has(path) && state.kind === 'directory') isNew = watchOne(path, state, namesBelow(path)) || isNew
    }
    for (const [path, state] of files) {
      if (state.kind === 'directory') isNew = watchOne(path, state, undefined) || isNew
    }
    return isNew
  }

  let last = await takeSnapshot(paths)
  // What was made between the look and the start of its watch is found by looking again.
  watchAll(last)

  const look = async (): Promise<FileChange[]> => {
    const changes: FileChange[] = []
    let isNew = true
    // A directory that is made and filled at once; the bound is for one that never stops growing (CWE-835).
    for (let turn = 0; isNew && turn < 8; turn += 1) {
      const next = await takeSnapshot(paths)
      changes.push(...compareSnapshots(last, next))
      last = next
      isNew = watchAll(next)
    }
    if (changes.length > 0 && !isClosed) {
      try {
        await onChanges(changes)
      } catch (error) {
        onError(error)
      }
    }
    return changes
  }

  // One look at a time, in order: two at once would both tell of the same change, or one of none.
  let queue: Promise<unknown> = Promise.resolve()
  const check = (): Promise<FileChange[]> => {
    const result = queue.then(look)
    queue = result.catch(() => {})
    return result
  }

  const interval = setInterval(() => void check().catch(onError), lookEveryMs)
  interval.unref()
  await check()

  return {
    check,
    blindSpots: () => [
      ...always,
      ...[...unwatched].map(
        ([path, code]) =>
          `${path} is only looked at every ${lookEveryMs / 1000} s: the kernel refused a watch (${code}).`,
      ),
      ...[...last.unseen].map(([path, reason]) => `${path} cannot be looked at: ${reason}.`),
    ],
    close() {
      isClosed = true
      clearInterval(interval)
      clearTimeout(pending)
      for (const path of [...watchers.keys()]) forget(path)
    },
  }
}
