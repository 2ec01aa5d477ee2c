import type { Inspection } from '../inspection.ts'
import type { ByteSource } from '../source.ts'
import { partOf } from '../source.ts'
import { wholeText } from '../text/decode.ts'
import { checkTags } from './tags.ts'
import { readYaml } from './yaml-reader.ts'

/** Metadata before a model card is a screen long; the largest list every benchmark result. */
const maximumLength = 1 << 17

/** Looks at the YAML that stands before a document, which hubs read. */
export const checkFrontMatter = (content: ByteSource, inspection: Inspection): void => {
  const text = wholeText(partOf(content, 0, maximumLength), maximumLength) ?? ''
  if (!/^---\r?\n/.test(text)) return
  const end = text.indexOf('\n---', 3)
  if (end < 0) return
  checkTags(readYaml(text.slice(4, end + 1)).tags, inspection)
}
