import { certifyByIntervals, certifyBySmoothing, smoothedAccuracy } from '../behaviour/certified/index.ts'
import { scoredModel } from '../behaviour/objectives.ts'
import { rowLength } from '../behaviour/rows.ts'
import { prepareTrial, type Subject, trialNotes } from '../behaviour/subject.ts'
import { incompleteOutcome, type StageOutcome } from '../outcome.ts'
import type { CertificateName, CertifiedFigures } from './certified-figures.ts'
import { defaultEpsilons } from './epsilon.ts'
import type { Examination } from './examine.ts'

/** Examples at most: smoothing takes over a thousand runs of each. */
const mostSmoothed = 32

/** Noise of smoothing, as a root mean square share of the domain's width: a quarter, as papers on pictures in [0, 1] take it. */
const smoothingShare = 0.25

/** A certificate with its figures, when it came to any. */
interface Certified extends StageOutcome {
  readonly figures?: CertifiedFigures
}

const withFigures = (outcome: StageOutcome, figures: Omit<CertifiedFigures, 'verdict' | 'note'>): Certified => {
  const { verdict, note } = outcome
  return { ...outcome, figures: { ...figures, verdict, ...(note === undefined ? {} : { note }) } }
}

const byIntervals = async (
  subject: Subject,
  examples: number,
  { options, remainingMs }: Examination,
): Promise<Certified> => {
  const { clock, signal, progress } = options
  const outcome = await certifyByIntervals(
    subject,
    {
      epsilons: [0, 0.001, 0.003, ...defaultEpsilons.linf],
      examples,
      budgetMs: remainingMs(),
      ...(signal === undefined ? {} : { signal }),
      ...(progress === undefined ? {} : { progress: (done, all) => progress({ part: 'intervals', done, all }) }),
    },
    clock,
  )
  const curve = Object.entries(outcome.measurements).flatMap(([name, share]) => {
    const [, epsilon] = /^certified\w+AtEpsilon=(.+)$/.exec(name) ?? []
    return epsilon === undefined ? [] : [{ epsilon: Number(epsilon), share }]
  })
  return withFigures(outcome, { method: 'intervals', norm: 'linf', curve })
}

const bySmoothing = async (
  subject: Subject,
  examples: number,
  { options, remainingMs }: Examination,
): Promise<Certified> => {
  const { clock, seed, signal, progress } = options
  const trial = await prepareTrial(subject, Math.min(examples, mostSmoothed))
  if ('reason' in trial) return incompleteOutcome(trial.reason)
  const width = trial.domain[1] - trial.domain[0]
  const { certificates, stopped } = await certifyBySmoothing({
    model: scoredModel(trial),
    inputs: trial.inputs,
    sigma: smoothingShare * width,
    seed,
    clock,
    budgetMs: remainingMs(),
    ...(signal === undefined ? {} : { signal }),
    ...(progress === undefined
      ? {}
      : { progress: (done) => progress({ part: 'smoothing', done, all: trial.labels.length }) }),
  })
  const unit = width * Math.sqrt(rowLength(trial.inputs))
  const curve = [0, 0.003, ...defaultEpsilons.l2].map((epsilon) => ({
    epsilon,
    share: (smoothedAccuracy(certificates, trial.labels, epsilon * unit) * trial.labels.length) / trial.examples,
  }))
  const notes = [...(stopped === undefined ? [] : [stopped]), ...trialNotes(trial)]
  const outcome: StageOutcome = {
    verdict: stopped === undefined && !trial.isMadeUp ? 'pass' : 'incomplete',
    measurements: Object.fromEntries(curve.map(({ epsilon, share }) => [`certifiedAtEpsilon=${epsilon}/l2`, share])),
    findings: [],
    ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
  }
  return withFigures(outcome, { method: 'smoothing', norm: 'l2', curve })
}

/** Proves, one way after the other, how many answers no change of a size can alter; of the examples that were attacked. */
export const certify = async (
  subject: Subject,
  { asked, examples }: { readonly asked: readonly CertificateName[]; readonly examples: number },
  examination: Examination,
): Promise<void> => {
  const certified: CertifiedFigures[] = []
  for (const name of asked) {
    const outcome: Certified = await examination.stages.run(`certified-by-${name}`, () => {
      const stopped = examination.stopped()
      if (stopped !== undefined) return incompleteOutcome(stopped)
      return name === 'intervals'
        ? byIntervals(subject, examples, examination)
        : bySmoothing(subject, examples, examination)
    })
    if (outcome.figures !== undefined) certified.push(outcome.figures)
  }
  if (certified.length > 0) examination.keep({ certified })
}
