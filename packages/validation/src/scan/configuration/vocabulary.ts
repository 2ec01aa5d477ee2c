import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { configurationRules } from './rules.ts'
import { type Entry, isRecord, placeOf, valuesOf } from './walk.ts'

/** Fields that hold tokens and labels: any text may stand in them. */
export const vocabularyKeys: ReadonlySet<string> = new Set([
  'vocab',
  'merges',
  'added_tokens',
  'added_tokens_decoder',
  'additional_special_tokens',
  'extra_special_tokens',
  'special_tokens',
  'id2label',
  'label2id',
  'tokens',
  'index_word',
  'word_index',
])

/** A map of so many numbers is a vocabulary, whatever it is called: `vocab.json` is nothing else. */
const smallestNamelessVocabulary = 256

/** Whether a value maps tokens to their numbers. */
export const isVocabulary = ({ key, value }: Entry): boolean => {
  if (!isRecord(value)) return false
  const numbers = valuesOf(value)
  const isNamed = key === 'vocab' || key === 'word_index' || key === 'label2id'
  if (numbers.length < (isNamed ? 1 : smallestNamelessVocabulary)) return false
  return numbers.every((number) => typeof number === 'number')
}

/** Embedding tables are indexed by signed 32-bit numbers at most. */
const maximumTokenId = 2 ** 31 - 1

const isTokenId = (id: unknown): boolean => Number.isInteger(id) && Number(id) >= 0 && Number(id) <= maximumTokenId

/** Reports a number of a token that cannot be one. */
export const checkTokenId = (id: unknown, token: string, inside: string, inspection: Inspection): void => {
  if (isTokenId(id)) return
  inspection.report({
    rule: configurationRules['token-id-out-of-range'],
    message: `expected the number of token ${JSON.stringify(printable(token))} in 0 to ${maximumTokenId}, found ${printable(String(id))}`,
    inside,
    evidence: { token: printable(token), id: String(id) },
  })
}

/** Looks at the numbers of a vocabulary; scores of a unigram model are no numbers of tokens. */
export const checkVocabulary = ({ value, path }: Entry, inspection: Inspection): void => {
  if (!isRecord(value)) return
  const ids = valuesOf(value)
  if (ids.length === 0 || !ids.every(Number.isInteger) || ids.every(isTokenId)) return
  for (const [token, id] of Object.entries(value)) checkTokenId(id, token, placeOf(path), inspection)
}
