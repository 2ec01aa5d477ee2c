import { join } from 'node:path'
import { type Clock, systemClock, systemRandom } from '@nootropic/core'
import { attempt, type CgroupFiles, cgroupFiles } from './cgroup-files.ts'
import type { CgroupController, CgroupPlace } from './cgroup-places.ts'
import type { SandboxLimits } from './limits.ts'

/** What the processes of one control group may use together. */
export interface CgroupLimits {
  /** Bytes of all memory: with what the kernel keeps for the group, its shared memory, and files that it was first to read. */
  readonly memoryBytes: number
  /** Processes and threads. */
  readonly tasks: number
  /** Processors' worth of time, such as 1.5; undefined: all that the host has. */
  readonly cpus?: number
}

/** A control group of one worker. */
export interface Cgroup {
  /** What it bounds, as the kernel confirmed it: `memory.max 2147483648`. */
  readonly bounds: readonly string[]
  /**
   * Moves a process, and all below it, into the group. What memory they hold by then still counts where they came from.
   *
   * @throws Error when one of them is not in the group afterwards
   */
  enter(pid: number): void
  /** How many of its processes the kernel ended because the group had no memory left. */
  memoryKills(): number
  /** Ends what is still in it, where the kernel can (version 2), and removes it as soon as nobody is. */
  remove(): void
}

// Beside a worker's own memory: its program's files, page tables, stacks. RLIMIT_DATA must be met first, because it ends in an
// error that a worker survives; the group is for what that limit does not count.
const uncountedBytes = 512 * 1024 ** 2

// A worker has some twenty threads and may start no process; on a host of many processors onnxruntime has one for each.
const maximumTasks = 1024

/** What a worker's group is bounded to, above what each process of it is. */
export const cgroupLimits = ({ memoryBytes, outputBytes }: SandboxLimits): CgroupLimits => ({
  memoryBytes: memoryBytes + outputBytes + uncountedBytes,
  tasks: maximumTasks,
})

const periodMicroseconds = 100_000

/** A file of a group, what is written to it, and whether the group does not count without it. */
type Setting = readonly [file: string, value: string, kind: 'bound' | 'optional']

const settings = (version: 1 | 2, controller: CgroupController, limits: CgroupLimits): Setting[] => {
  const quota = limits.cpus === undefined ? undefined : Math.round(limits.cpus * periodMicroseconds)
  switch (controller) {
    case 'memory':
      return version === 1
        ? [
            ['memory.limit_in_bytes', `${limits.memoryBytes}`, 'bound'],
            ['memory.swappiness', '0', 'optional'],
          ]
        : [
            ['memory.max', `${limits.memoryBytes}`, 'bound'],
            // A model is not to be written to a disk in clear; and what holds a worker is to end with it.
            ['memory.swap.max', '0', 'optional'],
            ['memory.oom.group', '1', 'optional'],
          ]
    case 'pids':
      return [['pids.max', `${limits.tasks}`, 'bound']]
    case 'cpu':
      if (quota === undefined) return []
      return version === 1
        ? [
            ['cpu.cfs_period_us', `${periodMicroseconds}`, 'optional'],
            ['cpu.cfs_quota_us', `${quota}`, 'bound'],
          ]
        : [['cpu.max', `${quota} ${periodMicroseconds}`, 'bound']]
  }
}

// Bytes are kept in whole pages, of 64 KiB at most.
const pageBytes = 64 * 1024
const isKept = (written: string, read: string): boolean =>
  written === read ||
  (/^\d+$/.test(read) && Number(written) - Number(read) > 0 && Number(written) - Number(read) < pageBytes)

/** Sets the bounds of a group; what the kernel confirmed. @throws Error when it keeps another value */
const bound = (directory: string, { version, controllers }: CgroupPlace, limits: CgroupLimits, files: CgroupFiles) =>
  controllers
    .flatMap((controller) => settings(version, controller, limits))
    .flatMap(([file, value, kind]) => {
      const path = join(directory, file)
      if (kind === 'optional') {
        attempt(() => files.write(path, value))
        return []
      }
      files.write(path, value)
      const kept = files.read(path).trim()
      if (!isKept(value, kept)) throw new Error(`expected ${file} to be ${value}, found ${kept}`)
      return [`${file} ${kept}`]
    })

// A group can be removed when the last process in it is reaped, which may be a moment after the worker's own end.
const removalTries = 40
const removalMs = 50

const removeSoon = (directory: string, files: CgroupFiles, tries = removalTries): void => {
  // Of version 2, from Linux 5.14: whatever a worker started ends with it.
  attempt(() => files.write(join(directory, 'cgroup.kill'), '1'))
  try {
    files.removeDirectory(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EBUSY' || tries === 0) return
    setTimeout(removeSoon, removalMs, directory, files, tries - 1).unref()
  }
}

/** Which pid namespace this process counts in: its number, or 0 where nobody can tell. */
const pidNamespace = (files: CgroupFiles): string =>
  /\d+/.exec(attempt(() => files.link('/proc/self/ns/pid')) ?? '')?.[0] ?? '0'

/** Containers may share a tree of groups and count their processes from 1 each: who made a group is its process there. */
const nameGroup = (files: CgroupFiles): string =>
  `nootropic-${pidNamespace(files)}-${process.pid}-${systemRandom.bytes(8).toString('hex')}`

// Between the making of a group and its worker's entering it, nobody is in it either.
const sweptAfterMs = 60_000

/**
 * Removes what processes of nootropic left behind that are no more: of this pid namespace only, since of others nobody can tell
 * who is there. The kernel keeps groups in which somebody is.
 */
const sweep = (directory: string, files: CgroupFiles, nowMs: number): void => {
  const own = pidNamespace(files)
  for (const name of attempt(() => files.names(directory)) ?? []) {
    const [, namespace, maker] = /^nootropic-(\d+)-(\d+)-[0-9a-f]+$/.exec(name) ?? []
    if (namespace === undefined || namespace !== own || own === '0' || Number(maker) === process.pid) continue
    const path = join(directory, name)
    // Where others' processes are hidden, one that is there seems gone.
    if (attempt(() => files.read(`/proc/${maker}/stat`)) !== undefined) continue
    if (nowMs - (attempt(() => files.madeAt(path)) ?? nowMs) > sweptAfterMs) attempt(() => files.removeDirectory(path))
  }
}

/** Whichever of its threads started them: runsc has many. */
const childrenOf = (pid: number, files: CgroupFiles): number[] =>
  (attempt(() => files.names(`/proc/${pid}/task`)) ?? [])
    .flatMap((task) => (attempt(() => files.read(`/proc/${pid}/task/${task}/children`)) ?? '').split(' '))
    .filter(Boolean)
    .map(Number)

// bubblewrap holds a worker three deep; one that starts copies of itself must not make its host read for ever (CWE-770).
const maximumProcesses = 64

const withDescendants = (pid: number, files: CgroupFiles): number[] => {
  const pids = [pid]
  for (const one of pids) if (pids.length < maximumProcesses) pids.push(...childrenOf(one, files))
  return pids
}

// Nobody starts processes at this time: who is found in the second round was started before the first one ended.
const maximumRounds = 4

const moveAll = (pid: number, directories: readonly string[], files: CgroupFiles): void => {
  const moved = new Set<number>()
  const isGone = (one: number): boolean => attempt(() => files.read(`/proc/${one}/stat`)) === undefined
  for (let round = 0; round < maximumRounds; round += 1) {
    for (const one of withDescendants(pid, files).filter((found) => !moved.has(found))) {
      moved.add(one)
      for (const directory of directories) {
        try {
          files.write(join(directory, 'cgroup.procs'), `${one}`)
        } catch (error) {
          if (one === pid || !isGone(one)) throw error
        }
      }
    }
  }
}

/**
 * Makes a control group for one worker where they may be made.
 *
 * @returns undefined where nothing can be bounded: there is no place, or the kernel refuses. Nothing is claimed then.
 */
export const prepareCgroup = (
  limits: CgroupLimits,
  places: readonly CgroupPlace[],
  files: CgroupFiles = cgroupFiles,
  clock: Clock = systemClock,
): Cgroup | undefined => {
  const name = nameGroup(files)
  const directories: string[] = []
  const remove = (): void => {
    for (const directory of directories.splice(0)) removeSoon(directory, files)
  }
  const bounds: string[] = []
  try {
    for (const place of places) {
      sweep(place.directory, files, clock.now().getTime())
      const directory = join(place.directory, name)
      files.makeDirectory(directory)
      directories.push(directory)
      bounds.push(...bound(directory, place, limits, files))
    }
  } catch {
    remove()
    return undefined
  }
  if (bounds.length === 0) {
    remove()
    return undefined
  }
  return {
    bounds,
    enter(pid) {
      moveAll(pid, directories, files)
      for (const directory of directories) {
        const inside = files.read(join(directory, 'cgroup.procs')).split('\n').map(Number)
        const outside = withDescendants(pid, files).filter((one) => !inside.includes(one))
        if (outside.length > 0) throw new Error(`expected ${outside.join(', ')} in ${directory}`)
      }
    },
    memoryKills: () =>
      directories
        .flatMap((directory) => ['memory.events', 'memory.oom_control'].map((file) => join(directory, file)))
        .map((path) => /^oom_kill (\d+)$/m.exec(attempt(() => files.read(path)) ?? '')?.[1])
        .reduce((sum, count) => sum + Number(count ?? 0), 0),
    remove,
  }
}
