export { type Activations, type ClassClusters, clusterActivations, judgeClusters } from './activation-clusters.ts'
export { type BackdoorOptions, checkBackdoor, defaultBackdoorOptions } from './check-backdoor.ts'
export {
  findTriggers,
  judgeTriggers,
  outlierIndices,
  type TriggerOutcome,
  type TriggerSearch,
} from './find-triggers.ts'
export { type ChangedBits, findChangedBits, findStructuredBits, type LowBits } from './low-bits.ts'
export { defaultTriggerEffort, reconstructTrigger, type Trigger, type TriggerEffort } from './reconstruct-trigger.ts'
export { backdoorRules as behaviourBackdoorRules } from './rules.ts'
export { checkWeightSigns, type WeightSigns } from './weight-signs.ts'
