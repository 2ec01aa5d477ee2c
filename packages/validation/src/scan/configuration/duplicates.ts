import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { decisiveKeys } from './fields.ts'
import { configurationRules } from './rules.ts'

/** Reports keys that stand twice; where the value decides what is loaded, it is no slip. */
export const checkDuplicates = (
  duplicates: readonly { readonly key: string; readonly offset: number }[],
  inspection: Inspection,
): void => {
  for (const { key, offset } of duplicates) {
    inspection.report({
      rule: configurationRules['duplicate-key'],
      message: `expected each key once, found ${JSON.stringify(printable(key))} again`,
      offset,
      evidence: { key: printable(key) },
      severity: decisiveKeys.has(key) ? 'medium' : 'low',
    })
  }
}
