import { Composer, CST, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, Parser } from 'yaml'
import { quoted } from '../quoted.ts'
import { manifestLimits } from './limits.ts'
import { formatPlace, type ManifestProblem } from './problem.ts'

/** Where something stands in a file; lines and columns count from 1. */
interface Position {
  readonly line: number
  readonly column: number
}

/** A value of a YAML document with its place; the document itself is the outermost. */
export interface YamlEntry {
  readonly data: unknown
  readonly position: Position
  /** Where the key of the value stands; in a list, the value itself. */
  readonly keyPosition: Position
  /** A number as it is written. */
  readonly source?: string | undefined
  /** What is in a map or, by index, in a list. */
  readonly entries: ReadonlyMap<string, YamlEntry>
}

/** The entry at a place, or the last one on the way to it that exists. */
export const findEntry = (root: YamlEntry, place: readonly PropertyKey[]): { entry: YamlEntry; isMissing: boolean } => {
  let entry = root
  for (const part of place) {
    const inner = entry.entries.get(String(part))
    if (inner === undefined) return { entry, isMissing: true }
    entry = inner
  }
  return { entry, isMissing: false }
}

type Report = (offset: number, place: readonly PropertyKey[], message: string) => void

const refused: Readonly<Record<string, string>> = {
  alias: 'aliases (*name) are not used in manifests: write the value out',
  anchor: 'anchors (&name) are not used in manifests: remove it',
  tag: 'tags (!name) are not used in manifests: remove it',
  directive: 'directives (%NAME) are not used in manifests: remove the line',
}

/** Everything inside the tokens, without recursion: how deep it goes is untrusted. False where it goes too deep. */
const checkTokens = (tokens: readonly CST.Token[], report: Report): boolean => {
  const open = tokens.map((token) => ({ token, depth: 0 })).reverse()
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next
    const message = refused[token.type]
    if (message !== undefined) report(token.offset, [], message)
    if (depth > manifestLimits.depth) {
      report(token.offset, [], `lists and maps inside each other deeper than the limit of ${manifestLimits.depth}`)
      return false
    }
    const inside: CST.Token[] = []
    // One by one: a hundred thousand arguments of one call end the stack.
    if ('start' in token) for (const part of [token.start].flat()) inside.push(part)
    if ('props' in token) for (const part of token.props) inside.push(part)
    if (token.type === 'document' && token.value) inside.push(token.value)
    const isCollection = CST.isCollection(token)
    if (isCollection) {
      for (const item of token.items) {
        for (const part of item.start) inside.push(part)
        if (item.key) inside.push(item.key)
        for (const part of item.sep ?? []) inside.push(part)
        if (item.value) inside.push(item.value)
      }
    }
    for (const part of inside.reverse()) open.push({ token: part, depth: isCollection ? depth + 1 : depth })
  }
  return true
}

const none: ReadonlyMap<string, YamlEntry> = new Map()

/**
 * The documents of a YAML 1.2 text; those that hold nothing are left out. What manifests do without (aliases, anchors,
 * tags, directives, keys that are no text, keys that are there twice) is a problem; so is all that is not YAML.
 */
export const parseYamlDocuments = (
  text: string,
  file: string,
): { documents: readonly YamlEntry[]; problems: readonly ManifestProblem[] } => {
  const lines = new LineCounter()
  const problems: ManifestProblem[] = []
  const positionOf = (offset: number): Position => {
    const { line, col } = lines.linePos(Math.min(offset, text.length))
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const report: Report = (offset, place, message) => {
    problems.push({ file, ...positionOf(offset), path: formatPlace(place), message })
  }

  const mapEntries = (items: readonly Pair<Node, Node | null>[], start: number, place: readonly PropertyKey[]) => {
    const entries = new Map<string, YamlEntry>()
    for (const { key, value } of items) {
      const offset = key?.range?.[0] ?? start
      if (!isScalar(key) || typeof key.value !== 'string') {
        report(offset, place, 'expected a key that is text')
        continue
      }
      const inside = [...place, key.value]
      const first = entries.get(key.value)
      if (first === undefined) {
        entries.set(key.value, entryOf(value, offset, inside))
      } else {
        report(offset, inside, `duplicate key ${quoted(key.value)}; the first is on line ${first.keyPosition.line}`)
      }
    }
    return entries
  }

  const entryOf = (node: Node | null, keyOffset: number, place: readonly PropertyKey[]): YamlEntry => {
    const offset = node?.range?.[0] ?? keyOffset
    const positions = { position: positionOf(offset), keyPosition: positionOf(keyOffset) }
    if (isMap<Node, Node | null>(node)) {
      const entries = mapEntries(node.items, offset, place)
      // fromEntries makes even `__proto__` a key like any other.
      return { ...positions, entries, data: Object.fromEntries([...entries].map(([key, { data }]) => [key, data])) }
    }
    if (isSeq<Node>(node)) {
      const list = node.items.map((item, index) => entryOf(item, item?.range?.[0] ?? offset, [...place, index]))
      const entries = new Map(list.map((entry, index) => [String(index), entry]))
      return { ...positions, entries, data: list.map(({ data }) => data) }
    }
    if (!isScalar(node)) return { ...positions, entries: none, data: null }
    const source = typeof node.value === 'number' ? node.source : undefined
    return { ...positions, entries: none, data: node.value, source }
  }

  const tokens = [...new Parser(lines.addNewLine).parse(text)]
  if (!checkTokens(tokens, report)) return { documents: [], problems }

  // Keys that are there twice are told above, with both places; prettyErrors would put the file's text into messages.
  const composer = new Composer({ version: '1.2', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' })
  const documents: YamlEntry[] = []
  let count = 0
  for (const document of composer.compose(tokens)) {
    count += 1
    if (count > manifestLimits.documents) {
      report(document.range[0], [], `more documents in one file than the limit of ${manifestLimits.documents}`)
      break
    }
    const defects = [...document.errors, ...document.warnings]
    for (const defect of defects) report(defect.pos[0], [], `not YAML: ${defect.message}`)
    if (defects.length > 0) continue
    const root = entryOf(document.contents, document.range[0], [])
    if (root.data !== null) documents.push(root)
  }
  return { documents, problems }
}
