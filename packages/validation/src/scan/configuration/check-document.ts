import type { Inspection } from '../inspection.ts'
import { isJsonSchema, isNotebook } from './documentation.ts'
import { checkField } from './fields.ts'
import { checkKey } from './keys.ts'
import { checkDimensions } from './sizes.ts'
import { checkString } from './strings.ts'
import { checkVocabulary, isVocabulary, vocabularyKeys } from './vocabulary.ts'
import { isRecord, walk } from './walk.ts'

/** How often the time is looked at. */
const valuesPerCheck = 1 << 12

/**
 * Looks at every value of a document, whatever kind it is: what its keys make loaders do, what its strings hold, and what
 * its numbers would cost.
 */
export const checkDocument = (document: unknown, inspection: Inspection): void => {
  const isDocumentation = isNotebook(document) || isJsonSchema(document)
  let values = 0
  let vocabularyDepth = Number.POSITIVE_INFINITY
  walk(
    document,
    (entry) => {
      values += 1
      if (values % valuesPerCheck === 0) inspection.budget.checkTime()
      const { key, value, path } = entry
      if (path.length <= vocabularyDepth)
        vocabularyDepth = vocabularyKeys.has(key) ? path.length : Number.POSITIVE_INFINITY
      checkField(entry, inspection)
      // Tokens hold pieces of every program that a tokenizer has read: only their numbers are looked at.
      if (isVocabulary(entry)) {
        checkVocabulary(entry, inspection)
        return false
      }
      const isToken = path.length > vocabularyDepth
      if (isToken) return true
      if (typeof value === 'string') checkString(entry, inspection)
      else if (isRecord(value)) checkDimensions(entry, inspection)
      if (!Array.isArray(entry.parent)) checkKey(entry, inspection)
      return true
    },
    isDocumentation,
  )
}
