export { clopperPearson, type Interval } from '../statistics/clopper-pearson.ts'
export { assessPrivacy, type PrivacyAssessment, type PrivacyOptions } from './assess-privacy.ts'
export { type PrivacyAttackName, type PrivacyAttackResult, privacyAttacks } from './attack.ts'
export type { AttributeInference, AttributeOptions } from './attribute/infer-attribute.ts'
export { assessDeclarations, type Declaration, type DeclaredPrivacy, defaultPrivacyScore } from './declarations.ts'
export {
  defaultBudgets,
  type ExtractionOptions,
  type ExtractionPoint,
  type ModelExtraction,
} from './extraction/extract-model.ts'
export type { PrivacyAttackFigures } from './findings.ts'
export type { InversionOptions, InvertedClass, ModelInversion } from './inversion/invert-classes.ts'
export { defaultShadows, type MembershipInference, type MembershipOptions } from './membership/infer-membership.ts'
export { type BlindAreas, largestArea, largestEpsilon, leastExamples } from './membership/judge-membership.ts'
export type { SignalFigures } from './membership/measure-signal.ts'
export type {
  MemorisedOptions,
  MemorisedStrings,
  MemorisedText,
  SensitiveText,
  TextDetector,
} from './memorised/find-memorised.ts'
export {
  type PrivacyManifests,
  type PrivacyTopic,
  privacyStatements,
  privacyTopics,
  type Statement,
} from './statements.ts'
export { type Area, areaUnderCurve, type Catch } from './statistics/receiver-curve.ts'
export { type Features, featuresOf, oneHot } from './student/features.ts'
export type { Network } from './student/network.ts'
export type { Scaling } from './student/scaling.ts'
export { defaultStudent, type Lesson, type Student, type StudentEffort, trainStudent } from './student/train-student.ts'
