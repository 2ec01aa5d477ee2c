import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median, peakMemory } from '../../../tools/bench/cost.ts'
import {
  createNode,
  createOnnxModel,
  createTensor,
  createValueInfo,
  type NodeProto,
  readOnnxFile,
  type TensorProto,
  writeOnnx,
} from '../src/formats/index.ts'

// How long it takes to learn the header and the graph of a 114 MB ONNX file, and how much memory: readOnnxFile, which
// leaves the tensors on disk, against onnx-proto (protobufjs), which needs the file in memory. Both in the same run, in
// turns, each time in a fresh process; the file is in the page cache for both.

const layers = 24
const width = 344

/** A transformer encoder as PyTorch exports one, 24 layers: 456 nodes, 336 initialisers, 114 MB. */
const createEncoder = (): Uint8Array => {
  const nodes: NodeProto[] = []
  const initializer: TensorProto[] = []
  const inner: string[] = []
  const weight = (name: string, dims: number[]): string => {
    const data = new Float32Array(dims.reduce((product, dim) => product * dim, 1)).fill(0.01)
    initializer.push(createTensor({ name, type: 'float32', dims, data }))
    return name
  }
  const apply = (place: string, opType: string, input: string[], attributes = {}): string => {
    const output = `/${place}/${opType}_output_0`
    nodes.push({ ...createNode(opType, input, [output], attributes), name: `/${place}/${opType}` })
    inner.push(output)
    return output
  }
  const dense = (place: string, input: string, from: number, to: number): string => {
    const product = apply(place, 'MatMul', [input, weight(`onnx::MatMul_${initializer.length}`, [from, to])])
    return apply(place, 'Add', [weight(`${place.replaceAll('/', '.')}.bias`, [to]), product])
  }
  let hidden = 'embeddings'
  for (let layer = 0; layer < layers; layer += 1) {
    const place = `encoder/layer.${layer}`
    const [query, key, value] = ['query', 'key', 'value'].map((part) =>
      dense(`${place}/attention/self/${part}`, hidden, width, width),
    ) as [string, string, string]
    const turned = apply(`${place}/attention/self`, 'Transpose', [key], { perm: [0n, 2n, 1n] })
    const scores = apply(`${place}/attention/scores`, 'MatMul', [query, turned])
    const attention = apply(`${place}/attention`, 'Softmax', [scores], { axis: -1n })
    const context = apply(`${place}/attention/context`, 'MatMul', [attention, value])
    const projected = dense(`${place}/attention/output`, context, width, width)
    const residual = apply(`${place}/attention/residual`, 'Add', [projected, hidden])
    const wide = apply(`${place}/intermediate`, 'Relu', [dense(`${place}/intermediate`, residual, width, 3 * width)])
    const narrow = dense(`${place}/output`, wide, 3 * width, width)
    hidden = apply(
      `${place}/output/LayerNorm`,
      'LayerNormalization',
      [narrow, weight(`${place}.LayerNorm.weight`, [width]), weight(`${place}.LayerNorm.bias`, [width])],
      { axis: -1n, epsilon: 1e-5 },
    )
  }
  const spec = (name: string) => createValueInfo({ name, type: 'float32', dims: ['batch', 'sequence', width] })
  return writeOnnx(
    createOnnxModel({
      operatorSets: { '': 17 },
      graph: {
        name: 'main_graph',
        node: nodes,
        initializer,
        input: [spec('embeddings')],
        output: [spec(hidden)],
      },
    }),
  )
}

/** What one process measured, in milliseconds and bytes. */
interface Measured {
  /** The first read: compilation included. */
  readonly first: number
  /** The median of reads once the code is compiled. */
  readonly warm: number
  /** The peak of resident memory during the first read, above what the process had before. */
  readonly extraMemory: number
}

type Reader = (path: string) => Promise<{ graph?: { node?: readonly unknown[] | null } | null }>

const readers: Readonly<Record<string, () => Promise<Reader>>> = {
  'core/formats readOnnxFile': async () => readOnnxFile,
  'onnx-proto ModelProto.decode': async () => {
    const { default: onnxProto } = await import('onnx-proto')
    return async (path) => onnxProto.onnx.ModelProto.decode(await readFile(path))
  },
}

const rounds = 5
const warmUpReads = 20
const timedReads = 9

const measure = async (name: string, path: string): Promise<Measured> => {
  const read = await (readers[name] as () => Promise<Reader>)()
  const timed = async (): Promise<number> => {
    const start = performance.now()
    const model = await read(path)
    const duration = performance.now() - start
    if (model.graph?.node?.length !== layers * 19) throw new Error(`${name} read another graph`)
    return duration
  }
  const before = process.memoryUsage.rss()
  const first = await timed()
  const extraMemory = peakMemory() - before
  const durations: number[] = []
  for (let index = 0; index < warmUpReads + timedReads; index += 1) durations.push(await timed())
  return { first, warm: median(durations.slice(warmUpReads)), extraMemory }
}

const measureInFreshProcess = (name: string, path: string): Measured => {
  const program = [...process.execArgv, fileURLToPath(import.meta.url), name, path]
  return JSON.parse(execFileSync(process.execPath, program, { encoding: 'utf8' }))
}

const formatTable = (results: ReadonlyMap<string, readonly Measured[]>): string => {
  const summaries = [...results].map(([name, each]) => ({
    name,
    first: median(each.map(({ first }) => first)),
    warm: median(each.map(({ warm }) => warm)),
    extraMemory: median(each.map(({ extraMemory }) => extraMemory)),
  }))
  const [ours, rival] = summaries as [(typeof summaries)[number], (typeof summaries)[number]]
  const rows = summaries.map(
    ({ name, first, warm, extraMemory }) =>
      `| ${name} | ${warm.toFixed(1)} ms | ${first.toFixed(1)} ms | ${(extraMemory / 1e6).toFixed(1)} MB |`,
  )
  const ratio = (key: keyof Measured): string => `${(rival[key] / ours[key]).toFixed(1)} ×`
  return [
    '| header and graph of a 114 MB ONNX file | warm | first read of a process | peak extra memory |',
    '| --- | ---: | ---: | ---: |',
    ...rows,
    `| **ratio** | **${ratio('warm')}** | ${ratio('first')} | ${ratio('extraMemory')} |`,
  ].join('\n')
}

/** Runs the readers in turns and returns the table. */
const compare = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'nootropic-bench-'))
  try {
    const path = join(directory, 'encoder.onnx')
    await writeFile(path, createEncoder())
    const results = new Map<string, Measured[]>(Object.keys(readers).map((name) => [name, []]))
    for (let round = 0; round < rounds; round += 1)
      for (const [name, measured] of results) measured.push(measureInFreshProcess(name, path))
    return formatTable(results)
  } finally {
    await rm(directory, { recursive: true })
  }
}

const [name, path] = process.argv.slice(2)
const output = name === undefined || path === undefined ? await compare() : JSON.stringify(await measure(name, path))
process.stdout.write(`${output}\n`)
