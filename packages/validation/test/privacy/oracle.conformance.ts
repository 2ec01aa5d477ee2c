import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { test } from 'vitest'
import { checkAreas, checkIntervals, checkMembership, checkSimilarities, type OracleAnswers } from './oracle-check.ts'

const python = process.env.PYTHON ?? '/usr/bin/python3'
const script = fileURLToPath(new URL('../../../../tools/privacy-fixtures/oracle.py', import.meta.url))

test('the statistics of privacy agree with numpy, scipy and scikit-learn on cases that no fixture holds', () => {
  for (const seed of [2, 3, 4]) {
    const output = execFileSync(python, [script, String(seed)], { encoding: 'utf8', maxBuffer: 2 ** 26 })
    const answers: OracleAnswers = JSON.parse(output)
    checkAreas(answers)
    checkIntervals(answers)
    checkMembership(answers)
    checkSimilarities(answers)
  }
})
