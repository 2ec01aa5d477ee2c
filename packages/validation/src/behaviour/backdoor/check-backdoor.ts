import { type Clock, type Finding, isAtLeast, isNootropicError, systemClock } from '@nootropic/core'
import type { NodeProto } from '@nootropic/core/formats'
import { operatorName } from '../../gradient/graph-names.ts'
import { probeValues } from '../../gradient/probe.ts'
import { incompleteOutcome, type StageOutcome } from '../../outcome.ts'
import { findingOf, type Sighting } from '../../scan/rule.ts'
import { type AttackLimits, verifyMayGoOn } from '../attacks/guarded-model.ts'
import { predictClasses } from '../classifier.ts'
import type { Dataset } from '../dataset.ts'
import { openAttackedModel } from '../objectives.ts'
import { inBatches, range, takeRows } from '../rows.ts'
import { type ClassifierTrial, prepareTrial, type Subject } from '../subject.ts'
import { type Activations, clusterActivations, judgeClusters, leastExamples } from './activation-clusters.ts'
import { findTriggers } from './find-triggers.ts'
import { defaultTriggerEffort, type TriggerEffort } from './reconstruct-trigger.ts'
import { checkWeightSigns } from './weight-signs.ts'

/** How to look for backdoors. */
export interface BackdoorOptions {
  /** Examples from which triggers are searched. */
  readonly examples: number
  /** Examples of the dataset whose activations are grouped. */
  readonly grouped: number
  readonly effort: TriggerEffort
  /** After this what is not done stays undone. */
  readonly budgetMs: number
  readonly signal?: AbortSignal
  /** Is told the classes whose trigger was searched, of how many. */
  readonly progress?: (done: number, of: number) => void
}

/** Half a minute for a small classifier of ten classes. */
export const defaultBackdoorOptions: BackdoorOptions = {
  examples: 100,
  grouped: 1000,
  effort: defaultTriggerEffort,
  budgetMs: 300_000,
}

/** What the last layer with weights reads; nothing where there is none. */
const lastLayerInput = ({ model, session }: Subject): string | undefined => {
  const isLayer = (node: NodeProto): boolean => ['Gemm', 'MatMul', 'Conv'].includes(operatorName(node))
  const [input] = model.graph.node.findLast(isLayer)?.input ?? []
  const isMade = model.graph.node.some(({ output }) => output.includes(input ?? ''))
  return isMade && input !== session.inputs[0]?.name ? input : undefined
}

/** What the last layer reads of the dataset's first examples, with the classes that the model answers for them. */
const readActivations = async (
  subject: Subject,
  trial: ClassifierTrial,
  most: number,
  limits: AttackLimits,
): Promise<
  { readonly activations: Activations; readonly answers: readonly number[]; readonly data: Dataset } | string
> => {
  const { dataset } = subject
  const name = lastLayerInput(subject)
  if (dataset === undefined) return 'no dataset'
  if (name === undefined) return 'no layer with weights stands behind another one'
  const { externalData } = subject.bytes
  const total = Math.min(dataset.inputs.dims[0] ?? 0, most)
  const inputs = takeRows(dataset.inputs, range(total))
  const data = await inBatches(
    inputs,
    { ...trial.classifier.batch, rows: trial.classifier.batch.isFixed ? trial.classifier.batch.rows : total },
    async (batch) => {
      verifyMayGoOn(limits)
      const values = await probeValues(subject.model, [name], {
        sessions: subject.sessions,
        feeds: { [trial.classifier.input]: batch },
        ...(externalData === undefined ? {} : { externalData }),
      })
      const value = values.get(name)
      return value?.dims[0] === batch.dims[0] ? (value?.data as ArrayLike<number>) : []
    },
  )
  if (data.length === 0) return 'the last layer does not read one row an example'
  if (!data.every(Number.isFinite)) return 'activations that are no numbers'
  const answers = await predictClasses(trial.classifier, inputs)
  return { activations: { data, width: data.length / total }, answers, data: { inputs, domain: dataset.domain } }
}

const endings = ['DEADLINE_EXCEEDED', 'ABORTED', 'OUTPUT_INVALID', 'WORKER_FAILED', 'LIMIT_EXCEEDED'] as const

/**
 * Looks for a backdoor in three ways: for a small mark that turns every input into one class, for examples that reach
 * their class by another way than the others, and for low bits of weights that training does not leave. Backdoors whose
 * trigger is large, or is no mark at all, are not found: a pass is no proof of their absence.
 *
 * @returns `fail` with a finding of medium severity or above, else `incomplete` where a part was not done: `skipped` names
 * it and why.
 */
export const checkBackdoor = async (
  subject: Subject,
  options: BackdoorOptions = defaultBackdoorOptions,
  clock: Clock = systemClock,
): Promise<StageOutcome> => {
  const startedMs = clock.monotonicMs()
  const left = (): number => options.budgetMs - (clock.monotonicMs() - startedMs)
  const signal = options.signal === undefined ? {} : { signal: options.signal }
  const limits: AttackLimits = { hasTime: () => left() >= 0, ...signal }
  const sightings: Sighting[] = []
  const skipped: { name: string; reason: string }[] = []
  let measurements: Record<string, number> = {}
  const skip = (name: string, reason: string): void => {
    skipped.push({ name: `backdoor/${name}`, reason })
  }
  const attempt = async (name: string, work: () => Promise<void>): Promise<void> => {
    try {
      verifyMayGoOn(limits)
      await work()
    } catch (error) {
      if (!isNootropicError(error) || !endings.some((code) => code === error.code)) throw error
      skip(name, `${error.code}: ${error.message}`)
    }
  }

  await attempt('weights', async () => {
    const signs = checkWeightSigns(subject.model, subject.bytes.externalData)
    sightings.push(...signs.sightings)
    measurements = { ...measurements, ...signs.measurements }
    if (signs.unread.length > 0) skip('weights', `tensors that could not be read: ${signs.unread.join(', ')}`)
  })
  const trial = await prepareTrial(subject, options.examples)
  const why = 'reason' in trial ? trial.reason : trial.isMadeUp ? 'the inputs are made up: give a dataset' : undefined
  if ('reason' in trial || why !== undefined) {
    skip('activations', why ?? '')
    skip('triggers', why ?? '')
  } else {
    await attempt('activations', async () => {
      const read = await readActivations(subject, trial, options.grouped, limits)
      if (typeof read === 'string') return skip('activations', read)
      const clusters = clusterActivations(read.activations, read.answers, subject.seed)
      measurements = { ...measurements, groupedClasses: clusters.length }
      sightings.push(...judgeClusters(clusters, read.data))
      if (clusters.length < trial.classifier.head.classes) {
        const { classes } = trial.classifier.head
        skip(
          'activations',
          `${clusters.length} of ${classes} classes have ${leastExamples} examples that can form groups`,
        )
      }
    })
    await attempt('triggers', async () => {
      const open = await openAttackedModel(subject, trial)
      try {
        const { model } = open
        if (!('slope' in model)) return skip('triggers', open.note ?? 'the model has no slope')
        const { inputs, labels, domain } = trial
        const found = await findTriggers({
          ...{ model, inputs, labels, domain, clock, seed: subject.seed, effort: options.effort, budgetMs: left() },
          ...signal,
          ...(options.progress === undefined ? {} : { progress: options.progress }),
        })
        sightings.push(...found.sightings)
        if (found.indices.length > 0) {
          measurements = {
            ...measurements,
            triggerClasses: found.triggers.length,
            smallestTrigger: Math.min(...found.triggers.map(({ size }) => size)),
            greatestTriggerIndex: Math.max(...found.indices),
          }
        }
        if (found.stopped !== undefined) {
          skip('triggers', `${found.triggers.length} of ${model.classes} classes were tried: ${found.stopped}`)
        }
      } finally {
        await open.close()
      }
    })
  }
  if (skipped.length === 3 && sightings.length === 0 && Object.keys(measurements).length === 0) {
    return { ...incompleteOutcome('nothing could be looked at'), skipped }
  }
  const findings: Finding[] = sightings.map((sighting) => findingOf(sighting, subject.path, []))
  const isGrave = findings.some(({ severity }) => isAtLeast(severity, 'medium'))
  const verdict = isGrave ? 'fail' : skipped.length > 0 ? 'incomplete' : 'pass'
  return { verdict, measurements, findings, skipped }
}
