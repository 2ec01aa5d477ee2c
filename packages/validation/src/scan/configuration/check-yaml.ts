import type { Inspection } from '../inspection.ts'
import { checkText } from '../text/check-text.ts'
import { checkDocuments } from './check-documents.ts'
import { checkDuplicates } from './duplicates.ts'
import { withOlderLineEnds } from './line-ends.ts'
import { createPythonTagCheck } from './python-tags.ts'
import { configurationRules } from './rules.ts'
import { checkTags } from './tags.ts'
import { readYaml } from './yaml-reader.ts'

/** Looks at what only PyYAML reads: behind an older end of line it goes on where others see a comment. */
const checkOlderReading = async (text: string, inspection: Inspection): Promise<void> => {
  const older = withOlderLineEnds(text)
  if (older === text) return
  const { tags, documents, error, unread } = readYaml(older)
  checkTags(tags, inspection)
  await checkDocuments(documents, inspection)
  if (error !== undefined || unread !== undefined) createPythonTagCheck()(text, inspection)
}

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
  if (reading.unread !== undefined) inspection.incomplete(`not read whole as YAML: ${reading.unread}`)
  checkTags(reading.tags, inspection)
  // Another parser may make more of a document with mistakes: what was read of it counts, and its text as well.
  await checkDocuments(reading.documents, inspection)
  await checkOlderReading(text, inspection)
  if (reading.error !== undefined || reading.unread !== undefined) createPythonTagCheck()(text, inspection)
  if (reading.error !== undefined && reading.tags.length === 0) {
    checkText(text, 'configuration', inspection)
    return false
  }
  checkDuplicates(reading.duplicates, inspection)
  return true
}
