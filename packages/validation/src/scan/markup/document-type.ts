import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { markupRules } from './rules.ts'

/** Characters that a document may stand for by its entities; the longest sound ones name a dash (CWE-776). */
const maximumExpansion = 1 << 20

/** Entities that are read of one document type (CWE-770). */
const maximumEntities = 10_000

const identifier = `(?:SYSTEM|PUBLIC)\\s{1,20}(?:"[^"]{0,2000}"|'[^']{0,2000}')`
const entity = new RegExp(
  `<!ENTITY\\s{1,20}(?:%\\s{1,20})?([^\\s"'>]{1,200})\\s{1,20}(?:(${identifier})|"([^"]*)"|'([^']*)')`,
  'g',
)

const reference = /[&%]([^\s;&%"'<>#]{1,200});/g

/** How long each entity is once those inside it are expanded; the ones it names stand before it in a hostile chain. */
const longestExpansion = (values: ReadonlyMap<string, string>): number => {
  const lengths = new Map<string, number>()
  let longest = 0
  // A chain can be declared in any order; each round resolves one more link, and ten links are a bomb already.
  for (let round = 0; round < 10; round += 1) {
    for (const [name, value] of values) {
      let length = value.length
      for (const [, inner = ''] of value.matchAll(reference)) length += lengths.get(inner) ?? 0
      lengths.set(name, length)
      longest = Math.max(longest, length)
    }
    if (longest > maximumExpansion) break
  }
  return longest
}

const isSelfContained = (values: ReadonlyMap<string, string>): boolean =>
  ![...values].some(([name, value]) => value.includes(`&${name};`))

/** Looks at what a document type declares; `<!DOCTYPE html>` declares nothing. */
export const checkDocumentType = (declaration: string, inspection: Inspection): void => {
  const open = declaration.indexOf('[')
  const head = open < 0 ? declaration : declaration.slice(0, open)
  const external = new RegExp(identifier).exec(head)?.[0]
  // Everybody knows the types of the W3C by heart; parsers keep them.
  if (external !== undefined && !/["']-\/\/(?:W3C|IETF)\/\/|http:\/\/www\.w3\.org\/|about:legacy-compat/.test(head)) {
    // Desktop files name types that lie in a catalogue or beside them; models have none.
    const isOfModel = /^\s{0,20}(?:PMML|net)\s/.test(head)
    const isFetched = /^SYSTEM\s{1,20}["'](?:[a-z]{2,10}:\/\/|file:|\/|\\)/i.test(external)
    inspection.report({
      rule: markupRules['external-document-type'],
      message: `expected a document without an external type, found ${printable(external)}`,
      evidence: { found: printable(external) },
      severity: isOfModel || isFetched ? 'medium' : 'low',
    })
  }
  const values = new Map<string, string>()
  for (const [found, name = '', outside, double, single] of open < 0 ? [] : declaration.slice(open).matchAll(entity)) {
    if (values.size >= maximumEntities) break
    if (outside === undefined) {
      values.set(name, double ?? single ?? '')
      continue
    }
    inspection.report({
      rule: markupRules['external-entity'],
      message: `expected entities that are texts, found ${printable(name)} from ${printable(outside)}`,
      evidence: { found: printable(found) },
    })
  }
  const longest = longestExpansion(values)
  if (longest <= maximumExpansion && isSelfContained(values)) return
  inspection.report({
    rule: markupRules['entity-expansion'],
    message: `expected entities of at most ${maximumExpansion} characters, found one that expands to ${longest} or without end`,
    evidence: { entities: values.size, longest },
  })
}
