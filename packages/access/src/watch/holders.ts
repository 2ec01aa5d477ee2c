import { lstat, open, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** A process that has a file open or mapped. */
export interface FileHolder {
  readonly pid: number
  /** Its name, as the kernel knows it: a process may choose it. */
  readonly name: string
  readonly user: number
  readonly path: string
  /** A mapping stays when its descriptor is closed: so models are held that were loaded with mmap. */
  readonly by: 'descriptor' | 'mapping'
}

/** Who holds some files, as far as this process may see. */
export interface HolderList {
  readonly holders: readonly FileHolder[]
  /** Processes whose files could not be looked at: those of other users, unless this one is privileged. */
  readonly unseenProcesses: number
  /** What the list cannot show, in sentences. */
  readonly blindSpots: readonly string[]
}

// A host has fewer; whoever makes more must not keep this process busy (CWE-770).
const maximumProcesses = 65_536
const maximumDescriptors = 65_536
const maximumMapsBytes = 16 * 1024 * 1024

const blindSpots = [
  'A process that opens, reads and closes a file between two listings is not seen.',
  'Processes of other users, and of containers above this one, are not seen without privileges.',
]

const identity = (device: number | bigint, inode: number | bigint): string => `${device}:${inode}`

/** The inode of a line of /proc/PID/maps (proc_pid_maps(5)), and the path behind it. */
const mapping = /^\S+ \S+ \S+ \S+ (\d+) +(\/.*?)(?: \(deleted\))?$/

const readMaps = async (directory: string): Promise<string> => {
  const handle = await open(join(directory, 'maps'))
  try {
    const buffer = Buffer.alloc(64 * 1024)
    let text = ''
    while (text.length < maximumMapsBytes) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null)
      if (bytesRead === 0) break
      text += buffer.toString('latin1', 0, bytesRead)
    }
    return text
  } finally {
    await handle.close()
  }
}

/**
 * Which processes have one of these files open or mapped, best effort, from /proc: Linux only, and of other users only for
 * a privileged process. Processes are compared by the file's device and number, so other names of it count too.
 *
 * @param proc where proc(5) is mounted.
 */
export const listHolders = async (paths: readonly string[], proc = '/proc'): Promise<HolderList> => {
  const wanted = new Map<string, string>()
  const byInode = new Map<string, string[]>()
  for (const path of paths) {
    const stats = await lstat(path, { bigint: true }).catch(() => undefined)
    if (!stats?.isFile()) continue
    wanted.set(identity(stats.dev, stats.ino), path)
    byInode.set(String(stats.ino), [...(byInode.get(String(stats.ino)) ?? []), path])
  }
  const names = await readdir(proc).catch(() => undefined)
  if (names === undefined) {
    return {
      holders: [],
      unseenProcesses: 0,
      blindSpots: [...blindSpots, `There is no ${proc} here: nothing is seen.`],
    }
  }
  const pids = names.filter((name) => /^\d+$/.test(name))
  const holders: FileHolder[] = []
  let unseenProcesses = Math.max(0, pids.length - maximumProcesses)

  const held = async (directory: string): Promise<{ path: string; by: FileHolder['by'] }[]> => {
    const found = new Map<string, { path: string; by: FileHolder['by'] }>()
    for (const line of (await readMaps(directory)).split('\n')) {
      const [, inode = '', mappedAs = ''] = mapping.exec(line) ?? []
      // The device there is not the one that stat tells of on every file system: the path decides, or its target.
      for (const path of byInode.get(inode) ?? []) {
        const target = await stat(join(directory, 'root', mappedAs), { bigint: true }).catch(() => undefined)
        const isSame =
          path === mappedAs || (target !== undefined && wanted.get(identity(target.dev, target.ino)) === path)
        if (isSame || target === undefined) found.set(`mapping ${path}`, { path, by: 'mapping' })
      }
    }
    for (const descriptor of (await readdir(join(directory, 'fd'))).slice(0, maximumDescriptors)) {
      const stats = await stat(join(directory, 'fd', descriptor), { bigint: true }).catch(() => undefined)
      const path = stats === undefined ? undefined : wanted.get(identity(stats.dev, stats.ino))
      if (path !== undefined) found.set(`descriptor ${path}`, { path, by: 'descriptor' })
    }
    return [...found.values()]
  }

  for (const pid of pids.slice(0, maximumProcesses)) {
    const directory = join(proc, pid)
    try {
      const found = await held(directory)
      if (found.length === 0) continue
      const name = (await readFile(join(directory, 'comm'), 'utf8')).trimEnd()
      const user = (await stat(directory)).uid
      holders.push(...found.map((one) => ({ pid: Number(pid), name, user, ...one })))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // ESRCH, ENOENT: it ended meanwhile.
      if (code !== 'ENOENT' && code !== 'ESRCH') unseenProcesses += 1
    }
  }
  return { holders, unseenProcesses, blindSpots }
}
