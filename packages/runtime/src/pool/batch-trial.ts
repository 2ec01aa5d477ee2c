import type { Tensor, TensorData } from '@nootropic/core'
import { joinRows, rowsOf, splitRows } from './batch-tensors.ts'
import { feedsByteLength, type Tensors } from './feeds-digest.ts'

/** Requests that are run as one, at most. */
export const largestBatch = 16
const triedSizes = [2, 4, 8, largestBatch]

/**
 * Inputs and outputs of one batch together, at most. What is joined and cut again is copied twice as often as what goes alone:
 * beyond this that costs more than a message saved.
 */
export const maximumBatchBytes = 2 * 1024 ** 2

/** How much faster one item of a batch must be than alone: less is noise, and a batch makes the first of it wait for the last. */
const minimumGain = 1.2

const trialRuns = 5

// A run this long gains little by company, and its trial would keep the processor busy for seconds.
const longestRunMs = 10

/**
 * How far an element of a batch may be from the same element alone: onnxruntime takes other kernels for other shapes, and they
 * add up in another order. Relative to the larger of 1 and the element; elements that are no floats must be equal.
 */
const tolerance = 1e-5

/** The sizes from which on a batch is worth it, each up to the next that was tried. */
export type BatchSizes = ReadonlySet<number>

type Run = (feeds: Tensors) => Promise<Tensors>

const isNear = (left: number, right: number): boolean =>
  Object.is(left, right) || Math.abs(left - right) <= tolerance * Math.max(1, Math.abs(left))

const isSame = (left: Tensor | undefined, right: Tensor): boolean => {
  if (left?.type !== right.type || `${left.dims}` !== `${right.dims}`) return false
  const isFloat = right.type === 'float32' || right.type === 'float64'
  return (left.data as readonly unknown[]).every((element, index) =>
    isFloat ? isNear(element as number, right.data[index] as number) : element === right.data[index],
  )
}

const isSameAnswer = (left: Tensors, right: Tensors): boolean =>
  Object.entries(right).every(([name, tensor]) => isSame(left[name], tensor))

const rotate = (data: TensorData, by: number): TensorData => {
  const shift = data.length === 0 ? 0 : by % data.length
  if (!ArrayBuffer.isView(data)) return [...data.slice(shift), ...data.slice(0, shift)]
  const rotated = data.slice()
  rotated.set(data.subarray(shift) as never, 0)
  rotated.set(data.subarray(0, shift) as never, data.length - shift)
  return rotated
}

/** Inputs that are like one that came, and not like each other, in memory of their own. */
const variationsOf = (feeds: Tensors): Tensors[] =>
  Array.from({ length: largestBatch }, (_, by) =>
    Object.fromEntries(
      Object.entries(feeds).map(([name, { type, dims, data }]) => [name, { type, dims, data: rotate(data, by) }]),
    ),
  )

const median = (times: number[]): number => times.sort((left, right) => left - right)[times.length >> 1] ?? Number.NaN

/**
 * Runs an input's variations alone and in batches on one worker, in turns: the sizes that give the same answers, and faster by
 * the item. None when a batch of any size gives another answer.
 */
export const tryBatches = async (feeds: Tensors, run: Run): Promise<BatchSizes> => {
  const rows = rowsOf(feeds)
  if (rows === undefined) return new Set()
  const inputs = variationsOf(feeds)
  const answers: Tensors[] = []
  const begunMs = performance.now()
  for (const input of inputs) {
    answers.push(await run(input))
    if (performance.now() - begunMs > longestRunMs * inputs.length) return new Set()
  }
  const itemBytes = feedsByteLength(feeds) + feedsByteLength(answers[0] ?? {})
  const sizes = triedSizes.filter((size) => size * itemBytes <= maximumBatchBytes)
  const runBatch = async (size: number): Promise<Tensors[] | undefined> => {
    const outputs = await run(joinRows(inputs.slice(0, size)))
    return splitRows(outputs, Array<number>(size).fill(rows))
  }
  for (const size of sizes) {
    const split = await runBatch(size)
    if (!split?.every((answer, index) => isSameAnswer(answers[index] ?? {}, answer))) return new Set()
  }
  const alone: number[] = []
  const times = new Map<number, number[]>(sizes.map((size) => [size, []]))
  for (let turn = 0; turn < trialRuns; turn += 1) {
    for (const [size, taken] of times) {
      const begunMs = performance.now()
      await run(inputs[turn] ?? feeds)
      const betweenMs = performance.now()
      await runBatch(size)
      alone.push(betweenMs - begunMs)
      taken.push(performance.now() - betweenMs)
    }
  }
  const aloneMs = median(alone)
  return new Set(sizes.filter((size) => aloneMs * size > minimumGain * median(times.get(size) ?? [])))
}
