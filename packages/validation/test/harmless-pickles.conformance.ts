import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { blockedOf } from './harmless-pickles/blocked.ts'

const python = process.env.PYTHON ?? 'python3'
const libraries = 'numpy, scipy, pandas, sklearn, torch, joblib, xgboost'
const isThere = spawnSync(python, ['-W', 'ignore', '-c', `import ${libraries}`]).status === 0
const script = fileURLToPath(new URL('../../../tools/observe-pickles/harmless.py', import.meta.url))

test.skipIf(!isThere)(
  `every estimator, tensor, array and table by every protocol passes (${python} with ${libraries}: ${isThere ? 'found' : 'NOT FOUND, not run'})`,
  { timeout: 600_000 },
  async () => {
    const child = spawn(python, ['-W', 'ignore', script], { stdio: ['ignore', 'pipe', 'ignore'] })
    const closed = once(child, 'close')
    const blocked: string[] = []
    let count = 0
    for await (const row of createInterface({ input: child.stdout })) {
      blocked.push(...(await blockedOf([row])))
      count += 1
    }
    await closed
    expect(count).toBeGreaterThan(5000)
    expect(blocked).toEqual([])
  },
)
