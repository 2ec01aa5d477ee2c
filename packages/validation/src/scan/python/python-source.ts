import type { Format, Recognition, Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import type { ByteSource } from '../source.ts'
import { checkText } from '../text/check-text.ts'
import { readPythonModule } from './import-time-calls.ts'
import { pythonRules } from './rules.ts'

/** Source that is longer is not read (CWE-770): the longest modules of transformers have some 300 kB. */
const maximumLength = 2 ** 21

/** What may stand before the first statement: comments, empty lines, the module's docstring. */
const opening =
  /^\uFEFF?(?:[ \t]*(?:#[^\n]*)?\r?\n)*(?:[rRuU]?("""|''')[\s\S]*?\1[ \t]*;?\s*)?(?:[ \t]*(?:#[^\n]*)?\r?\n)*/

const importLine =
  /^(?:from\s+[\w.]+\s+import\s+[\w*(]|import\s+[\w.]+(?:\s+as\s+\w+)?(?:\s*,\s*[\w.]+(?:\s+as\s+\w+)?)*\s*(?:[#;]|\r?$))/m
const definitionLine = /^(?:async\s+def\s+\w+\s*\(|def\s+\w+\s*\(|class\s+\w+\s*(?:\([^)\n]*\))?\s*:)/m
const runningLine = /^(?:exec|eval|__import__)\s*\(/
const assignmentLine = /^[A-Za-z_][\w.]*\s*(?::\s*[\w.[\], ]+)?=[^=]/
const blockLine = /^(?:if|try|with|for|while)\b[^\n]*:/
const decoratorLine = /^@[A-Za-z_][\w.]*/

const recogniseSource = ({ text }: Sample): Recognition => {
  if (text === undefined) return undefined
  const start = opening.exec(text)?.[0].length ?? 0
  const code = text.slice(start)
  const first = code.slice(0, code.indexOf('\n') < 0 ? code.length : code.indexOf('\n'))
  if (runningLine.test(first) || importLine.test(first) || definitionLine.test(first)) return 'likely'
  if (!assignmentLine.test(first) && !blockLine.test(first) && !decoratorLine.test(first)) return undefined
  return importLine.test(code) || definitionLine.test(code) ? 'likely' : undefined
}

const inspectSource = (content: ByteSource, inspection: Inspection): void => {
  inspection.report({ rule: pythonRules['source-code'], message: 'expected a model, found source code of Python' })
  if (content.size > maximumLength) {
    inspection.incomplete(`not scanned: source code of more than ${maximumLength} bytes`)
    return
  }
  const source = Buffer.from(content.read(0, content.size)).toString('utf8')
  const { atImport, decoding } = readPythonModule(source)
  for (const { call, line } of atImport) {
    inspection.report({
      rule: pythonRules['source-runs-at-import'],
      message: `expected definitions, found a call of ${call} that importing makes`,
      inside: `line ${line}`,
    })
  }
  for (const { call, line } of decoding) {
    inspection.report({
      rule: pythonRules['source-decodes-code'],
      message: 'expected code that can be read, found code that is decoded and run',
      inside: `line ${line}`,
      evidence: { code: call },
    })
  }
  checkText(source, 'prose', inspection)
}

/** Source code of Python, such as `modeling_*.py` beside a model. */
export const pythonSourceFormat: Format = {
  name: 'python-source',
  title: 'Python source code',
  recognise: recogniseSource,
  inspect: inspectSource,
}
