import { readdirSync, readFileSync } from 'node:fs'

const statusOf = (process: string): string => {
  try {
    return readFileSync(`/proc/${process}/status`, 'utf8')
  } catch {
    return '' // It has ended meanwhile, or is hidden: then it is somebody else's.
  }
}

/** How many tasks, processes and their threads, a user has on this host now. */
export const countTasks = (user: number): number =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(statusOf)
    .filter((status) => new RegExp(`^Uid:\\s+${user}\\s`, 'm').test(status))
    .reduce((sum, status) => sum + Number(/^Threads:\s+(\d+)$/m.exec(status)?.[1] ?? 0), 0)
