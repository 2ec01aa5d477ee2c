import type { FloatTensor } from '../dataset.ts'
import { takeRows } from '../rows.ts'
import { copyOf, elementsOf } from './examples.ts'
import { distances, type Norm } from './norms.ts'
import { type AttackedModel, type AttackInputs, fooledRows } from './objective.ts'

/** One attack of several. */
export interface Contender {
  readonly name: string
  /** Attacks the examples that still stand. `rows` are their places among all. */
  run(target: AttackInputs, rows: readonly number[]): Promise<FloatTensor>
}

/** What several attacks together did. */
export interface WorstCase {
  /** For each example the input that fooled the model; the original where none did. */
  readonly found: FloatTensor
  /** The attack that fooled the model first; nothing where the example stands. */
  readonly fooledBy: readonly (string | undefined)[]
}

/** Float32 rounds an element by up to this share of its size; an example this little outside the ball is inside. */
const rounding = 1e-6

/**
 * Tries attacks one after the other, each on what still stands: an example counts as standing only if it withstands all.
 * What lies outside the ball is no success, so attacks that look for the nearest example fit in.
 *
 * @param record is called after each attack, so that what was found is kept when a later one is stopped.
 */
export const worstCase = async (
  options: AttackInputs & {
    readonly model: AttackedModel
    readonly bounds?: { readonly norm: Norm; readonly radius: number }
    readonly attacks: readonly Contender[]
    readonly record?: (progress: WorstCase, attack: string) => void
  },
): Promise<WorstCase> => {
  const { model, inputs, labels, domain, bounds, attacks } = options
  const found = copyOf(inputs)
  const fooledBy = labels.map((): string | undefined => undefined)
  for (const attack of attacks) {
    const rows = Array.from(labels.keys()).filter((row) => fooledBy[row] === undefined)
    if (rows.length === 0) break
    const target = { inputs: takeRows(inputs, rows), labels: rows.map((row) => labels[row] ?? -1), domain }
    const candidates = await attack.run(target, rows)
    const isFooled = fooledRows(await model.scores(candidates), model.classes, target.labels)
    const width = candidates.data.length / rows.length
    const sizes = bounds === undefined ? [] : distances(bounds.norm, candidates.data, target.inputs.data, width)
    const reach =
      bounds === undefined ? 0 : bounds.radius * (1 + rounding) + rounding * Math.max(...domain.map(Math.abs))
    rows.forEach((row, place) => {
      if (!isFooled[place] || (bounds !== undefined && !((sizes[place] ?? 0) <= reach))) return
      fooledBy[row] = attack.name
      elementsOf(found, row).set(elementsOf(candidates, place))
    })
    options.record?.({ found, fooledBy: [...fooledBy] }, attack.name)
  }
  return { found, fooledBy }
}
