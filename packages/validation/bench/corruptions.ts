import { readFileSync } from 'node:fs'
import { createInProcessSessions } from '@nootropic/core/inference'
import { costOf, peakMemory } from '../../../tools/bench/cost.ts'
import {
  type CorruptionName,
  type CorruptionTable,
  corruptionsOf,
  meanCorruptionError,
  measureCorruptions,
} from '../src/behaviour/corruptions/index.ts'
import type { FloatTensor } from '../src/behaviour/dataset.ts'
import { modelFile } from '../test/attacks/digits.ts'
import { digitLabels, digits } from '../test/corruptions/pictures.ts'

// What 19 corruptions at 5 severities cost on 10,000 digits, against what cannot be saved: the forward passes alone.

const examples = 10_000
const inputs = digits(examples)
const labels = digitLabels(examples)
const session = await createInProcessSessions().open({ main: readFileSync(modelFile) })
const [{ name: input } = { name: '' }] = session.inputs
const [{ name: output } = { name: '' }] = session.outputs

const predict = async (part: FloatTensor): Promise<number[]> => {
  const scores = (await session.run({ [input]: part }))[output]?.data as Float32Array
  return Array.from({ length: scores.length / 10 }, (_, row) => {
    const answers = scores.subarray(10 * row, 10 * row + 10)
    return answers.indexOf(Math.max(...answers))
  })
}

const subject = { modality: 'image', inputs, domain: [0, 1], predict } as const
const names = corruptionsOf('image')
const before = peakMemory()
const costs: { readonly name: CorruptionName; readonly cpu: number; readonly elapsed: number }[] = []
let isUndisturbed = true
const tables: CorruptionTable[] = []
for (const name of names) {
  const cost = await costOf(async () => {
    tables.push(await measureCorruptions(subject, { labels, corruptions: [name], seed: 1 }))
  })
  costs.push({ name, ...cost })
  isUndisturbed &&= cost.isUndisturbed
}
const forward = await costOf(async () => {
  for (let start = 0; start < examples; start += 200) {
    await predict({ ...inputs, dims: [200, 1, 28, 28], data: inputs.data.subarray(start * 784, (start + 200) * 784) })
  }
})
await session.close()

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const cpu = sum(costs.map((cost) => cost.cpu))
// Each call measures the clean accuracy as well, once for five severities.
const runs = names.length * 6
const [first] = tables
if (first === undefined) throw new Error('expected a table, found none')
const whole = { ...first, rows: tables.flatMap(({ rows }) => rows) }
const percent = (value: number): string => (100 * value).toFixed(1)
process.stdout.write(
  [
    `| 95 corruptions of ${examples.toLocaleString('en')} digits | against as many forward passes | processor time | time | memory |`,
    '| --- | ---: | ---: | ---: | ---: |',
    `| 19 x 5 | **${(cpu / (runs * forward.cpu)).toFixed(1)} ×** | ${cpu.toFixed(0)} s | ${isUndisturbed ? '' : 'disturbed, '}${sum(costs.map((cost) => cost.elapsed)).toFixed(0)} s | ${((peakMemory() - before) / 2 ** 20).toFixed(0)} MiB above the ${(before / 2 ** 20).toFixed(0)} MiB of examples and model |`,
    '',
    `Clean accuracy ${percent(whole.cleanAccuracy ?? Number.NaN)} %, mean corruption error ${percent(meanCorruptionError(whole)?.meanCorruptionError ?? Number.NaN)} % (absolute).`,
    '',
    '| corruption | accuracy at severities 1 to 5, % | processor time |',
    '| --- | --- | ---: |',
    ...whole.rows.map(
      ({ name, results }, index) =>
        `| ${name} | ${results.map(({ accuracy }) => percent(accuracy)).join(' ')} | ${(costs[index]?.cpu ?? Number.NaN).toFixed(1)} s |`,
    ),
    '',
  ].join('\n'),
)
