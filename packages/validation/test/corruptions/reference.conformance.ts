import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { fixtureRounding, greatestDifferences, type ReferenceCase } from './reference.ts'

const python = process.env.PYTHON ?? '/usr/bin/python3'
const script = fileURLToPath(new URL('../../../../tools/corruption-fixtures/main.py', import.meta.url))

test('all severities on pictures of every published size are those of numpy, scipy and Pillow', () => {
  const output = execFileSync(python, ['-B', script, 'large'], { encoding: 'utf8', maxBuffer: 1 << 28 })
  const differences = greatestDifferences(JSON.parse(output) as ReferenceCase[])
  expect(differences.size).toBe(8)
  for (const [name, difference] of differences)
    expect(difference, name).toBeLessThanOrEqual(name === 'pixelate' ? 1 + fixtureRounding : fixtureRounding)
})
