import { backdoorRules as behaviourBackdoorRules } from './behaviour/backdoor/rules.ts'
import { honestyRules } from './behaviour/honesty/rules.ts'
import { dependencyRules } from './dependencies/rules.ts'
import { provenanceRules } from './provenance/rules.ts'
import type { Rule } from './scan/rule.ts'
import { scanRules } from './scan/rules.ts'

/** Every rule of this package, by id: what files, dependencies, signatures and behaviour are checked for. */
export const validationRules: readonly Rule[] = [
  ...scanRules,
  ...Object.values<Rule>(honestyRules),
  ...Object.values<Rule>(behaviourBackdoorRules),
  ...Object.values<Rule>(dependencyRules),
  ...Object.values<Rule>(provenanceRules),
].toSorted((left, right) => (left.id < right.id ? -1 : 1))
