export { accuracyCurve, consistencyCurve } from './accuracy-curve.ts'
export type { Thresholds, ValidationOptions } from './analysis/validation.ts'
export { type AdversarialOptions, type Attack, defaultAdversarialOptions } from './behaviour/adversarial.ts'
export type { Dataset, FloatTensor } from './behaviour/dataset.ts'
export { type Corruption, defaultRobustnessOptions, type RobustnessOptions } from './behaviour/robustness.ts'
export { checkDependencies, type DependencyOptions, type DependencyOutcome } from './dependencies/check-dependencies.ts'
export {
  adversarialOptions,
  attackOptions,
  dependencyOptions,
  enforcedSettings,
  robustnessOptions,
  robustnessTestOptions,
  severityReactions,
} from './manifests.ts'
export { type PrivacyTopic, privacyStatements, type Statement } from './privacy/statements.ts'
export { blockFrom, defaultReactions, type Reaction, type SeverityReactions } from './reactions.ts'
export { validationRules } from './rules.ts'
export { checkOnnx, type ScanInput, type ScanOptions, scan, scanPath } from './scan/index.ts'
export { severityPenalties } from './scores.ts'
export { validate } from './validate.ts'
