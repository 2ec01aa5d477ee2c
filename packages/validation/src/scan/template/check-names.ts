import type { Severity } from '@nootropic/core'
import { printable, type Rule } from '../rule.ts'
import { templateRules as rules } from './rules.ts'
import {
  constructors,
  dangerousCalls,
  filters,
  functions,
  internalAttributes,
  internalObjects,
  methods,
  tests,
} from './vocabulary.ts'

/** Tells a rule, what was expected and found, and how bad it is where that is not the rule's own. */
export type Report = (rule: Rule, message: string, severity?: Severity) => void

const quoted = (name: string): string => `\`${printable(name)}\``

/** An attribute or a key that is written out. */
export const checkAttribute = (name: string, report: Report): void => {
  if (!name.startsWith('__') && !internalAttributes.has(name)) return
  report(rules['private-attribute'], `expected a field of a message or a tool, found ${quoted(name)}`)
}

/** An attribute behind a point; Jinja's sandbox keeps all from templates that begin with an underscore. */
export const checkDotted = (name: string, report: Report): void => {
  checkAttribute(name, report)
  if (!/^_(?!_)/.test(name)) return
  report(rules['private-attribute'], `expected a field of a message or a tool, found ${quoted(name)}`, 'medium')
}

/** A text that may be used as the name of an attribute. */
export const checkLiteral = (text: string, report: Report): void => {
  for (const name of text.split('.')) if (/^__\w+__$/.test(name)) checkAttribute(name, report)
}

/** The name of what is called: the last part where it is a method. */
export const checkCalled = (name: string, kind: 'function' | 'method', isKnown: boolean, report: Report): void => {
  if (isKnown || (kind === 'method' ? methods : functions).has(name)) return
  const rule = dangerousCalls.has(name) ? rules['dangerous-call'] : rules['unknown-call']
  report(rule, `expected a ${kind} that builds prompts, found a call of ${quoted(name)}`)
}

/** A name that is used as a value. */
export const checkVariable = (name: string, report: Report): void => {
  if (name.startsWith('__')) checkAttribute(name, report)
  else if (internalObjects.has(name) || constructors.has(name)) {
    report(rules['internal-object'], `expected what a conversation holds, found ${quoted(name)}`)
  }
}

/** The name of a filter. */
export const checkFilter = (name: string, report: Report): void => {
  if (name === 'attr') report(rules['attribute-filter'], 'expected attributes by name, found the filter `attr`')
  else if (!filters.has(name)) report(rules['unknown-operation'], `expected a filter of Jinja, found ${quoted(name)}`)
}

/** The name of a test. */
export const checkTest = (name: string, report: Report): void => {
  if (!tests.has(name)) report(rules['unknown-operation'], `expected a test of Jinja, found ${quoted(name)}`)
}
