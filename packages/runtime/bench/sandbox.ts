// What a sandbox adds to a run: the same model and input in this process and in the strongest sandbox of this host, in
// turns. Needs the built worker. Run: npx tsx --conditions=@nootropic/source packages/runtime/bench/sandbox.ts
import type { InferenceSession, Tensor } from '@nootropic/core'
import { createNode, createOnnxModel, createTensor, createValueInfo, writeOnnx } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { createSandbox } from '../src/sandbox/index.ts'

const columns = 1024

const model = (opType: string, inputs: string[], output: (number | string)[]): Uint8Array =>
  writeOnnx(
    createOnnxModel({
      operatorSets: { '': 13 },
      graph: {
        name: opType,
        node: [createNode(opType, inputs, ['y'])],
        input: [createValueInfo({ name: 'x', type: 'float32', dims: ['rows', columns] })],
        output: [createValueInfo({ name: 'y', type: 'float32', dims: output })],
        initializer: inputs.includes('weights')
          ? [
              createTensor({
                name: 'weights',
                type: 'float32',
                dims: [columns, columns],
                data: new Float32Array(columns * columns).fill(0.01),
              }),
            ]
          : [],
      },
    }),
  )

const echo = model('Relu', ['x'], ['rows', columns])
const reduction = model('ReduceMean', ['x'], [1, 1])
const product = model('MatMul', ['x', 'weights'], ['rows', columns])

const cases = [
  { name: '4 KiB in, 4 KiB out', bytes: echo, rows: 1, rounds: 500 },
  { name: '588 KiB in, 4 B out', bytes: reduction, rows: 147, rounds: 200 },
  { name: '588 KiB in, 588 KiB out', bytes: echo, rows: 147, rounds: 200 },
  { name: '16 MiB in, 16 MiB out', bytes: echo, rows: 4096, rounds: 20 },
  { name: 'matrix product, 588 KiB in and out', bytes: product, rows: 147, rounds: 60 },
]

const timeOf = async (session: InferenceSession, feeds: Record<string, Tensor>): Promise<number> => {
  const start = performance.now()
  await session.run(feeds)
  return performance.now() - start
}

const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

const sandbox = createSandbox({ require: 'none' })
const { level } = await sandbox.probe()
process.stdout.write(`Milliseconds of one run, median of turns; sandbox of level "${level}".\n\n`)
process.stdout.write('| run | in process | sandbox | added | ratio |\n| --- | ---: | ---: | ---: | ---: |\n')
for (const { name, bytes, rows, rounds } of cases) {
  const here = await createInProcessSessions().open({ main: bytes })
  const there = await sandbox.open({ main: bytes })
  const feeds: Record<string, Tensor> = {
    x: { type: 'float32', dims: [rows, columns], data: new Float32Array(rows * columns).fill(1) },
  }
  const times = { here: [] as number[], there: [] as number[] }
  for (let round = 0; round < rounds; round += 1) {
    times.here.push(await timeOf(here, feeds))
    times.there.push(await timeOf(there, feeds))
  }
  const [inProcess, sandboxed] = [middle(times.here), middle(times.there)]
  const cells = [inProcess, sandboxed, sandboxed - inProcess].map((value) => value.toFixed(3))
  process.stdout.write(`| ${name} | ${cells.join(' | ')} | ${(sandboxed / inProcess).toFixed(2)} |\n`)
  await Promise.all([here.close(), there.close()])
}
