import type { Report } from './check-names.ts'
import type { Region, Token } from './regions.ts'
import { templateRules as rules } from './rules.ts'

/** What may follow the name of the file: anything else is part of an expression that gives the name. */
const following = new Set(['ignore', 'with', 'without', 'import', 'as'])

/** A file below the directory that the host gives templates from. */
const plainPath = /^(?!\.)[\w.-]+(?:\/(?!\.)[\w.-]+)*$/

/** The names that other files bring into a template. */
export interface ImportedNames {
  /** Macros by their own names. */
  readonly macros: ReadonlySet<string>
  /** Files by the names that they are given, whose macros are called like methods. */
  readonly files: ReadonlySet<string>
}

/** The names that the statements of a template import; of `show as shown` the last. */
export const importedNames = (regions: readonly Region[]): ImportedNames => {
  const [macros, files] = [new Set<string>(), new Set<string>()]
  for (const { kind, tokens } of regions) {
    const [word, , next] = tokens
    if (kind !== 'statement' || next === undefined) continue
    if (word?.source === 'import' && next.source === 'as') files.add(tokens[3]?.source ?? '')
    if (word?.source !== 'from' || next.source !== 'import') continue
    for (const [index, { source }] of tokens.entries()) {
      if (index > 2 && source !== 'as' && tokens[index + 1]?.source !== 'as') macros.add(source)
    }
  }
  return { macros, files }
}

const namesPlainFile = ([, file, next]: readonly Token[]): boolean =>
  file?.kind === 'string' && plainPath.test(file.source) && (next === undefined || following.has(next.source))

/** A statement that reads another file; one that is named plainly is a part of the same set of templates. */
export const checkFileStatement = (tokens: readonly Token[], report: Report): void => {
  const message = `expected a template in one file, found \`${tokens[0]?.source}\``
  report(rules['loads-file'], message, namesPlainFile(tokens) ? 'low' : undefined)
}
