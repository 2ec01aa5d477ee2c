import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  type ParsedNode,
  parseAllDocuments,
} from 'yaml'

/** Nesting that a configuration may have (CWE-674); the parser itself overflows at about a thousand. */
const maximumDepth = 200

/** Values that a document may stand for once its aliases are followed (CWE-776). */
const maximumExpandedValues = 1_000_000

/** Anchors and aliases: the parser looks through all of them for each (CWE-407). */
const maximumReferences = 5000

/** Documents of one stream that are looked at. */
const maximumDocuments = 1000

/** What was read of a YAML stream. */
export interface YamlReading {
  readonly documents: readonly unknown[]
  /** Tags beside the core schema's, resolved through `%TAG`. */
  readonly tags: readonly { readonly tag: string; readonly offset: number; readonly value: string }[]
  readonly duplicates: readonly { readonly key: string; readonly offset: number }[]
  readonly isTooDeep: boolean
  readonly isBomb: boolean
  /** Why not all of it was read though it may be YAML. */
  readonly unread?: string
  /** Why it is no YAML. */
  readonly error?: string
}

const coreTag =
  /^tag:yaml\.org,2002:(?:map|seq|str|int|float|bool|null|binary|omap|pairs|set|timestamp|merge|value)$|^!$/

type Content = ParsedNode | Alias.Parsed | null | undefined

interface Findings {
  readonly tags: { tag: string; offset: number; value: string }[]
  readonly duplicates: { key: string; offset: number }[]
  references: number
}

class TooDeep extends Error {}

/** Looks at every node, and counts what the document stands for once its aliases are followed. */
const survey = (document: Document.Parsed, findings: Findings): number => {
  const sizes = new Map<string, number>()
  const go = (node: Content, depth: number): number => {
    if (node === null || node === undefined) return 1
    if (depth > maximumDepth) throw new TooDeep()
    if (isAlias(node)) {
      findings.references += 1
      return sizes.get(node.source) ?? 1
    }
    const { tag, range } = node
    if (tag !== undefined && !coreTag.test(tag)) {
      findings.tags.push({ tag, offset: range[0], value: isScalar(node) ? String(node.value) : '' })
    }
    let size = 1
    const keys = new Set<string>()
    for (const item of isCollection(node) ? node.items : []) {
      if (!isPair(item)) {
        size += go(item as Content, depth + 1)
        continue
      }
      const key = item.key as Content
      if (isMap(node) && isScalar(key) && typeof key.value === 'string' && key.value !== '<<') {
        if (keys.has(key.value)) findings.duplicates.push({ key: key.value, offset: key.range[0] })
        keys.add(key.value)
      }
      size += go(key, depth + 1) + go(item.value as Content, depth + 1)
    }
    if (isNode(node) && node.anchor !== undefined) {
      findings.references += 1
      sizes.set(node.anchor, size)
    }
    return size
  }
  return go(document.contents, 0)
}

const parsed = (text: string): Document.Parsed[] => {
  const documents = parseAllDocuments(text, {
    // PyYAML reads YAML 1.1: merge keys, yes and no.
    version: '1.1',
    prettyErrors: false,
    logLevel: 'silent',
    uniqueKeys: false,
    strict: false,
  })
  return Array.isArray(documents) ? documents : []
}

/** Reads YAML as far as it can be read, without following more aliases than a sound document has. */
export const readYaml = (text: string): YamlReading => {
  const findings: Findings = { tags: [], duplicates: [], references: 0 }
  const documents: unknown[] = []
  let isTooDeep = false
  let isBomb = false
  let error: string | undefined
  let unread: string | undefined
  try {
    const stream = parsed(text)
    if (stream.length > maximumDocuments) unread = `more than ${maximumDocuments} documents`
    for (const document of stream.slice(0, maximumDocuments)) {
      error ??= document.errors[0]?.message
      isBomb ||= survey(document, findings) > maximumExpandedValues
      if (findings.references > maximumReferences) unread = `more than ${maximumReferences} anchors and aliases`
      else if (!isBomb) documents.push(document.toJS({ maxAliasCount: -1 }))
    }
  } catch (cause) {
    // The parser recurses: what overflows its stack is nested deeper than any document.
    isTooDeep = cause instanceof TooDeep || cause instanceof RangeError
    if (!isTooDeep) error = cause instanceof Error ? cause.message : String(cause)
  }
  const { tags, duplicates } = findings
  return {
    documents,
    tags,
    duplicates,
    isTooDeep,
    isBomb,
    ...(unread === undefined ? {} : { unread }),
    ...(error === undefined ? {} : { error }),
  }
}
