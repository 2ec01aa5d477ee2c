import type { NodeProto } from '@nootropic/core/formats'
import { printable, type Sighting } from '../../rule.ts'
import type { OnnxCheck } from '../check.ts'
import type { Scope } from '../graphs.ts'
import { canonicalDomain } from '../operator-sets.ts'
import { onnxRules } from '../rules.ts'
import type { GraphAnalysis } from '../values/analyse-graph.ts'
import { generatorOperators } from '../values/infer.ts'

/** Elements that one operator may make out of constants: 2^28 floats are 1 GiB (CWE-789). */
const maximumGenerated = 2 ** 28

/** Elements that any other may make: the attention of a long text has half as many, 2^31 floats are 8 GiB. */
const maximumElements = 2 ** 31

/** How much larger one operator may make its input; a vocabulary or a picture grows by less (CWE-409). */
const maximumGrowth = 2 ** 20

const followedDomains = new Set(['', 'ai.onnx.ml', 'com.microsoft'])

const describe = (graph: GraphAnalysis, scope: Scope, node: NodeProto): { made: number; given: number } => {
  const sizeOf = (name: string): number => graph.valueOf(scope, name)?.elements ?? 1
  return {
    made: node.output.reduce((most, name) => Math.max(most, name === '' ? 0 : sizeOf(name)), 0),
    given: node.input.reduce((most, name) => Math.max(most, name === '' ? 0 : sizeOf(name)), 1),
  }
}

/** What running a node would exhaust, or nothing. Only the node that crosses the limit is named, not those after it. */
const sightingOf = (graph: GraphAnalysis, scope: Scope, node: NodeProto, inside: string): Sighting | undefined => {
  const { made, given } = describe(graph, scope, node)
  const evidence = { operator: printable(node.opType), elements: made }
  const asks = `${printable(node.opType)} makes ${made} elements`
  const isGenerator = generatorOperators.has(node.opType)
  const isLarge = made > maximumGenerated && given <= maximumGenerated
  if (isGenerator && (isLarge || (made > maximumGrowth && made / given > maximumGrowth && !isConstant(node)))) {
    const message = `expected constants that ask for a bounded output, ${asks} of ${given}`
    return { rule: onnxRules['unbounded-allocation'], message, inside, evidence }
  }
  if (made <= maximumElements || given > maximumElements) return undefined
  const message = `expected tensors of at most ${maximumElements} elements, ${asks}`
  return { rule: onnxRules['amplification-chain'], message, inside, evidence }
}

// These make something of nothing but a shape: that it is larger than its input says nothing.
const fromShape = new Set(['ConstantOfShape', 'Range', 'RandomNormal', 'RandomUniform', 'Expand', 'MaxUnpool'])
const isConstant = ({ opType }: NodeProto): boolean => fromShape.has(opType)

/** Operators whose constant operands make a small file ask for a large output, alone or in a chain. */
export const allocationCheck: OnnxCheck = {
  name: 'allocation',
  *check(_scan, graph) {
    for (const scope of graph.scopes) {
      for (const [index, node] of scope.nodes.entries()) {
        if (!followedDomains.has(canonicalDomain(node.domain))) continue
        const sighting = sightingOf(graph, scope, node, `${scope.place}.node[${index}]`)
        if (sighting !== undefined) yield sighting
      }
    }
  },
}
