import { closestWord, NootropicError } from '@nootropic/core'
import { validationRules } from '@nootropic/validation'
import type { Rule } from '@nootropic/validation/scan'
import type { Verb } from '../verb.ts'

const explain = (rule: Rule): string =>
  [
    `${rule.id} (${rule.severity}): ${rule.title}`,
    '',
    rule.explanation,
    '',
    `What to do: ${rule.remediation}`,
    ...(rule.tags.length === 0 ? [] : [`Tags: ${rule.tags.join(' ')}`]),
    ...rule.references,
    '',
  ].join('\n')

const find = (id: string): Rule => {
  const rule = validationRules.find((candidate) => candidate.id === id)
  if (rule !== undefined) return rule
  const near = closestWord(
    id,
    validationRules.map((candidate) => candidate.id),
  )
  throw new NootropicError(
    'USAGE',
    `expected the id of a rule, got "${id}"${near ? `; did you mean "${near}"?` : '. `nootropic rules` lists them'}`,
  )
}

export const rules: Verb = {
  name: 'rules',
  operands: '[RULE]',
  summary: 'list the rules of scan and deps, or explain one',
  options: {},
  async run({ operands: [id] }) {
    if (id !== undefined) {
      const rule = find(id)
      return { exit: 0, document: { rule }, text: explain(rule) }
    }
    const width = Math.max(...validationRules.map((rule) => rule.id.length))
    const lines = validationRules.map((rule) => `${rule.id.padEnd(width)}  ${rule.severity.padEnd(8)}  ${rule.title}`)
    return { exit: 0, document: { rules: validationRules }, text: `${lines.join('\n')}\n` }
  },
}
