import { createPythonTagCheck } from '../configuration/python-tags.ts'
import type { Format, Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import type { ByteSource } from '../source.ts'
import { checkText } from '../text/check-text.ts'
import { checkTemplate, maximumTemplateLength } from './check-template.ts'

/** A statement of Jinja, closed on the same line. */
const statement =
  /\{%[-+]?\s*(?:if|for|set|macro|block|include|import|extends|from|raw|call|filter|generation|do|with)\b[^\n]*%\}/
/** What a document, a program or a configuration begins with: it may show a template, it is none. */
const opensOther =
  /^(?:#{1,6}[ !]|---|\[\s*["{[\d\]]|<(?:[!?]|html|head|body|div|svg|script)|\{\s*["}]|(?:import|from|def|class|package|using|const|export)\s|\/[/*]|"""|\w[\w.-]*\s*[:=])/

/** A template: marks of Jinja from the first line on, or statements in what is no other kind of text. */
const isTemplate = ({ text }: Sample): boolean => {
  if (text === undefined || !(text.includes('{%') || text.includes('{{'))) return false
  const start = text.trimStart()
  if (/^\{[{%#]/.test(start)) return true
  if (!statement.test(start) || opensOther.test(start)) return false
  const end = start.indexOf('\n')
  return statement.test(end < 0 ? start : start.slice(0, end)) || !start.includes('```')
}

const inspectWhole =
  (check: (text: string, inspection: Inspection) => void) =>
  (content: ByteSource, inspection: Inspection): void => {
    if (content.size > maximumTemplateLength * 4) {
      inspection.incomplete(`not scanned: a template of more than ${maximumTemplateLength * 4} bytes`)
      return
    }
    check(new TextDecoder().decode(content.read(0, content.size)), inspection)
  }

/** `FROM` a model, and what only Ollama knows beside it; a Dockerfile begins with `FROM` too. */
const isModelfile = ({ text }: Sample): boolean =>
  text !== undefined &&
  /^(?:[ \t\r]*(?:#[^\n]*)?\n)*FROM\s+\S/i.test(text) &&
  /^(?:TEMPLATE|PARAMETER|SYSTEM|ADAPTER|MESSAGE)\s+\S/im.test(text) &&
  !/^(?:RUN|CMD|COPY|ENTRYPOINT|WORKDIR)\s/im.test(text)

/** Chat templates, and the file in which Ollama keeps one. */
export const templateFormats: readonly Format[] = [
  {
    name: 'ollama-modelfile',
    title: 'Ollama Modelfile',
    recognise: (sample) => (isModelfile(sample) ? 'likely' : undefined),
    // Its templates are Go's, which reach nothing but what they are given.
    inspect: inspectWhole((text, inspection) => {
      createPythonTagCheck()(text, inspection)
      checkText(text, 'configuration', inspection)
    }),
  },
  {
    name: 'jinja',
    title: 'Jinja template',
    recognise: (sample) => (isTemplate(sample) ? 'likely' : undefined),
    inspect: inspectWhole((text, inspection) => {
      // `{{a: !!python/…}: b}` is YAML as well.
      createPythonTagCheck()(text, inspection)
      checkTemplate(text, inspection)
    }),
  },
]
