export { checkFormat, type FormatOptions } from './formats/check-format.ts'
export { checkTensorFormats } from './formats/check-tensor-formats.ts'
export {
  defaultFormatLimits,
  type FormatLimits,
  type FormatName,
  formatNames,
} from './formats/described-file.ts'
export { detectFormat } from './formats/detect-format.ts'
export { checkPersonalData } from './personal-data/check-personal-data.ts'
export {
  defaultMinimumConfidence,
  findPersonalData,
  findPersonalDataToRedact,
  type PersonalDataOptions,
} from './personal-data/find-personal-data.ts'
export { defaultPhoneRegions } from './personal-data/numbering-plans.ts'
export { personalDataTypes } from './personal-data/registry.ts'
export { type Match, type MatchAction, redact, type Treated, treatMatches } from './redact.ts'
export { checkSecrets } from './secrets/check-secrets.ts'
export { findSecrets, findSecretsToRedact, type SecretOptions, secretTypes } from './secrets/find-secrets.ts'
export { checkText } from './text/check-text.ts'
export { type ContentOptions, checkContent } from './text/content/check-content.ts'
export { checkJson, deepestJson, type JsonKind, type JsonOptions } from './text/content/check-json.ts'
export { defaultSchemes, findUrls, type UrlOptions } from './text/content/find-urls.ts'
export { termLimits } from './text/content/term-automaton.ts'
export { createTermFilter, type TermFilter, type TermFilterOptions } from './text/content/term-filter.ts'
export { type DisguiseOptions, type DisguiseType, disguiseTypes, findDisguises } from './text/find-disguises.ts'
export { checkInjection, defaultInjectionThreshold } from './text/injection/check-injection.ts'
export { findInjectionSigns, type InjectionSigns } from './text/injection/find-injection.ts'
export { type NormalForm, type SanitisedText, type SanitiseOptions, sanitiseText } from './text/sanitise-text.ts'
export { checkTextTensors, type SanitisedTensors, sanitiseTensors, type TextChange } from './text/text-tensors.ts'
export { checkProfile } from './values/check-profile.ts'
export {
  defaultFalseAlarmRate,
  fewestExamples,
  learnProfile,
  type Profile,
  type ProfileOptions,
  parseProfile,
  profileSchema,
  type TensorProfile,
} from './values/profile.ts'
export { checkValueRules, defaultTolerance, type ValueRule } from './values/value-rules.ts'
