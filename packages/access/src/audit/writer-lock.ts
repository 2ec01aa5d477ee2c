import { readdir, readFile, readlink, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { NootropicError } from '@nootropic/core'
import { createPrivateFile, writePrivateFile } from '@nootropic/core/storage'
import { z } from 'zod'

// Node has no flock(2), so the lock is a file that says who holds it. Files are numbered: taking the lock over from a
// dead holder means making the next number, which link(2) lets one process only do. Removing a stale file and making it
// again, as lock files usually do, lets two processes both remove and both win.

const ownerSchema = z.strictObject({
  pid: z.number().int().positive(),
  /** Tells processes apart that had the same pid one after the other. */
  startedAt: z.string(),
  boot: z.string(),
  /** Pids of another host or container mean nothing here. */
  place: z.string(),
  released: z.boolean(),
})
type Owner = z.infer<typeof ownerSchema>

const readOr = (read: Promise<string>, otherwise: string): Promise<string> => read.catch(() => otherwise)

/** State letter and start time, in ticks since boot, of a process; undefined where there is no such /proc. */
const processStat = async (pid: number): Promise<{ state: string; startedAt: string } | undefined> => {
  const line = await readOr(readFile(`/proc/${pid}/stat`, 'utf8'), '')
  // proc_pid_stat(5): fields 3 and 22. The second field may hold spaces and parentheses, so count from its end.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  const [state, startedAt] = [fields[0], fields[19]]
  return state === undefined || startedAt === undefined ? undefined : { state, startedAt }
}

const isRunning = async (owner: Owner): Promise<boolean> => {
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const stat = await processStat(owner.pid)
  return stat === undefined || (stat.state !== 'Z' && stat.startedAt === owner.startedAt)
}

const thisProcess = async (): Promise<Owner> => ({
  pid: process.pid,
  startedAt: (await processStat(process.pid))?.startedAt ?? '',
  boot: (await readOr(readFile('/proc/sys/kernel/random/boot_id', 'utf8'), '')).trim(),
  place: `${hostname()} ${await readOr(readlink('/proc/self/ns/pid'), '')}`.trim(),
  released: false,
})

interface Lock {
  readonly number: number
  readonly path: string
}

const newestLock = async (directory: string): Promise<Lock | undefined> => {
  const numbers = (await readdir(directory)).flatMap((name) => {
    const digits = /^writer\.(\d{1,15})$/.exec(name)?.[1]
    return digits === undefined ? [] : [Number(digits)]
  })
  const number = Math.max(0, ...numbers)
  return number === 0 ? undefined : { number, path: join(directory, `writer.${number}`) }
}

const readOwner = async (path: string): Promise<Owner | 'gone' | undefined> => {
  try {
    return ownerSchema.safeParse(JSON.parse(await readFile(path, 'utf8'))).data
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : undefined
  }
}

/** Whether the holder may still write. What cannot be told counts as yes. */
const isHeld = async (owner: Owner, me: Owner): Promise<boolean> => {
  if (owner.released) return false
  if (owner.place !== me.place) {
    const [host] = owner.place.split(' ')
    return host !== me.place.split(' ')[0] || owner.boot === me.boot
  }
  return owner.boot === me.boot && (await isRunning(owner))
}

const refuse = (directory: string, lock: Lock, holder: string): never => {
  throw new NootropicError(
    'AUDIT_UNAVAILABLE',
    `expected to be the only writer of the audit log in ${directory}, found ${holder}; use one openAuditLog per directory, or close the other. If that process is gone, remove ${lock.path}`,
  )
}

/**
 * Makes this process the one writer of a directory's log. A lock whose process is dead is taken over.
 *
 * @returns the call that gives the lock back.
 * @throws NootropicError `AUDIT_UNAVAILABLE` if another writer has it.
 */
export const acquireWriterLock = async (directory: string): Promise<() => Promise<void>> => {
  const me = await thisProcess()
  for (;;) {
    const newest = await newestLock(directory)
    if (newest !== undefined) {
      const owner = await readOwner(newest.path)
      if (owner === 'gone') continue // taken over and removed since the directory was read
      if (owner === undefined) return refuse(directory, newest, 'a lock that cannot be read')
      if (await isHeld(owner, me)) return refuse(directory, newest, `process ${owner.pid} of ${owner.place}`)
    }
    const number = (newest?.number ?? 0) + 1
    const path = join(directory, `writer.${number}`)
    if (!(await createPrivateFile(path, Buffer.from(JSON.stringify(me))))) continue
    // A directory is not read in one instant: a higher number may have been missed, and it wins.
    if ((await newestLock(directory))?.number !== number) {
      await unlink(path)
      continue
    }
    if (newest !== undefined) await unlink(newest.path).catch(() => {}) // its next reader passes over it as well
    return () => writePrivateFile(path, Buffer.from(JSON.stringify({ ...me, released: true })))
  }
}
