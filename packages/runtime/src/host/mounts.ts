import { join } from 'node:path'

/** One mount, as proc_pid_mountinfo(5) lists it. */
export interface Mount {
  /** Which directory of its file system is shown. */
  readonly root: string
  readonly path: string
  readonly isWritable: boolean
  readonly type: string
  readonly source: string
}

// Spaces and the like are written as octal numbers.
const unescaped = (field: string): string =>
  field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))

/** The mounts of a mountinfo file; a line that is none is left out. */
export const parseMounts = (mountinfo: string): Mount[] =>
  mountinfo.split('\n').flatMap((line) => {
    const [fields = '', details = ''] = line.split(' - ')
    const [, , , root, path, options = ''] = fields.split(' ')
    const [type = '', source = '', superOptions = ''] = details.split(' ')
    if (root === undefined || path === undefined) return []
    // A mount of its own and the file system below it may each be read-only.
    const isWritable = ![...options.split(','), ...superOptions.split(',')].includes('ro')
    return [{ root: unescaped(root), path: unescaped(path), isWritable, type, source: unescaped(source) }]
  })

// Container engines lay these files into every container, out of the machine's disk.
const everyContainers = /^\/(etc\/(hosts|hostname|resolv\.conf)|run\/\.containerenv|dev\/termination-log)$/

const diskTypes = ['bcachefs', 'btrfs', 'ext2', 'ext3', 'ext4', 'f2fs', 'xfs', 'zfs']

/** Whether a mount shows a file system of a disk. */
export const isOnDisk = ({ type }: Mount): boolean => diskTypes.includes(type)

/** Where a file of a file system is, as far as a mount of it shows it: `/sys/kernel` of one that shows `/sys` is its `kernel`. */
export const pathWithin = ({ root, path }: Mount, file: string): string | undefined => {
  if (root === '/') return join(path, file)
  return file === root || file.startsWith(`${root}/`) ? join(path, file.slice(root.length)) : undefined
}

/** Mounts of the machine's disks that are not the root directory itself, nor what every container is given. */
export const diskMounts = (mounts: readonly Mount[]): Mount[] =>
  mounts.filter((mount) => mount.path !== '/' && isOnDisk(mount) && !everyContainers.test(mount.path))
