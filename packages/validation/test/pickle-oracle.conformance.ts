import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { disagreement, parseOutcome } from './pickle-oracle/agreement.ts'
import { askOracle } from './pickle-oracle/ask-oracle.ts'
import { generatePickle } from './pickle-oracle/generate.ts'

const python = process.env.PYTHON ?? 'python3'
const isThere = spawnSync(python, ['-c', 'import pickle']).status === 0
const cases = 200_000
const batch = 20_000

test.skipIf(!isThere)(
  `CPython and the machine agree on ${cases} pickles (needs ${python}: ${isThere ? 'found' : 'NOT FOUND, not run'})`,
  { timeout: 600_000 },
  async () => {
    for (let from = 0; from < cases; from += batch) {
      const pickles = Array.from({ length: batch }, (_, index) => generatePickle(from + index))
      const lines = await askOracle(pickles)
      const found = pickles.flatMap((pickle, index) => disagreement(pickle, parseOutcome(lines[index] ?? '')) ?? [])
      expect(found).toEqual([])
    }
  },
)
