import { basename, dirname, join, resolve } from 'node:path'
import { attempt, type CgroupFiles, cgroupFiles } from './cgroup-files.ts'

/** What a control group can bound of a worker. */
const cgroupControllers = ['memory', 'pids', 'cpu'] as const
/** One of {@link cgroupControllers}. */
export type CgroupController = (typeof cgroupControllers)[number]

/** A group below which new ones may be made, and what those can bound. In version 1 each controller has a tree of its own. */
export interface CgroupPlace {
  readonly version: 1 | 2
  readonly directory: string
  readonly controllers: readonly CgroupController[]
}

interface Membership {
  readonly controllers: readonly string[]
  readonly path: string
}

// `4:memory:/path`, and `0::/path` for version 2 (cgroups(7)).
const parseMemberships = (text: string): Membership[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, controllers = '', ...path] = line.split(':')
      return { controllers: controllers === '' ? [] : controllers.split(','), path: path.join(':') }
    })

interface CgroupMount {
  readonly version: 1 | 2
  readonly path: string
  /** Which group it shows as its top. */
  readonly root: string
  readonly options: readonly string[]
}

const parseMounts = (mountinfo: string): CgroupMount[] =>
  mountinfo.split('\n').flatMap((line) => {
    const [fields = '', details = ''] = line.split(' - ')
    const [, , , root = '', path = ''] = fields.split(' ')
    const [type, , options = ''] = details.split(' ')
    if (type !== 'cgroup' && type !== 'cgroup2') return []
    return [{ version: type === 'cgroup' ? 1 : 2, path, root, options: options.split(',') }]
  })

const directoryOf = ({ path, root }: CgroupMount, group: string): string | undefined => {
  if (root === '/') return resolve(join(path, group))
  // Another tree than the one that is mounted there.
  return group === root || group.startsWith(`${root}/`) ? join(path, group.slice(root.length)) : undefined
}

const words = (text: string | undefined): string[] => (text ?? '').trim().split(/\s+/).filter(Boolean)

/** What groups below this one can bound, after all that it may hand down was asked to be. */
const handDown = (directory: string, files: CgroupFiles): CgroupController[] => {
  const control = join(directory, 'cgroup.subtree_control')
  const available = words(attempt(() => files.read(join(directory, 'cgroup.controllers'))))
  for (const controller of cgroupControllers.filter((name) => available.includes(name))) {
    // Busy where processes are in the group itself: version 2 bounds leaves only.
    attempt(() => files.write(control, `+${controller}`))
  }
  const handed = words(attempt(() => files.read(control)))
  return cgroupControllers.filter((name) => handed.includes(name))
}

const placeOfVersion2 = (mounts: readonly CgroupMount[], groups: readonly Membership[], files: CgroupFiles) => {
  const mount = mounts.find(({ version }) => version === 2)
  const group = groups.find(({ controllers }) => controllers.length === 0)
  const own = mount && group && directoryOf(mount, group.path)
  if (own === undefined) return []
  // A service with `Delegate=` and `DelegateSubgroup=` is one below the group that was given to it. Above services and scopes
  // is what systemd keeps for itself.
  const isDelegated = /\.(service|scope)$/.test(basename(dirname(own)))
  return [own, ...(isDelegated ? [dirname(own)] : [])]
    .filter((directory) => files.isWritable(join(directory, 'cgroup.procs')) && files.isWritable(directory))
    .map((directory): CgroupPlace => ({ version: 2, directory, controllers: handDown(directory, files) }))
    .filter(({ controllers }) => controllers.length > 0)
    .slice(0, 1)
}

const placesOfVersion1 = (mounts: readonly CgroupMount[], groups: readonly Membership[], files: CgroupFiles) =>
  cgroupControllers.flatMap((controller): CgroupPlace[] => {
    const mount = mounts.find(({ version, options }) => version === 1 && options.includes(controller))
    const group = groups.find(({ controllers }) => controllers.includes(controller))
    // Version 1 has no delegation: whoever made a group for this process keeps it, and what is below.
    if (mount === undefined || group?.path !== '/') return []
    const directory = directoryOf(mount, group.path)
    if (directory === undefined || !files.isWritable(join(directory, 'cgroup.procs'))) return []
    return [{ version: 1, directory, controllers: [controller] }]
  })

/**
 * Where control groups for workers may be made: where they were delegated to this process, and nowhere else, whatever this
 * user could write to.
 *
 * Under systemd a service gets them by `Delegate=memory pids cpu` and `DelegateSubgroup=main`: version 2 bounds no group that
 * processes are in, so this process must be one below.
 *
 * @returns nothing on most hosts: then limits rest on `setrlimit` alone.
 * @example
 * ```ts
 * findCgroupPlaces() // [{ version: 2, directory: '/sys/fs/cgroup/system.slice/models.service', controllers: ['memory', 'pids'] }]
 * ```
 */
export const findCgroupPlaces = (files: CgroupFiles = cgroupFiles): CgroupPlace[] => {
  const groups = parseMemberships(attempt(() => files.read('/proc/self/cgroup')) ?? '')
  const mounts = parseMounts(attempt(() => files.read('/proc/self/mountinfo')) ?? '')
  const second = placeOfVersion2(mounts, groups, files)
  return second.length > 0 ? second : placesOfVersion1(mounts, groups, files)
}
