export { assessModelPrivacy, type PrivacyTestOptions } from './assess-model-privacy.ts'
export type {
  AdversarialExample,
  AttackFigures,
  AttackPoint,
  AttackReport,
  Picture,
  WorstCaseFigures,
} from './attack-figures.ts'
export { type AttackModelOptions, attackModel } from './attack-model.ts'
export { type BehaviourReport, behaviourReportSchema } from './behaviour-report.ts'
export { behaviourText } from './behaviour-text.ts'
export { type CertificateName, type CertifiedFigures, certificates } from './certified-figures.ts'
export type { CorruptionReport } from './corruption-figures.ts'
export { defaultEpsilons, epsilonMeanings } from './epsilon.ts'
export { defaultBudgetMs, type ExaminationOptions, type ExaminationProgress } from './examine.ts'
export { behaviourPage } from './page/behaviour-page.ts'
export { defaultAttacks, type RequestedAttack } from './plan-attack.ts'
export type { PrivacyReport } from './privacy-figures.ts'
export type { ProfileReport } from './profile-figures.ts'
export { modalities, type RobustnessTestOptions, testModelRobustness } from './test-model-robustness.ts'
