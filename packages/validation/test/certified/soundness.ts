import { readdirSync, readFileSync } from 'node:fs'
import { createSeededRandom, elementCount } from '@nootropic/core'
import { createValueInfo, type OnnxModel, onnxSignature, readOnnx, writeOnnx } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { buildIntervals, type IntervalModel, type IntervalRefusal } from '../../src/behaviour/certified/index.ts'
import type { FloatTensor } from '../../src/behaviour/dataset.ts'

const folder = new URL('../gradient/fixtures/', import.meta.url)
const sessions = createInProcessSessions()

/** The networks that the gradient is tried on; together they hold nearly every operator. */
export const networks: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith('.onnx'))
  .map((name) => name.slice(0, -'.onnx'.length))

/** One of {@link networks} with the example beside it. */
export const openNetwork = (name: string): { readonly model: OnnxModel; readonly probe: FloatTensor } => {
  const { input } = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as {
    input: { dims: number[]; data: string; type?: string }
  }
  const bytes = Uint8Array.from(Buffer.from(input.data, 'base64'))
  const model = readOnnx(readFileSync(new URL(`${name}.onnx`, folder)))
  const fixed = onnxSignature(model).inputs[0]?.dims[0]
  const rows = typeof fixed === 'number' ? fixed : (input.dims[0] ?? 1)
  const dims = [rows, ...input.dims.slice(1)]
  return {
    model,
    probe: { type: 'float32', dims, data: new Float32Array(bytes.buffer).subarray(0, elementCount(dims)) },
  }
}

export const intervalsOf = (model: OnnxModel, probe: FloatTensor): Promise<IntervalModel | IntervalRefusal> =>
  buildIntervals(model, { sessions, probe })

/** The model with one more output, if it is none already; what it is made of the runtime finds out itself. */
export const withOutput = (model: OnnxModel, name: string): OnnxModel => {
  const { output } = model.graph
  if (output.some((each) => each.name === name)) return model
  const untyped = { ...createValueInfo({ name, type: 'float32', dims: [] }), type: undefined }
  return { ...model, graph: { ...model.graph, output: [...output, untyped] } }
}

/**
 * Samples points inside boxes of half-width `radius` around the examples, corners among them, runs the model on them and
 * counts the elements of the bounded value that leave the bounds.
 */
export const countOutside = async (
  model: OnnxModel,
  intervals: IntervalModel,
  probe: FloatTensor,
  options: { readonly radius: number; readonly points: number; readonly seed: number },
): Promise<{ readonly points: number; readonly outside: number }> => {
  const { radius, points, seed } = options
  const rows = probe.dims[0] ?? 1
  const { names, bounded } = intervals
  const shift = (amount: number): FloatTensor => ({
    ...probe,
    data: probe.data.map((value) => Math.fround(value + amount)),
  })
  const [lower, upper] = [shift(-radius), shift(radius)]
  const bounds = await sessions.open({ main: writeOnnx(intervals.model) })
  const ends = await bounds.run({ [names.lower]: lower, [names.upper]: upper })
  await bounds.close()
  const [least, greatest] = [names.least, names.greatest].map((name) => ends[name]?.data as Float32Array)
  const session = await sessions.open({ main: writeOnnx(withOutput(model, bounded)) })
  const input = session.inputs[0]?.name ?? ''
  const random = createSeededRandom(seed)
  let outside = 0
  const runs = Math.ceil(points / rows)
  for (let run = 0; run < runs; run += 1) {
    const isCorner = run % 3 === 0
    const data = probe.data.map((_, index) => {
      const [from = 0, to = 0] = [lower.data[index], upper.data[index]]
      if (isCorner) return random.uniform() < 0.5 ? from : to
      return Math.min(to, Math.max(from, Math.fround(from + random.uniform() * (to - from))))
    })
    const found = (await session.run({ [input]: { ...probe, data } }))[bounded]?.data as Float32Array | undefined
    if (found === undefined || found.length === 0 || found.length !== least?.length) {
      throw new Error('expected values beside their bounds')
    }
    found.forEach((number, index) => {
      // So written that NaN is outside, where the bounds are numbers.
      if (!(number >= (least[index] ?? Number.NaN) && number <= (greatest?.[index] ?? Number.NaN))) outside += 1
    })
  }
  await session.close()
  return { points: runs * rows, outside }
}
