import { assessDeclarations } from '../privacy/declarations.ts'
import { privacyTopics } from '../privacy/statements.ts'
import { securityChecks, switchedOff, type Validation } from './validation.ts'

/** Privacy assessment: what the model card declares. */
export const analysePrivacy = async ({ model, policy, thresholds, stages }: Validation) => {
  const switches = policy.validation.securityChecks.privacyAssessment
  const topics = privacyTopics.filter((topic) => switches[topic])
  for (const topic of privacyTopics) {
    if (!switches[topic]) stages.skip(`${securityChecks}.privacyAssessment.${topic}`, switchedOff)
  }
  if (topics.length === 0) return undefined
  const outcome = assessDeclarations(model, topics, { threshold: thresholds.privacyScore })
  await stages.run('privacy', () => outcome)
  return outcome
}
