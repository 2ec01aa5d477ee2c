// A host of its own, for tests that need another user or another surrounding: for each list of tools that are hidden from it
// (`argv`), it opens a model in the sandbox, runs it once and tells.
import type { Tensor } from '@nootropic/core'
import { findHostTools } from '../../src/sandbox/host-tools.ts'
import { gvisorSteps, isolationSteps } from '../../src/sandbox/isolation-step.ts'
import { defaultSandboxLimits } from '../../src/sandbox/limits.ts'
import { createSandboxOver } from '../../src/sandbox/sandbox.ts'
import { additionModel } from '../models.ts'

/** What a host of its own tells. */
export interface Told {
  readonly user: number
  readonly level: string
  readonly way: string
  readonly passedOver: readonly { readonly way: string; readonly reason: string }[]
  readonly failed: readonly string[]
  readonly sum: readonly number[]
}

const row = (...data: number[]): Tensor => ({ type: 'float32', dims: [1, 3], data: Float32Array.from(data) })

const tell = async (hidden: readonly string[]): Promise<Told> => {
  const all = findHostTools()
  const tools = Object.fromEntries(Object.entries(all).filter(([name]) => !hidden.includes(name))) as typeof all
  const stepsOf = hidden.includes('what is built in') ? gvisorSteps : isolationSteps
  const sandbox = createSandboxOver(tools, stepsOf(tools, defaultSandboxLimits), { require: 'strong' })
  const session = await sandbox.open({ main: additionModel() })
  const { sum } = await session.run({ left: row(1, 2, 3), right: row(10, 20, 30) })
  const { level, way, passedOver, layers } = session.isolation
  await session.close()
  return {
    ...{ user: process.getuid?.() ?? -1, level, way, passedOver },
    failed: Object.entries(layers).flatMap(([layer, { state }]) => (state === 'failed' ? [layer] : [])),
    sum: Array.from(sum?.data as Float32Array),
  }
}

const machines: readonly (readonly string[])[] = JSON.parse(process.argv[2] ?? '[[]]')
const told: Told[] = []
for (const hidden of machines) told.push(await tell(hidden))
process.stdout.write(JSON.stringify(told))
