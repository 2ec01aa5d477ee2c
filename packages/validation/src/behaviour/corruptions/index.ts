export { type CorruptionOptions, corruptTensor } from './corrupt-tensor.ts'
export { corruptTexts } from './corrupt-texts.ts'
export { type CorruptionSeverity, corruptionSeverities } from './corruption-description.ts'
export { type MeanCorruptionError, meanCorruptionError } from './mean-corruption-error.ts'
export {
  type CorruptionRun,
  type CorruptionSubject,
  type CorruptionTable,
  measureCorruptions,
} from './measure-corruptions.ts'
export { type CorruptionName, corruptionRegistry, corruptionsOf } from './registry.ts'
