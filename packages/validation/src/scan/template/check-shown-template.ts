import { isAtLeast } from '@nootropic/core'
import type { Inspection } from '../inspection.ts'
import type { Rule } from '../rule.ts'
import { judgeTemplate, lexLines } from './check-template.ts'
import { templateRules as rules } from './rules.ts'

/** What only an escape from the sandbox needs. Documents show includes, calls and filters of other engines. */
const escapes: ReadonlySet<Rule> = new Set([
  rules['private-attribute'],
  rules['attribute-filter'],
  rules['built-name'],
  rules['escaped-name'],
  rules['format-access'],
])

/** Limits that leave a template unread. */
const limits: ReadonlySet<Rule> = new Set([rules.size, rules.nesting])

/** Whether anything ends in a text that marks of Jinja open: without an end, Jinja refuses it. */
const hasTemplateEnds = (text: string): boolean => text.includes('}}') || text.includes('%}')

/** Whether a text has marks of Jinja. */
export const hasTemplateMarks = (text: string): boolean => text.includes('{{') || text.includes('{%')

/**
 * Looks at a text that opens like a document and has marks of a template in it: whoever names it `chat_template.jinja`
 * makes a runtime render all of it. What Jinja refuses is rendered by nobody, and so a document that only shows marks.
 */
export const checkShownTemplate = (text: string, inspection: Inspection): void => {
  if (!hasTemplateMarks(text) || !hasTemplateEnds(text)) return
  inspection.budget.checkTime()
  const lexed = lexLines(text)
  if (lexed.problem !== undefined) return
  const told = new Set<string>()
  judgeTemplate(
    text,
    (rule, message, severity = rule.severity) => {
      if (limits.has(rule)) inspection.incomplete(`not read as a template: ${message}`)
      if (!escapes.has(rule) || !isAtLeast(severity, 'high')) return
      if (told.size < told.add(`${rule.id} ${message}`).size) inspection.report({ rule, message, severity })
    },
    lexed,
  )
}
