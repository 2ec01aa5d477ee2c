// What isolation adds to the start of a worker: from the call until its canary has proved it, in each way that this host
// offers, in turns, beside an empty Node process. Needs the built worker and launcher.
// Run: npx tsx --conditions=@nootropic/source packages/runtime/bench/start.ts
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { findHostTools } from '../src/sandbox/host-tools.ts'
import { startIsolatedWorker } from '../src/sandbox/isolate.ts'
import type { IsolationReport } from '../src/sandbox/isolation.ts'
import { isolationSteps } from '../src/sandbox/isolation-step.ts'
import { defaultSandboxLimits as limits } from '../src/sandbox/limits.ts'
import { findWorkerFiles } from '../src/sandbox/worker-files.ts'

const rounds = Number(process.argv[2] ?? 15)
const tools = findHostTools()
const files = await findWorkerFiles()
const { signal: stop } = new AbortController()

const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now()
  await work()
  return performance.now() - start
}

const ways = isolationSteps(tools, limits).map((step) => ({ name: step.name, step, times: [] as number[], level: '' }))
const empty: number[] = []
for (let round = 0; round < rounds; round += 1) {
  empty.push(await timed(() => once(spawn(files.node, ['-e', '0'], { stdio: 'ignore' }), 'exit')))
  for (const way of ways) {
    let started: { process: { kill(): Promise<void> }; isolation: IsolationReport } | undefined
    way.times.push(
      await timed(async () => {
        started = await startIsolatedWorker({ required: 'none', steps: [way.step], tools, files, limits, stop })
      }),
    )
    way.level = started?.isolation.level ?? ''
    await started?.process.kill()
  }
}

process.stdout.write('Milliseconds until a worker is proved and ready for its model, median of turns.\n\n')
process.stdout.write('| way | level | ms | against an empty Node |\n| --- | --- | ---: | ---: |\n')
for (const { name, level, times } of ways) {
  const cells = [middle(times).toFixed(0), (middle(times) / middle(empty)).toFixed(2)]
  process.stdout.write(`| ${name} | ${level} | ${cells.join(' | ')} |\n`)
}
process.stdout.write(`| an empty Node process, to its end | | ${middle(empty).toFixed(0)} | 1.00 |\n`)
