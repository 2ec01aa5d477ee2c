import type { Budget } from '../budget.ts'
import type { Inspection } from '../inspection.ts'
import type { Report } from './check-names.ts'
import { checkTokens } from './check-tokens.ts'
import { checkTree } from './check-tree.ts'
import { type Lexed, lexTemplate, type Region } from './regions.ts'
import { templateRules as rules } from './rules.ts'
import { parseTemplate } from './syntax-tree.ts'

/** The largest templates in use have 30 KB (CWE-770). */
export const maximumTemplateLength = 1 << 20
/** Far more than the largest in use; parsing takes time by the token (CWE-400). */
const maximumTokens = 40_000
/** Parsers recurse (CWE-674). */
const maximumDepth = 64

const hiddenText = /[\u202A-\u202E\u2066-\u2069\u{E0000}-\u{E007F}]|[\u200B-\u200F\u2060-\u2064\uFEFF]{4,}/u

/** The languages of Go, which Ollama uses, and of Mustache: they reach only what they are given, and Jinja renders neither. */
const isOtherLanguage = ({ regions, plain }: Lexed): boolean =>
  regions.every(({ kind }) => kind === 'expression') &&
  /\{\{-?\s*(?:[.$#/^>!]|(?:if|range|with|end|else)\b)/.test(plain)

const countTokens = (regions: readonly Region[]): number => regions.reduce((sum, { tokens }) => sum + tokens.length, 0)

/** The tokens of a template. Jinja takes all ends of lines for the same. */
export const lexLines = (source: string): Lexed => lexTemplate(source.replace(/\r\n?/g, '\n'))

/**
 * Parses a Jinja template and reports what goes beyond building a prompt out of messages.
 *
 * It is parsed to a syntax tree, of which every attribute, call, filter and test must be known. One that has no syntax
 * tree is checked word by word.
 *
 * @param known its tokens, when they are known.
 */
export const judgeTemplate = (source: string, report: Report, known?: Lexed): void => {
  if (source.length > maximumTemplateLength) {
    report(rules.size, `expected at most ${maximumTemplateLength} characters, found ${source.length}`)
    return
  }
  if (hiddenText.test(source)) report(rules['hidden-text'], 'expected visible text, found characters that are not')
  const lexed = known ?? lexLines(source)
  const { regions, depth, problem } = lexed
  if (regions.length === 0 && problem === undefined) return
  if (lexed.isDisguised) report(rules['escaped-name'], 'expected letters as themselves, found them as escapes')
  const tokens = countTokens(regions)
  if (tokens > maximumTokens) report(rules.size, `expected at most ${maximumTokens} tokens, found ${tokens}`)
  if (depth > maximumDepth)
    report(rules.nesting, `expected at most ${maximumDepth} brackets inside one another, found ${depth}`)
  if (tokens > maximumTokens || depth > maximumDepth) return

  const tree = problem === undefined ? parseTemplate(lexed.plain) : { problem }
  if (!('problem' in tree)) {
    checkTree(tree, report)
    return
  }
  // What Jinja refuses another runtime may render; what only this parser refuses can still be read word by word.
  const isReadable = problem === undefined || isOtherLanguage(lexed)
  const message = `expected a template with a syntax tree, found ${tree.problem}`
  report(rules.unparsed, message, isReadable ? 'low' : undefined)
  checkTokens(regions, report)
}

/** What the templates of one file may have together, in characters and as many again for each (CWE-770). */
const maximumTotalLength = 1 << 21
const templateOverhead = 256

const totalLengths = new WeakMap<Budget, number>()

/** Reports what is wrong with a template, each thing once. */
export const checkTemplate = (source: string, inspection: Inspection, inside?: string): void => {
  const { budget } = inspection
  budget.checkTime()
  const before = totalLengths.get(budget) ?? 0
  if (before > maximumTotalLength) return
  const total = before + source.length + templateOverhead
  totalLengths.set(budget, total)
  if (total > maximumTotalLength) {
    inspection.incomplete(`templates not read from ${inside ?? 'here'} on: more than ${maximumTotalLength} characters`)
  }
  const told = new Set<string>()
  judgeTemplate(source, (rule, message, severity = rule.severity) => {
    if (told.size === told.add(`${rule.id} ${severity} ${message}`).size) return
    inspection.report({ rule, message, inside, severity })
  })
}
