import { type Name, type Node, walk } from './syntax-tree.ts'

/** What the names of a template stand for. */
export interface Bindings {
  readonly macros: ReadonlySet<string>
  /** Names that the template gives a value of its own. */
  readonly assigned: ReadonlySet<string>
}

/** The names in an assignee, a loop variable or a parameter. */
export const namesIn = (node: Node): readonly Name[] => {
  if (node.type === 'Identifier') return [node]
  if (node.type === 'TupleLiteral') return node.value.flatMap(namesIn)
  return node.type === 'KeywordArgumentExpression' ? [node.key] : []
}

/** `{% set self = self %}` gives the name no value of its own. */
const isOfItself = (name: Name, value: Node): boolean => {
  for (const node of walk(value)) if (node.type === 'Identifier' && node.value === name.value) return true
  return false
}

/** Finds the names that a template gives a meaning to. */
export const bindingsOf = (nodes: readonly Node[]): Bindings => {
  const macros = new Set<string>()
  const assigned = new Set<string>()
  const assign = (targets: readonly Name[], value: Node | null): void => {
    for (const name of targets) if (value === null || !isOfItself(name, value)) assigned.add(name.value)
  }
  for (const node of nodes) {
    if (node.type === 'Set') assign(namesIn(node.assignee), node.value)
    else if (node.type === 'For') assign(namesIn(node.loopvar), node.iterable)
    else if (node.type === 'CallStatement') assign((node.callerArgs ?? []).flatMap(namesIn), null)
    else if (node.type === 'Macro') {
      macros.add(node.name.value)
      assign(node.args.flatMap(namesIn), null)
    }
  }
  return { macros, assigned }
}
