import { parse, tokenize } from '@huggingface/jinja'

/** The nodes of a template's syntax tree, as @huggingface/jinja builds them. */
export type Node =
  | { readonly type: 'Program'; readonly body: readonly Node[] }
  | { readonly type: 'If'; readonly test: Node; readonly body: readonly Node[]; readonly alternate: readonly Node[] }
  | {
      readonly type: 'For'
      readonly loopvar: Node
      readonly iterable: Node
      readonly body: readonly Node[]
      readonly defaultBlock: readonly Node[]
    }
  | { readonly type: 'Break' | 'Continue' | 'Comment' }
  | { readonly type: 'Set'; readonly assignee: Node; readonly value: Node | null; readonly body: readonly Node[] }
  | { readonly type: 'Macro'; readonly name: Name; readonly args: readonly Node[]; readonly body: readonly Node[] }
  | {
      readonly type: 'CallStatement'
      readonly call: Node
      readonly callerArgs: readonly Node[] | null
      readonly body: readonly Node[]
    }
  | { readonly type: 'FilterStatement'; readonly filter: Name | Call; readonly body: readonly Node[] }
  | Member
  | Call
  | Name
  | { readonly type: 'StringLiteral'; readonly value: string }
  | { readonly type: 'IntegerLiteral' | 'FloatLiteral'; readonly value: number }
  | { readonly type: 'ArrayLiteral' | 'TupleLiteral'; readonly value: readonly Node[] }
  | { readonly type: 'ObjectLiteral'; readonly value: ReadonlyMap<Node, Node> }
  | Binary
  | { readonly type: 'UnaryExpression'; readonly operator: { readonly value: string }; readonly argument: Node }
  | { readonly type: 'FilterExpression'; readonly operand: Node; readonly filter: Name | Call }
  | { readonly type: 'SelectExpression'; readonly lhs: Node; readonly test: Node }
  | { readonly type: 'TestExpression'; readonly operand: Node; readonly test: Name }
  | {
      readonly type: 'SliceExpression'
      readonly start: Node | undefined
      readonly stop: Node | undefined
      readonly step: Node | undefined
    }
  | { readonly type: 'KeywordArgumentExpression'; readonly key: Name; readonly value: Node }
  | { readonly type: 'SpreadExpression' | 'KeywordSpreadExpression'; readonly argument: Node }
  | { readonly type: 'Ternary'; readonly condition: Node; readonly trueExpr: Node; readonly falseExpr: Node }

/** `object.property` and `object[property]`. */
export interface Member {
  readonly type: 'MemberExpression'
  readonly object: Node
  readonly property: Node
  readonly computed: boolean
}

/** `callee(args)`. */
export interface Call {
  readonly type: 'CallExpression'
  readonly callee: Node
  readonly args: readonly Node[]
}

/** A name of a variable, function, filter or test. */
export interface Name {
  readonly type: 'Identifier'
  readonly value: string
}

/** `left operator right`. */
interface Binary {
  readonly type: 'BinaryExpression'
  readonly operator: { readonly value: string }
  readonly left: Node
  readonly right: Node
}

/** The nodes directly below a node that are evaluated: names of attributes, filters, tests and parameters are not. */
export const childrenOf = (node: Node): readonly Node[] => {
  switch (node.type) {
    case 'Program':
      return node.body
    case 'If':
      return [node.test, ...node.body, ...node.alternate]
    case 'For':
      return [node.iterable, ...node.body, ...node.defaultBlock]
    case 'Set':
      return [node.assignee, ...(node.value === null ? [] : [node.value]), ...node.body]
    case 'Macro':
      return [...node.args.filter(({ type }) => type === 'KeywordArgumentExpression'), ...node.body]
    case 'CallStatement':
      return [node.call, ...node.body]
    case 'FilterStatement':
      return [...argumentsOf(node.filter), ...node.body]
    case 'FilterExpression':
      return [node.operand, ...argumentsOf(node.filter)]
    case 'MemberExpression':
      return node.computed ? [node.object, node.property] : [node.object]
    case 'CallExpression':
      return [node.callee, ...node.args]
    case 'ArrayLiteral':
    case 'TupleLiteral':
      return node.value
    case 'ObjectLiteral':
      return [...node.value].flat()
    case 'BinaryExpression':
      return [node.left, node.right]
    case 'UnaryExpression':
    case 'SpreadExpression':
    case 'KeywordSpreadExpression':
      return [node.argument]
    case 'SelectExpression':
      return [node.lhs, node.test]
    case 'TestExpression':
      return [node.operand]
    case 'SliceExpression':
      return [node.start, node.stop, node.step].filter((part) => part !== undefined)
    case 'KeywordArgumentExpression':
      return [node.value]
    case 'Ternary':
      return [node.condition, node.trueExpr, node.falseExpr]
    default:
      return []
  }
}

/** The arguments of a filter; none when it is only named. */
export const argumentsOf = (filter: Name | Call): readonly Node[] =>
  filter.type === 'CallExpression' ? filter.args : []

/** The name of a filter. */
export const filterName = (filter: Name | Call): string => {
  const name = filter.type === 'CallExpression' ? filter.callee : filter
  return name.type === 'Identifier' ? name.value : ''
}

/** A node and all below it, outer ones first. Without recursion: a sum of a thousand terms is a thousand deep. */
export function* walk(root: Node): Generator<Node> {
  const pending = [root]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    yield node
    for (const child of childrenOf(node).toReversed()) pending.push(child)
  }
}

/** Of nodes that are ordered from outer to inner, those that match and those that one that matches is below. */
export const containing = (nodes: readonly Node[], matches: (node: Node) => boolean): ReadonlySet<Node> => {
  const found = new Set<Node>()
  for (const node of nodes.toReversed()) {
    if (matches(node) || childrenOf(node).some((child) => found.has(child))) found.add(node)
  }
  return found
}

/**
 * Parses a template; answers why it cannot when it cannot.
 *
 * @param template whose strings have only the escapes that the library knows.
 */
export const parseTemplate = (template: string): Node | { readonly problem: string } => {
  try {
    // The library looks for white space before each mark, which takes quadratic time in a long run of it (CWE-1333).
    return parse(tokenize(template.replace(/\s{16,}/g, ' '))) as unknown as Node
  } catch (error) {
    // It throws SyntaxError, TypeError at the end of the text, and RangeError when its recursion is too deep.
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}
