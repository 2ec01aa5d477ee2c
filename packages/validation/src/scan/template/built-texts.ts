import { type Bindings, namesIn } from './bindings.ts'
import { childrenOf, filterName, type Node } from './syntax-tree.ts'

/** Filters that make a text out of anything. */
const makers = new Set(['string', 'join', 'format', 'pprint', 'tojson', 'urlencode', 'xmlattr'])
/** A name that is given a built text may be given to another: chains that are longer count as unknown anyway. */
const maximumPasses = 8

/**
 * The nodes whose value is a text that the template puts together out of its own texts: joined, repeated, cut, reversed,
 * replaced. What comes out of a message as it is, and a literal alone, are none.
 */
export const findBuiltTexts = (nodes: readonly Node[], bindings: Bindings): ReadonlySet<Node> => {
  const built = new Set<Node>()
  const builtNames = new Set<string>()
  const isText = (node: Node): boolean => node.type === 'StringLiteral' || built.has(node)
  const isLiteral = (node: Node): boolean => isText(node) || (isList(node) && childrenOf(node).some(isText))
  const isList = (node: Node): boolean => node.type === 'ArrayLiteral' || node.type === 'TupleLiteral'

  const isBuilt = (node: Node): boolean => {
    switch (node.type) {
      case 'Identifier':
        return builtNames.has(node.value)
      case 'BinaryExpression': {
        const { operator, left, right } = node
        return operator.value === '~' || ('+*%'.includes(operator.value) && (isText(left) || isText(right)))
      }
      case 'FilterExpression':
        return makers.has(filterName(node.filter)) || isLiteral(node.operand)
      case 'CallExpression': {
        const { callee } = node
        if (callee.type === 'Identifier') return bindings.macros.has(callee.value) || callee.value === 'caller'
        return callee.type === 'MemberExpression' && isLiteral(callee.object)
      }
      case 'MemberExpression': {
        const { object, property, computed } = node
        if (!computed && property.type === 'Identifier' && builtNames.has(`.${property.value}`)) return true
        return computed && isLiteral(object)
      }
      case 'Ternary':
        return built.has(node.trueExpr) || built.has(node.falseExpr)
      case 'ArrayLiteral':
      case 'TupleLiteral':
      case 'ObjectLiteral':
        return childrenOf(node).some((child) => built.has(child))
      default:
        return false
    }
  }

  const assign = (assignee: Node): void => {
    for (const { value } of namesIn(assignee)) builtNames.add(value)
    if (assignee.type !== 'MemberExpression' || assignee.property.type !== 'Identifier') return
    builtNames.add(`.${assignee.property.value}`)
  }

  // What is inner is judged first, so that one pass is enough but for names that are used before they are given.
  const innerFirst = nodes.toReversed()
  for (let pass = 0, known = -1; pass < maximumPasses && builtNames.size > known; pass += 1) {
    known = builtNames.size
    for (const node of innerFirst) {
      if (isBuilt(node)) built.add(node)
      if (node.type === 'Set' && (node.value === null || built.has(node.value))) assign(node.assignee)
      if (node.type === 'For' && built.has(node.iterable)) assign(node.loopvar)
    }
  }
  return built
}
