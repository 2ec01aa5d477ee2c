import { type Finding, NootropicError, type Verdict } from '@nootropic/core'
import type { ModelProfile, ProfiledRun } from './profile-model.ts'

/** How one way of running the model changed. */
interface ProfileChange {
  readonly batch: number
  readonly threads: number
  readonly beforeMs: number
  readonly afterMs: number
  /** Below this a shift of the median is noise. */
  readonly noiseMs: number
  /** `unclear` where the noise would hide a model that takes half as long again. */
  readonly change: 'slower' | 'faster' | 'same' | 'unclear'
}

/** What a profile says against the one of the version before. */
export interface ProfileComparison {
  /** `incomplete` where something could not be compared and nothing was found. */
  readonly verdict: Verdict
  readonly changes: readonly ProfileChange[]
  readonly findings: readonly Finding[]
  /** Why it is incomplete. */
  readonly notes: readonly string[]
  /** What no comparison of these profiles can say, and why. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[]
}

/** When a change counts. */
interface ComparisonOptions {
  /** The model as findings name it. */
  readonly path: string
  /** How many deviations of both profiles together the median must move; by default 3. */
  readonly noiseFactor?: number
  /** The share of the median before that it must move at least; by default 0.1. */
  readonly leastShare?: number
}

const defaults = { noiseFactor: 3, leastShare: 0.1 }

/** Noise of more than this share of the median before leaves a change unclear. */
const mostNoiseShare = 0.5

/** Of fewer runs the deviation says nothing. */
const leastRuns = 20

/** The deviation of a normal distribution is so many of its median distance from the median. */
const normalDeviations = 1.4826

/** Memory moves by pages, pools and collections; less than this is not the model's. */
const leastGrowthBytes = 2 ** 24

const nameOf = ({ batch, threads }: Pick<ProfiledRun, 'batch' | 'threads'>): string =>
  `batch=${batch}, threads=${threads}`

const compareLatency = (
  before: ProfiledRun,
  after: ProfiledRun,
  { noiseFactor, leastShare }: typeof defaults,
): ProfileChange => {
  const [beforeMs, afterMs] = [before.latency.p50Ms, after.latency.p50Ms]
  const deviation = normalDeviations * Math.hypot(before.latency.deviationMs, after.latency.deviationMs)
  const noiseMs = Math.max(noiseFactor * deviation, leastShare * beforeMs)
  const shift = afterMs - beforeMs
  const calm = noiseMs > Math.max(mostNoiseShare, leastShare) * beforeMs ? 'unclear' : 'same'
  const change = Math.abs(shift) <= noiseMs ? calm : shift > 0 ? 'slower' : 'faster'
  return { batch: before.batch, threads: before.threads, beforeMs, afterMs, noiseMs, change }
}

const round = (value: number): number => Number(value.toPrecision(3))

const slowerFinding = (change: ProfileChange, path: string): Finding => ({
  rule: 'behaviour/slower-than-before',
  severity: 'medium',
  title: 'The model is slower than the version before',
  message:
    `expected a median of at most ${round(change.beforeMs + change.noiseMs)} ms at ${nameOf(change)}, as before, ` +
    `found ${round(change.afterMs)} ms (before: ${round(change.beforeMs)} ms)`,
  location: { path },
  evidence: { batch: change.batch, threads: change.threads, beforeMs: change.beforeMs, afterMs: change.afterMs },
  remediation: 'Profile both with `operators` to see which became dearer, or accept the new time where it is meant.',
  references: [],
  tags: ['CWE-1050', 'AML.T0029'],
})

const memoryFindings = (
  before: ProfiledRun,
  after: ProfiledRun,
  path: string,
  leastShare: number,
): readonly Finding[] => {
  const [was, is] = [before.memory?.peakBytes, after.memory?.peakBytes]
  if (was === undefined || is === undefined) return []
  if (is - was <= Math.max(leastGrowthBytes, leastShare * was)) return []
  return [
    {
      rule: 'behaviour/larger-than-before',
      severity: 'medium',
      title: 'The model takes more memory than the version before',
      message: `expected at most ${was} bytes at ${nameOf(after)}, as before, found ${is}`,
      location: { path },
      evidence: { batch: after.batch, threads: after.threads, beforeBytes: was, afterBytes: is },
      remediation: 'Compare the two models; accept the memory where it is meant.',
      references: [],
      tags: ['CWE-400', 'AML.T0029'],
    },
  ]
}

/** Why two profiles of one way of running cannot be compared, or nothing. */
const obstacleOf = (before: ProfiledRun, after: ProfiledRun | undefined): string | undefined => {
  if (after === undefined) return `${nameOf(before)} was measured before and is not now`
  const fewest = Math.min(before.latency.runs, after.latency.runs)
  if (fewest < leastRuns) return `${nameOf(before)} has ${fewest} runs, ${leastRuns} tell it from noise`
  const medians = [before, after].flatMap(({ latency }) => [latency.p50Ms, latency.deviationMs])
  return medians.every((value) => Number.isFinite(value) && value >= 0) ? undefined : `${nameOf(before)} has no median`
}

/**
 * Compares a model's profile with the one of the version before. The median counts, not the tail: a change is one only
 * when the median moved by more than the noise of both profiles together and by more than a share of what it was. Memory is
 * compared where each model had a process of its own. Profiles of two hosts are not compared at all.
 *
 * @throws NootropicError `USAGE` for a factor or share below 0
 * @example
 * ```ts
 * const { verdict, findings } = compareProfiles(profileOf100, profileOf110, { path: './models/digits' })
 * ```
 */
export const compareProfiles = (
  before: ModelProfile,
  after: ModelProfile,
  options: ComparisonOptions,
): ProfileComparison => {
  const thresholds = {
    noiseFactor: options.noiseFactor ?? defaults.noiseFactor,
    leastShare: options.leastShare ?? defaults.leastShare,
  }
  if (!(thresholds.noiseFactor >= 0 && thresholds.leastShare >= 0))
    throw new NootropicError(
      'USAGE',
      `expected noiseFactor and leastShare of 0 or more, found ${thresholds.noiseFactor} and ${thresholds.leastShare}; correct them`,
    )
  const notes: string[] = []
  const changes: ProfileChange[] = []
  const findings: Finding[] = []
  const skipped: { name: string; reason: string }[] = []
  const isSameHost = (['processor', 'cores', 'memoryBytes', 'node'] as const).every(
    (name) => before.host[name] === after.host[name],
  )
  if (!isSameHost) notes.push('the profiles are of two hosts, or of two versions of Node: profile both on one')
  else if (before.runs.length === 0) notes.push('the profile before holds no run')
  for (const was of isSameHost ? before.runs : []) {
    const is = after.runs.find(({ batch, threads }) => batch === was.batch && threads === was.threads)
    const obstacle = obstacleOf(was, is)
    if (is === undefined || obstacle !== undefined) {
      notes.push(obstacle ?? `${nameOf(was)} is not measured now`)
      continue
    }
    const change = compareLatency(was, is, thresholds)
    changes.push(change)
    if (change.change === 'unclear')
      notes.push(
        `${nameOf(was)}: noise of ${round(change.noiseMs)} ms hides a change: measure on a quiet host, or more runs`,
      )
    if (change.change === 'slower') findings.push(slowerFinding(change, options.path))
    if (was.memory?.isOwnProcess && is.memory?.isOwnProcess)
      findings.push(...memoryFindings(was, is, options.path, thresholds.leastShare))
    else skipped.push({ name: `memory at ${nameOf(was)}`, reason: 'not each model had a process of its own' })
  }
  const verdict = findings.length > 0 ? 'fail' : notes.length > 0 ? 'incomplete' : 'pass'
  return { verdict, changes, findings, notes, skipped }
}
