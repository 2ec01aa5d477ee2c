import { dependencyRules } from './dependencies/rules.ts'
import type { Rule } from './scan/rule.ts'
import { scanRules } from './scan/rules.ts'

/** Every rule of this package, by id: what files and what dependencies are checked for. */
export const validationRules: readonly Rule[] = [...scanRules, ...Object.values<Rule>(dependencyRules)].toSorted(
  (left, right) => (left.id < right.id ? -1 : 1),
)
