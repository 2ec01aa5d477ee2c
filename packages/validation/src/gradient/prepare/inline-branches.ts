import type { Tensor } from '@nootropic/core'
import type { GraphProto, NodeProto, OnnxModel } from '@nootropic/core/formats'
import { dependents, valueDependents } from '../dependence.ts'
import type { FloatType } from '../graph-builder.ts'
import { operatorName } from '../graph-names.ts'
import { createGraphEditor, type GraphEditor, withNodes } from './graph-editor.ts'
import { inlineGraph } from './inline-graph.ts'

/** A condition that depends on the input's shape, and what it was when the model was probed. */
export interface Assumption {
  readonly condition: string
  readonly held: boolean
}

/** Two values of which a condition on the input's elements chooses one: both are computed, in one shape. */
export interface Choice {
  readonly ifTrue: string
  readonly ifFalse: string
}

/** A model whose branches are part of its graph. */
export interface InlinedBranches {
  readonly model: OnnxModel
  readonly assumptions: readonly Assumption[]
  readonly choices: readonly Choice[]
}

// Each round takes one level of branches out, and a level costs a run; nobody nests deeper by intent (CWE-674).
const maximumDepth = 16

const branchOf = (node: NodeProto, name: string): GraphProto | undefined =>
  node.attribute.find((attribute) => attribute.name === name)?.g

const isBranch = (node: NodeProto): boolean => operatorName(node) === 'If'

/** Puts one branch, whose condition is known, or both, with a choice behind them, in the place of an `If`. */
const inlineNode = (
  node: NodeProto,
  editor: GraphEditor,
  held: boolean | undefined,
): {
  readonly nodes: readonly NodeProto[]
  readonly initialisers: OnnxModel['graph']['initializer']
  readonly choices: readonly Choice[]
} => {
  const take = (name: string) => {
    const branch = branchOf(node, name)
    return branch === undefined ? { nodes: [], initialisers: [], outputs: [] } : inlineGraph(branch, editor.name(name))
  }
  const named = (made: NodeProto, output: string): NodeProto => ({ ...made, output: [output] })
  const outputs = node.output.flatMap((name, place) => (name === '' ? [] : [{ name, place }]))
  if (held !== undefined) {
    const branch = take(held ? 'then_branch' : 'else_branch')
    const renamed = outputs.map(({ name, place }) =>
      named(editor.node('Identity', [branch.outputs[place] ?? '']), name),
    )
    return { nodes: [...branch.nodes, ...renamed], initialisers: branch.initialisers, choices: [] }
  }
  const [yes, no] = [take('then_branch'), take('else_branch')]
  const choices = outputs.map(({ place }) => ({ ifTrue: yes.outputs[place] ?? '', ifFalse: no.outputs[place] ?? '' }))
  const chosen = outputs.map(({ name, place }) =>
    named(editor.node('Where', [node.input[0] ?? '', yes.outputs[place] ?? '', no.outputs[place] ?? '']), name),
  )
  return {
    nodes: [...yes.nodes, ...no.nodes, ...chosen],
    initialisers: [...yes.initialisers, ...no.initialisers],
    choices,
  }
}

/**
 * Takes all branches out of their `If` nodes. Where the condition is constant, or follows from the input's shape, the
 * branch that was taken stays; in the second case the assumption is told. Where it depends on the input's elements both
 * branches are computed and one is chosen; where the other one's slope is infinite, the whole slope is not a number.
 *
 * @param valuesOf the values that names of a model have when it runs once.
 */
export const inlineBranches = async (
  model: OnnxModel,
  input: string,
  floatType: FloatType,
  valuesOf: (model: OnnxModel, names: readonly string[]) => Promise<ReadonlyMap<string, Tensor>>,
): Promise<InlinedBranches> => {
  let current = model
  const assumptions: Assumption[] = []
  const choices: Choice[] = []
  for (let depth = 0; depth < maximumDepth && current.graph.node.some(isBranch); depth += 1) {
    const byValue = valueDependents(current.graph, input)
    const byShape = dependents(current.graph, input)
    const known = [...new Set(current.graph.node.filter(isBranch).map((node) => node.input[0] ?? ''))].filter(
      (name) => !byValue.has(name),
    )
    const values = known.length === 0 ? new Map<string, Tensor>() : await valuesOf(current, known)
    const editor = createGraphEditor(current, floatType)
    const nodes: NodeProto[] = []
    const hoisted: OnnxModel['graph']['initializer'][number][] = []
    for (const node of current.graph.node) {
      const condition = node.input[0] ?? ''
      // What an unknown branch gives may look as if it hung on elements until the known ones are out.
      if (!isBranch(node) || (known.length > 0 && byValue.has(condition))) {
        nodes.push(node)
        continue
      }
      const value = values.get(condition)?.data[0]
      const held = value === undefined ? undefined : Boolean(value)
      if (held !== undefined && byShape.has(condition)) assumptions.push({ condition, held })
      const inlined = inlineNode(node, editor, held)
      nodes.push(...inlined.nodes)
      hoisted.push(...inlined.initialisers)
      choices.push(...inlined.choices)
    }
    const edited = withNodes(current, nodes, editor)
    current = { ...edited, graph: { ...edited.graph, initializer: [...edited.graph.initializer, ...hoisted] } }
  }
  return { model: current, assumptions, choices }
}
