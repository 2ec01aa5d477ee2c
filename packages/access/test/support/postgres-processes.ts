import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const parentOf = (pid: string): number | undefined => {
  try {
    // proc_pid_stat(5): the name stands in brackets, the parent second after it.
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1])
  } catch {
    return undefined
  }
}

/** Sends a signal to every process of the server that a database's URL leads to. */
export const signalPostgres = (location: string, signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void => {
  const directory = new URL(location.replace('@/', '@localhost/')).searchParams.get('host') ?? ''
  const [first = ''] = readFileSync(join(directory, 'data', 'postmaster.pid'), 'utf8').split('\n')
  const server = Number(first)
  const workers = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === server)
  for (const pid of [server, ...workers.map(Number)]) {
    try {
      process.kill(pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error // it ended meanwhile
    }
  }
}
