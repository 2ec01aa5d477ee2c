export {
  checkCurve,
  type HonestyEffort,
} from './attack-strength.ts'
export { checkHonesty, defaultHonestyOptions, type HonestyOptions } from './check-honesty.ts'
export { checkConstantAnswers, checkLayers } from './dead-units.ts'
export { checkDeclaredDomain, checkInputDomain } from './input-domain.ts'
export { checkLossSaturation, checkMaskedGradient } from './masked-gradient.ts'
export type { HonestyTarget, Observation, Unchecked } from './observation.ts'
export { checkQuantisedInput } from './quantised-input.ts'
export { checkRandomAnswers } from './random-answers.ts'
export { honestyRules } from './rules.ts'
