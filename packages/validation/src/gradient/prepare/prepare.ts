import type { ModelBytes, SessionFactory, Tensor } from '@nootropic/core'
import { createTensor, type OnnxModel } from '@nootropic/core/formats'
import type { FloatTensor } from '../../behaviour/dataset.ts'
import { range, takeRows } from '../../behaviour/rows.ts'
import { probeValues } from '../probe.ts'
import type { Refusal } from '../rule.ts'
import { expandNodes } from './expand-nodes.ts'
import { foldConstants } from './fold-constants.ts'
import { type Assumption, type Choice, inlineBranches } from './inline-branches.ts'
import { openBatch, twoRows, type ValuesOf } from './open-batch.ts'
import { ownInitialisers } from './own-initialisers.ts'
import { upgradeOpset } from './upgrade-opset.ts'

/** A model in the form that rules can differentiate, and what that form takes for granted. */
export interface PreparedModel {
  readonly model: OnnxModel
  /** What shapes are learnt from: the caller's examples, or two where the batch is open. */
  readonly probe: FloatTensor
  readonly valuesOf: ValuesOf
  readonly assumptions: readonly Assumption[]
  readonly choices: readonly Choice[]
  /** Why a node could not be expanded, by the name of its first output. */
  readonly unexpanded: ReadonlyMap<string, string>
}

/** All other inputs become constants. */
const fixInputs = (model: OnnxModel, fixed: Readonly<Record<string, Tensor>>): OnnxModel => ({
  ...model,
  graph: {
    ...model.graph,
    input: model.graph.input.filter(({ name }) => !Object.hasOwn(fixed, name)),
    initializer: [
      ...model.graph.initializer,
      ...Object.entries(fixed).map(([name, { type, dims, data }]) => createTensor({ name, type, dims, data })),
    ],
  },
})

/** The steps in front of differentiation, each the same function in another form. */
export const prepareModel = async (
  model: OnnxModel,
  names: {
    readonly input: string
    readonly output: string
    /** How many examples the model takes at once, where it says. */
    readonly batch: number | undefined
  },
  options: {
    readonly sessions: SessionFactory
    readonly probe: FloatTensor
    readonly fixed: Readonly<Record<string, Tensor>>
    readonly externalData?: ModelBytes['externalData']
  },
): Promise<PreparedModel | Refusal> => {
  const { sessions, fixed, externalData } = options
  const given = options.probe.dims[0] ?? 0
  const probe =
    names.batch === undefined || names.batch === given
      ? options.probe
      : takeRows(
          options.probe,
          range(names.batch).map((row) => row % given),
        )
  const valuesOf: ValuesOf = (current, wanted, inputs = probe) =>
    probeValues(current, wanted, {
      sessions,
      feeds: { [names.input]: inputs },
      ...(externalData === undefined ? {} : { externalData }),
    })
  const upgraded = upgradeOpset(model, probe.type)
  if ('refused' in upgraded) return upgraded
  const owned = fixInputs(ownInitialisers(upgraded), fixed)
  const inlined = await inlineBranches(owned, names.input, probe.type, valuesOf)
  const folded = await foldConstants(inlined.model, valuesOf)
  const expanded = await expandNodes(folded, probe.type, valuesOf)
  const opened = await openBatch(expanded.model, names, options.probe, valuesOf)
  // Two rows where they can be had, so that a dimension of 1 is known not to be the batch.
  const isAlone = names.batch === undefined && Object.keys(fixed).length === 0 && (probe.dims[0] ?? 0) < 2
  return {
    model: opened ?? expanded.model,
    probe: opened !== undefined || isAlone ? twoRows(options.probe) : probe,
    valuesOf,
    assumptions: inlined.assumptions,
    choices: inlined.choices,
    unexpanded: expanded.refused,
  }
}
