import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'

// What every bench measures with.

/** The middle of some values; not a number when there are none. */
export const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN

/** What a piece of work took, in seconds. */
export interface Cost {
  readonly cpu: number
  readonly elapsed: number
  /** Whether others took less than a tenth of one processor meanwhile; if not, `elapsed` says more of them. */
  readonly isUndisturbed: boolean
}

// What every process of this machine took.
const busySeconds = (): number =>
  cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) / 1e3

const undisturbed = (busyBefore: number, { cpu, elapsed }: Omit<Cost, 'isUndisturbed'>): boolean =>
  busySeconds() - busyBefore - cpu < elapsed / 10

/** The cost of work in this process, all its threads together. */
export const costOf = async (work: () => unknown): Promise<Cost> => {
  const busyBefore = busySeconds()
  const cpuBefore = process.cpuUsage()
  const begun = performance.now()
  await work()
  const elapsed = (performance.now() - begun) / 1e3
  const { user, system } = process.cpuUsage(cpuBefore)
  const cpu = (user + system) / 1e6
  return { cpu, elapsed, isUndisturbed: undisturbed(busyBefore, { cpu, elapsed }) }
}

/** The cost of a command line of bash, by bash's own clock: the processes that it starts and waits for. */
export const costOfCommand = (command: string, directory = process.cwd()): Cost => {
  const busyBefore = busySeconds()
  const script = `TIMEFORMAT='%R %U %S'; { time { ${command}; }; } 2>&1`
  const output = execFileSync('bash', ['-c', script], { cwd: directory, encoding: 'utf8' })
  const [elapsed = Number.NaN, user = Number.NaN, system = Number.NaN] = output.trim().split(' ').map(Number)
  const cpu = user + system
  return { cpu, elapsed, isUndisturbed: undisturbed(busyBefore, { cpu, elapsed }) }
}

/** The most memory that this process ever had, in bytes. getrusage(2) would count what its parent had when it forked. */
export const peakMemory = (): number => {
  const kilobytes =
    process.platform === 'linux' && /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  return (kilobytes ? Number(kilobytes) : process.resourceUsage().maxRSS) * 1024
}
