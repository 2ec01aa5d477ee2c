import {
  type Clock,
  combineVerdicts,
  type Finding,
  type InferenceSession,
  NootropicError,
  type SessionFactory,
  systemClock,
  type Verdict,
} from '@nootropic/core'
import type { ModelPackage } from '@nootropic/core/formats'
import type { AttackLimits } from '../behaviour/attacks/guarded-model.ts'
import type { AttackedModel } from '../behaviour/attacks/objective.ts'
import type { Dataset } from '../behaviour/dataset.ts'
import { type PrivacyAttackName, type PrivacyTarget, privacyAttacks, untilEnded } from './attack.ts'
import { type AttributeOptions, inferAttribute } from './attribute/infer-attribute.ts'
import { assessDeclarations, type DeclaredPrivacy } from './declarations.ts'
import { verifyComparable } from './examples.ts'
import { type ExtractionOptions, extractModel } from './extraction/extract-model.ts'
import { findingsOf, type PrivacyAttackFigures } from './findings.ts'
import { type InversionOptions, invertClasses } from './inversion/invert-classes.ts'
import { inferMembership, type MembershipOptions } from './membership/infer-membership.ts'
import { findMemorised, type MemorisedOptions } from './memorised/find-memorised.ts'
import { type NoTarget, type OpenTarget, openTarget, referenceModel } from './open-target.ts'
import { type PrivacyManifests, type PrivacyTopic, privacyTopics } from './statements.ts'

/** How the privacy of a model is assessed. */
export interface PrivacyOptions {
  /** What must be declared; the switches of the policy. Everything when absent. */
  readonly topics?: readonly PrivacyTopic[]
  /** The least share of declared statements; 0.85 when absent. */
  readonly threshold?: number
  readonly manifests?: PrivacyManifests
  /** The attacks to carry out, all that are known when absent; `attribute-inference` only where an attribute is named. */
  readonly attacks?: readonly PrivacyAttackName[]
  /** Opens the model; in a sandbox, if the composer has one. */
  readonly sessions?: SessionFactory
  /** Examples that the model was trained on, and others of the same kind that it was not trained on. */
  readonly members?: Dataset
  readonly nonMembers?: Dataset
  readonly membership?: Omit<MembershipOptions, 'references'> & {
    /** Models like this one that learned none of the examples; else students are trained in their place. */
    readonly references?: readonly InferenceSession[]
  }
  readonly inversion?: InversionOptions
  readonly extraction?: ExtractionOptions
  readonly attribute?: AttributeOptions
  readonly memorised?: MemorisedOptions
  /** Decides splits, students and starts; the same seed gives the same figures. 0 when absent. */
  readonly seed?: number
  /** After this all attacks together stop; what was measured is kept. */
  readonly budgetMs?: number
  readonly signal?: AbortSignal
  readonly clock?: Clock
  /** Is told how many of the parts of an attack are done. */
  readonly progress?: (attack: PrivacyAttackName, done: number, total: number) => void
}

/** What is known of the privacy of a model: plain data. */
export interface PrivacyAssessment {
  /** Of the declared side and all attacks together: what could not be done leaves it `incomplete`. */
  readonly verdict: Verdict
  readonly declared: DeclaredPrivacy
  /** The figures of each attack that was begun. */
  readonly attacks: readonly PrivacyAttackFigures[]
  readonly findings: readonly Finding[]
  /** What was asked for and could not be done, or not to its end, and why. */
  readonly incomplete: readonly { readonly attack: PrivacyAttackName; readonly reason: string }[]
  /** What was not asked for. */
  readonly skipped: readonly { readonly attack: PrivacyAttackName; readonly reason: string }[]
}

/** The attacks that ask the model. */
type ModelAttack = Exclude<PrivacyAttackName, 'memorised-strings'>

const isModelAttack = (name: PrivacyAttackName): name is ModelAttack => name !== 'memorised-strings'

/** What must be given before the model can be attacked. */
const missingFor = ({ sessions, members, nonMembers }: PrivacyOptions): string | undefined => {
  const missing = [
    ...(members === undefined ? ['members (examples that it was trained on)'] : []),
    ...(nonMembers === undefined ? ['non-members (examples of the same kind that it was not trained on)'] : []),
    ...(sessions === undefined ? ['sessions to run the model in'] : []),
  ]
  return missing.length === 0 ? undefined : `nothing is known: no ${missing.join(', no ')} was given`
}

const referencesOf = (sessions: readonly InferenceSession[], { head }: OpenTarget): AttackedModel[] =>
  sessions.map((session) => {
    const reference = referenceModel(session, head)
    if ('reason' in reference) throw new NootropicError('USAGE', reference.reason)
    return reference
  })

const carryOut = (
  name: ModelAttack,
  target: PrivacyTarget,
  open: OpenTarget,
  options: PrivacyOptions,
): Promise<PrivacyAttackFigures> | NoTarget => {
  const { membership, attribute } = options
  switch (name) {
    case 'membership-inference': {
      const { references, ...others } = membership ?? {}
      return inferMembership(target, {
        ...others,
        ...(references === undefined ? {} : { references: referencesOf(references, open) }),
      })
    }
    case 'model-inversion':
      return invertClasses(target, options.inversion)
    case 'model-extraction':
      return extractModel(target, options.extraction)
    case 'attribute-inference':
      return attribute === undefined ? { reason: 'no secret attribute was named' } : inferAttribute(target, attribute)
  }
}

/** @throws NootropicError `USAGE` */
const verifyNames = (names: readonly string[]): void => {
  const unknown = names.find((name) => !privacyAttacks.some((known) => known === name))
  if (unknown !== undefined)
    throw new NootropicError('USAGE', `expected attacks out of ${privacyAttacks.join(', ')}, found "${unknown}"`)
}

/** Carries out the attacks that ask the model, one after the other. */
const attackModel = async (
  model: ModelPackage,
  names: readonly ModelAttack[],
  options: PrivacyOptions,
  limits: AttackLimits,
): Promise<{ readonly attacks: PrivacyAttackFigures[]; readonly incomplete: Map<PrivacyAttackName, string> }> => {
  const attacks: PrivacyAttackFigures[] = []
  const incomplete = new Map<PrivacyAttackName, string>()
  const leave = (reason: string) => {
    for (const name of names) incomplete.set(name, reason)
    return { attacks, incomplete }
  }
  const { sessions, members, nonMembers, seed = 0, progress } = options
  const missing = missingFor(options)
  if (names.length === 0) return { attacks, incomplete }
  if (missing !== undefined || !sessions || !members || !nonMembers) return leave(missing ?? '')
  let open: OpenTarget | NoTarget | undefined
  const failed = await untilEnded(async () => {
    open = await openTarget(model, { sessions, examples: nonMembers, seed })
  })
  if (open === undefined) return leave(failed ?? 'the model was not opened')
  if ('reason' in open) return leave(open.reason)
  try {
    verifyComparable(members, nonMembers, open.model.classes)
    const target: PrivacyTarget = {
      path: model.path,
      model: open.model,
      members,
      nonMembers,
      seed,
      limits,
      ...(progress === undefined ? {} : { progress }),
    }
    for (const name of names) {
      const figures = await carryOut(name, target, open, options)
      if ('reason' in figures) incomplete.set(name, figures.reason)
      else attacks.push(figures)
    }
  } finally {
    await open.close()
  }
  return { attacks, incomplete }
}

/**
 * Assesses the privacy of a model: what is declared, and what attacks get out of it. Nothing follows from an attack that
 * could not be carried out: without members and non-members the assessment is `incomplete`, never private.
 *
 * @throws NootropicError `USAGE` when datasets, attribute or budgets do not fit the model, `MODEL_MALFORMED`,
 *   `PEER_DEPENDENCY_MISSING`, `ISOLATION_UNAVAILABLE`
 * @example
 * ```ts
 * const assessment = await assessPrivacy(await readModelPackage('./models/digits'), {
 *   sessions: createInProcessSessions(),
 *   members,
 *   nonMembers,
 *   memorised: { personalData: findPersonalData, secrets: findSecrets },
 * })
 * assessment.attacks.map(({ attack, verdict }) => `${attack}: ${verdict}`)
 * ```
 */
export const assessPrivacy = async (model: ModelPackage, options: PrivacyOptions = {}): Promise<PrivacyAssessment> => {
  const { topics = privacyTopics, manifests, threshold, attribute, clock = systemClock } = options
  const declared = assessDeclarations(model, topics, {
    ...(manifests === undefined ? {} : { manifests }),
    ...(threshold === undefined ? {} : { threshold }),
  })
  const asked = options.attacks ?? privacyAttacks.filter((name) => name !== 'attribute-inference' || attribute)
  verifyNames(asked)
  const startedMs = clock.monotonicMs()
  const limits: AttackLimits = {
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    hasTime: () => options.budgetMs === undefined || clock.monotonicMs() - startedMs < options.budgetMs,
  }
  const { attacks, incomplete } = await attackModel(model, asked.filter(isModelAttack), options, limits)
  if (asked.includes('memorised-strings')) attacks.push(await findMemorised(model, options.memorised ?? {}, limits))
  for (const { attack, verdict, note } of attacks)
    if (verdict === 'incomplete') incomplete.set(attack, note ?? 'it was not carried out to its end')
  const { score } = declared
  const isDeclared: Verdict[] = score === undefined ? [] : [score.value >= score.threshold ? 'pass' : 'fail']
  return {
    verdict: combineVerdicts([
      ...isDeclared,
      ...attacks.map(({ verdict }) => verdict),
      ...[...incomplete].map((): Verdict => 'incomplete'),
    ]),
    declared,
    attacks,
    findings: [...declared.findings, ...attacks.flatMap((figures) => findingsOf(model.path, figures))],
    incomplete: [...incomplete].map(([attack, reason]) => ({ attack, reason })),
    skipped: privacyAttacks
      .filter((name) => !asked.includes(name))
      .map((attack) => ({ attack, reason: 'it was not asked for' })),
  }
}
