import { type Clock, createSeededRandom, NootropicError, systemClock } from '@nootropic/core'
import { isInterruption, verifyMayGoOn } from '../attacks/guarded-model.ts'
import type { ChannelNormalisation, Dataset, FloatTensor } from '../dataset.ts'
import { range, rowLength } from '../rows.ts'
import { prepareCorruption, verifyCorruptible, whyUnfit } from './corrupt-tensor.ts'
import { corruptTexts } from './corrupt-texts.ts'
import {
  type CorruptionSeverity,
  corruptionSeverities,
  type Modality,
  type PictureScale,
} from './corruption-description.ts'
import { type CorruptionName, corruptionsOf, type TensorCorruptionName, type TextCorruptionName } from './registry.ts'

/** Examples to corrupt, and the model that answers them. A class number below 0 is no answer. */
export type CorruptionSubject =
  | {
      readonly modality: Exclude<Modality, 'text'>
      readonly inputs: FloatTensor
      readonly domain: Dataset['domain']
      /** See `corruptTensor`. */
      readonly normalisation?: ChannelNormalisation
      readonly scale?: PictureScale
      readonly sampleRate?: number
      predict(inputs: FloatTensor): Promise<readonly number[]>
    }
  | {
      readonly modality: 'text'
      readonly texts: readonly string[]
      predict(texts: readonly string[]): Promise<readonly number[]>
    }

/** What is measured, and for how long. */
export interface CorruptionRun {
  /** The true classes. Without them the clean answers are, and what is measured is consistency. */
  readonly labels?: readonly number[]
  /** All of the modality by default. */
  readonly corruptions?: readonly CorruptionName[]
  /** All five by default. */
  readonly severities?: readonly CorruptionSeverity[]
  readonly seed: number
  readonly signal?: AbortSignal
  readonly budgetMs?: number
  readonly clock?: Clock
  /** Is told how many of the pairs of corruption and severity are done. */
  readonly progress?: (done: number, total: number) => void
}

/** What came of one corruption at one severity. */
interface CorruptionResult {
  readonly severity: CorruptionSeverity
  /** The share of all examples that were answered right. */
  readonly accuracy: number
  /** Examples that were answered by no number; they count as wrong. */
  readonly unanswered: number
}

/** The accuracy of a model under each corruption. */
export interface CorruptionTable {
  readonly examples: number
  readonly measure: 'accuracy' | 'consistency'
  /** Nothing where it was stopped before that. */
  readonly cleanAccuracy?: number
  readonly severities: readonly CorruptionSeverity[]
  /** Only severities that were measured on every example. */
  readonly rows: readonly { readonly name: CorruptionName; readonly results: readonly CorruptionResult[] }[]
  readonly worst?: { readonly name: CorruptionName; readonly severity: CorruptionSeverity; readonly accuracy: number }
  /** Corruptions that say nothing about such examples, and why. */
  readonly skipped: readonly { readonly name: CorruptionName; readonly reason: string }[]
  /** Why not everything was measured. */
  readonly stopped?: string
}

/** Elements corrupted at once: what is held in memory (CWE-770). */
const elementsAtOnce = 1 << 18

/** Texts corrupted at once. */
const textsAtOnce = 256

/** A seed of its own for each corruption and severity (FNV-1a), so that one more corruption changes no other. */
const seedOf = (seed: number, name: string, severity: number): number => {
  let hash = 0x811c9dc5 ^ seed
  for (const character of `${name} ${severity}`) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return hash >>> 0
}

/** Examples of either kind, part by part. */
interface Source {
  readonly count: number
  readonly atOnce: number
  clean(start: number, end: number): Promise<readonly number[]>
  /** Answers to the examples with a corruption; a source of numbers for each corruption, used from the first example on. */
  corrupted(name: CorruptionName, severity: CorruptionSeverity, seed: number): Source['clean']
  whyUnfit(name: CorruptionName): string | undefined
}

const sourceOf = (subject: CorruptionSubject): Source => {
  if (subject.modality === 'text') {
    const { texts } = subject
    return {
      count: texts.length,
      atOnce: textsAtOnce,
      clean: (start, end) => subject.predict(texts.slice(start, end)),
      corrupted: (name, severity, seed) => {
        const random = createSeededRandom(seed)
        return (start, end) =>
          subject.predict(corruptTexts(name as TextCorruptionName, texts.slice(start, end), { severity, random }))
      },
      whyUnfit: () => undefined,
    }
  }
  const { inputs } = subject
  verifyCorruptible(inputs, subject.domain)
  const width = rowLength(inputs)
  const part = (start: number, end: number): FloatTensor => ({
    ...inputs,
    dims: [end - start, ...inputs.dims.slice(1)],
    data: inputs.data.subarray(start * width, end * width),
  })
  return {
    count: inputs.dims[0] ?? 0,
    atOnce: Math.max(1, Math.floor(elementsAtOnce / width)),
    clean: (start, end) => subject.predict(part(start, end)),
    corrupted: (name, severity, seed) => {
      const random = createSeededRandom(seed)
      const corrupt = prepareCorruption(name as TensorCorruptionName, inputs, { ...subject, severity })
      return (start, end) => subject.predict(corrupt(part(start, end), random))
    },
    whyUnfit: (name) => whyUnfit(name as TensorCorruptionName, inputs.dims),
  }
}

const verifyRun = (subject: CorruptionSubject, run: CorruptionRun, count: number): void => {
  const refuse = (expected: string, found: string): never => {
    throw new NootropicError('USAGE', `expected ${expected} to measure corruptions, found ${found}`)
  }
  if (count < 1) refuse('one example or more', 'none')
  if (run.labels !== undefined && run.labels.length !== count)
    refuse(`one label an example, ${count}`, String(run.labels.length))
  const wrong = run.labels?.find((label) => !Number.isInteger(label) || label < 0)
  if (wrong !== undefined) refuse('labels that are class numbers from 0', String(wrong))
  const known = corruptionsOf(subject.modality)
  const unknown = run.corruptions?.find((name) => !known.includes(name))
  if (unknown !== undefined || run.corruptions?.length === 0)
    refuse(`some of ${known.join(', ')}`, unknown === undefined ? 'no name' : `"${unknown}"`)
  const severity = run.severities?.find((value) => !corruptionSeverities.includes(value))
  if (severity !== undefined || run.severities?.length === 0) refuse('severities from 1 to 5', String(severity))
}

/**
 * Measures a model's accuracy under each corruption at each severity, a bounded part of the examples at a time. What was
 * measured before the budget ends, the caller stops it or the model fails is kept, and `stopped` says why the rest is missing.
 *
 * @throws NootropicError `USAGE` for examples outside their domain, labels that do not fit, and unknown names
 * @example
 * ```ts
 * const subject = { modality: 'image', inputs, domain: [0, 1], predict } as const
 * const table = await measureCorruptions(subject, { labels, seed: 1 })
 * table.worst // { name: 'fog', severity: 5, accuracy: 0.41 }
 * meanCorruptionError(table)?.meanCorruptionError // 0.12
 * ```
 */
export const measureCorruptions = async (subject: CorruptionSubject, run: CorruptionRun): Promise<CorruptionTable> => {
  const source = sourceOf(subject)
  verifyRun(subject, run, source.count)
  const { seed, clock = systemClock, budgetMs, signal } = run
  const severities = run.severities ?? corruptionSeverities
  const names = run.corruptions ?? corruptionsOf(subject.modality)
  const startedMs = clock.monotonicMs()
  const limits = {
    ...(signal === undefined ? {} : { signal }),
    hasTime: () => budgetMs === undefined || clock.monotonicMs() - startedMs < budgetMs,
  }
  const answersOf = async (ask: Source['clean']): Promise<number[]> => {
    const answers: number[] = []
    for (let start = 0; start < source.count; start += source.atOnce) {
      verifyMayGoOn(limits)
      const end = Math.min(source.count, start + source.atOnce)
      const part = await ask(start, end)
      if (part.length !== end - start)
        throw new NootropicError('OUTPUT_INVALID', `expected ${end - start} answers, found ${part.length}`)
      answers.push(...part)
    }
    return answers
  }

  const rows: { readonly name: CorruptionName; readonly results: CorruptionResult[] }[] = []
  const skipped: { readonly name: CorruptionName; readonly reason: string }[] = []
  const frame = {
    examples: source.count,
    measure: run.labels === undefined ? ('consistency' as const) : ('accuracy' as const),
    severities,
    rows,
    skipped,
  }
  let worst: CorruptionTable['worst']
  let cleanAccuracy: number | undefined
  let stopped: string | undefined
  try {
    const clean = await answersOf(source.clean)
    const labels = run.labels ?? clean
    const resultOf = (answers: readonly number[]) => ({
      accuracy:
        range(source.count).filter((row) => answers[row] === labels[row] && (answers[row] ?? -1) >= 0).length /
        source.count,
      unanswered: answers.filter((answer) => !(answer >= 0)).length,
    })
    cleanAccuracy = resultOf(clean).accuracy
    let done = 0
    for (const name of names) {
      const reason = source.whyUnfit(name)
      if (reason !== undefined) {
        skipped.push({ name, reason })
        continue
      }
      const results: CorruptionResult[] = []
      rows.push({ name, results })
      for (const severity of severities) {
        const ask = source.corrupted(name, severity, seedOf(seed, name, severity))
        const result = resultOf(await answersOf(ask))
        results.push({ severity, ...result })
        if (worst === undefined || result.accuracy < worst.accuracy)
          worst = { name, severity, accuracy: result.accuracy }
        done += 1
        run.progress?.(done, names.length * severities.length)
      }
    }
  } catch (error) {
    if (!isInterruption(error)) throw error
    stopped = `${error.code}: ${error.message}`
  }
  return {
    ...frame,
    ...(cleanAccuracy === undefined ? {} : { cleanAccuracy }),
    ...(worst === undefined ? {} : { worst }),
    ...(stopped === undefined ? {} : { stopped }),
  }
}
