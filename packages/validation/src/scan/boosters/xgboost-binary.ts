import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import type { ByteSource } from '../source.ts'
import { checkText } from '../text/check-text.ts'
import { checkClass, checkTree, reportSize } from './tree.ts'

/** Sizes of the structures that XGBoost writes as they lie in memory, little-endian (versions 0.7 to 2.0). */
const learnerLength = 136
const modelLength = 160
const treeLength = 148
const nodeLength = 20
const statisticsLength = 16

/** Names of objectives and boosters; texts of attributes. */
const maximumNameLength = 1024
const maximumTextLength = 1 << 20

/** Attributes are a few: the round that was best, names of features (CWE-770). */
const maximumAttributes = 10_000

class Truncated extends Error {}

interface Cursor {
  /** Takes the next bytes, or reports that the content does not have them. */
  take(what: string, length: number): DataView
  /** A text behind its length. */
  text(what: string, maximumLength: number): string
}

const createCursor = (content: ByteSource, start: number, inspection: Inspection): Cursor => {
  let at = start
  const take = (what: string, length: number): DataView => {
    const available = content.size - at
    if (length > available) {
      reportSize(what, length, available, at, inspection)
      throw new Truncated()
    }
    const bytes = content.read(at, length)
    at += length
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  return {
    take,
    text(what, maximumLength) {
      const length = Number(take(what, 8).getBigUint64(0, true))
      if (length > maximumLength) {
        reportSize(what, length, Math.min(maximumLength, content.size - at), at - 8, inspection)
        throw new Truncated()
      }
      const view = take(what, length)
      return Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('utf8')
    },
  }
}

const readTree = (cursor: Cursor, inside: string, features: number, inspection: Inspection): void => {
  const header = cursor.take('a tree', treeLength)
  const nodes = header.getInt32(4, true)
  if (nodes < 0) {
    reportSize('the nodes of a tree', nodes, 0, 0, inspection)
    throw new Truncated()
  }
  const structure = cursor.take('the nodes of a tree', nodes * nodeLength)
  cursor.take('the statistics of a tree', nodes * statisticsLength)
  const field = (node: number, index: number): number => structure.getInt32(node * nodeLength + index * 4, true)
  const isLeaf = (node: number): boolean => field(node, 1) === -1
  checkTree(
    {
      inside,
      nodes,
      childrenOf: (node) => (isLeaf(node) ? [] : [field(node, 1), field(node, 2)]),
      // The highest bit says which way a missing value goes.
      featureOf: (node) => (isLeaf(node) ? undefined : field(node, 3) & 0x7fffffff),
    },
    features,
    inspection,
  )
}

const readTrees = (cursor: Cursor, features: number, classes: number, inspection: Inspection): void => {
  const trees = cursor.take('the model of trees', modelLength).getInt32(0, true)
  for (let index = 0; index < trees; index += 1) {
    inspection.budget.checkTime()
    readTree(cursor, `trees.${index}`, features, inspection)
  }
  if (trees <= 0) return
  const groups = cursor.take('the outputs of the trees', trees * 4)
  for (let index = 0; index < trees; index += 1) {
    checkClass(groups.getInt32(index * 4, true), classes, `trees.${index}`, inspection)
  }
}

const readAttributes = (cursor: Cursor, inspection: Inspection): void => {
  const count = Number(cursor.take('the attributes', 8).getBigUint64(0, true))
  if (count > maximumAttributes) {
    reportSize('the attributes', count, maximumAttributes, 0, inspection)
    return
  }
  for (let index = 0; index < count; index += 1) {
    const name = cursor.text('the name of an attribute', maximumTextLength)
    const value = cursor.text('an attribute', maximumTextLength)
    checkText(`${name}: ${value}`, 'metadata', inspection, `attributes.${printable(name)}`)
  }
}

const magic = 'binf'

const objective = /^(?:binary|reg|multi|rank|count|survival|gpu|custom)[:\w]{0,60}$/

/** Where the structures begin, by the name of the objective behind the first of them; nothing when it is not there. */
export const xgboostBinaryStart = (head: Uint8Array): number | undefined => {
  const start = Buffer.from(head.subarray(0, magic.length)).toString('latin1') === magic ? magic.length : 0
  const at = start + learnerLength
  if (head.length < at + 12) return undefined
  const length = new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(at, true)
  const name = Buffer.from(head.subarray(at + 8, at + 8 + Math.min(length, 64))).toString('latin1')
  return objective.test(name) ? start : undefined
}

/** Reads a model in the binary format that XGBoost wrote until version 2. */
export const inspectXgboostBinary = (content: ByteSource, inspection: Inspection): void => {
  const start = xgboostBinaryStart(content.read(0, 512))
  if (start === undefined) {
    inspection.incomplete('no model of XGBoost')
    return
  }
  const cursor = createCursor(content, start, inspection)
  try {
    const learner = cursor.take('the learner', learnerLength)
    const features = learner.getUint32(4, true)
    const classes = Math.max(1, learner.getInt32(8, true))
    const hasAttributes = learner.getInt32(12, true) !== 0
    cursor.text('the objective', maximumNameLength)
    const booster = cursor.text('the booster', maximumNameLength)
    // A linear model is a vector of weights, and a dropout booster has weights of its trees behind them.
    if (booster !== 'gbtree' && booster !== 'dart') return
    readTrees(cursor, features, classes, inspection)
    if (hasAttributes && booster === 'gbtree') readAttributes(cursor, inspection)
  } catch (error) {
    if (!(error instanceof Truncated)) throw error
  }
}
