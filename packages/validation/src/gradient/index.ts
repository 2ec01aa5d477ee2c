export { type LossName, lossNames } from '../behaviour/losses.ts'
export {
  buildGradient,
  type GradientModel,
  type GradientOptions,
  type GradientRefusal,
} from './build-gradient.ts'
export type { FloatType, GraphBuilder } from './graph-builder.ts'
export type { Refusal, ReverseRule, ReverseStep } from './rule.ts'
export { reverseRules } from './rules.ts'
