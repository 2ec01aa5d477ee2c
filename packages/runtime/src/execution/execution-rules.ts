import type { GuardLimits } from '../guards/check-values.ts'
import type { FormatOptions } from '../guards/formats/check-format.ts'
import type { ContentOptions } from '../guards/text/content/check-content.ts'
import type { Profile } from '../guards/values/profile.ts'
import type { ValueRule } from '../guards/values/value-rules.ts'

/** What becomes of personal data and secrets in an answer: it is withheld, they are taken out, or nothing is looked for. */
export type AnswerTreatment = 'withhold' | 'redact' | 'ignore'

/** What a host declares of the inputs and outputs of one model, beyond its signature. What is left out is not checked. */
export interface ModelRules {
  readonly inputs?: {
    /** Ranges, whole numbers, token ids, sums, by the name of an input. Checked by `sanitization`. */
    readonly values?: Readonly<Record<string, ValueRule>>
    /** Inputs that carry files, and of which formats. Checked by `formatVerification`. */
    readonly formats?: Readonly<Record<string, FormatOptions>>
    /** What honest inputs look like; others are refused. Checked by `sanitization`. */
    readonly profile?: Profile
  }
  readonly outputs?: {
    /** Checked by `securityScan`. */
    readonly values?: Readonly<Record<string, ValueRule>>
    /** What the texts of an answer may hold. Checked by `contentFiltering`. */
    readonly content?: ContentOptions
    /** What sound answers look like; others are withheld. Checked by `securityScan`. */
    readonly profile?: Profile
  }
}

/** What inputs and outputs may hold. */
export interface ExecutionRules {
  readonly limits?: GuardLimits
  /** What becomes of an input text that is not what a reader sees; it is refused when nothing is said. */
  readonly disguisedText?: 'refuse' | 'sanitise'
  /**
   * What becomes of an input text with signs of prompt injection. They are signs and no proof: it is told as an event when
   * nothing is said.
   */
  readonly promptInjection?: 'refuse' | 'report' | 'ignore'
  /** The answer is withheld when nothing is said, for either. */
  readonly personalData?: AnswerTreatment
  readonly secrets?: AnswerTreatment
  /** What becomes of an answer that no sound model gives: another shape than declared, NaN, infinities; withheld by default. */
  readonly unsound?: Exclude<AnswerTreatment, 'redact'>
  /** By the name of a model. */
  readonly models?: Readonly<Record<string, ModelRules>>
}

/** The rules for one model. */
export interface RulesOfModel extends Omit<ExecutionRules, 'models'> {
  readonly model: ModelRules
}

/** What holds for a model. */
export const rulesOf = ({ models = {}, ...rules }: ExecutionRules, model: string): RulesOfModel => ({
  ...rules,
  model: Object.hasOwn(models, model) ? (models[model] ?? {}) : {},
})

/** What the rules have not done, as a result names it. */
export const ignored = ({ promptInjection, personalData, secrets, unsound }: ExecutionRules): string[] =>
  Object.entries({ promptInjection, personalData, secrets, unsound }).flatMap(([rule, treatment]) =>
    treatment === 'ignore' ? [`rules.${rule}`] : [],
  )
