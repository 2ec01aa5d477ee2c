import { createHash, createSecretKey } from 'node:crypto'
import { createSeededRandom } from '@nootropic/core'
import { createNode, createOnnxModel, createTensor, createValueInfo, writeOnnx } from '@nootropic/core/formats'
import { costOf, median } from '../../../tools/bench/cost.ts'
import { createClaim, embedWatermark, extractWatermark, fingerprintModel } from '../src/index.ts'

/** A dense network of 16 layers, 64 MB of weights. */
const denseModel = (): Uint8Array => {
  const width = 1024
  const layers = 16
  const random = createSeededRandom(1)
  return writeOnnx(
    createOnnxModel({
      operatorSets: { '': 17 },
      graph: {
        name: 'dense',
        input: [createValueInfo({ name: 'x0', type: 'float32', dims: ['batch', width] })],
        output: [createValueInfo({ name: `x${layers}`, type: 'float32', dims: ['batch', width] })],
        initializer: Array.from({ length: layers }, (_, layer) =>
          createTensor({
            name: `w${layer}`,
            type: 'float32',
            dims: [width, width],
            data: Float32Array.from({ length: width * width }, () => random.uniform() - 0.5),
          }),
        ),
        node: Array.from({ length: layers }, (_, layer) =>
          createNode('MatMul', [`x${layer}`, `w${layer}`], [`x${layer + 1}`]),
        ),
      },
    }),
  )
}

const rounds = 5
/** The median time of a few runs, in milliseconds. */
const timeOf = async (run: () => unknown): Promise<number> => {
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) times.push((await costOf(run)).elapsed * 1e3)
  return median(times)
}

const bytes = denseModel()
const key = createSecretKey(Buffer.alloc(32, 1))
const claim = createClaim({ owner: 'bench', version: '1.0.0', timestamp: '2026-01-01', license: 'MIT' })
const marked = embedWatermark(bytes, { key, claim })

const sha256 = await timeOf(() => createHash('sha256').update(bytes).digest())
const rows: [string, number][] = [
  ['sha256 (node:crypto)', sha256],
  ['extractWatermark', await timeOf(() => extractWatermark(marked.bytes, { key, claim: marked.claim }))],
  ['embedWatermark (with its read-back)', await timeOf(() => embedWatermark(bytes, { key, claim }))],
  ['fingerprintModel (architecture, weights)', await timeOf(() => fingerprintModel(bytes))],
]

const megabytes = bytes.length / 1e6
const table = rows.map(
  ([name, time]) => `| ${name} | ${Math.round(megabytes / (time / 1000))} | ${(sha256 / time).toFixed(2)} × |`,
)
process.stdout.write(
  [
    `| ${megabytes.toFixed(0)} MB of float32 weights | MB/s | speed of sha256 |`,
    '| --- | ---: | ---: |',
    ...table,
    '',
  ].join('\n'),
)
