import { dependencyRules } from './dependencies/rules.ts'
import { provenanceRules } from './provenance/rules.ts'
import type { Rule } from './scan/rule.ts'
import { scanRules } from './scan/rules.ts'

/** Every rule of this package, by id: what files, dependencies and signatures are checked for. */
export const validationRules: readonly Rule[] = [
  ...scanRules,
  ...Object.values<Rule>(dependencyRules),
  ...Object.values<Rule>(provenanceRules),
].toSorted((left, right) => (left.id < right.id ? -1 : 1))
