import { checkFrontMatter } from '../configuration/front-matter.ts'
import { checkPackageSources } from '../configuration/package-sources.ts'
import { createPythonTagCheck, type FindExamples, type TextCheck } from '../configuration/python-tags.ts'
import type { Format, Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import type { ByteSource } from '../source.ts'
import { checkShownTemplate, hasTemplateMarks } from '../template/check-shown-template.ts'
import { maximumTemplateLength } from '../template/check-template.ts'
import { checkText } from './check-text.ts'
import { openingOf, readText, wholeText } from './decode.ts'
import { findExamples } from './examples.ts'
import { checkFormulas } from './formulas.ts'
import type { TextPlace } from './indicator.ts'
import { isDelimited, isMerges, isRequirements, isVocabulary, opensLikeMarkdown } from './kinds.ts'

const checked =
  (place: TextPlace): TextCheck =>
  (text, inspection) =>
    checkText(text, place, inspection)

/**
 * A kind of text, told by how it opens. No loader of its own runs it: what is looked for are the indicators. But whoever
 * loads it by its name may take it for YAML or for a template, whatever it opens like.
 */
const textFormat = (
  name: string,
  title: string,
  isKind: (opening: string) => boolean,
  findExamples: FindExamples | undefined,
  ...checks: TextCheck[]
): Format => ({
  name,
  title,
  recognise: (sample: Sample) => {
    const opening = openingOf(sample)
    return opening !== undefined && isKind(opening) ? 'likely' : undefined
  },
  inspect: (content: ByteSource, inspection: Inspection) => {
    const checkTags = createPythonTagCheck(findExamples)
    const isHeld = content.size <= maximumTemplateLength
    let hasMarks = false
    const isText = readText(content, (text) => {
      inspection.budget.checkTime()
      checkTags(text, inspection)
      for (const check of checks) check(text, inspection)
      if (!isHeld) checkShownTemplate(text, inspection)
      hasMarks ||= hasTemplateMarks(text)
    })
    // A statement may go on over any number of lines: only the whole tells what Jinja makes of it.
    if (isHeld && hasMarks) checkShownTemplate(wholeText(content, maximumTemplateLength) ?? '', inspection)
    if (!isText) inspection.incomplete('not scanned: what opens as text goes on as something else')
  },
})

const markdown = textFormat('markdown', 'Markdown', opensLikeMarkdown, findExamples, checked('prose'))

/** Documents and lists: what is neither a model nor a configuration. Plain text comes last. */
export const textFormats: readonly Format[] = [
  {
    ...markdown,
    inspect: async (content, inspection) => {
      checkFrontMatter(content, inspection)
      await markdown.inspect(content, inspection)
    },
  },
  textFormat('merges', 'merges of a byte-pair tokenizer', isMerges, undefined, checked('prose')),
  textFormat('vocabulary', 'a vocabulary, one token a line', isVocabulary, undefined, checked('prose')),
  textFormat(
    'requirements',
    'Python requirements',
    isRequirements,
    undefined,
    checked('configuration'),
    checkPackageSources,
  ),
  textFormat('csv', 'delimited values', isDelimited, undefined, checked('prose'), checkFormulas),
  textFormat('text', 'plain text', () => true, findExamples, checked('prose')),
]
