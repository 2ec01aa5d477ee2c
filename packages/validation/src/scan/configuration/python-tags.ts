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

/** What ends a line for a loader of YAML 1.1. */
const lineEnds = '\n\r\u0085\u2028\u2029'

const isIn = (characters: string, character: string | undefined): boolean =>
  character !== undefined && characters.includes(character)

/** The last place before `start` that holds none of `characters`; below the text's first place there is nothing. */
const placeBefore = (text: string, start: number, characters: string): number => {
  let place = start - 1
  while (isIn(characters, text[place])) place -= 1
  return place
}

const isLineStart = (text: string, place: number): boolean => place < 0 || isIn(lineEnds, text[place])

/**
 * Whether YAML takes what begins here for a tag: behind a line's start, an indicator, an anchor or, for what is in
 * brackets, another tag, not amid a text.
 *
 * @param isFlow whether a list in brackets or braces may be open there.
 */
const standsAsTag = (text: string, start: number, isFlow: boolean): boolean => {
  // A bracket that itself stands amid a text opens no list.
  const before = placeBefore(text, start, ' \t\uFEFF[{')
  const isBracketed = /[[{]/.test(text.slice(before + 1, start))
  if (isLineStart(text, before)) return true
  const last = text[before]
  // An entry of a list begins its line, perhaps behind other entries and keys.
  if (last === '-') return isBracketed || isFlow || isLineStart(text, placeBefore(text, start, ' \t\uFEFF-?:'))
  if (last === ',') return isBracketed || isFlow
  if (last === ':' || last === '?') return true
  // An anchor, or the tag of what the brackets hold.
  for (
    let place = before;
    place >= 0 && before - place < anchorLength && !/[\s[{,]/.test(text[place] ?? '');
    place -= 1
  ) {
    if (text[place] === '&' || text[place] === '!') return true
  }
  return false
}

/** Looks at the next piece of a text. */
export type TextCheck = (text: string, inspection: Inspection) => void

/** Of a piece of a text, tells the places that only show a tag. `isFirst` says that nothing stands before the piece. */
export type FindExamples = (text: string, isFirst: boolean) => (offset: number) => boolean

/**
 * Finds tags of Python in a text that is not parsed: too long, or no YAML for this parser though perhaps for another.
 * It remembers the handles that `%TAG` declares from piece to piece, and tells the first tag.
 *
 * @param findExamples of a text, finds the places that only show a tag.
 */
export const createPythonTagCheck = (findExamples?: FindExamples): TextCheck => {
  const prefixes = new Map([
    ['!', '!'],
    ['!!', corePrefix],
  ])
  let isTold = false
  let pieces = 0
  let hadBracket = false
  return (text, inspection) => {
    pieces += 1
    const bracket = hadBracket ? 0 : text.search(/[[{]/)
    hadBracket ||= bracket >= 0
    const mayHold = prefixes.size > 2 || prefixes.get('!') !== '!' || /!!|!<|%TAG/.test(text)
    if (isTold || !mayHold) return
    let isExample: ((offset: number) => boolean) | undefined
    for (const match of text.matchAll(directiveOrTag)) {
      const [, declared, prefix = '', handle = '', verbatim, suffix = ''] = match
      if (declared !== undefined) prefixes.set(declared, prefix)
      const tag = decodedTag(`${verbatim === '<' ? '' : (prefixes.get(handle) ?? '')}${suffix}`)
      if (!actingTag.test(tag) || !standsAsTag(text, match.index, bracket >= 0 && bracket < match.index)) continue
      isExample ??= findExamples?.(text, pieces === 1) ?? (() => false)
      if (isExample(match.index)) continue
      isTold = checkPythonTag(tag.replace(/[^\w/:.,]+.*$/s, ''), '', 0, inspection)
      return
    }
  }
}
