import { printable } from '../rule.ts'
import { checkText } from '../text/check-text.ts'
import { markupRules } from './rules.ts'
import type { Vocabulary } from './vocabulary.ts'

/** A model of the Predictive Model Markup Language. */
export const pmml: Vocabulary = {
  name: 'pmml',
  matches: ({ name }) => name === 'PMML',
  createCheck: (inspection) => (element) => {
    const { name, attributes, path } = element
    const called = name === 'Apply' ? attributes.get('function') : undefined
    if (called !== undefined && /^[\w$]{1,200}(?:\.[\w$]{1,200}){1,20}$/.test(called)) {
      inspection.report({
        rule: markupRules['class-function'],
        message: `expected a function of PMML or of the model, found ${printable(called)}`,
        inside: path.join('/'),
        evidence: { function: printable(called) },
      })
    }
    // Extensions hold what the exporter liked to add: a text that some reader may take at its word.
    for (const value of name === 'Extension' ? attributes.values() : []) {
      checkText(value, 'metadata', inspection, path.join('/'))
    }
  },
}
