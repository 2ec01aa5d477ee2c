import type { ModelPackage } from '@nootropic/core/formats'
import type { StageOutcome } from '../outcome.ts'
import { modelCardNames, parseModelCard } from './model-card.ts'
import { checkStatements, declaredStatements, type PrivacyTopic } from './statements.ts'

/** What the assessment leaves for the score. */
export interface PrivacyOutcome extends StageOutcome {
  readonly declared: number
  readonly required: number
}

/**
 * Compares a package's model card with the statements that the topics require. It judges what is declared, not whether
 * it is true.
 */
export const assessPrivacy = (model: ModelPackage, topics: readonly PrivacyTopic[]): PrivacyOutcome => {
  const file = modelCardNames.flatMap((name) => model.files.filter(({ path }) => path === name))[0]
  const card = file === undefined ? undefined : parseModelCard(new TextDecoder().decode(file.bytes))
  const statements = declaredStatements(card, topics)
  const declared = statements.filter(({ isDeclared }) => isDeclared).length
  const required = statements.length
  return {
    verdict: 'pass',
    measurements: {
      modelCards: file === undefined ? 0 : 1,
      declaredStatements: declared,
      requiredStatements: required,
    },
    findings: checkStatements(statements, { path: file?.path ?? model.path }),
    declared,
    required,
    ...(file === undefined ? { note: `no model card: expected one of ${modelCardNames.join(', ')}` } : {}),
  }
}
