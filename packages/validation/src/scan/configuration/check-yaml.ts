import type { Inspection } from '../inspection.ts'
import { checkText } from '../text/check-text.ts'
import { checkDocuments } from './check-documents.ts'
import { checkDuplicates } from './duplicates.ts'
import { configurationRules } from './rules.ts'
import { checkLooseTags, checkTags } from './tags.ts'
import { readYaml } from './yaml-reader.ts'

/**
 * Reads a text as YAML and looks at what it holds.
 *
 * @returns whether it is YAML; what is not is looked at as text alone.
 */
export const checkYaml = async (text: string, inspection: Inspection): Promise<boolean> => {
  const reading = readYaml(text)
  if (reading.isTooDeep || reading.isBomb) {
    const rule = configurationRules[reading.isBomb ? 'alias-bomb' : 'deep-nesting']
    const found = reading.isBomb ? 'aliases that multiply into millions of them' : 'nesting that overflows a parser'
    inspection.report({ rule, message: `expected a document of settings, found ${found}`, offset: 0 })
    inspection.incomplete('the document was not read whole')
  }
  checkTags(reading.tags, inspection)
  // Another parser may make more of a document with mistakes: what was read of it counts, and its text as well.
  await checkDocuments(reading.documents, inspection)
  if (reading.error !== undefined && reading.tags.length === 0) {
    checkLooseTags(text, inspection)
    checkText(text, 'configuration', inspection)
    return false
  }
  checkDuplicates(reading.duplicates, inspection)
  return true
}
