import { printable, type Sighting } from '../../rule.ts'
import type { OnnxCheck } from '../check.ts'
import type { Clause } from '../contracts/clause.ts'
import { operatorContracts } from '../contracts/contracts.ts'
import { canonicalDomain } from '../operator-sets.ts'

const keyOf = (domain: string, opType: string): string => `${domain}\0${opType}`

const clausesByOperator: ReadonlyMap<string, readonly Clause[]> = (() => {
  const table = new Map<string, Clause[]>()
  for (const { domain, operators, clauses } of operatorContracts) {
    for (const operator of operators) {
      const key = keyOf(domain, operator)
      table.set(key, [...(table.get(key) ?? []), ...clauses])
    }
  }
  return table
})()

/** What onnxruntime's kernels take for granted of their operators. */
export const contractsCheck: OnnxCheck = {
  name: 'contracts',
  *check(scan, graph): Generator<Sighting> {
    const local = new Set(scan.model.functions.map(({ domain, name }) => keyOf(canonicalDomain(domain), name)))
    for (const scope of graph.scopes) {
      for (const [index, node] of scope.nodes.entries()) {
        const key = keyOf(canonicalDomain(node.domain), node.opType)
        const clauses = clausesByOperator.get(key)
        if (clauses === undefined || local.has(key)) continue
        scan.checkTime?.()
        const view = graph.viewOf(scope, node)
        for (const clause of clauses) {
          const breach = clause(view)
          if (breach === undefined) continue
          const operator = printable(node.opType)
          yield {
            rule: breach.rule,
            message: `expected ${operator} to have ${breach.expected}, found ${printable(breach.found)}`,
            inside: `${scope.place}.node[${index}]`,
            evidence: { operator },
          }
        }
      }
    }
  },
}
