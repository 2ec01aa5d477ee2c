import { type Clock, type InferenceSession, isNootropicError, NootropicError, type Tensor } from '@nootropic/core'
import { type ProcessResources, type ReadResources, readResources } from './process-resources.ts'

/** When measuring stops. */
export interface MeasureLimits {
  readonly signal?: AbortSignal
  /** On the clock's monotonic scale. */
  readonly endMs?: number
}

/** What runs took. */
export interface MeasuredRuns {
  /** In milliseconds, in their order. */
  readonly durations: readonly number[]
  /** After the last warm-up and after the last run; nothing where the host does not tell. */
  readonly warm: ProcessResources | undefined
  readonly last: ProcessResources | undefined
  /** The most memory that was seen after a run. */
  readonly peakBytes: number | undefined
  /** Why there are fewer runs than asked for. */
  readonly stopped: string | undefined
}

/** The first runs fill caches and tell little; they are not counted. */
const warmUpRuns = 3

const faults = [
  'INPUT_INVALID',
  'OUTPUT_INVALID',
  'LIMIT_EXCEEDED',
  'DEADLINE_EXCEEDED',
  'WORKER_FAILED',
  'ABORTED',
] as const

/** What an error says of a run that failed; every error that is not of the run goes on. */
export const runFault = (error: unknown): string => {
  if (isNootropicError(error) && faults.some((code) => code === error.code)) return `${error.code}: ${error.message}`
  throw error
}

/** Why measuring must stop now, or nothing. */
export const stopReason = ({ signal, endMs }: MeasureLimits, clock: Clock): string | undefined => {
  if (signal?.aborted) return 'the caller stopped the work'
  return endMs !== undefined && clock.monotonicMs() > endMs ? 'the time for profiling was used up' : undefined
}

/**
 * Runs the model `runs` times on the same feeds and measures each run from outside, transport included. A run that fails
 * ends it, and what was measured until then stays.
 */
export const measureRuns = async (
  session: InferenceSession,
  feeds: Readonly<Record<string, Tensor>>,
  options: MeasureLimits & { readonly runs: number; readonly clock: Clock; readonly read?: ReadResources },
): Promise<MeasuredRuns> => {
  const { runs, clock, signal, read = readResources } = options
  if (!(Number.isSafeInteger(runs) && runs > 0))
    throw new NootropicError('USAGE', `expected one run or more to measure, found ${runs}; raise \`runs\``)
  const durations: number[] = []
  const before = read(session)
  let warm = before
  let last = before
  let peakBytes = before?.residentBytes
  let stopped: string | undefined
  for (let run = 0; run < warmUpRuns + runs; run += 1) {
    stopped = stopReason(options, clock)
    if (stopped !== undefined) break
    const startMs = clock.monotonicMs()
    try {
      await session.run(feeds, signal === undefined ? {} : { signal })
    } catch (error) {
      stopped = runFault(error)
      break
    }
    const endMs = clock.monotonicMs()
    last = read(session)
    peakBytes = last === undefined ? peakBytes : Math.max(peakBytes ?? 0, last.residentBytes)
    if (run < warmUpRuns) warm = last
    else durations.push(endMs - startMs)
  }
  return { durations, warm, last, peakBytes, stopped }
}
