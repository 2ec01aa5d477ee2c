import { elementCount } from '@nootropic/core'
import { range } from '../behaviour/rows.ts'
import { printable } from '../scan/rule.ts'
import type { ByteSource } from '../scan/source.ts'
import { readArrayRows } from './array-rows.ts'
import { type ByteStream, streamOfSource } from './byte-stream.ts'
import { chooseRows } from './choose-rows.ts'
import { type ClassLabels, numberLabels } from './class-labels.ts'
import { withDataFile } from './data-file.ts'
import type { ReadingPlan } from './declaration.ts'
import type { RawExamples } from './finish-dataset.ts'
import { isIdx, readIdxHeader } from './idx.ts'
import { readLabelList } from './labels-file.ts'
import { type ArrayHeader, headBytes, readNpyHeader } from './npy-header.ts'
import { readNpzEntries } from './npz-entries.ts'
import { excessive, unfit } from './refusals.ts'

/** An array in a file: what it holds, and its bytes. */
interface StoredArray {
  readonly path: string
  readonly header: ArrayHeader
  readonly stream: ByteStream
}

/** Finds the array that a stream holds. */
const openArray = async (path: string, stream: ByteStream): Promise<StoredArray> => {
  const head = await stream.head(headBytes)
  const readHeader = isIdx(head) ? readIdxHeader : readNpyHeader
  return { path, stream, header: readHeader(path, head, stream.size) }
}

/** Class numbers out of an array with one number a row; all rows, or those at `rows`. */
const readLabels = async ({ path, header, stream }: StoredArray, rows: readonly number[]): Promise<number[]> => {
  if (elementCount(header.shape.slice(1)) !== 1)
    throw unfit(
      path,
      'hold one label an example',
      `the shape [${header.shape}]`,
      'give class numbers; of one-hot rows take the argmax',
    )
  return Array.from(await readArrayRows(stream, header, rows, 'float64'))
}

/** What it takes to say which rows were chosen, a row. */
const rowNumberBytes = 8

/**
 * The examples of an array, batch first, and the labels that come with them.
 *
 * @param labels as many as there are examples.
 */
const examplesOfArray = async (
  { path, header, stream }: StoredArray,
  labels: StoredArray | ClassLabels | undefined,
  plan: ReadingPlan,
): Promise<RawExamples> => {
  const [available = 0, ...shape] = header.shape
  if (header.shape.length === 0 || elementCount(header.shape) === 0)
    throw unfit(path, 'hold examples, batch first', `the shape [${header.shape}]`, 'stack the examples on a first axis')
  const count = labels === undefined ? available : 'labels' in labels ? labels.labels.length : labels.header.shape[0]
  if (count !== available)
    throw unfit(
      path,
      'have a label for each example',
      `${count ?? 'no'} for ${available}`,
      'give the labels of these data',
    )
  // Before a row is chosen: the record of an archive can claim billions of them (CWE-789).
  const rowBytes = elementCount(shape) * (plan.elementType === 'float32' ? 4 : 8) + rowNumberBytes
  const held = Math.min(available, plan.limit) * rowBytes
  if (held > plan.limits.heldBytes)
    throw excessive(path, 'heldBytes', plan.limits.heldBytes, held, 'declare a `limit` of examples')
  const rows = chooseRows(available, plan.limit, plan.seed)
  const data = await readArrayRows(stream, header, rows, plan.elementType)
  const { domain } = header.element
  return {
    data,
    shape: shape.length === 0 ? [1] : shape,
    ...(domain === undefined ? {} : { domain }),
    available,
    ...(await chosenLabels(labels, rows)),
  }
}

const chosenLabels = async (
  labels: StoredArray | ClassLabels | undefined,
  rows: readonly number[],
): Promise<Partial<ClassLabels>> => {
  if (labels === undefined) return {}
  if (!('labels' in labels)) return { labels: await readLabels(labels, rows) }
  return { ...labels, labels: rows.map((row) => labels.labels[row] ?? -1) }
}

/** The labels of the declared file, all of them. */
const readDeclaredLabels = async (plan: ReadingPlan): Promise<ClassLabels | undefined> => {
  const path = plan.labels
  if (path === undefined) return undefined
  if (!/(\.npy|ubyte)$/i.test(path)) return numberLabels(path, await readLabelList(path, plan), plan)
  return withDataFile(path, async (content) => {
    const array = await openArray(path, streamOfSource(path, content))
    const [count = 0] = array.header.shape
    const most = plan.limits.textBytes
    if (array.header.dataLength > most) throw excessive(path, 'textBytes', most, array.header.dataLength, 'raise it')
    return { labels: await readLabels(array, range(count)) }
  })
}

/** Reads an `.npy` or IDX file, whose first axis is that of the examples. */
export const readArrayExamples = async (path: string, content: ByteSource, plan: ReadingPlan): Promise<RawExamples> =>
  examplesOfArray(await openArray(path, streamOfSource(path, content)), await readDeclaredLabels(plan), plan)

/** What arrays of inputs and of labels are called, where nobody names them. */
const usualNames = {
  inputs: ['inputs', 'x', 'images', 'data', 'x_test', 'arr_0'],
  labels: ['labels', 'y', 'targets', 'y_test', 'arr_1'],
} as const

const pickArray = (
  path: string,
  entries: ReadonlyMap<string, ByteStream>,
  side: keyof typeof usualNames,
  declared: string | undefined,
): { readonly name: string; readonly stream: ByteStream } | undefined => {
  const candidates = declared === undefined ? usualNames[side] : [declared]
  for (const name of candidates) {
    const stream = entries.get(name)
    if (stream !== undefined) return { name, stream }
  }
  if (declared === undefined && side === 'labels') return undefined
  const names = [...entries.keys()].slice(0, 10).map((name) => `"${printable(name)}"`)
  throw unfit(
    path,
    `hold an array of ${side} named ${candidates.join(', ')}`,
    names.join(', ') || 'none',
    `declare arrays.${side}`,
  )
}

/** Reads an `.npz` archive with an array of inputs and, where there is one, an array of labels. */
export const readNpzExamples = async (path: string, content: ByteSource, plan: ReadingPlan): Promise<RawExamples> => {
  const entries = readNpzEntries(path, content, plan.limits)
  const inputs = pickArray(path, entries, 'inputs', plan.arrays?.inputs)
  if (inputs === undefined) throw unfit(path, 'hold an array of inputs', 'none', 'declare arrays.inputs')
  const open = (array: { readonly name: string; readonly stream: ByteStream }): Promise<StoredArray> =>
    openArray(`${path}: ${printable(array.name)}`, array.stream)
  const declared = await readDeclaredLabels(plan)
  const own = declared === undefined ? pickArray(path, entries, 'labels', plan.arrays?.labels) : undefined
  return examplesOfArray(await open(inputs), own === undefined ? declared : await open(own), plan)
}
