import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { checkTemplate } from '../template/check-template.ts'
import { checkText } from '../text/check-text.ts'
import { isSecretName } from '../text/secrets.ts'
import { configurationRules } from './rules.ts'
import { type Entry, placeOf } from './walk.ts'

const isTemplateName = (name: string): boolean => /template|jinja|prompt/i.test(name)

/** `chat_template` is a text, a map of texts, or a list of `{ name, template }`. */
const isTemplate = (text: string, { key, path }: Entry): boolean =>
  (isTemplateName(key) || path.slice(-3).some(isTemplateName)) && /\{[{%#]/.test(text)

const evaluated = /\$\{(?:eval|exec|python|py|sh|shell|cmd|bash|system|call)\s{0,4}:([^\n]{1,300})/i
const environment = /\$\{(?:oc\.env|env)\s{0,4}:\s{0,4}(\w{0,60}(?:SECRET|TOKEN|PASSWORD|CREDENTIAL|_KEY)\w{0,60})/i

const checkInterpolation = (text: string, inside: string, inspection: Inspection): void => {
  if (!text.includes('${')) return
  const expression = evaluated.exec(text)?.[1]
  const variable = environment.exec(text)?.[1]
  if (expression !== undefined) {
    inspection.report({
      rule: configurationRules['resolver-code'],
      message: `expected a value, found an interpolation that evaluates ${printable(expression)}`,
      inside,
      evidence: { found: printable(text) },
      // Arithmetic with other values is what such a resolver is registered for.
      severity:
        /^[\d\s+\-*/%.'"(){}$\w:,]*$/.test(expression) && !/__|import|open|system/.test(expression) ? 'low' : 'medium',
    })
  }
  if (variable !== undefined) {
    inspection.report({
      rule: configurationRules['resolver-code'],
      message: `expected a value, found an interpolation that copies ${variable} out of the environment`,
      inside,
      evidence: { found: printable(text) },
      severity: 'low',
    })
  }
}

/** Looks at a string as a template, an interpolation, or a text with its name. */
export const checkString = (entry: Entry, inspection: Inspection): void => {
  const { key, value, path, isData } = entry
  if (typeof value !== 'string' || value.length < 4) return
  const inside = placeOf(path)
  if (isTemplate(value, entry)) {
    checkTemplate(value, inspection, inside)
    checkText(value, 'prose', inspection, inside)
    return
  }
  checkInterpolation(value, inside, inspection)
  // The name is what makes a secret of a random value.
  const text = isSecretName(key) ? `${key}: ${value}` : value
  checkText(text, isData ? 'prose' : 'configuration', inspection, inside)
}
