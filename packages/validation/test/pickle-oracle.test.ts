import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { disagreement, parseOutcome } from './pickle-oracle/agreement.ts'

// Written by `pnpm pickle-oracle`: pickles of the seeds 0 to 1999, each with what CPython 3.11 did with it.
const sample = (): { readonly bytes: Buffer; readonly line: string }[] =>
  gunzipSync(readFileSync(new URL('data/pickle-oracle/sample.txt.gz', import.meta.url)))
    .toString('utf8')
    .trim()
    .split('\n')
    .map((row) => {
      const [encoded = '', line = ''] = row.split('\t')
      return { bytes: Buffer.from(encoded, 'base64'), line }
    })

test('the first refused name of a pickle is the one that CPython asks for first', () => {
  const cases = sample()
  expect(cases.length).toBe(2000)
  expect(cases.filter(({ line }) => line.startsWith('refused')).length).toBeGreaterThan(800)
  expect(cases.filter(({ line }) => line === 'none').length).toBeGreaterThan(400)
  const found = cases.flatMap(({ bytes, line }) => disagreement(bytes, parseOutcome(line)) ?? [])
  expect(found).toEqual([])
})
