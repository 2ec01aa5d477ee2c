import { createSeededRandom, elementCount } from '@nootropic/core'
import { z } from 'zod'
import { floatArray } from '../behaviour/dataset.ts'
import { windowsOf } from '../scan/containers/bytes.ts'
import type { ByteSource } from '../scan/source.ts'
import { numberChosenLabels } from './class-labels.ts'
import { decodeText, parseJson } from './data-file.ts'
import type { ReadingPlan } from './declaration.ts'
import type { RawExamples } from './finish-dataset.ts'
import { flattenNumbers } from './json-numbers.ts'
import { excessive, unfit } from './refusals.ts'

/** A line that was chosen, and where it stood. */
export interface ChosenLine {
  /** From 1. */
  readonly number: number
  readonly text: string
}

const lineFeed = 0x0a
const windowLength = 2 ** 20

/** The lines of a file that are not blank; one is held at a time. */
function* linesOf(path: string, content: ByteSource, most: number): Generator<{ number: number; bytes: Uint8Array }> {
  let pending: Uint8Array[] = []
  let length = 0
  let number = 0
  const finish = (last: Uint8Array): Uint8Array => {
    const bytes = Buffer.concat([...pending, last])
    pending = []
    length = 0
    number += 1
    return bytes
  }
  const isBlank = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
  for (const window of windowsOf(content, 0, windowLength)) {
    let start = 0
    for (let end = window.indexOf(lineFeed); end !== -1; end = window.indexOf(lineFeed, start)) {
      const bytes = finish(window.subarray(start, end))
      if (!isBlank(bytes)) yield { number, bytes }
      start = end + 1
    }
    const rest = Uint8Array.from(window.subarray(start))
    length += rest.length
    if (length > most) throw excessive(path, 'textBytes', most, length, `break line ${number + 1}, or raise the limit`)
    if (rest.length > 0) pending.push(rest)
  }
  const bytes = finish(new Uint8Array(0))
  if (!isBlank(bytes)) yield { number, bytes }
}

/**
 * A seeded choice of the lines of a file that are not blank, in their order, in one pass (algorithm R; Vitter, ACM TOMS
 * 11(1), 1985). Only the chosen are held.
 */
export const chooseLines = (
  path: string,
  content: ByteSource,
  plan: Pick<ReadingPlan, 'limit' | 'limits' | 'seed'>,
): { readonly lines: readonly ChosenLine[]; readonly available: number } => {
  const random = createSeededRandom(plan.seed)
  const kept: { number: number; bytes: Uint8Array }[] = []
  let available = 0
  let held = 0
  for (const line of linesOf(path, content, plan.limits.textBytes)) {
    available += 1
    const place = kept.length < plan.limit ? kept.length : random.integer(available)
    if (place >= plan.limit) continue
    held += line.bytes.length - (kept[place]?.bytes.length ?? 0)
    kept[place] = line
    if (held > plan.limits.heldBytes)
      throw excessive(path, 'heldBytes', plan.limits.heldBytes, held, 'declare a smaller `limit` of examples')
  }
  const lines = kept
    .sort((left, right) => left.number - right.number)
    .map(({ number, bytes }) => ({ number, text: decodeText(path, bytes) }))
  return { lines, available }
}

const lineSchema = z.looseObject({ input: z.unknown(), label: z.union([z.string(), z.number()]).optional() })

/** One example of a JSON Lines file. */
export interface JsonExample {
  readonly place: string
  readonly input: unknown
  readonly label: string | undefined
}

/** @throws NootropicError `USAGE` for a value that is no example */
export const parseExample = (path: string, value: unknown, place: string): JsonExample => {
  const parsed = lineSchema.safeParse(value)
  if (!parsed.success || parsed.data.input === undefined)
    throw unfit(path, `hold an example in ${place}`, 'something else', 'write {"input": …, "label": …}')
  const { input, label } = parsed.data
  return { place, input, label: label === undefined ? undefined : String(label) }
}

/** The labels of all examples, or none; some with and some without are refused. */
export const labelsOf = (path: string, examples: readonly JsonExample[]): readonly string[] | undefined => {
  const labels = examples.flatMap(({ label }) => (label === undefined ? [] : [label]))
  if (labels.length === 0) return undefined
  const bare = examples.find(({ label }) => label === undefined)
  if (bare === undefined) return labels
  throw unfit(path, 'label all of its examples or none', `no label in ${bare.place}`, 'add the label')
}

/** Examples out of objects with `input` and `label`. */
export const examplesOfJson = (
  path: string,
  examples: readonly JsonExample[],
  available: number,
  plan: ReadingPlan,
): RawExamples => {
  let shape: readonly number[] | undefined
  let data = floatArray(plan.elementType, 0)
  for (const [row, { input, place }] of examples.entries()) {
    const found = flattenNumbers(path, input, place)
    if (shape === undefined) {
      shape = found.shape
      const held = examples.length * found.values.length * data.BYTES_PER_ELEMENT
      if (held > plan.limits.heldBytes)
        throw excessive(path, 'heldBytes', plan.limits.heldBytes, held, 'declare a `limit` of examples')
      data = floatArray(plan.elementType, examples.length * found.values.length)
    }
    if (found.shape.join() !== shape.join())
      throw unfit(path, `hold examples of one shape, [${shape}]`, `[${found.shape}] in ${place}`, 'pad or cut them')
    data.set(found.values, row * found.values.length)
  }
  const names = labelsOf(path, examples)
  const fits = plan.shape !== undefined && elementCount(plan.shape) === elementCount(shape ?? [])
  const own = shape?.length === 0 ? [1] : (shape ?? [])
  return {
    data,
    shape: fits ? (plan.shape ?? own) : own,
    available,
    ...(names === undefined ? {} : numberChosenLabels(path, names, available, plan)),
  }
}

/** Reads a JSON Lines file: each line is `{"input": nested arrays of numbers, "label": a number or a name}`. */
export const readJsonLines = (path: string, content: ByteSource, plan: ReadingPlan): RawExamples => {
  const { lines, available } = chooseLines(path, content, plan)
  const examples = lines.map(({ number, text }) => {
    const place = `line ${number}`
    return parseExample(path, parseJson(path, text, place), place)
  })
  return examplesOfJson(path, examples, available, plan)
}
