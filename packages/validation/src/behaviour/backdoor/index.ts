export { clusterActivations, judgeClusters } from './activation-clusters.ts'
export { type BackdoorOptions, checkBackdoor, defaultBackdoorOptions } from './check-backdoor.ts'
export {
  findTriggers,
  judgeTriggers,
  outlierIndices,
  type TriggerOutcome,
  type TriggerSearch,
} from './find-triggers.ts'
export { type ChangedBits, findChangedBits, findStructuredBits } from './low-bits.ts'
export type { Trigger, TriggerEffort } from './reconstruct-trigger.ts'
export { backdoorRules as behaviourBackdoorRules } from './rules.ts'
export { checkWeightSigns, type WeightSigns } from './weight-signs.ts'
