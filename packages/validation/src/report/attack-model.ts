import { NootropicError, type Verdict } from '@nootropic/core'
import type { ModelPackage } from '@nootropic/core/formats'
import { defaultPolicy } from '@nootropic/core/manifest'
import { isInDomain } from '../behaviour/attacks/objective.ts'
import { checkBackdoor, defaultBackdoorOptions } from '../behaviour/backdoor/index.ts'
import { predictClasses } from '../behaviour/classifier.ts'
import { defaultHonestyOptions } from '../behaviour/honesty/index.ts'
import { openAttackedModel } from '../behaviour/objectives.ts'
import { range, takeRows } from '../behaviour/rows.ts'
import { type ClassifierTrial, firstExamples, prepareTrial, type Subject, trialNotes } from '../behaviour/subject.ts'
import { testHonesty } from '../behaviour/test-honesty.ts'
import { incompleteOutcome, type KeptAccuracy, type StageOutcome } from '../outcome.ts'
import { scoreSecurity } from '../scores.ts'
import { type AttackCurve, measureAttack } from './attack-curve.ts'
import type { AdversarialExample, AttackReport, WorstCaseFigures } from './attack-figures.ts'
import type { BehaviourReport } from './behaviour-report.ts'
import type { CertificateName } from './certified-figures.ts'
import { certify } from './certify.ts'
import { dataOf, type Examination, type ExaminationOptions, examine, withSubject } from './examine.ts'
import { pictureOf } from './picture.ts'
import { defaultAttacks, type PlannedAttack, planAttack, type RequestedAttack } from './plan-attack.ts'
import { worstFall, worstOfAttacks } from './worst-of-attacks.ts'

/** How a model is attacked. */
export interface AttackModelOptions extends ExaminationOptions {
  /** By default {@link defaultAttacks}. */
  readonly attacks?: readonly RequestedAttack[]
  /** Examples at most; 128 where nothing is said. */
  readonly examples?: number
  /** The epsilon at which the result counts; 0.03 where nothing is said. */
  readonly judgedAt?: number
  /** Proofs that are wanted beside the attacks; none where nothing is said, because they take long. */
  readonly certify?: readonly CertificateName[]
  /** Whether triggers are reconstructed and weights looked at for signs of a backdoor; not where nothing is said: it takes long. */
  readonly backdoor?: boolean
  /** The security score below which the model fails; by default the default policy's. */
  readonly threshold?: number
}

/** Examples at most. */
const defaultExamples = 128

/** Epsilon of the format's own AdversarialTesting manifest. */
const defaultJudgedAt = 0.03

/** An estimated slope costs 16 forward passes: a black box is attacked on fewer examples. */
const blackBoxExamples = 16

/** Pictures in a report. */
const greatestPictures = 6

const verdictOf = (curves: readonly AttackCurve[], trial: ClassifierTrial, planned: number): Verdict =>
  !trial.isMadeUp &&
  curves.length === planned &&
  curves.every(({ figures }) => figures.verdict === 'pass') &&
  // Of a patch or a movement alone nothing is judged, however much falls to it.
  curves.some(({ figures }) => figures.kind !== 'other')
    ? 'pass'
    : 'incomplete'

/**
 * What is kept at the epsilon that is judged. What fell has fallen, whatever could not be finished: so much at most is
 * kept. Where nothing was decided there is no saying.
 */
const keptOf = (
  { norm, curve, fallen }: WorstCaseFigures,
  { judgedAt, all, isWhiteBox }: { readonly judgedAt: number; readonly all: number; readonly isWhiteBox: boolean },
): KeptAccuracy[] => {
  const lost = fallen.filter(({ epsilon }) => epsilon <= judgedAt).length
  const undecided = curve.find(({ epsilon }) => epsilon === judgedAt)?.undecided ?? all - lost
  if (undecided === all) return []
  const open = undecided === 0 ? '' : `, ${undecided} of ${all} undecided`
  const blind = isWhiteBox ? '' : ', without a gradient'
  return [{ test: `attack at epsilon ${judgedAt} (${norm}${blind}${open})`, kept: 1 - lost / all }]
}

const picturesOf = async (
  trial: ClassifierTrial,
  curves: readonly AttackCurve[],
): Promise<readonly AdversarialExample[]> => {
  const fallen = range(trial.labels.length).flatMap((row) => {
    const fall = worstFall(curves, row)
    return fall === undefined ? [] : [{ row, fall }]
  })
  const shown: AdversarialExample[] = []
  for (const { row, fall } of fallen.slice(0, greatestPictures)) {
    const original = pictureOf(trial.inputs, row, trial.domain)
    const changed = pictureOf(fall.curve.found, row, trial.domain)
    if (original === undefined || changed === undefined) return []
    const [answer = -1] = await predictClasses(trial.classifier, takeRows(fall.curve.found, [row]))
    const { attack } = fall.curve.figures
    const label = trial.labels[row] ?? -1
    shown.push({ row: trial.rows[row] ?? -1, label, answer, attack, epsilon: fall.epsilon, original, changed })
  }
  return shown
}

/** Runs the planned attacks one after the other, each with its share of the time that is left. */
const runAttacks = async (
  subject: Subject,
  planned: readonly PlannedAttack[],
  { examination, examples, judgedAt }: { examination: Examination; examples: number; judgedAt: number },
): Promise<StageOutcome & { readonly report?: AttackReport }> => {
  const prepared = await prepareTrial(subject, examples)
  if ('reason' in prepared) return incompleteOutcome(prepared.reason)
  examination.keep({ data: dataOf(prepared) })
  if (!isInDomain(prepared.inputs, prepared.domain))
    return incompleteOutcome(`examples lie outside their domain [${prepared.domain}]: check domain and scaling`)
  const { clock, seed, signal, progress } = examination.options
  const open = await openAttackedModel(subject, prepared)
  try {
    const isWhiteBox = 'slope' in open.model
    const trial = isWhiteBox ? prepared : firstExamples(prepared, blackBoxExamples)
    const notes = [...(open.note === undefined ? [] : [open.note]), ...trialNotes(trial)]
    const curves: AttackCurve[] = []
    for (const [place, attack] of planned.entries()) {
      const stopped = examination.stopped()
      if (stopped !== undefined) {
        examination.stages.skip(`attacks/${attack.name}`, stopped)
        continue
      }
      const part = `${attack.name} ${attack.norm}`
      progress?.({ part, done: place, all: planned.length })
      curves.push(
        await measureAttack(open.model, trial, {
          ...attack,
          seed,
          clock,
          budgetMs: examination.remainingMs() / (planned.length - place),
          ...(signal === undefined ? {} : { signal }),
          progress: (done) =>
            progress?.({ part, done: place + Math.min(1, done / trial.labels.length), all: planned.length }),
        }),
      )
    }
    const tried = [...new Set(curves.map(({ figures }) => figures.norm))]
    const worstCase = tried.flatMap((norm) => worstOfAttacks(curves, norm, trial) ?? [])
    const verdict = verdictOf(curves, trial, planned.length)
    const report: AttackReport = {
      verdict,
      isWhiteBox,
      attacks: curves.map(({ figures }) => figures),
      worstCase,
      judgedAt,
      pictures: [...(await picturesOf(trial, curves))],
      notes,
    }
    const measurements = Object.fromEntries(
      worstCase.flatMap(({ norm, curve }) =>
        curve.map(({ epsilon, share }) => [`${trial.measure}AtEpsilon=${epsilon}/${norm}`, share]),
      ),
    )
    const unfinished = planned.length - curves.filter(({ figures }) => figures.verdict === 'pass').length
    const said = [
      ...notes,
      ...(unfinished === 0 ? [] : [`${unfinished} of ${planned.length} attacks are incomplete`]),
      ...(worstCase.length > 0 || curves.length === 0
        ? []
        : ['no attack stays inside a ball around the example: nothing is judged; add one that does']),
    ]
    // The score is defined at L-infinity; other balls of the same epsilon hold more.
    const judged = worstCase.filter(({ norm }) => norm === 'linf')
    const kept = (judged.length === 0 ? worstCase : judged).flatMap((figures) =>
      keptOf(figures, { judgedAt, all: trial.labels.length, isWhiteBox }),
    )
    const worst = kept.toSorted((left, right) => left.kept - right.kept)[0]
    return {
      verdict,
      measurements: { attacks: curves.length, ...measurements },
      findings: [],
      report,
      ...(trial.isMadeUp || worst === undefined ? {} : { kept: worst }),
      ...(said.length === 0 ? {} : { note: said.join('; ') }),
    }
  } finally {
    await open.close()
  }
}

const searchBackdoor = async (
  subject: Subject,
  { options, stages, stopped, remainingMs }: Examination,
): Promise<void> => {
  const { clock, signal, progress } = options
  await stages.run('backdoor', () => {
    const reason = stopped()
    if (reason !== undefined) return incompleteOutcome(reason)
    return checkBackdoor(
      subject,
      {
        ...defaultBackdoorOptions,
        budgetMs: remainingMs(),
        ...(signal === undefined ? {} : { signal }),
        ...(progress === undefined ? {} : { progress: (done, all) => progress({ part: 'backdoor', done, all }) }),
      },
      clock,
    )
  })
}

/**
 * Attacks a model and reports what is left of it: accuracy against epsilon for each attack and in the worst case of all,
 * and which example fell to what. White-box where a gradient can be derived; where it cannot, slopes are estimated on fewer
 * examples, and the report is incomplete, never robust.
 *
 * @throws NootropicError `USAGE` for an unknown attack, a norm that it has not, no epsilon, no budget
 * @example
 * ```ts
 * const report = await attackModel(await readModelPackage('./digits'), { sessions, dataset, attacks: [{ name: 'apgd' }] })
 * report.attacks?.worstCase[0]?.curve // [{ epsilon: 0, share: 0.98, … }, { epsilon: 0.01, share: 0.96, … }, …]
 * ```
 */
export const attackModel = async (model: ModelPackage, options: AttackModelOptions): Promise<BehaviourReport> => {
  const { attacks = defaultAttacks, examples = defaultExamples, judgedAt = defaultJudgedAt } = options
  const threshold = options.threshold ?? defaultPolicy.spec.validation.thresholds.securityScore
  if (attacks.length === 0) throw new NootropicError('USAGE', 'expected one attack or more, found none; name one')
  if (!Number.isInteger(examples) || examples < 1)
    throw new NootropicError('USAGE', `expected 1 example or more to attack, found ${examples}`)
  const planned = attacks.map((attack) => planAttack(attack, judgedAt))
  return examine(model, options, (examination) =>
    withSubject(examination, async (subject) => {
      const outcome = await examination.stages.run('attacks', () =>
        runAttacks(subject, planned, { examination, examples, judgedAt }),
      )
      if ('report' in outcome && outcome.report !== undefined) examination.keep({ attacks: outcome.report })
      const { clock, signal, progress } = examination.options
      const stopped = examination.stopped()
      await examination.stages.run('honesty', () =>
        stopped === undefined
          ? testHonesty(
              subject,
              {
                ...defaultHonestyOptions,
                budgetMs: examination.remainingMs(),
                ...(signal === undefined ? {} : { signal }),
                ...(progress === undefined
                  ? {}
                  : { progress: (done, all) => progress({ part: 'honesty', done, all }) }),
              },
              clock,
            )
          : incompleteOutcome(stopped),
      )
      await certify(subject, { asked: options.certify ?? [], examples }, examination)
      if (options.backdoor === true) await searchBackdoor(subject, examination)
      if (outcome.kept !== undefined)
        examination.scores.securityScore = scoreSecurity(examination.stages.findings, [outcome.kept], threshold)
    }),
  )
}
