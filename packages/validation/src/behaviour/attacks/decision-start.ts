import type { SeededRandom } from '@nootropic/core'
import type { FloatTensor } from '../dataset.ts'
import { copyOf, elementsOf } from './examples.ts'
import { type AttackedModel, type AttackInputs, fooledRows } from './objective.ts'

/** Pictures of noise that are tried where no other example serves. */
const noises = 100

/**
 * Where attacks that see answers only begin: for each example another input that is answered otherwise. Other examples
 * of the batch serve, else uniform noise; an example for which neither does keeps its own elements.
 */
export const findStarts = async (
  options: AttackInputs & { readonly model: AttackedModel; readonly random: SeededRandom },
): Promise<{ readonly starts: FloatTensor; readonly isFooled: readonly boolean[] }> => {
  const { model, inputs, labels, domain, random } = options
  const tried = copyOf(inputs)
  const starts = copyOf(inputs)
  const isFooled = labels.map(() => false)
  const take = async (): Promise<void> => {
    const found = fooledRows(await model.scores(tried), model.classes, labels)
    found.forEach((is, row) => {
      if (!is || isFooled[row]) return
      isFooled[row] = true
      elementsOf(starts, row).set(elementsOf(tried, row))
    })
  }
  labels.forEach((label, row) => {
    const other = labels.findIndex((_, place) => labels[(row + place) % labels.length] !== label)
    if (other !== -1) elementsOf(tried, row).set(elementsOf(inputs, (row + other) % labels.length))
  })
  await take()
  for (let attempt = 0; attempt < noises && isFooled.includes(false); attempt += 1) {
    for (let index = 0; index < tried.data.length; index += 1) {
      tried.data[index] = domain[0] + random.uniform() * (domain[1] - domain[0])
    }
    await take()
  }
  return { starts, isFooled }
}
