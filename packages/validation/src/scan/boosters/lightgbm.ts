import type { Inspection } from '../inspection.ts'
import type { ByteSource } from '../source.ts'
import { checkText } from '../text/check-text.ts'
import { wholeText } from '../text/decode.ts'
import { checkFinite, checkLengths, checkTree, checkTreeCount, reportSize } from './tree.ts'

type Block = ReadonlyMap<string, string>

const blockOf = (text: string): Block => {
  const fields = new Map<string, string>()
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=')
    if (equals > 0) fields.set(line.slice(0, equals), line.slice(equals + 1).trim())
  }
  return fields
}

const numbersOf = (block: Block, name: string): readonly number[] | undefined => {
  const text = block.get(name)
  if (text === undefined) return undefined
  return text === '' ? [] : text.split(' ').map(Number)
}

const numberOf = (block: Block, name: string): number | undefined => numbersOf(block, name)?.[0]

/** A tree of LightGBM: inner nodes by number, leaves by the complement of theirs. */
const checkLightgbmTree = (
  block: Block,
  inside: string,
  features: number | undefined,
  inspection: Inspection,
): void => {
  const leaves = numberOf(block, 'num_leaves') ?? 0
  const nodes = Math.max(0, leaves - 1)
  const categories = numberOf(block, 'num_cat') ?? 0
  // An array that is missing is one that is too short: what follows sizes its work by them.
  const array = (name: string, expected: number) => [numbersOf(block, name)?.length ?? 0, expected] as const
  const values = numbersOf(block, 'leaf_value')
  checkFinite(values, inside, inspection)
  const isEven = checkLengths(
    {
      leaf_value: array('leaf_value', leaves),
      ...(nodes === 0
        ? {}
        : {
            split_feature: array('split_feature', nodes),
            threshold: array('threshold', nodes),
            decision_type: array('decision_type', nodes),
            left_child: array('left_child', nodes),
            right_child: array('right_child', nodes),
          }),
      ...(categories > 0 ? { cat_boundaries: array('cat_boundaries', categories + 1) } : {}),
    },
    inside,
    inspection,
  )
  if (!isEven || nodes === 0) return
  const left = numbersOf(block, 'left_child') ?? []
  const right = numbersOf(block, 'right_child') ?? []
  const split = numbersOf(block, 'split_feature') ?? []
  // Leaves stand behind the inner nodes, so that each is reached once as well.
  const numbered = (child: number | undefined): number =>
    child === undefined ? -1 : child >= 0 ? (child < nodes ? child : -1) : nodes + ~child
  checkTree(
    {
      inside,
      nodes: nodes + leaves,
      childrenOf: (node) => (node < nodes ? [numbered(left[node]), numbered(right[node])] : []),
      featureOf: (node) => (node < nodes ? split[node] : undefined),
    },
    features,
    inspection,
  )
}

const treeMark = '\nTree='
const endMark = '\nend of trees'

/** The model is split at the sizes in its header when it is loaded in parallel: they must be those of the trees. */
const checkTreeSizes = (header: Block, available: number, trees: number, inspection: Inspection): void => {
  const sizes = numbersOf(header, 'tree_sizes')
  if (sizes === undefined) return
  checkTreeCount(sizes.length, trees, inspection)
  const sum = sizes.reduce((total, size) => total + size, 0)
  // Line ends may have been changed on the way, which adds a byte a line and takes none.
  if (sizes.some((size) => !(size >= 0)) || sum > available) reportSize('tree_sizes', sum, available, 0, inspection)
}

/** Reads a model that LightGBM wrote as text. */
export const inspectLightgbm = (content: ByteSource, inspection: Inspection): void => {
  const text = wholeText(content, inspection.limits.heldBytes)
  if (text === undefined) {
    inspection.incomplete('not read as a model of LightGBM: too long, or no text')
    return
  }
  const endAt = text.indexOf(endMark)
  const end = endAt < 0 ? text.length : endAt
  const starts: number[] = []
  for (let at = text.indexOf(treeMark); at >= 0 && at < end; at = text.indexOf(treeMark, at + 1)) starts.push(at)
  const header = blockOf(text.slice(0, starts[0] ?? end))
  const lastFeature = numberOf(header, 'max_feature_idx')
  const features = lastFeature === undefined ? undefined : lastFeature + 1
  if (endAt < 0) inspection.incomplete('the model of LightGBM has no end of its trees')
  checkTreeSizes(header, end - (starts[0] ?? end), starts.length, inspection)
  const names = header.get('feature_names')
  if (names !== undefined && features !== undefined) {
    checkLengths({ feature_names: [names.split(' ').length, features] }, 'header', inspection)
  }
  for (const [index, start] of starts.entries()) {
    inspection.budget.checkTime()
    checkLightgbmTree(blockOf(text.slice(start, starts[index + 1] ?? end)), `Tree=${index}`, features, inspection)
  }
  for (const said of [text.slice(0, starts[0] ?? end), text.slice(end)]) checkText(said, 'metadata', inspection)
}
