import type { Score } from '@nootropic/core'
import type { ModelPackage } from '@nootropic/core/formats'
import type { StageOutcome } from '../outcome.ts'
import { scorePrivacy } from '../scores.ts'
import { type ModelCard, modelCardNames, parseModelCard } from './model-card.ts'
import { checkStatements, declaredStatements, type PrivacyManifests, type PrivacyTopic } from './statements.ts'

/** One thing that must be declared, and whether it is. */
export interface Declaration {
  readonly id: string
  readonly topic: PrivacyTopic
  /** What must be answered. */
  readonly question: string
  readonly isDeclared: boolean
  /** `key datasets`, `section "Training data"`, `UserPrivacy: spec.retention`. */
  readonly where?: string
}

/** What is declared about a model, in the form of a stage of a validation. */
export interface DeclaredPrivacy extends StageOutcome {
  readonly statements: readonly Declaration[]
  readonly declared: number
  readonly required: number
  /** The declared share beside the least that admits a model; nothing where no topic is asked for. */
  readonly score?: Score
}

/** The score that admits a model where no policy asks for another. */
export const defaultPrivacyScore = 0.85

/** All cards of a package as one: a card may stand beside the README that holds the front matter. */
const joinedCard = (files: ModelPackage['files']): ModelCard | undefined => {
  const cards = files.map(({ bytes }) => parseModelCard(new TextDecoder().decode(bytes)))
  return cards.length === 0
    ? undefined
    : { keys: cards.flatMap(({ keys }) => keys), sections: cards.flatMap(({ sections }) => sections) }
}

/**
 * Compares what a package's model cards and the host's manifests declare with the statements that the topics require. It
 * judges what is declared, not whether it is true.
 *
 * @param options.threshold the least score that admits a model, {@link defaultPrivacyScore} when absent.
 * @example
 * ```ts
 * const { statements } = assessDeclarations(await readModelPackage('./models/digits'), ['dataCollection'])
 * statements.filter(({ isDeclared }) => !isDeclared).map(({ question }) => question)
 * ```
 */
export const assessDeclarations = (
  model: ModelPackage,
  topics: readonly PrivacyTopic[],
  options: { readonly manifests?: PrivacyManifests; readonly threshold?: number } = {},
): DeclaredPrivacy => {
  const { manifests, threshold = defaultPrivacyScore } = options
  const files = modelCardNames.flatMap((name) => model.files.filter(({ path }) => path === name))
  const statements = declaredStatements(joinedCard(files), topics, manifests)
  const declared = statements.filter(({ isDeclared }) => isDeclared).length
  const required = statements.length
  return {
    verdict: 'pass',
    measurements: { modelCards: files.length, declaredStatements: declared, requiredStatements: required },
    findings: checkStatements(statements, { path: files[0]?.path ?? model.path }),
    statements: statements.map(({ statement: { id, topic, question }, isDeclared, where }) => ({
      id,
      topic,
      question,
      isDeclared,
      ...(where === undefined ? {} : { where }),
    })),
    declared,
    required,
    ...(required === 0 ? {} : { score: scorePrivacy(declared, required, threshold) }),
    ...(files.length === 0 ? { note: `no model card: expected one of ${modelCardNames.join(', ')}` } : {}),
  }
}
