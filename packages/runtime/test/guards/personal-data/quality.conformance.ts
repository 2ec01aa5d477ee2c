import { expect, test } from 'vitest'
import { findPersonalData } from '../../../src/guards/index.ts'
import { generateDocuments, valueKinds } from './generator/documents.ts'
import { addToScores, f2, type Score, total } from './generator/score.ts'

// Not on the scale: what only its words tell, which the documents do not label.
const byContextOnly = new Set(['name', 'postal-address'])

const scores = new Map<string, Score>()
const documents = generateDocuments(20_261_122, 6000)
for (const { text, labels } of documents) {
  const found = findPersonalData(text).filter(({ type }) => !byContextOnly.has(type))
  addToScores(scores, labels, found)
}

test('finds structured personal data with an F2 of 0.95 and more', () => {
  expect(documents.filter(({ labels }) => labels.length === 0).length).toBeGreaterThanOrEqual(1000)
  expect(f2(total(scores.values()))).toBeGreaterThanOrEqual(0.95)
})

test('finds it with few false alarms', () => {
  const { hits, wrong } = total(scores.values())
  expect(hits / (hits + wrong)).toBeGreaterThanOrEqual(0.95)
})

test.each(valueKinds.map(({ type }) => type))('finds %s with an F2 of 0.95 and more', (type) => {
  const score = scores.get(type)
  expect(score?.hits).toBeGreaterThanOrEqual(50)
  expect(f2(score as Score)).toBeGreaterThanOrEqual(0.95)
})
