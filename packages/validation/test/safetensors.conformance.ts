import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'

const shared = process.env.NOOTROPIC_SHARED ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
const corpus = join(shared, 'data', 'scan-corpus')

test('the safetensors files of the corpus are read as such and judged by their labels', async () => {
  const rows = readFileSync(join(corpus, 'labels.csv'), 'utf8').split('\n').slice(1)
  const files = rows.map((row) => row.split(',')).filter(([, , format]) => format === 'safetensors')
  expect(files.length).toBeGreaterThan(4)
  for (const [file = '', label] of files) {
    const { subject, verdict } = await scan(join(corpus, file))
    expect([file, subject.format, verdict]).toEqual([file, 'safetensors', label === 'benign' ? 'pass' : 'fail'])
  }
})
