import type { Tensor } from '@nootropic/core'
import type { NodeProto } from '@nootropic/core/formats'
import type { GraphBuilder } from './graph-builder.ts'
import { operatorName } from './graph-names.ts'
import type { KnownGraph } from './known-graph.ts'
import type { ReverseStep } from './rule.ts'
import { reverseRules, severalOutputs } from './rules.ts'

/** Integers, booleans and texts have none; a type that the probe could not tell may. */
const hasSlope = (type: Tensor['type'] | undefined): boolean => type === undefined || type.startsWith('float')

/** Walks the nodes backwards from where the loss starts and adds what each one's rule says. */
export const reverse = (
  nodes: readonly NodeProto[],
  graph: GraphBuilder,
  start: { readonly from: string; readonly slope: string },
  known: KnownGraph,
): {
  readonly slopes: ReadonlyMap<string, string>
  readonly refused: readonly string[]
  /** The operators whose output moves with the input, but only in jumps: no slope goes through them. */
  readonly flat: readonly string[]
} => {
  const producers = new Map(nodes.flatMap((node) => node.output.map((name) => [name, node])))
  const slopes = new Map([[start.from, start.slope]])
  const refused = new Set<string>()
  const flat = new Set<string>()
  const accumulate = (name: string, slope: string): void => {
    const other = slopes.get(name)
    slopes.set(name, other === undefined ? slope : graph.add('Add', [other, slope]))
  }
  for (const node of nodes.toReversed()) {
    const output = node.output.find((name) => slopes.has(name))
    const slope = slopes.get(output ?? '')
    if (output === undefined || slope === undefined || !node.output.some(known.isDependent)) continue
    const type = known.type(output)
    const step: ReverseStep = {
      node,
      slope,
      slopeOf: (index) => slopes.get(node.output[index] ?? ''),
      input: (index) => node.input[index] ?? '',
      output,
      producer: (name) => producers.get(name),
      wants: (index) => known.isDependent(step.input(index)) && hasSlope(known.type(step.input(index))),
      shape: known.shape,
      type: known.type,
      constant: known.constant,
      graph: type === 'float32' || type === 'float64' ? graph.inType(type) : graph,
    }
    const name = operatorName(node)
    const rule = reverseRules.get(name)
    const isAnswered = severalOutputs.has(name) || node.output.slice(1).every((other) => !slopes.has(other))
    const result = rule === undefined ? undefined : isAnswered ? rule(step) : { refused: 'a second output' }
    const reason = result === undefined ? known.unexpanded.get(node.output[0] ?? '') : undefined
    if (result === undefined) refused.add(reason === undefined ? name : `${name} (${reason})`)
    else if ('refused' in result) refused.add(`${name} (${result.refused})`)
    // Behind a refused node the walk goes on, so that all refusals are named at once; its graph is thrown away.
    const inputSlopes = result === undefined || 'refused' in result ? node.input.map(() => slope) : result
    const passed = inputSlopes.flatMap((inputSlope, index) =>
      inputSlope !== undefined && step.wants(index) ? [{ name: step.input(index), inputSlope }] : [],
    )
    for (const { name: input, inputSlope } of passed) accumulate(input, inputSlope)
    if (passed.length === 0) flat.add(name)
  }
  return { slopes, refused: [...refused], flat: [...flat] }
}
