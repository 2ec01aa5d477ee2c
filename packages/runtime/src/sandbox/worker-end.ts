import { constants } from 'node:os'

/** Why a worker is no more, when its host did not end it. */
export type WorkerFailureCause = 'killed from outside' | 'died of the run' | 'broke the protocol'

/** How a process ended: by an exit code or by a signal. */
export interface ProcessEnd {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
}

/** The signal a process ended by, its own or that of what it held: bubblewrap and shells tell it as 128 + its number. */
export const signalOf = ({ exitCode, signal }: ProcessEnd): NodeJS.Signals | undefined => {
  if (signal !== null) return signal
  const number = (exitCode ?? 0) - 128
  return (Object.keys(constants.signals) as NodeJS.Signals[]).find((name) => constants.signals[name] === number)
}

// What somebody on the host ends a process with. A run ends its process in other ways: by a fault (SIGSEGV, SIGABRT, …), a
// refused system call (SIGSYS) or an exit.
const outsideSignals: readonly (NodeJS.Signals | undefined)[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']

/**
 * Why a worker ended that its host did not end, `seconds` after it was asked for what it was doing. A limit of processor time
 * also ends it by SIGKILL: that is the run's fault when it alone can have used it up, on all processors. What earlier runs
 * used is no fault of the one that met the limit.
 *
 * A hostile run can exit with the code of a SIGKILL, or have the host run out of memory: whoever runs its input again must
 * not do so for ever.
 */
export const causeOfEnd = (
  end: ProcessEnd,
  run: { readonly seconds: number; readonly cpuSeconds: number | undefined; readonly processors: number },
): WorkerFailureCause => {
  if (!outsideSignals.includes(signalOf(end))) return 'died of the run'
  const isLimited = run.cpuSeconds !== undefined && run.seconds * run.processors >= run.cpuSeconds
  return isLimited ? 'died of the run' : 'killed from outside'
}
