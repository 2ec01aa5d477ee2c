import type { ModelBytes, Tensor } from '@nootropic/core'
import { elementTypeOf, tensorValues } from '@nootropic/core/formats'
import { dependents, valueDependents } from './dependence.ts'
import type { PreparedModel } from './prepare/prepare.ts'
import type { Refusal, ReverseStep } from './rule.ts'

/** What the walk back asks of a graph. */
export interface KnownGraph extends Pick<ReverseStep, 'shape' | 'type' | 'constant'> {
  readonly isDependent: (name: string) => boolean
  /** Why a node could not be expanded, by the name of its first output. */
  readonly unexpanded: ReadonlyMap<string, string>
}

/**
 * Learns by one run all that rules ask: shapes, types, constants. Where the input's elements choose a branch, both must
 * run, and in one shape.
 */
export const learnGraph = async (
  prepared: PreparedModel,
  names: { readonly input: string; readonly output: string },
  externalData: ModelBytes['externalData'],
): Promise<KnownGraph | Refusal> => {
  const { model, probe, choices, unexpanded } = prepared
  const { graph } = model
  const byValue = valueDependents(graph, names.input)
  const byShape = dependents(graph, names.input)
  const computed = new Set(graph.node.flatMap((node) => node.output.filter((name) => name !== '')))
  const onTheWay = graph.node.filter((node) => node.output.some((name) => byValue.has(name)))
  const asked = new Set([names.output, ...onTheWay.flatMap((node) => [...node.input, ...node.output])])
  const wanted = [...asked].filter((name) => computed.has(name))
  const values = await prepared.valuesOf(model, wanted, probe).catch((error: unknown) => {
    if (choices.length === 0) throw error
    return undefined
  })
  if (values === undefined) return { refused: 'If (branches that cannot both be run)' }

  const initialisers = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]))
  const shape = (name: string): readonly number[] =>
    name === names.input ? probe.dims : (values.get(name)?.dims ?? initialisers.get(name)?.dims ?? [])
  if (choices.some(({ ifTrue, ifFalse }) => shape(ifTrue).join() !== shape(ifFalse).join()))
    return { refused: 'If (branches of two shapes)' }
  return {
    shape,
    type: (name): Tensor['type'] | undefined =>
      name === names.input
        ? probe.type
        : (values.get(name)?.type ?? elementTypeOf(initialisers.get(name)?.dataType ?? 0)),
    constant: (name) => {
      if (byShape.has(name)) return undefined
      const initialiser = initialisers.get(name)
      const data = initialiser === undefined ? values.get(name)?.data : tensorValues(initialiser, externalData)
      return data === undefined ? undefined : Array.from(data as ArrayLike<number | bigint>, Number)
    },
    isDependent: (name) => byValue.has(name),
    unexpanded,
  }
}
