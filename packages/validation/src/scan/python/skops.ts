import type { Dialect } from '../configuration/dialect.ts'
import type { Inspection } from '../inspection.ts'
import { allowedGlobals } from '../pickle/allowed-globals.ts'
import { dangerousGlobals } from '../pickle/dangerous-globals.ts'
import { printable } from '../rule.ts'
import { reachingCalls } from './reaching-names.ts'
import { pythonRules } from './rules.ts'

/** A node of `schema.json`: how one object is made. */
type Node = Readonly<Record<string, unknown>>

/** Nodes of one document, and how deep they nest: the document was parsed, so it is finite (CWE-674, CWE-770). */
const maximumNodes = 500_000

/** The loaders of skops up to 0.13 (`skops/io`). */
const knownLoaders: ReadonlySet<string> = new Set(
  (
    'DictNode DefaultDictNode ListNode SetNode TupleNode BytesNode BytearrayNode SliceNode FunctionNode MethodNode ' +
    'PartialNode TypeNode ConstructorFromReduceNode ObjectNode JsonNode OperatorFuncNode NdArrayNode MaskedArrayNode ' +
    'RandomStateNode RandomGeneratorNode DTypeNode SparseMatrixNode TreeNode LossNode SGDNode ' +
    '_DictWithDeprecatedKeysNode ReduceNode QuantileForestNode SciKerasNode CachedNode'
  ).split(' '),
)

/** Built-in types that skops makes by itself. */
const builtinTypes: ReadonlySet<string> = new Set(
  'int float str bool bytes bytearray list set frozenset map tuple dict slice complex type NoneType'.split(' '),
)

/** Libraries whose classes skops trusts, or is made for. */
const estimatorLibraries: ReadonlySet<string> = new Set(
  'sklearn scipy numpy pandas xgboost lightgbm catboost quantile_forest imblearn category_encoders _loss'.split(' '),
)

/** Whether a name is a class of those libraries, a function on numbers, or a function of an estimator. */
const isEstimatorPart = (module: string, name: string, loader: string): boolean => {
  if (!estimatorLibraries.has(module.split('.')[0] ?? '')) return false
  if (/^_?[A-Z]\w*$|^\w+_(?:matrix|array)$/.test(name)) return true
  if (/^numpy$|^scipy\.special/.test(module))
    return /^(?!load|save|from|genfrom|memmap|test|lookfor)[a-z]\w*$/.test(name)
  return (
    loader === 'FunctionNode' && /^sklearn\.(?!datasets|externals)[\w.]+$/.test(module) && /^_?[a-z]\w*$/.test(name)
  )
}

let allowedNames: ReadonlySet<string> | undefined
const isAllowed = (name: string): boolean => {
  allowedNames ??= new Set(allowedGlobals.flatMap(({ module, names }) => names.map((last) => `${module}.${last}`)))
  return allowedNames.has(name)
}

const isDangerous = (module: string, name: string): boolean =>
  reachingCalls.has(`${module}.${name}`) ||
  dangerousGlobals.some(
    (group) =>
      (group.module === module || (group.withSubmodules && module.startsWith(`${group.module}.`))) &&
      (group.names === undefined || group.names.includes(name)),
  )

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && '__loader__' in value

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** A type or function by its name: known ones pass, a class of a library that skops is made for too. */
const checkName = (node: Node, loader: string, inspection: Inspection): void => {
  const module = textOf(node.__module__)
  const name = textOf(node.__class__)
  const fullName = `${module}.${name}`
  if (isDangerous(module, name)) {
    inspection.report({
      rule: pythonRules['skops-dangerous-type'],
      message: `expected a part of a model, found ${printable(fullName)} for ${printable(loader)}`,
      evidence: { type: printable(fullName), loader: printable(loader) },
    })
    return
  }
  if (module === 'builtins' && builtinTypes.has(name)) return
  if (loader === 'MethodNode' || loader === 'OperatorFuncNode' || isAllowed(fullName)) return
  if (isEstimatorPart(module, name, loader)) return
  inspection.report({
    rule: pythonRules['skops-type'],
    message: `expected a type of a known library, found ${printable(fullName)} for ${printable(loader)}`,
    evidence: { type: printable(fullName), loader: printable(loader) },
  })
}

/** CVE-2025-54412: the class of this node names the function of `operator` that loading calls. */
const checkOperator = (node: Node, inspection: Inspection): void => {
  const name = textOf(node.__class__)
  if (node.__module__ === 'operator' && ['attrgetter', 'itemgetter', 'methodcaller'].includes(name)) return
  inspection.report({
    rule: pythonRules['skops-operator-function'],
    message: `expected attrgetter, itemgetter or methodcaller of operator, found ${printable(`${textOf(node.__module__)}.${name}`)}`,
  })
}

/** CVE-2025-54413: what is fetched is not what the node says that it is a method of. */
const checkMethod = (node: Node, inspection: Inspection): void => {
  const { obj, func } = (node.content ?? {}) as { obj?: unknown; func?: unknown }
  const owner = isNode(obj) ? obj : {}
  const isSame = owner.__module__ === node.__module__ && owner.__class__ === node.__class__
  const method = textOf(func)
  if (isSame && /^(?!__)[A-Za-z_]\w*$/.test(method)) return
  inspection.report({
    rule: pythonRules['skops-method'],
    message: isSame
      ? `expected the name of a method, found ${printable(method)}`
      : `expected a method of ${printable(`${textOf(node.__module__)}.${textOf(node.__class__)}`)}, found one of ${printable(`${textOf(owner.__module__)}.${textOf(owner.__class__)}`)}`,
    evidence: { method: printable(method) },
  })
}

const checkNode = (node: Node, inspection: Inspection): void => {
  const loader = textOf(node.__loader__)
  if (!knownLoaders.has(loader)) {
    inspection.report({
      rule: pythonRules['skops-loader'],
      message: `expected a loader of skops, found ${printable(loader)}`,
    })
  }
  if (loader === 'OperatorFuncNode') checkOperator(node, inspection)
  if (loader === 'MethodNode') checkMethod(node, inspection)
  if (loader !== 'JsonNode') checkName(node, loader, inspection)
}

const checkSkops = (document: unknown, inspection: Inspection): void => {
  const waiting: unknown[] = [document]
  for (let count = 0; waiting.length > 0; count += 1) {
    if (count > maximumNodes) {
      inspection.incomplete(`not scanned: more than ${maximumNodes} values of skops`)
      return
    }
    if (count % 1024 === 0) inspection.budget.checkTime()
    const value = waiting.pop()
    if (typeof value !== 'object' || value === null) continue
    if (isNode(value)) checkNode(value, inspection)
    for (const inner of Object.values(value)) waiting.push(inner)
  }
}

/** `schema.json` of a `.skops` archive. */
export const skopsDialect: Dialect = {
  name: 'skops-schema',
  title: 'schema of a skops model',
  matches: (document) => isNode(document) && ('_skops_version' in document || 'protocol' in document),
  check: checkSkops,
}
