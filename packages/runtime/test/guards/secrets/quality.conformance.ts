import { expect, test } from 'vitest'
import { findSecrets, type Match } from '../../../src/guards/index.ts'
import { generateSecretDocuments } from './generator/secret-documents.ts'

const documents = generateSecretDocuments(20_261_122, 20)
const byKind = new Map<string, { found: number; all: number }>()
let right = 0
let wrong = 0

for (const { text, secret } of documents) {
  const matches = findSecrets(text)
  const shared = (match: Match): number =>
    secret === undefined ? 0 : Math.min(match.end, secret.end) - Math.max(match.start, secret.start)
  right += matches.filter((match) => shared(match) > 0).length
  wrong += matches.filter((match) => shared(match) <= 0).length
  if (secret === undefined) continue
  const score = byKind.get(secret.kind) ?? { found: 0, all: 0 }
  const isCovered = matches.some((match) => shared(match) >= 0.8 * (secret.end - secret.start))
  byKind.set(secret.kind, { found: score.found + (isCovered ? 1 : 0), all: score.all + 1 })
}

test('finds 95 of 100 secrets and more', () => {
  const scores = [...byKind.values()]
  const [found, all] = [
    scores.reduce((sum, score) => sum + score.found, 0),
    scores.reduce((sum, score) => sum + score.all, 0),
  ]
  expect(all).toBeGreaterThanOrEqual(1500)
  expect(found / all).toBeGreaterThanOrEqual(0.95)
})

test('of 100 that it reports beside as many texts without any, 95 and more are secrets', () => {
  expect(right / (right + wrong)).toBeGreaterThanOrEqual(0.95)
})

test.each([...byKind.keys()])('finds 9 of 10 of the kind "%s"', (kind) => {
  const { found, all } = byKind.get(kind) as { found: number; all: number }
  expect(found / all).toBeGreaterThanOrEqual(0.9)
})
