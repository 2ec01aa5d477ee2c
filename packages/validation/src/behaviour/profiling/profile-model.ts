import { cpus, totalmem } from 'node:os'
import {
  type Clock,
  type InferenceSession,
  type ModelBytes,
  NootropicError,
  type SessionFactory,
  systemClock,
  type Tensor,
} from '@nootropic/core'
import { readOnnx } from '@nootropic/core/formats'
import { feedsOfRows, openRows } from './batch-feeds.ts'
import { describeDurations, type LatencyFigures } from './durations.ts'
import { type MeasuredRuns, measureRuns } from './measure-runs.ts'
import type { OperatorProfile } from './operator-cost.ts'
import { type ReadResources, readResources } from './process-resources.ts'
import { profileOperators } from './profile-operators.ts'

/** What one way of running the model came to. */
export interface ProfiledRun {
  /** Examples a run. */
  readonly batch: number
  /** Threads inside one operator. */
  readonly threads: number
  /** From outside: what a caller waits, transport included. */
  readonly latency: LatencyFigures
  /** Examples a second, one caller at a time. */
  readonly throughput: number
  /** Processor time of a run, in milliseconds; of a short profile it is coarse (10 ms a clock tick on Linux). */
  readonly cpuMsPerRun?: number
  readonly memory?: {
    /** After the model was loaded and warmed up. */
    readonly warmBytes: number
    readonly peakBytes: number
    /** From the end of the warm-up to the last run: what grows on and on is a leak. */
    readonly growthBytes: number
    /** Whether the process is the model's alone; else it is the caller's, and its figures bound the model's. */
    readonly isOwnProcess: boolean
  }
}

/** What a model takes to run. */
export interface ModelProfile {
  readonly runs: readonly ProfiledRun[]
  readonly operators?: OperatorProfile
  /** What was not measured, and why. A profile with something in here is not complete. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[]
  /** What the figures hold for, and are compared on. */
  readonly host: {
    readonly processor: string
    readonly cores: number
    readonly memoryBytes: number
    readonly node: string
  }
}

/** How to profile. */
export interface ProfileOptions {
  readonly sessions: SessionFactory
  /** One or more examples for every input: larger batches repeat them. */
  readonly feeds: Readonly<Record<string, Tensor>>
  /** Examples a run; by default those of `feeds`. A model that fixes its batch is measured at that alone. */
  readonly batches?: readonly number[]
  /** By default 1. */
  readonly threads?: readonly number[]
  /** Measured runs of each; p99 of fewer than 100 is their maximum. By default 50. */
  readonly runs?: number
  /** Whether the operators are measured too; by default not. */
  readonly operators?: boolean
  /** After this the profile is what was measured until then. By default a minute. */
  readonly budgetMs?: number
  readonly signal?: AbortSignal
  readonly clock?: Clock
  /** Reads the resources of a session's process. */
  readonly read?: ReadResources
}

const defaultRuns = 50
const defaultBudgetMs = 60_000

/** What {@link measureRuns} found, as figures; nothing when not one run was finished. */
export const describeRuns = (
  measured: MeasuredRuns,
  { batch, threads }: { readonly batch: number; readonly threads: number },
): ProfiledRun | undefined => {
  const { durations, warm, last, peakBytes } = measured
  if (durations.length === 0) return undefined
  const latency = describeDurations(durations)
  return {
    batch,
    threads,
    latency,
    throughput: latency.meanMs > 0 ? (1000 * batch) / latency.meanMs : 0,
    ...(warm === undefined || last === undefined ? {} : { cpuMsPerRun: (last.cpuMs - warm.cpuMs) / latency.runs }),
    ...(warm === undefined || last === undefined || peakBytes === undefined
      ? {}
      : {
          memory: {
            warmBytes: warm.residentBytes,
            peakBytes,
            growthBytes: last.residentBytes - warm.residentBytes,
            isOwnProcess: warm.isOwnProcess,
          },
        }),
  }
}

const hostFigures = (): ModelProfile['host'] => {
  const processors = cpus()
  return {
    processor: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryBytes: totalmem(),
    node: process.version,
  }
}

const verifyCounts = (name: string, counts: readonly number[]): void => {
  if (counts.length > 0 && counts.every((count) => Number.isSafeInteger(count) && count > 0)) return
  throw new NootropicError(
    'USAGE',
    `expected ${name} to be one whole number or more, each from 1, found [${counts}]; correct it`,
  )
}

/**
 * Measures what a model takes: latency percentiles, throughput, memory and processor time for each batch and number of
 * threads, and, where asked, the cost of each operator. What could not be measured is named in `skipped`; what was
 * measured before the budget ran out or the signal fired is kept.
 *
 * @throws NootropicError `USAGE` for counts below 1; `MODEL_MALFORMED`, `MODEL_REFUSED` or `ISOLATION_UNAVAILABLE` for a
 *   model that does not open
 * @example
 * ```ts
 * const feeds = { image: { type: 'float32', dims: [1, 1, 28, 28], data: new Float32Array(784) } } as const
 * const profile = await profileModel(bytes, { sessions, feeds, batches: [1, 32], threads: [1, 2] })
 * profile.runs[0]?.latency.p95Ms // 0.12
 * ```
 */
export const profileModel = async (model: ModelBytes, options: ProfileOptions): Promise<ModelProfile> => {
  const { sessions, feeds, threads: threadCounts = [1], runs = defaultRuns, signal, clock = systemClock } = options
  verifyCounts('threads', threadCounts)
  verifyCounts('runs', [runs])
  if (options.batches !== undefined) verifyCounts('batches', options.batches)
  const limits = {
    endMs: clock.monotonicMs() + (options.budgetMs ?? defaultBudgetMs),
    ...(signal === undefined ? {} : { signal }),
  }
  const measured: ProfiledRun[] = []
  const skipped: { name: string; reason: string }[] = []

  const measure = async (session: InferenceSession, batch: number, threads: number) => {
    const name = `batch=${batch}, threads=${threads}`
    const repeated = feedsOfRows(session.inputs, feeds, batch)
    const found = await measureRuns(session, repeated, { ...limits, runs, clock, read: options.read ?? readResources })
    const described = describeRuns(found, { batch, threads })
    if (described !== undefined) measured.push(described)
    if (found.stopped !== undefined)
      skipped.push({ name, reason: `${found.stopped} after ${found.durations.length} of ${runs} runs` })
    else if (described?.memory === undefined)
      skipped.push({ name: `${name}: memory`, reason: 'this host does not tell the memory of the process' })
  }

  for (const threads of threadCounts) {
    const session = await sessions.open(model, { threads })
    try {
      const own = openRows(session.inputs, feeds)
      const fixed = feeds[session.inputs[0]?.name ?? '']?.dims[0] ?? 1
      const asked = options.batches ?? [own ?? fixed]
      for (const batch of own === undefined ? [fixed] : asked) await measure(session, batch, threads)
      for (const batch of own === undefined ? asked.filter((batch) => batch !== fixed) : [])
        skipped.push({ name: `batch=${batch}, threads=${threads}`, reason: `the model fixes its batch at ${fixed}` })
    } finally {
      await session.close()
    }
  }
  const operators =
    options.operators === true
      ? await profileOperators(readOnnx(model.main), {
          ...limits,
          sessions,
          feeds,
          runs,
          clock,
          externalData: model.externalData,
        })
      : undefined
  return {
    runs: measured,
    ...(operators === undefined ? {} : { operators }),
    skipped: [
      ...skipped,
      ...(operators?.skipped ?? []).map(({ name, reason }) => ({ name: `operator ${name}`, reason })),
    ],
    host: hostFigures(),
  }
}
