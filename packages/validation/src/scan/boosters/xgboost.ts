import { isRecord } from '../configuration/walk.ts'
import type { Inspection } from '../inspection.ts'
import { checkClass, checkFinite, checkLengths, checkTree, checkTreeCount, type Numbers } from './tree.ts'

type Fields = Readonly<Record<string, unknown>>

const fieldsOf = (value: unknown): Fields => (isRecord(value) ? value : {})

const numbersOf = (value: unknown): Numbers | undefined =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))
    ? (value as unknown as Numbers)
    : undefined

/** XGBoost writes its parameters as texts. */
const parameter = (fields: Fields, name: string): number | undefined => {
  const value = fields[name]
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN
  return Number.isNaN(number) ? undefined : number
}

/** Arrays that have one value for each node; the first two are always there. */
const nodeArrays = [
  'left_children',
  'right_children',
  'parents',
  'split_indices',
  'split_conditions',
  'default_left',
  'loss_changes',
  'sum_hessian',
  'split_type',
] as const

const checkCategories = (tree: Fields, inside: string, inspection: Inspection): boolean => {
  const categories = numbersOf(tree.categories)
  const segments = numbersOf(tree.categories_segments)
  const sizes = numbersOf(tree.categories_sizes)
  if (categories === undefined || segments === undefined || sizes === undefined) return true
  let end = 0
  for (let index = 0; index < segments.length; index += 1) {
    end = Math.max(end, (segments[index] ?? 0) + (sizes[index] ?? 0))
  }
  return checkLengths(
    {
      categories_sizes: [sizes.length, segments.length],
      categories_nodes: [numbersOf(tree.categories_nodes)?.length, segments.length],
      categories: [categories.length, Math.max(end, categories.length)],
    },
    inside,
    inspection,
  )
}

const checkXgboostTree = (tree: Fields, inside: string, features: number | undefined, inspection: Inspection): void => {
  const left = numbersOf(tree.left_children) ?? []
  const right = numbersOf(tree.right_children) ?? []
  const split = numbersOf(tree.split_indices) ?? []
  const parameters = fieldsOf(tree.tree_param)
  const nodes = parameter(parameters, 'num_nodes') ?? left.length
  const outputs = Math.max(1, parameter(parameters, 'size_leaf_vector') ?? 1)
  const weights = numbersOf(tree.base_weights)
  const isEven = checkLengths(
    {
      ...Object.fromEntries(nodeArrays.map((name) => [name, [numbersOf(tree[name])?.length, nodes] as const])),
      left_children: [left.length, nodes],
      right_children: [right.length, nodes],
      // A tree of several outputs keeps a vector at each leaf; versions differ in whether inner nodes have one.
      ...(outputs === 1 ? { base_weights: [weights?.length, nodes] as const } : {}),
    },
    inside,
    inspection,
  )
  checkFinite(weights, inside, inspection)
  if (!checkCategories(tree, inside, inspection) || !isEven) return
  const isLeaf = (node: number): boolean => left[node] === -1 && right[node] === -1
  checkTree(
    {
      inside,
      nodes,
      childrenOf: (node) => (isLeaf(node) ? [] : [left[node] ?? -1, right[node] ?? -1]),
      featureOf: (node) => (isLeaf(node) ? undefined : split[node]),
    },
    features,
    inspection,
  )
}

/** Looks at an XGBoost model as `save_model` writes it to JSON and UBJSON. */
export const checkXgboost = (document: unknown, inspection: Inspection): void => {
  const learner = fieldsOf(fieldsOf(document).learner)
  const learnerParameters = fieldsOf(learner.learner_model_param)
  const features = parameter(learnerParameters, 'num_feature')
  const classes = Math.max(
    1,
    parameter(learnerParameters, 'num_class') ?? 1,
    parameter(learnerParameters, 'num_target') ?? 1,
  )
  const booster = fieldsOf(learner.gradient_booster)
  const model = fieldsOf('gbtree' in booster ? fieldsOf(booster.gbtree).model : booster.model)
  const weights = numbersOf(model.weights)
  if (weights !== undefined && features !== undefined) {
    checkLengths({ weights: [weights.length, (features + 1) * classes] }, 'gblinear', inspection)
    checkFinite(weights, 'gblinear', inspection)
  }
  if (!Array.isArray(model.trees)) return
  const said = parameter(fieldsOf(model.gbtree_model_param), 'num_trees')
  if (said !== undefined) checkTreeCount(said, model.trees.length, inspection)
  const groups = numbersOf(model.tree_info)
  checkLengths({ tree_info: [groups?.length, model.trees.length] }, 'gradient_booster.model', inspection)
  for (const [index, tree] of model.trees.entries()) {
    inspection.budget.checkTime()
    const inside = `trees.${index}`
    if (groups !== undefined && index < groups.length) checkClass(groups[index] ?? 0, classes, inside, inspection)
    checkXgboostTree(fieldsOf(tree), inside, features, inspection)
  }
}
