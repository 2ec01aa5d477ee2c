import { printable } from '../rule.ts'
import {
  checkAttribute,
  checkCalled,
  checkDotted,
  checkFilter,
  checkLiteral,
  checkTest,
  checkVariable,
  type Report,
} from './check-names.ts'
import { checkFileStatement, type ImportedNames, importedNames } from './file-statements.ts'
import type { Region, Token } from './regions.ts'
import { templateRules as rules } from './rules.ts'
import { dangerousCalls, fileStatements, keywords, statements } from './vocabulary.ts'

/** Filters and methods that make a text out of other values. */
const makers = new Set(['join', 'format', 'replace', 'string', 'reverse', 'pprint', 'tojson', 'urlencode'])
/** Marks that cut a text or put it together with another. */
const joints = new Set(['+', '*', '%', '|', '.', '['])
/** A value ends with one of these: a bracket behind it is a subscript or a call. */
const ends = new Set([')', ']', '}'])

const isMark = (token: Token | undefined, source: string): boolean => token?.kind === 'mark' && token.source === source

const isJoint = (token: Token | undefined): boolean => token?.kind === 'mark' && joints.has(token.source)

const isValue = (token: Token | undefined): boolean =>
  token !== undefined &&
  (token.kind === 'string' || (token.kind === 'name' && !keywords.has(token.source)) || ends.has(token.source))

/** Whether tokens put a text together out of texts that are written out. */
const isBuilding = (tokens: readonly Token[]): boolean =>
  tokens.some(({ kind, source }, at) => {
    const [before, after] = [tokens[at - 1], tokens[at + 1]]
    if (kind === 'mark') return source === '~'
    if (kind === 'name') return makers.has(source) && (isMark(before, '|') || isMark(before, '.'))
    if (kind !== 'string') return false
    // A bracket behind a text cuts it; one before it only opens a subscript or a list.
    return after?.kind === 'string' || isJoint(after) || (isJoint(before) && !isMark(before, '['))
  })

/** Names that a `set` gives a text which it puts together, or all that it encloses. */
const builtNames = (regions: readonly Region[]): ReadonlySet<string> => {
  const names = new Set<string>()
  for (const { kind, tokens } of regions) {
    if (kind !== 'statement' || tokens[0]?.source !== 'set') continue
    const equals = tokens.findIndex((token) => isMark(token, '='))
    if (equals >= 0 && !isBuilding(tokens.slice(equals + 1))) continue
    for (const { kind: part, source } of tokens.slice(1, equals < 0 ? undefined : equals)) {
      if (part === 'name') names.add(source)
    }
  }
  return names
}

/** The word that a statement begins with. */
const checkStatement = (tokens: readonly Token[], report: Report): void => {
  const name = tokens[0]?.source ?? ''
  if (fileStatements.has(name)) checkFileStatement(tokens, report)
  else if (!statements.has(name)) report(rules.statement, `expected a statement of Jinja, found \`${printable(name)}\``)
}

const subscriptAt = (tokens: readonly Token[], start: number): readonly Token[] => {
  let open = 0
  for (let at = start; at < tokens.length; at += 1) {
    if (isMark(tokens[at], '[')) open += 1
    else if (isMark(tokens[at], ']')) open -= 1
    if (open === 0) return tokens.slice(start + 1, at)
  }
  return tokens.slice(start + 1)
}

const checkSubscript = (inside: readonly Token[], built: ReadonlySet<string>, report: Report): void => {
  const [only] = inside
  if (inside.length === 1 && only?.kind === 'string') checkAttribute(only.source, report)
  else if (isBuilding(inside) || inside.some(({ kind, source }) => kind === 'name' && built.has(source))) {
    report(rules['built-name'], 'expected a plain key, found one that is put together')
  }
}

const checkName = (tokens: readonly Token[], at: number, { macros, files }: ImportedNames, report: Report): void => {
  const name = tokens[at]?.source ?? ''
  const before = tokens[at - 1]
  const isCalled = isMark(tokens[at + 1], '(')
  if (isMark(before, '.')) {
    checkDotted(name, report)
    const isMacro = files.has(tokens[at - 2]?.source ?? '') && !dangerousCalls.has(name)
    if (isCalled) checkCalled(name, 'method', isMacro, report)
    if (isCalled && name === 'format' && tokens[at - 2]?.kind !== 'string') {
      report(rules['format-access'], 'expected a text with plain fields, found one that is computed')
    }
  } else if (isMark(before, '|')) checkFilter(name, report)
  else if (keywords.has(name)) return
  else if (before?.source === 'is' || (before?.source === 'not' && tokens[at - 2]?.source === 'is')) {
    checkTest(name, report)
  } else if (isCalled) checkCalled(name, 'function', macros.has(name), report)
  else if (!isMark(tokens[at + 1], '=')) checkVariable(name, report)
}

/**
 * Checks a template that has no syntax tree word by word: stricter than by the tree, because what a name stands for is
 * not known.
 */
export const checkTokens = (regions: readonly Region[], report: Report): void => {
  const built = builtNames(regions)
  const imported = importedNames(regions)
  const own = regions.flatMap(({ tokens: [word, name] }) =>
    word?.source === 'macro' && name !== undefined ? [name.source] : [],
  )
  const names = { ...imported, macros: new Set([...imported.macros, ...own]) }
  for (const { kind, tokens } of regions) {
    const first = kind === 'statement' ? 1 : 0
    if (first === 1) checkStatement(tokens, report)
    for (let at = first; at < tokens.length; at += 1) {
      const token = tokens[at]
      if (token?.kind === 'name') checkName(tokens, at, names, report)
      else if (token?.kind === 'string') {
        checkLiteral(token.source, report)
        if (/\{[^{}]*[.[]\s*_/.test(token.source)) {
          report(rules['format-access'], 'expected a text with plain fields, found one that reaches into values')
        }
      } else if (isMark(token, '[') && isValue(tokens[at - 1])) checkSubscript(subscriptAt(tokens, at), built, report)
      else if (isMark(token, '(') && ends.has(tokens[at - 1]?.source ?? '') && tokens[at - 1]?.kind === 'mark') {
        report(rules['unknown-call'], 'expected a call of a named function, found a call of a result')
      }
    }
  }
}
