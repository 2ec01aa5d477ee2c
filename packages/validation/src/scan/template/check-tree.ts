import { type Bindings, bindingsOf } from './bindings.ts'
import { findBuiltTexts } from './built-texts.ts'
import {
  checkAttribute,
  checkCalled,
  checkDotted,
  checkFilter,
  checkLiteral,
  checkTest,
  checkVariable,
  type Report,
} from './check-names.ts'
import { checkTriggers } from './check-triggers.ts'
import { checkWork } from './check-work.ts'
import { templateRules as rules } from './rules.ts'
import { argumentsOf, type Call, filterName, type Member, type Name, type Node, walk } from './syntax-tree.ts'
import { constructors } from './vocabulary.ts'

/** Filters that take the name of an attribute, by its place among the arguments. */
const attributeArguments: Readonly<Record<string, number>> = {
  selectattr: 0,
  rejectattr: 0,
  groupby: 0,
  sum: 0,
  join: 1,
  unique: 1,
  min: 1,
  max: 1,
  sort: 2,
}
/** Filters that take the name of a filter or a test. */
const operationArguments: Readonly<Record<string, { readonly place: number; readonly check: typeof checkTest }>> = {
  map: { place: 0, check: checkFilter },
  select: { place: 0, check: checkTest },
  reject: { place: 0, check: checkTest },
  selectattr: { place: 1, check: checkTest },
  rejectattr: { place: 1, check: checkTest },
}
/** `operator` is spelled as a mark in these tests. */
const operators = new Set(['==', '!=', '<', '<=', '>', '>='])

const checkAttributeArgument = (argument: Node, report: Report): void => {
  if (argument.type === 'IntegerLiteral') return
  if (argument.type === 'StringLiteral') {
    for (const name of argument.value.split('.')) checkAttribute(name, report)
  } else report(rules['attribute-filter'], 'expected the name of an attribute, found one that is computed')
}

const checkFilterUse = (filter: Name | Call, report: Report): void => {
  const name = filterName(filter)
  checkFilter(name, report)
  const args = argumentsOf(filter)
  const positional = args.filter(({ type }) => type !== 'KeywordArgumentExpression')
  for (const argument of args) {
    if (argument.type === 'KeywordArgumentExpression' && argument.key.value === 'attribute') {
      checkAttributeArgument(argument.value, report)
    }
  }
  const attribute = positional[attributeArguments[name] ?? -1]
  if (attribute !== undefined) checkAttributeArgument(attribute, report)
  const operation = operationArguments[name]
  const argument = positional[operation?.place ?? -1]
  if (operation === undefined || argument === undefined) return
  if (argument.type !== 'StringLiteral') {
    report(
      rules['attribute-filter'],
      `expected the name of a filter or a test for \`${name}\`, found one that is computed`,
    )
  } else if (!operators.has(argument.value)) operation.check(argument.value, report)
}

/** A replacement field that goes into its value: `{0.name}`, `{name[key]}`, or a format that is itself a field. */
const reachingField = /\{[^{}]*[.[{]/

const checkFormat = (object: Node, report: Report): void => {
  if (object.type === 'StringLiteral' && !reachingField.test(object.value.replaceAll('{{', ''))) return
  report(rules['format-access'], 'expected a text with plain fields, found one that reaches into values or is computed')
}

const checkCall = ({ callee, args }: Call, bindings: Bindings, report: Report): void => {
  for (const argument of args) {
    if (argument.type === 'KeywordArgumentExpression') checkAttribute(argument.key.value, report)
  }
  if (callee.type === 'Identifier') {
    checkCalled(callee.value, 'function', bindings.macros.has(callee.value), report)
  } else if (callee.type !== 'MemberExpression') {
    report(rules['unknown-call'], 'expected a call of a named function, found a call of a result')
  } else {
    const { property, object } = callee
    const name = property.type === 'Identifier' && !callee.computed ? property.value : undefined
    const literal = property.type === 'StringLiteral' ? property.value : name
    if (literal === undefined) report(rules['unknown-call'], 'expected a call of a named method, found a computed one')
    else checkCalled(literal, 'method', false, report)
    if (literal === 'format') checkFormat(object, report)
  }
}

const checkMember = ({ property, computed }: Member, built: ReadonlySet<Node>, report: Report): void => {
  if (!computed) {
    if (property.type === 'Identifier') checkDotted(property.value, report)
  } else if (property.type === 'StringLiteral') checkAttribute(property.value, report)
  else if (built.has(property)) report(rules['built-name'], 'expected a plain key, found one that is put together')
}

/** Names whose being used as a value means nothing: what is called, what is tested for being there. */
const findHarmlessUses = (nodes: readonly Node[]): ReadonlySet<Node> => {
  const harmless = new Set<Node>()
  for (const node of nodes) {
    if (node.type === 'CallExpression' && node.callee.type === 'Identifier') harmless.add(node.callee)
    else if (node.type === 'TestExpression' && ['defined', 'undefined', 'callable'].includes(node.test.value)) {
      if (node.operand.type === 'Identifier' && constructors.has(node.operand.value)) harmless.add(node.operand)
    }
  }
  return harmless
}

/** Checks every node of a template's syntax tree against what building a prompt takes. */
export const checkTree = (tree: Node, report: Report): void => {
  const nodes = [...walk(tree)]
  const bindings = bindingsOf(nodes)
  const built = findBuiltTexts(nodes, bindings)
  const harmless = findHarmlessUses(nodes)
  for (const node of nodes) {
    if (node.type === 'MemberExpression') checkMember(node, built, report)
    else if (node.type === 'CallExpression') checkCall(node, bindings, report)
    else if (node.type === 'TestExpression') checkTest(node.test.value, report)
    else if (node.type === 'StringLiteral') checkLiteral(node.value, report)
    else if (node.type === 'FilterExpression' || node.type === 'FilterStatement') checkFilterUse(node.filter, report)
    else if (node.type === 'Identifier' && !harmless.has(node) && !bindings.assigned.has(node.value)) {
      if (!bindings.macros.has(node.value)) checkVariable(node.value, report)
    }
  }
  checkWork(tree, report)
  checkTriggers(nodes, report)
}
