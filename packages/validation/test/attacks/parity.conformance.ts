import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { digitsDataset, modelFile } from './digits.ts'
import { accuracyOf, agreement, standingDigits } from './parity.ts'

const python = process.env.PYTHON ?? '/usr/bin/python3'

/** Half a point, as between two implementations of one attack. */
const tolerance = 0.005

test('FGSM and PGD leave as many of 1,000 digits standing as the same attacks in PyTorch do', async () => {
  const { inputs, labels } = digitsDataset(1000)
  const directory = mkdtempSync(join(tmpdir(), 'attack-parity-'))
  try {
    const [pictures, classes] = [join(directory, 'inputs.f32'), join(directory, 'labels.json')]
    writeFileSync(pictures, Buffer.from(inputs.data.buffer))
    writeFileSync(classes, JSON.stringify(labels))
    const script = fileURLToPath(new URL('./oracle.py', import.meta.url))
    const output = execFileSync(python, [script, fileURLToPath(modelFile), pictures, classes], { encoding: 'utf8' })
    const expected = JSON.parse(output) as Record<string, string>
    const standing = await standingDigits(1000, Object.keys(expected))
    for (const [name, theirs] of Object.entries(expected)) {
      const ours = standing[name] ?? ''
      expect(Math.abs(accuracyOf(ours) - accuracyOf(theirs)), name).toBeLessThanOrEqual(tolerance)
      expect(agreement(ours, theirs), name).toBeGreaterThanOrEqual(1 - 2 * tolerance)
    }
  } finally {
    rmSync(directory, { recursive: true })
  }
})
