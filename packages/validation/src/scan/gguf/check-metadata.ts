import type { Inspection } from '../inspection.ts'
import { checkTemplate } from '../template/check-template.ts'
import { checkText } from '../text/check-text.ts'
import { type Entry, isTemplateKey, type ValueType } from './read-metadata.ts'
import { ggufRules as rules } from './rules.ts'

/** Types that llama.cpp asks for; with another it aborts or reads what the value is not. */
const expectedTypes: Readonly<Record<string, ValueType>> = {
  'general.alignment': 'uint32',
  'general.architecture': 'string',
  'general.type': 'string',
  'tokenizer.chat_template': 'string',
  'tokenizer.ggml.model': 'string',
  'tokenizer.ggml.tokens': 'array of string',
  'tokenizer.ggml.merges': 'array of string',
  'tokenizer.ggml.scores': 'array of float32',
  'tokenizer.ggml.token_type': 'array of int32',
}

const defaultAlignment = 32
/** A memory page of the largest kind in use; converters write 32. */
const maximumAlignment = 1 << 16

/** Entries whose value is an address or names where the model comes from. */
const isAboutSource = /(?:^|[._])(?:url|link|repository|doi)$/

const checkEntry = ({ key, type, texts }: Entry, inspection: Inspection): void => {
  const expected = expectedTypes[key]
  if (expected !== undefined && type !== expected) {
    inspection.report({ rule: rules['key-type'], message: `expected ${expected}, found ${type}`, inside: key })
  }
  for (const text of texts) {
    if (isTemplateKey(key)) checkTemplate(text, inspection, key)
    else checkText(text, isAboutSource.test(key) ? 'prose' : 'metadata', inspection, key)
  }
}

const checkAlignment = (alignment: number, inspection: Inspection): number => {
  const isPower = alignment > 0 && (alignment & (alignment - 1)) === 0
  if (isPower && alignment <= maximumAlignment) return alignment
  const message = `expected a power of two up to ${maximumAlignment}, found ${alignment}`
  inspection.report({ rule: rules.alignment, message, inside: 'general.alignment' })
  return defaultAlignment
}

/** Lists that hold one element for each token. */
const alongVocabulary = ['tokenizer.ggml.scores', 'tokenizer.ggml.token_type']

/** Checks what the metadata says, its templates and texts among it; answers the alignment of the tensors. */
export const checkMetadata = (entries: Iterable<Entry>, inspection: Inspection): number => {
  const keys = new Set<string>()
  const lengths = new Map<string, number>()
  let alignment = defaultAlignment
  for (const entry of entries) {
    const { key, length, number } = entry
    checkEntry(entry, inspection)
    keys.add(key)
    if (length !== undefined) lengths.set(key, length)
    if (key === 'general.alignment' && number !== undefined) alignment = number
  }
  const tokens = lengths.get('tokenizer.ggml.tokens')
  for (const key of alongVocabulary) {
    const length = lengths.get(key)
    if (tokens === undefined || length === undefined || length === tokens) continue
    const message = `expected one element for each of ${tokens} tokens, found ${length}`
    inspection.report({ rule: rules.vocabulary, message, inside: key })
  }
  // Adapters, importance matrices and the further files of a split model say what they are by other entries.
  if (!['general.architecture', 'general.type', 'split.no'].some((key) => keys.has(key))) {
    inspection.report({ rule: rules.architecture, message: 'expected `general.architecture`, found no such entry' })
  }
  return checkAlignment(alignment, inspection)
}
