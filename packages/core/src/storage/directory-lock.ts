import { randomUUID } from 'node:crypto'
import { link, readdir, readFile, readlink, truncate, unlink, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { NootropicError } from '../errors.ts'

// Node has no flock(2), so a lock is a file that says who holds it. Files are numbered: taking the lock over from a dead
// holder means making the next number, which link(2) lets one process only do. Removing a stale file and making it again,
// as lock files usually do, lets two processes both remove and both win. An empty file is a lock that was given back: to
// empty a file needs no space, so a full disk keeps no lock. Nothing is synced: after a power cut nobody holds anything.

const ownerSchema = z.strictObject({
  pid: z.number().int().positive(),
  /** Tells processes apart that had the same pid one after the other. */
  startedAt: z.string(),
  boot: z.string(),
  /** Pids of another host or container mean nothing here. */
  place: z.string(),
})
type Owner = z.infer<typeof ownerSchema>

/** A lock that was taken, or who has it and the file that says so. */
export type LockAttempt =
  | { readonly release: () => Promise<void> }
  | { readonly holder: string; readonly path: string; readonly release?: never }

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
})

const isCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code

const numbersIn = async (directory: string, pattern: RegExp): Promise<{ name: string; number: number }[]> =>
  (await readdir(directory)).flatMap((name) => {
    const digits = pattern.exec(name)?.[1]
    return digits === undefined ? [] : [{ name, number: Number(digits) }]
  })

const newestNumber = async (directory: string, name: string): Promise<number> =>
  Math.max(0, ...(await numbersIn(directory, new RegExp(`^${name}\\.(\\d{1,15})$`))).map(({ number }) => number))

const readOwner = async (path: string): Promise<Owner | 'gone' | 'released' | undefined> => {
  try {
    const text = await readFile(path, 'utf8')
    return text === '' ? 'released' : ownerSchema.safeParse(JSON.parse(text)).data
  } catch (error) {
    return isCode(error, 'ENOENT') ? 'gone' : undefined
  }
}

/** Whether the holder may still be at work. What cannot be told counts as yes. */
const isHeld = async (owner: Owner, me: Owner): Promise<boolean> => {
  if (owner.place !== me.place) {
    const [host] = owner.place.split(' ')
    return host !== me.place.split(' ')[0] || owner.boot === me.boot
  }
  return owner.boot === me.boot && (await isRunning(owner))
}

/** Makes a file with its whole content, unless there is one or another process removed what stood beside it. */
const place = async (directory: string, file: string, content: string): Promise<boolean> => {
  const temporary = join(directory, `.${file}.${randomUUID()}`)
  try {
    await writeFile(temporary, content, { flag: 'wx', mode: 0o600 })
    await link(temporary, join(directory, file))
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST') || isCode(error, 'ENOENT')) return false
    const message = `expected to make the lock ${file} in ${directory}, found ${(error as NodeJS.ErrnoException).code}`
    throw new NootropicError('STORAGE_FAILED', `${message}; check free space and permissions`, { cause: error })
  } finally {
    await unlink(temporary).catch(() => {})
  }
}

// What processes that were killed left: their locks and the temporary files of these.
const removeUpTo = async (directory: string, name: string, number: number): Promise<void> => {
  const locks = await numbersIn(directory, new RegExp(`^${name}\\.(\\d{1,15})$`))
  const temporaries = await numbersIn(directory, new RegExp(`^\\.${name}\\.(\\d{1,15})\\.`))
  const old = [...locks.filter((lock) => lock.number < number), ...temporaries.filter((one) => one.number <= number)]
  for (const file of old) await unlink(join(directory, file.name)).catch(() => {}) // whoever reads it passes over it as well
}

/**
 * Takes the lock `name` (letters) in a directory that is private to this user. A lock whose process is dead is taken over.
 * Two callers in one process exclude each other too.
 *
 * @returns the call that gives the lock back, or who has it.
 * @throws NootropicError `STORAGE_FAILED` when the lock file cannot be made.
 */
export const tryLock = async (directory: string, name: string): Promise<LockAttempt> => {
  const me = await thisProcess()
  for (;;) {
    const newest = await newestNumber(directory, name)
    if (newest > 0) {
      const path = join(directory, `${name}.${newest}`)
      const owner = await readOwner(path)
      if (owner === 'gone') continue // taken over and removed since the directory was read
      if (owner === undefined) return { holder: 'a lock that cannot be read', path }
      if (owner !== 'released' && (await isHeld(owner, me))) {
        return { holder: `process ${owner.pid} of ${owner.place}`, path }
      }
    }
    const file = `${name}.${newest + 1}`
    const path = join(directory, file)
    if (!(await place(directory, file, JSON.stringify(me)))) continue
    // A directory is not read in one instant: a higher number may have been missed, and it wins.
    if ((await newestNumber(directory, name)) !== newest + 1) {
      await unlink(path).catch(() => {})
      continue
    }
    await removeUpTo(directory, name, newest + 1)
    return { release: () => truncate(path) }
  }
}
