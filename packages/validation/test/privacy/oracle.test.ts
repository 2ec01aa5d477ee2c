import { readFileSync } from 'node:fs'
import { test } from 'vitest'
import { checkAreas, checkIntervals, checkMembership, checkSimilarities, type OracleAnswers } from './oracle-check.ts'

// Made by tools/privacy-fixtures/oracle.py with numpy, scipy and scikit-learn.
const answers: OracleAnswers = JSON.parse(readFileSync(new URL('./fixtures/oracle.json', import.meta.url), 'utf8'))

test('areas are those of scikit-learn, their intervals DeLong over all pairs, and catches the best of all thresholds', () => {
  checkAreas(answers)
})

test('exact intervals and normal quantiles are those of scipy', () => {
  checkIntervals(answers)
})

test('signals, LiRA and RMIA are what numpy finds by the formulas of the papers', () => {
  checkMembership(answers)
})

test('structural similarity and correlation are what scipy finds', () => {
  checkSimilarities(answers)
})
