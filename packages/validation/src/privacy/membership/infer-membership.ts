import type { AttackedModel } from '../../behaviour/attacks/objective.ts'
import { guardTarget, type PrivacyAttackResult, type PrivacyTarget, untilEnded } from '../attack.ts'
import { countOf, isLabelled, withoutMembers } from '../examples.ts'
import { type Area, areaUnderCurve } from '../statistics/receiver-curve.ts'
import type { StudentEffort } from '../student/train-student.ts'
import { answersOf } from './answers.ts'
import { measureBlindly } from './blind-baseline.ts'
import { compareWithReferences } from './compare-with-references.ts'
import { type BlindAreas, judgeMembership, leastExamples, leastForReferences } from './judge-membership.ts'
import { whyUnknown } from './knows-members.ts'
import { labelOnly } from './label-only.ts'
import { measureSignal, type SignalFigures } from './measure-signal.ts'
import { answerSignals, labelSignals } from './signals.ts'

/** How membership is inferred. */
export interface MembershipOptions {
  /** Shadow models that are trained here; 0 leaves the attacks out that need them. {@link defaultShadows} when absent. */
  readonly shadows?: number
  readonly student?: Partial<StudentEffort>
  /** Reference models instead of shadows, like the target but trained on none of the examples given. */
  readonly references?: readonly AttackedModel[]
}

/** Shadow models by default: RMIA needs few, and each takes seconds. */
export const defaultShadows = 8

/** Who can tell whether an example was in the training data? */
export interface MembershipInference extends PrivacyAttackResult {
  readonly attack: 'membership-inference'
  readonly signals: readonly SignalFigures[]
  /** How well members are told from non-members without the model: anything but chance, and the two sets differ. */
  readonly blind: BlindAreas
  /** Non-members that were left out because they are members as well. */
  readonly duplicates: number
}

/** Signals of the answer, of the label, label only, and two by references. */
const signalCount = Object.keys(answerSignals).length + Object.keys(labelSignals).length + 3

/**
 * Of all intervals, those without the model included, together 5 % may miss (Bonferroni): a sound model must not be flagged
 * for the number of attacks.
 */
const confidence = 1 - 0.05 / (signalCount + 2)

/**
 * Infers membership by thresholds on the answer (confidence, entropy, loss, modified entropy), by labels alone, and by
 * comparison with references (LiRA, RMIA). One signal that tells members apart beyond doubt fails the model; it passes only
 * where every signal was tried, none can be much better than chance, and the two sets are of one kind.
 */
export const inferMembership = async (
  unguarded: PrivacyTarget,
  options: MembershipOptions = {},
): Promise<MembershipInference> => {
  const { target, queries } = guardTarget(unguarded)
  const { model, members, seed, limits } = target
  const nonMembers = withoutMembers(target.nonMembers, members)
  const duplicates = countOf(target.nonMembers) - countOf(nonMembers)
  const signals: SignalFigures[] = []
  const missing: string[] = []
  const blind: { examples?: Area; references?: Area } = {}
  const record = (figures: SignalFigures): void => {
    signals.push(figures)
    target.progress?.('membership-inference', signals.length, signalCount)
  }
  const ended = await untilEnded(async () => {
    const [fewest, most] = [Math.min(countOf(members), countOf(nonMembers)), countOf(nonMembers)]
    if (fewest < leastExamples) {
      missing.push(`expected ${leastExamples} examples or more of either side, found ${countOf(members)} and ${most}`)
      return
    }
    const inside = await answersOf(model, members.inputs)
    const outside = await answersOf(model, nonMembers.inputs)
    for (const [name, signal] of Object.entries(answerSignals))
      record(measureSignal(name, { members: signal(inside), nonMembers: signal(outside) }, confidence))
    blind.examples = await measureBlindly(members, nonMembers, { classes: model.classes, confidence, seed, limits })
    if (!isLabelled(members) || !isLabelled(nonMembers)) {
      missing.push('no labels: loss, modified entropy, label-only, LiRA and RMIA were not tried')
      return
    }
    const unknown = whyUnknown(inside, members.labels)
    if (unknown !== undefined) missing.push(unknown)
    for (const [name, signal] of Object.entries(labelSignals)) {
      const scores = { members: signal(inside, members.labels), nonMembers: signal(outside, nonMembers.labels) }
      record(measureSignal(name, scores, confidence))
    }
    const byLabels = {
      members: await labelOnly(model, members, seed),
      nonMembers: await labelOnly(model, nonMembers, seed),
    }
    record(measureSignal('label-only', byLabels, confidence))
    const count = options.references?.length ?? options.shadows ?? defaultShadows
    if (count < 2) missing.push('fewer than two references: LiRA and RMIA were not tried')
    else if (most < leastForReferences)
      missing.push(`LiRA and RMIA were not tried: expected ${leastForReferences} non-members, found ${most}`)
    else {
      const { student, references: given } = options
      const { lira, rmia, placebo } = await compareWithReferences(
        target,
        { members, nonMembers },
        { count, ...(student === undefined ? {} : { student }), ...(given === undefined ? {} : { given }) },
      )
      blind.references = areaUnderCurve(placebo.members, placebo.nonMembers, confidence)
      record(measureSignal('lira', lira, confidence))
      record(measureSignal('rmia', rmia, confidence))
    }
  })
  if (ended !== undefined) missing.push(ended)
  return {
    attack: 'membership-inference',
    ...judgeMembership(signals, blind, missing),
    signals,
    blind,
    duplicates,
    queries: queries(),
  }
}
