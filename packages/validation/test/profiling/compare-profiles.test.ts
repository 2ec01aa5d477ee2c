import { createSeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { describeDurations } from '../../src/behaviour/profiling/durations.ts'
import { compareProfiles, type ModelProfile } from '../../src/behaviour/profiling/index.ts'

const host = { processor: 'test', cores: 2, memoryBytes: 2 ** 33, node: 'v20.19.0' }

/** Durations around a median with a tail of rare slow runs, as real ones have. */
const sampled = (medianMs: number, seed: number, noise = 0.05, count = 50): number[] => {
  const random = createSeededRandom(seed)
  return Array.from({ length: count }, () => {
    const tail = random.uniform() < 0.05 ? 5 : 0
    return medianMs * (1 + noise * Math.abs(random.normal()) + tail)
  })
}

const profileOf = (
  durations: readonly number[],
  memory?: { peakBytes: number; isOwnProcess: boolean },
): ModelProfile => ({
  runs: [
    {
      batch: 1,
      threads: 1,
      latency: describeDurations(durations),
      throughput: 1,
      ...(memory === undefined ? {} : { memory: { ...memory, warmBytes: 0, growthBytes: 0 } }),
    },
  ],
  skipped: [],
  host,
})

const path = './models/digits'

test('the same model measured twice is never slower, whatever its tail does', () => {
  for (let seed = 0; seed < 200; seed += 1) {
    const { verdict, changes } = compareProfiles(
      profileOf(sampled(10, 2 * seed)),
      profileOf(sampled(10, 2 * seed + 1)),
      { path },
    )
    expect(verdict).toBe('pass')
    expect(changes[0]?.change).toBe('same')
  }
})

test('a model that takes a third longer is always found, and a faster one is no fault', () => {
  for (let seed = 0; seed < 200; seed += 1) {
    const [before, after] = [profileOf(sampled(10, 2 * seed)), profileOf(sampled(13.5, 2 * seed + 1))]
    const { verdict, findings } = compareProfiles(before, after, { path })
    expect(verdict).toBe('fail')
    expect(findings[0]).toMatchObject({ rule: 'behaviour/slower-than-before', severity: 'medium', location: { path } })
    const back = compareProfiles(after, before, { path })
    expect(back.verdict).toBe('pass')
    expect(back.changes[0]?.change).toBe('faster')
  }
})

test('where the noise is as large as the shift nothing is claimed: not a change, and not that there is none', () => {
  const comparison = compareProfiles(profileOf(sampled(10, 1, 0.8)), profileOf(sampled(13.5, 2, 0.8)), { path })
  expect(comparison.changes[0]?.change).toBe('unclear')
  expect(comparison.findings).toEqual([])
  expect(comparison.verdict).toBe('incomplete')
  expect(comparison.notes[0]).toMatch(/noise of .* ms hides a change/)
})

test('a shift below the least share is none, however quiet the host', () => {
  const quiet = (milliseconds: number): number[] => new Array<number>(50).fill(milliseconds)
  expect(compareProfiles(profileOf(quiet(10)), profileOf(quiet(10.9)), { path }).verdict).toBe('pass')
  expect(compareProfiles(profileOf(quiet(10)), profileOf(quiet(10.9)), { path, leastShare: 0.05 }).verdict).toBe('fail')
})

test('what cannot be compared leaves it incomplete, with the reason', () => {
  const profile = profileOf(sampled(10, 1))
  const short = profileOf(sampled(10, 1).slice(0, 19))
  const empty: ModelProfile = { ...profile, runs: [] }
  const elsewhere: ModelProfile = { ...profile, host: { ...host, cores: 8 } }
  const broken: ModelProfile = {
    ...profile,
    runs: profile.runs.map((run) => ({ ...run, latency: { ...run.latency, p50Ms: Number.NaN } })),
  }
  for (const [before, after, reason] of [
    [profile, short, /19 runs, 20 tell it from noise/],
    [profile, empty, /measured before and is not now/],
    [empty, profile, /before holds no run/],
    [profile, elsewhere, /two hosts/],
    [broken, profile, /has no median/],
  ] as const) {
    const comparison = compareProfiles(before, after, { path })
    expect(comparison.verdict).toBe('incomplete')
    expect(comparison.notes.join()).toMatch(reason)
  }
})

test('memory is compared between processes that were the model’s alone', () => {
  const durations = sampled(10, 1)
  const mebibytes = (count: number, isOwnProcess = true) =>
    profileOf(durations, { peakBytes: count * 2 ** 20, isOwnProcess })
  const rules = (before: ModelProfile, after: ModelProfile) =>
    compareProfiles(before, after, { path }).findings.map(({ rule }) => rule)
  expect(rules(mebibytes(100), mebibytes(130))).toEqual(['behaviour/larger-than-before'])
  expect(rules(mebibytes(100), mebibytes(110))).toEqual([])
  expect(rules(mebibytes(1000), mebibytes(1090))).toEqual([])
  const shared = compareProfiles(mebibytes(100, false), mebibytes(300, false), { path })
  expect(shared.findings).toEqual([])
  expect(shared.skipped).toEqual([
    { name: 'memory at batch=1, threads=1', reason: 'not each model had a process of its own' },
  ])
})

test('thresholds below 0 are refused', () => {
  const profile = profileOf(sampled(10, 1))
  expect(() => compareProfiles(profile, profile, { path, noiseFactor: -1 })).toThrowError(
    expect.objectContaining({ code: 'USAGE' }),
  )
})
