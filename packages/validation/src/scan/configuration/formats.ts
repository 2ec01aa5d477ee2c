import { parse as parseToml, TomlError } from 'smol-toml'
import type { Format, Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import { type ByteSource, bytesSource } from '../source.ts'
import { checkShownTemplate } from '../template/check-shown-template.ts'
import { checkText } from '../text/check-text.ts'
import { openingLinesOf, openingOf, readText, wholeText } from '../text/decode.ts'
import { checkDocuments } from './check-documents.ts'
import { checkYaml } from './check-yaml.ts'
import { checkDuplicates } from './duplicates.ts'
import { readJson } from './json-reader.ts'
import { opensLikeIni, opensLikeJson, opensLikeToml, opensLikeYaml } from './openings.ts'
import { createPythonTagCheck } from './python-tags.ts'
import { configurationRules } from './rules.ts'

/** The parser reads about 200 kB a second of hostile text, and cannot be stopped (CWE-400). */
const maximumYamlLength = 1 << 18

/** TOML and INI of models are a screen long. */
const maximumTomlLength = 1 << 20

const recognising = (opens: (opening: string, lines: readonly string[]) => boolean) => (sample: Sample) => {
  const opening = openingOf(sample)
  return opening !== undefined && opens(opening, openingLinesOf(sample)) ? 'likely' : undefined
}

/** What a parser does not read is looked at as text, so that what it says is seen all the same. */
const checkUnparsed = (content: ByteSource, inspection: Inspection): void => {
  const checkTags = createPythonTagCheck()
  const isText = readText(content, (text) => {
    checkTags(text, inspection)
    checkShownTemplate(text, inspection)
    checkText(text, 'configuration', inspection)
  })
  if (!isText) inspection.incomplete('not scanned: what opens as text goes on as something else')
}

const inspectJson = async (content: ByteSource, inspection: Inspection): Promise<void> => {
  const text = wholeText(content, inspection.limits.heldBytes)
  if (text === undefined) {
    checkUnparsed(content, inspection)
    return inspection.incomplete(`not read as JSON: more than ${inspection.limits.heldBytes} bytes`)
  }
  const { documents, duplicates, fault } = readJson(text)
  checkDuplicates(duplicates, inspection)
  await checkDocuments(documents, inspection)
  if (documents.length > 1) inspection.refine('json-lines')
  if (fault === undefined) return
  if (fault.kind === 'depth') {
    const { message, offset } = fault
    inspection.report({ rule: configurationRules['deep-nesting'], message, offset })
  }
  // What comes before a limit was read for certain; what comes before a mistake may be something else to another reader.
  const isCertain = fault.kind === 'size'
  checkUnparsed(isCertain ? bytesSource(Buffer.from(text.slice(fault.offset))) : content, inspection)
  // Flow mappings of YAML look like JSON with mistakes.
  if (fault.kind === 'syntax' && text.length <= maximumYamlLength && (await checkYaml(text, inspection))) {
    return inspection.refine('yaml')
  }
  inspection.incomplete(`no JSON at character ${fault.offset}: ${fault.message}`)
}

const inspectYaml = async (content: ByteSource, inspection: Inspection): Promise<void> => {
  const text = wholeText(content, maximumYamlLength)
  if (text === undefined) {
    checkUnparsed(content, inspection)
    return inspection.incomplete(`not read as YAML: more than ${maximumYamlLength} bytes`)
  }
  checkShownTemplate(text, inspection)
  if (!(await checkYaml(text, inspection))) inspection.refine('text')
}

const inspectToml = async (content: ByteSource, inspection: Inspection): Promise<void> => {
  const text = wholeText(content, maximumTomlLength)
  if (text === undefined) {
    checkUnparsed(content, inspection)
    return inspection.incomplete(`not read as TOML: more than ${maximumTomlLength} bytes`)
  }
  try {
    const document = parseToml(text)
    checkShownTemplate(text, inspection)
    await checkDocuments([document], inspection)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    // INI and properties have the same look and no grammar that everybody shares.
    inspection.refine('ini')
    checkUnparsed(content, inspection)
  }
}

/** Configuration of models and tokenizers: JSON, YAML, TOML. */
export const configurationFormats: readonly Format[] = [
  { name: 'json', title: 'JSON', recognise: recognising(opensLikeJson), inspect: inspectJson },
  { name: 'toml', title: 'TOML', recognise: recognising((_, lines) => opensLikeToml(lines)), inspect: inspectToml },
  { name: 'ini', title: 'INI', recognise: recognising((_, lines) => opensLikeIni(lines)), inspect: checkUnparsed },
  { name: 'yaml', title: 'YAML', recognise: recognising(opensLikeYaml), inspect: inspectYaml },
]
