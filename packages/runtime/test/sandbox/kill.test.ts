import type { Tensor } from '@nootropic/core'
import { expect, test } from 'vitest'
import { createSandbox } from '../../src/sandbox/index.ts'
import { isolationSteps } from '../../src/sandbox/isolation-step.ts'
import { defaultSandboxLimits } from '../../src/sandbox/limits.ts'
import { createSandboxOver, type Sandbox } from '../../src/sandbox/sandbox.ts'
import { additionModel } from '../models.ts'

const row = (...data: number[]): Tensor => ({ type: 'float32', dims: [1, 3], data: Float32Array.from(data) })

/** Kills the worker `kills` times, from before the first run is written to after the last is answered. */
const runUnderKills = async (sandbox: Sandbox, kills: number): Promise<{ right: number; failed: number }> => {
  const session = await sandbox.open({ main: additionModel() })
  const outcomes = { right: 0, failed: 0 }
  for (let kill = 0; kill < kills; kill += 1) {
    const runs = [1, 2].map(async (factor) => {
      const left = row(factor, kill, -factor)
      try {
        const { sum } = await session.run({ left, right: left })
        expect(sum).toEqual(row(2 * factor, 2 * kill, -2 * factor))
        outcomes.right += 1
      } catch (error) {
        expect(error).toMatchObject({ code: 'WORKER_FAILED' })
        outcomes.failed += 1
      }
    })
    if (kill % 4 > 0) await new Promise((resolve) => setTimeout(resolve, (kill % 4) - 1))
    const { pid } = session
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It had ended already.
    }
    await Promise.all(runs)
  }
  const left = row(1, 2, 3)
  // The last kill may still be on its way.
  const answer = await session.run({ left, right: left }).catch(() => session.run({ left, right: left }))
  expect(answer.sum).toEqual(row(2, 4, 6))
  await session.close()
  return outcomes
}

test('a hundred killed workers give no wrong answer', async () => {
  const bare = { platform: process.platform, isRoot: false }
  const sandbox = createSandboxOver(bare, isolationSteps(bare, defaultSandboxLimits), { require: 'none' })
  const outcomes = await Promise.all([1, 2, 3, 4].map(() => runUnderKills(sandbox, 25)))
  for (const { right, failed } of outcomes) {
    expect(right + failed).toBe(50)
    expect(failed).toBeGreaterThan(0)
  }
})

test('killing what holds an isolated worker gives no wrong answer', async () => {
  const { right, failed } = await runUnderKills(createSandbox({ require: 'none' }), 8)
  expect(right + failed).toBe(16)
})
