import { checkFrontMatter } from '../configuration/front-matter.ts'
import { checkPackageSources } from '../configuration/package-sources.ts'
import { checkLooseTags } from '../configuration/tags.ts'
import type { Format, Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import type { ByteSource } from '../source.ts'
import { checkText } from './check-text.ts'
import { openingOf, readText } from './decode.ts'
import { checkFormulas } from './formulas.ts'
import type { TextPlace } from './indicator.ts'
import { isDelimited, isMerges, isRequirements, isVocabulary, opensLikeMarkdown } from './kinds.ts'

type Check = (text: string, inspection: Inspection) => void

const checked =
  (place: TextPlace): Check =>
  (text, inspection) =>
    checkText(text, place, inspection)

/** A kind of text, told by how it opens. Whatever it says, no loader runs it: what is looked for are the indicators. */
const textFormat = (name: string, title: string, isKind: (opening: string) => boolean, ...checks: Check[]): Format => ({
  name,
  title,
  recognise: (sample: Sample) => {
    const opening = openingOf(sample)
    return opening !== undefined && isKind(opening) ? 'likely' : undefined
  },
  inspect: (content: ByteSource, inspection: Inspection) => {
    const isText = readText(content, (text) => {
      inspection.budget.checkTime()
      for (const check of checks) check(text, inspection)
    })
    if (!isText) inspection.incomplete('not scanned: what opens as text goes on as something else')
  },
})

const markdown = textFormat('markdown', 'Markdown', opensLikeMarkdown, checked('prose'))

/** Documents and lists: what is neither a model nor a configuration. Plain text comes last. */
export const textFormats: readonly Format[] = [
  {
    ...markdown,
    inspect: async (content, inspection) => {
      checkFrontMatter(content, inspection)
      await markdown.inspect(content, inspection)
    },
  },
  textFormat('merges', 'merges of a byte-pair tokenizer', isMerges, checked('prose')),
  textFormat('vocabulary', 'a vocabulary, one token a line', isVocabulary, checked('prose')),
  textFormat('requirements', 'Python requirements', isRequirements, checked('configuration'), checkPackageSources),
  textFormat('csv', 'delimited values', isDelimited, checked('prose'), checkFormulas),
  textFormat('text', 'plain text', () => true, checked('prose'), checkLooseTags),
]
