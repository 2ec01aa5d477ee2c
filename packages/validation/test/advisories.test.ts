import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Severity } from '@nootropic/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'
import type { Advisory } from './advisories/advisory.ts'
import { callables } from './advisories/callables.ts'
import { fickling } from './advisories/fickling.ts'
import { ggufAdvisories } from './advisories/gguf.ts'
import { kerasAdvisories } from './advisories/keras.ts'
import { modelscan } from './advisories/modelscan.ts'
import { nemoAdvisories } from './advisories/nemo.ts'
import { onnx } from './advisories/onnx.ts'
import { picklescan } from './advisories/picklescan.ts'
import { published } from './advisories/published.ts'
import { pythonAdvisories } from './advisories/python.ts'
import { torchAdvisories } from './advisories/torch.ts'

const advisories = [
  ...picklescan,
  ...callables,
  ...modelscan,
  ...fickling,
  ...onnx,
  ...kerasAdvisories,
  ...ggufAdvisories,
  ...nemoAdvisories,
  ...torchAdvisories,
  ...pythonAdvisories,
]

const severities: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical']

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'nootropic-advisories-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const named = advisories.map((advisory) => [advisory.id, advisory.about, advisory] as const)

const verifyOutcome = async ({ fixture, outcome }: Advisory): Promise<void> => {
  const { verdict, findings } = await scan(fixture(mkdtempSync(join(directory, 'case-'))))
  if ('verdict' in outcome) {
    expect([verdict, findings]).toEqual([outcome.verdict, []])
    return
  }
  const found = findings.map(({ rule, severity }) => [rule, severity] as const)
  const isReported = found.some(
    ([rule, severity]) =>
      `${rule}/`.startsWith(`${outcome.rule}/`) && severities.indexOf(severity) >= severities.indexOf(outcome.atLeast),
  )
  expect([verdict, isReported, found]).toEqual(['fail', true, found])
}

test.each(named)('%s: %s', (_id, _about, advisory) => verifyOutcome(advisory))

test('no published report is forgotten, and none stands in the tables only', () => {
  expect([...new Set(advisories.map(({ id }) => id))].sort()).toEqual([...published].sort())
})
