export {
  buildGradient,
  type GradientModel,
  type GradientOptions,
  type GradientRefusal,
} from './build-gradient.ts'
export type { Expansion, ExpansionStep } from './expansion.ts'
export { expansions } from './expansions.ts'
export type { FloatType, GraphBuilder } from './graph-builder.ts'
export { type LossName, lossNames } from './losses.ts'
export type { Refusal, ReverseRule, ReverseStep } from './rule.ts'
export { reverseRules } from './rules.ts'
