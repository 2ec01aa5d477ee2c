import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isAtLeast } from '@nootropic/core'
import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'

const shared = process.env.NOOTROPIC_SHARED ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
const corpus = join(shared, 'data', 'scan-corpus')

const archives = (label: string): string[] => {
  try {
    return readdirSync(join(corpus, label), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:zip|7z|npz)$/.test(name))
      .map((name) => join(corpus, label, name))
  } catch (cause) {
    throw new Error(`the scan corpus must be at ${corpus}; set NOOTROPIC_SHARED to where the shared data lies`, {
      cause,
    })
  }
}

test('every hostile archive of the corpus fails, by what is inside it too', async () => {
  const hostile = archives('malicious')
  expect(hostile.length).toBeGreaterThan(6)
  for (const file of hostile) {
    const report = await scan(readFileSync(file))
    expect([file, report.verdict]).toEqual([file, 'fail'])
    expect(
      report.findings.some(({ rule }) => rule.startsWith('pickle/')),
      file,
    ).toBe(true)
  }
})

test('no harmless archive of the corpus has a finding of this room above low', async () => {
  const harmless = archives('benign')
  expect(harmless.length).toBeGreaterThan(2)
  for (const file of harmless) {
    const { findings } = await scan(readFileSync(file))
    const bad = findings.filter(({ rule, severity }) => rule.startsWith('containers/') && isAtLeast(severity, 'medium'))
    expect(bad, file).toEqual([])
  }
})
