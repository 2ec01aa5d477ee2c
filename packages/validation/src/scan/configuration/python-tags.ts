import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { configurationRules } from './rules.ts'

const corePrefix = 'tag:yaml.org,2002:'
const pythonPrefix = `${corePrefix}python/`

/** Types of plain data, which a safe loader builds as well. */
const plainTypes = new Set(
  'none bool str unicode bytes int long float complex list tuple dict'
    .split(' ')
    .map((name) => `${pythonPrefix}${name}`),
)

/** A tag as loaders compare it: PyYAML decodes `%70` in a verbatim tag and in a prefix, where YAML 1.2 does not. */
export const decodedTag = (tag: string): string =>
  tag.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))

/**
 * Reports a tag that makes an unsafe loader import or call something.
 *
 * @returns whether it is a tag of Python at all.
 */
export const checkPythonTag = (tag: string, value: string, offset: number, inspection: Inspection): boolean => {
  if (!tag.startsWith(pythonPrefix)) return false
  if (plainTypes.has(tag)) return true
  const [kind = '', name = value] = tag.slice(pythonPrefix.length).split(':', 2)
  // `name` and `module` only import; `object` and its kin call as well.
  const isImport = kind === 'name' || kind === 'module'
  inspection.report({
    rule: configurationRules['python-tag'],
    message: `expected plain data, found a tag that ${isImport ? 'imports' : 'calls'} ${printable(name)}`,
    offset,
    evidence: { tag: printable(tag) },
    severity: isImport ? 'high' : 'critical',
  })
  return true
}

/** What a loader acts on: with a name behind the kind. */
const actingTag = /^tag:yaml\.org,2002:python\/(?:object|name|module)[\w/]{0,20}:\w/

/** A `%TAG` directive, or a tag: verbatim, or with a handle. No match is long, so that the time is linear. */
const directiveOrTag =
  /(?<![^\n\r\u0085\u2028\u2029\uFEFF])%TAG[ \t]+(![\w-]*!?)[ \t]+([^\s\u0085]{1,200})|(!(?:[\w-]*!)?)(<?)(?=([^\s\u0085<>"'!]{1,200}))/g

/** How far back an anchor before a tag is looked for. */
const anchorLength = 4096

/** Whether YAML takes what begins here for a tag: behind a line's start, an indicator or an anchor, not amid a text. */
const standsAsTag = (text: string, start: number): boolean => {
  let before = start - 1
  while (text[before] === ' ' || text[before] === '\t' || text[before] === '\uFEFF') before -= 1
  if (before < 0 || ':?,[{-\n\r\u0085\u2028\u2029'.includes(text[before] ?? '')) return true
  return /&[\w-]+$/.test(text.slice(Math.max(0, before + 1 - anchorLength), before + 1))
}

/** Looks at the next piece of a text. */
export type TextCheck = (text: string, inspection: Inspection) => void

/**
 * Finds tags of Python in a text that is not parsed: too long, or no YAML for this parser though perhaps for another.
 * It remembers the handles that `%TAG` declares from piece to piece, and tells the first tag.
 *
 * @param findExamples of a text, finds the places that only show a tag.
 */
export const createPythonTagCheck = (findExamples?: (text: string) => (offset: number) => boolean): TextCheck => {
  const prefixes = new Map([
    ['!', '!'],
    ['!!', corePrefix],
  ])
  let isTold = false
  return (text, inspection) => {
    const mayHold = prefixes.size > 2 || prefixes.get('!') !== '!' || /!!|!<|%TAG/.test(text)
    if (isTold || !mayHold) return
    let isExample: ((offset: number) => boolean) | undefined
    for (const match of text.matchAll(directiveOrTag)) {
      const [, declared, prefix = '', handle = '', verbatim, suffix = ''] = match
      if (declared !== undefined) prefixes.set(declared, prefix)
      const tag = decodedTag(`${verbatim === '<' ? '' : (prefixes.get(handle) ?? '')}${suffix}`)
      if (!actingTag.test(tag) || !standsAsTag(text, match.index)) continue
      isExample ??= findExamples?.(text) ?? (() => false)
      if (isExample(match.index)) continue
      isTold = checkPythonTag(tag.replace(/[^\w/:.,]+.*$/s, ''), '', 0, inspection)
      return
    }
  }
}
