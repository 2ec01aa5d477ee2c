import type { NodeProto } from '@nootropic/core/formats'
import { printable, type Sighting } from '../../rule.ts'
import type { OnnxCheck } from '../check.ts'
import { onnxRules } from '../rules.ts'

const integers = (node: NodeProto, name: string): readonly bigint[] =>
  node.attribute.find((attribute) => attribute.name === name)?.ints ?? []

const texts = (node: NodeProto, name: string): readonly Uint8Array[] =>
  node.attribute.find((attribute) => attribute.name === name)?.strings ?? []

const isLeaf = (mode: Uint8Array | undefined): boolean =>
  mode !== undefined && Buffer.from(mode.buffer, mode.byteOffset, mode.byteLength).toString('latin1') === 'LEAF'

type Problem = Pick<Sighting, 'rule' | 'message'>

const outside = (message: string): Problem => ({ rule: onnxRules['contract-index'], message })
const cycle = (message: string): Problem => ({ rule: onnxRules['tree-cycle'], message })

/** Trees of unbounded depth have some dozens of levels, hundreds for data made to be hard (CWE-674). */
const maximumDepth = 4096

const tooDeep: Problem = {
  rule: onnxRules['tree-depth'],
  message: `expected trees of at most ${maximumDepth} levels, found one that is deeper`,
}

/** The children of each node of an ensemble, by index; below zero where there is none. */
type Children = readonly (readonly [number, number])[]

/** Whether the nodes are trees: each has one parent at most, and none is its own descendant. */
const shapeProblem = (children: Children): Problem | undefined => {
  const parents = new Int32Array(children.length)
  for (const pair of children) {
    // Some writers let both sides of a node be the same leaf.
    for (const child of new Set(pair)) if (child >= 0) parents[child] = (parents[child] ?? 0) + 1
  }
  const shared = parents.findIndex((count) => count > 1)
  if (shared >= 0)
    return cycle(`expected each node of a tree to have one parent, node ${shared} has ${parents[shared]}`)
  // With one parent at most, what no root reaches goes round in a circle.
  const depths = new Int32Array(children.length).fill(-1)
  const pending: number[] = []
  for (const [index, count] of parents.entries()) {
    if (count > 0) continue
    depths[index] = 0
    pending.push(index)
  }
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const depth = (depths[node] ?? 0) + 1
    for (const child of children[node] ?? []) {
      if (child < 0 || depths[child] !== -1) continue
      if (depth > maximumDepth) return tooDeep
      depths[child] = depth
      pending.push(child)
    }
  }
  const lost = depths.indexOf(-1)
  return lost < 0 ? undefined : cycle(`expected trees with a root, node ${lost} is its own ancestor`)
}

/** TreeEnsembleClassifier and -Regressor: nodes are named by tree and number. */
const namedProblem = (node: NodeProto, leafPrefix: 'class' | 'target'): Problem | undefined => {
  const [trees, numbers] = [integers(node, 'nodes_treeids'), integers(node, 'nodes_nodeids')]
  const [yes, no] = [integers(node, 'nodes_truenodeids'), integers(node, 'nodes_falsenodeids')]
  const modes = texts(node, 'nodes_modes')
  // Lists of different lengths are reported by the contract.
  if ([numbers, yes, no, modes].some((list) => list.length !== trees.length)) return undefined
  const indexOf = new Map(trees.map((tree, index) => [`${tree}:${numbers[index]}`, index]))
  if (indexOf.size < trees.length) return outside('expected each node of a tree once, found one twice')
  const children: [number, number][] = []
  for (const [index, tree] of trees.entries()) {
    if (isLeaf(modes[index])) {
      children.push([-1, -1])
      continue
    }
    const [left, right] = [yes[index], no[index]].map((child) => indexOf.get(`${tree}:${child}`))
    if (left === undefined || right === undefined) {
      return outside(`expected the children of node ${index} in tree ${tree}, found ${yes[index]} and ${no[index]}`)
    }
    children.push([left, right])
  }
  const [leafTrees, leafNumbers] = [integers(node, `${leafPrefix}_treeids`), integers(node, `${leafPrefix}_nodeids`)]
  const lost = leafTrees.findIndex((tree, index) => !indexOf.has(`${tree}:${leafNumbers[index]}`))
  if (lost >= 0) return outside(`expected leaves that are nodes, found ${leafTrees[lost]}:${leafNumbers[lost]}`)
  return shapeProblem(children)
}

/** TreeEnsemble (version 5): nodes and leaves are named by their index. */
const indexedProblem = (node: NodeProto): Problem | undefined => {
  const [yes, no] = [integers(node, 'nodes_truenodeids'), integers(node, 'nodes_falsenodeids')]
  const [yesLeaf, noLeaf] = [integers(node, 'nodes_trueleafs'), integers(node, 'nodes_falseleafs')]
  const leaves = integers(node, 'leaf_targetids').length
  if (no.length !== yes.length || yesLeaf.length !== yes.length || noLeaf.length !== yes.length) return undefined
  const root = integers(node, 'tree_roots').find((index) => index < 0n || index >= BigInt(Math.max(1, yes.length)))
  if (root !== undefined) return outside(`expected tree_roots below ${yes.length}, found ${root}`)
  const children: [number, number][] = []
  for (const [index, child] of yes.entries()) {
    const pair = [
      [child, yesLeaf[index] !== 0n],
      [no[index] ?? -1n, noLeaf[index] !== 0n],
    ] as const
    const wrong = pair.find(([place, leaf]) => place < 0n || place >= BigInt(leaf ? leaves : yes.length))
    if (wrong !== undefined) {
      return outside(
        `expected the children of node ${index} below ${wrong[1] ? leaves : yes.length}, found ${wrong[0]}`,
      )
    }
    const [left, right] = pair.map(([place, leaf]) => (leaf ? -1 : Number(place)))
    children.push([left ?? -1, right ?? -1])
  }
  return shapeProblem(children)
}

const problemOf = (node: NodeProto): Problem | undefined => {
  if (node.domain !== 'ai.onnx.ml') return undefined
  if (node.opType === 'TreeEnsemble') return indexedProblem(node)
  if (node.opType === 'TreeEnsembleClassifier') return namedProblem(node, 'class')
  return node.opType === 'TreeEnsembleRegressor' ? namedProblem(node, 'target') : undefined
}

/** Ensembles of decision trees: every child and leaf is there, and trees are trees. */
export const treesCheck: OnnxCheck = {
  name: 'trees',
  *check(scan, { scopes }) {
    for (const { place, nodes } of scopes) {
      for (const [index, node] of nodes.entries()) {
        const problem = problemOf(node)
        if (problem === undefined) continue
        scan.checkTime?.()
        yield { ...problem, message: printable(problem.message), inside: `${place}.node[${index}]` }
      }
    }
  },
}
