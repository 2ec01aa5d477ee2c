import { type Clock, createSeededRandom, NootropicError, type SeededRandom, systemClock } from '@nootropic/core'
import type { FloatTensor } from '../dataset.ts'
import { range, rowLength, takeRows } from '../rows.ts'
import { type AttackDescription, type AttackEffort, defaultEffort } from './attack-description.ts'
import { withEstimatedSlope } from './estimate-slope.ts'
import { copyOf, elementsOf } from './examples.ts'
import { guardModel, isInterruption } from './guarded-model.ts'
import { distances, type Norm } from './norms.ts'
import { type AttackedModel, type AttackInputs, type DifferentiableModel, fooledRows, isInDomain } from './objective.ts'
import { type AttackName, attackRegistry } from './registry.ts'

/** How an attack is run. */
export interface AttackRun extends AttackInputs {
  readonly model: AttackedModel | DifferentiableModel
  readonly norm: Norm
  /** In the inputs' own unit; see the attack. */
  readonly radius: number
  readonly seed: number
  readonly effort?: Partial<AttackEffort>
  /** Examples attacked at once: what is held in memory. */
  readonly chunk?: number
  readonly signal?: AbortSignal
  readonly budgetMs?: number
  readonly clock?: Clock
  /** Is told the examples that are done. */
  readonly progress?: (done: number) => void
}

/** What an attack did. */
export interface AttackOutcome {
  readonly attack: AttackName
  /** For each example the one that was found; the original where none was. */
  readonly found: FloatTensor
  /** Whether the answer was changed; nothing where the attack was stopped before it could tell. */
  readonly fooled: readonly (boolean | undefined)[]
  /** How far what was found lies from the original; of attacks that look for the nearest example it is the result. */
  readonly distances: readonly number[]
  /** Examples that the model was run on. */
  readonly queries: number
  /** Whether slopes were estimated from scores, for want of better: then standing examples say less. */
  readonly isEstimated: boolean
  /** Why not every example was attacked to the end. */
  readonly stopped?: string
}

/** Examples attacked at once by default. */
const defaultChunk = 64

/** An estimated slope: pairs of forward passes, and half their distance as a share of the domain's width. */
const estimateSamples = 8
const estimateDistance = 0.01

/** The model itself where it has slopes, else one that estimates them by SPSA. */
export const differentiable = (
  model: AttackedModel | DifferentiableModel,
  { domain, random }: { readonly domain: AttackInputs['domain']; readonly random: SeededRandom },
): DifferentiableModel => {
  const distance = estimateDistance * (domain[1] - domain[0])
  return 'slope' in model ? model : withEstimatedSlope(model, { samples: estimateSamples, distance, random }, 'signs')
}

const verifyRun = (name: AttackName, run: AttackRun): void => {
  const refuse = (expected: string, found: string): never => {
    throw new NootropicError('USAGE', `expected ${expected} for the attack "${name}", found ${found}`)
  }
  if (!Object.hasOwn(attackRegistry, name)) refuse(`one of ${Object.keys(attackRegistry).join(', ')}`, name)
  const attack: AttackDescription = attackRegistry[name]
  const rows = run.inputs.dims[0] ?? 0
  if (!attack.norms.includes(run.norm)) refuse(`one of the norms ${attack.norms.join(', ')}`, run.norm)
  if (!(run.radius > 0 && Number.isFinite(run.radius))) refuse('a radius above 0', String(run.radius))
  if (run.norm === 'l0' && attack.kind === 'bounded' && !Number.isInteger(run.radius))
    refuse('a whole number of elements as the radius', String(run.radius))
  if (attack.kind === 'other' && run.radius > 1) refuse('a share of at most 1 as the radius', String(run.radius))
  // An attack that does nothing would leave every example standing.
  for (const [what, value] of Object.entries({ chunk: run.chunk ?? defaultChunk, ...run.effort })) {
    if (!Number.isInteger(value) || value < 1) refuse(`a whole number from 1 as ${what}`, String(value))
  }
  if (rows < 1) refuse('one example or more', 'none')
  if (run.labels.length !== rows) refuse(`one label an example, ${rows}`, String(run.labels.length))
  const wrong = run.labels.find((label) => !Number.isInteger(label) || label < 0 || label >= run.model.classes)
  if (wrong !== undefined) refuse(`labels from 0 to ${run.model.classes - 1}`, String(wrong))
  if (!isInDomain(run.inputs, run.domain))
    refuse(`examples inside their domain [${run.domain}]`, 'elements outside; check the scaling')
}

/**
 * Carries out a registered attack, `chunk` examples at a time, within a time budget and until the caller stops it. The same
 * seed gives the same examples, bit by bit. What was found before a stop is kept, and the rest is told apart from what
 * withstood.
 *
 * @throws NootropicError `USAGE` when norm, radius, effort, labels or examples do not fit the attack, `INPUT_INVALID` when it
 *   needs pictures
 * @example
 * ```ts
 * const outcome = await runAttack('apgd', { model, inputs, labels, domain: [0, 1], norm: 'linf', radius: 0.1, seed: 1 })
 * outcome.fooled.filter((is) => is === false).length // the examples that stand
 * ```
 */
export const runAttack = async (name: AttackName, run: AttackRun): Promise<AttackOutcome> => {
  verifyRun(name, run)
  const attack: AttackDescription = attackRegistry[name]
  const { inputs, labels, domain, norm, radius, seed, clock = systemClock, chunk = defaultChunk } = run
  const startedMs = clock.monotonicMs()
  const { model, queries } = guardModel(run.model, {
    ...(run.signal === undefined ? {} : { signal: run.signal }),
    hasTime: () => run.budgetMs === undefined || clock.monotonicMs() - startedMs <= run.budgetMs,
  })
  const isEstimated = attack.needs === 'slopes' && !('slope' in model)
  const found = copyOf(inputs)
  const fooled = labels.map((): boolean | undefined => undefined)
  let stopped: string | undefined
  for (let start = 0; start < labels.length && stopped === undefined; start += chunk) {
    const rows = range(Math.min(chunk, labels.length - start)).map((offset) => start + offset)
    const random = createSeededRandom((seed + start) >>> 0)
    const part = takeRows(inputs, rows)
    const keep = (examples: FloatTensor, are: readonly (boolean | undefined)[]): void => {
      rows.forEach((row, place) => {
        fooled[row] = are[place]
        if (are[place] === true) elementsOf(found, row).set(elementsOf(examples, place))
      })
    }
    const request = {
      inputs: part,
      labels: rows.map((row) => labels[row] ?? -1),
      domain,
      norm,
      radius,
      random,
      effort: { ...defaultEffort, ...run.effort },
      record: ({ found: examples, fooledBy }: { found: FloatTensor; fooledBy: readonly (string | undefined)[] }) =>
        keep(
          examples,
          fooledBy.map((by) => (by === undefined ? undefined : true)),
        ),
    }
    try {
      const examples = await (attack.needs === 'slopes'
        ? attack.run(differentiable(model, { domain, random }), request)
        : attack.run(model, request))
      keep(examples, fooledRows(await model.scores(examples), model.classes, request.labels))
      run.progress?.(start + rows.length)
    } catch (error) {
      if (!isInterruption(error)) throw error
      stopped = `${error.code}: ${error.message}`
    }
  }
  return {
    attack: name,
    found,
    fooled,
    distances: distances(norm, found.data, inputs.data, rowLength(inputs)),
    queries: queries(),
    isEstimated,
    ...(stopped === undefined ? {} : { stopped }),
  }
}
