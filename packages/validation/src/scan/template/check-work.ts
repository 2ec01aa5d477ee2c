import type { Report } from './check-names.ts'
import { templateRules as rules } from './rules.ts'
import { argumentsOf, childrenOf, filterName, type Node, walk } from './syntax-tree.ts'

/** `MAX_RANGE` of Jinja's sandbox. No conversation is longer. */
const maximumCount = 100_000
/** Rounds of nested loops over ranges together. */
const maximumRounds = 1_000_000
/** Filters that make a text as long as a number says. */
const widening = new Set(['center', 'indent', 'batch', 'slice', 'wordwrap'])

/** The number that a node stands for, as far as it is written out. */
const numberOf = (node: Node, depth = 0): number | undefined => {
  if (node.type === 'IntegerLiteral' || node.type === 'FloatLiteral') return node.value
  // Sums are nested to the left; what is deeper than anyone writes counts as unknown.
  if (node.type !== 'BinaryExpression' || depth > 16) return undefined
  const left = numberOf(node.left, depth + 1)
  const right = numberOf(node.right, depth + 1)
  if (left === undefined || right === undefined) return undefined
  if (node.operator.value === '**') return left ** right
  if (node.operator.value === '*') return left * right
  return node.operator.value === '+' ? left + right : undefined
}

const isLarge = (node: Node): boolean => Math.abs(numberOf(node) ?? 0) > maximumCount

/** How often a loop over `range(…)` of written numbers runs; once for any other. */
const roundsOf = (iterable: Node): number => {
  if (iterable.type !== 'CallExpression' || iterable.callee.type !== 'Identifier') return 1
  if (iterable.callee.value !== 'range') return 1
  const numbers = iterable.args.map((argument) => Math.abs(numberOf(argument) ?? 1))
  return Math.max(1, ...numbers)
}

/** The variable or field of a namespace that a node names. */
const targetOf = (node: Node): string | undefined => {
  if (node.type === 'Identifier') return node.value
  if (node.type !== 'MemberExpression' || node.computed || node.object.type !== 'Identifier') return undefined
  return node.property.type === 'Identifier' ? `${node.object.value}.${node.property.value}` : undefined
}

/** Whether an assignment makes a value of two or more of the value before: in a loop it doubles every time. */
const isDoubling = (node: Node): boolean => {
  if (node.type !== 'Set' || node.value === null) return false
  const target = targetOf(node.assignee)
  if (target === undefined) return false
  let uses = 0
  for (const inner of walk(node.value)) {
    if (inner.type !== 'BinaryExpression' || !'+~'.includes(inner.operator.value)) continue
    for (const side of [inner.left, inner.right]) if (targetOf(side) === target) uses += 1
  }
  return uses > 1
}

const checkNode = (node: Node, report: Report): void => {
  const large = `expected at most ${maximumCount}, found a larger number`
  if (node.type === 'BinaryExpression') {
    const isRepetition = node.operator.value === '*' && (isLarge(node.left) || isLarge(node.right))
    const isPower = node.operator.value === '**' && (numberOf(node) ?? 0) > Number.MAX_SAFE_INTEGER
    if (isRepetition || isPower) report(rules['unbounded-work'], `${large} as a factor`)
  } else if (node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.value === 'range') {
    if (node.args.some(isLarge)) report(rules['unbounded-work'], `${large} in \`range\``)
  } else if (node.type === 'FilterExpression' && widening.has(filterName(node.filter))) {
    const values = argumentsOf(node.filter).map((argument) =>
      argument.type === 'KeywordArgumentExpression' ? argument.value : argument,
    )
    if (values.some(isLarge)) report(rules['unbounded-work'], `${large} in \`${filterName(node.filter)}\``)
  }
}

/** Reports work whose amount the template itself makes excessive. */
export const checkWork = (tree: Node, report: Report): void => {
  const pending: { node: Node; rounds: number; isLooped: boolean }[] = [{ node: tree, rounds: 1, isLooped: false }]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node } = next
    checkNode(node, report)
    const isLooped = next.isLooped || node.type === 'For'
    const rounds = node.type === 'For' ? next.rounds * roundsOf(node.iterable) : next.rounds
    if (rounds > maximumRounds && next.rounds <= maximumRounds) {
      report(rules['unbounded-work'], `expected at most ${maximumRounds} rounds of nested loops, found ${rounds}`)
    }
    if (next.isLooped && isDoubling(node)) {
      report(rules['unbounded-work'], 'expected a text that grows by what is added, found one that doubles in a loop')
    }
    for (const child of childrenOf(node)) pending.push({ node: child, rounds, isLooped })
  }
}
