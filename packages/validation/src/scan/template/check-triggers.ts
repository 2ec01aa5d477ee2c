import { printable } from '../rule.ts'
import { namesIn } from './bindings.ts'
import type { Report } from './check-names.ts'
import { templateRules as rules } from './rules.ts'
import { containing, type Node } from './syntax-tree.ts'

const address = /\b(?:https?|ftp|wss?):\/\/[^\s"'<>)]+/i
const orderings = new Set(['<', '<=', '>', '>='])
const equalities = new Set(['==', '!=', 'in', 'not in'])
const year = /\b20\d\d\b/
/** As many words in a row are a sentence; marks such as `</think>` are none. */
const sentenceLength = 4

/** The names that are given a value in which one of these nodes stands. */
const namesGiven = (nodes: readonly Node[], values: ReadonlySet<Node>): ReadonlySet<string> => {
  const names = nodes.flatMap((node) =>
    node.type === 'Set' && node.value !== null && values.has(node.value) ? namesIn(node.assignee) : [],
  )
  return new Set(names.map(({ value }) => value))
}

const isDate = (node: Node): boolean =>
  node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.value === 'strftime_now'

const isContent = (node: Node): boolean =>
  node.type === 'MemberExpression' &&
  (node.property.type === 'Identifier' || node.property.type === 'StringLiteral') &&
  node.property.value === 'content'

const isSentence = (node: Node): boolean => {
  if (node.type !== 'StringLiteral') return false
  let words = 0
  for (const word of node.value.split(/[\s,.]+/)) {
    words = /^\p{L}+$/u.test(word) ? words + 1 : 0
    if (words === sentenceLength) return true
  }
  return false
}

const checkDates = (nodes: readonly Node[], report: Report): void => {
  // What holds a date among other words, such as the system message, is no date.
  const alone = nodes.filter((node) => node.type === 'Set' && node.value?.type !== 'BinaryExpression')
  const dates = namesGiven(alone, containing(nodes, isDate))
  const dated = containing(nodes, (node) => isDate(node) || (node.type === 'Identifier' && dates.has(node.value)))
  const yearly = containing(nodes, (node) => node.type === 'StringLiteral' && year.test(node.value))
  for (const node of nodes) {
    if (node.type !== 'BinaryExpression' || !dated.has(node)) continue
    const operator = node.operator.value
    if (!orderings.has(operator) && !(equalities.has(operator) && yearly.has(node))) continue
    report(rules['date-condition'], `expected the date only written out, found it compared by \`${operator}\``)
  }
}

/** What a condition adds, and when. */
const branchOf = (node: Node): { readonly test: Node; readonly body: readonly Node[] } | undefined => {
  if (node.type === 'If') return { test: node.test, body: node.body }
  return node.type === 'Ternary' ? { test: node.condition, body: [node.trueExpr] } : undefined
}

const isAddress = (node: Node): boolean => node.type === 'StringLiteral' && address.test(node.value)

/** Reports text that is added for a date or for a word in a message, and addresses. */
export const checkTriggers = (nodes: readonly Node[], report: Report): void => {
  checkDates(nodes, report)
  const contents = namesGiven(nodes, containing(nodes, isContent))
  const isOfMessage = (node: Node): boolean =>
    isContent(node) || (node.type === 'Identifier' && contents.has(node.value))
  const aboutMessages = containing(nodes, isOfMessage)
  // Numbers and signs are compared to find the length or the end of a message.
  const aboutWords = containing(nodes, (node) => node.type === 'StringLiteral' && /\p{L}/u.test(node.value))
  const addresses = containing(nodes, isAddress)
  const sentences = containing(nodes, isSentence)
  for (const node of nodes) {
    if (node.type === 'StringLiteral') {
      const found = address.exec(node.value)?.[0]
      if (found !== undefined) report(rules.address, `expected text without addresses, found ${printable(found)}`)
    }
    const branch = branchOf(node)
    if (branch === undefined || !aboutMessages.has(branch.test) || !aboutWords.has(branch.test)) continue
    const message = 'expected the same text around every message, found some that is added for a word in it'
    if (branch.body.some((added) => addresses.has(added))) {
      report(rules['triggered-text'], `${message}, with an address`, 'medium')
    } else if (branch.body.some((added) => sentences.has(added))) report(rules['triggered-text'], message)
  }
}
