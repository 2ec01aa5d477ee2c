import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'

const shared = process.env.NOOTROPIC_SHARED ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
const corpus = join(shared, 'data', 'scan-corpus')

const labelled = (...formats: string[]): { file: string; label: string }[] =>
  readFileSync(join(corpus, 'labels.csv'), 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
    .filter(([, , format = '']) => formats.includes(format))
    .map(([file = '', label = '']) => ({ file, label }))

test('configurations, templates and metadata of the corpus are judged as they are labelled', async () => {
  const samples = labelled('json', 'template', 'safetensors')
  expect(samples.length).toBeGreaterThan(20)
  for (const { file, label } of samples) {
    const { verdict } = await scan(join(corpus, file))
    expect([file, verdict]).toEqual([file, label === 'benign' ? 'pass' : 'fail'])
  }
})
