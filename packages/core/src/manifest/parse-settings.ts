import type { z } from 'zod'
import { NootropicError } from '../errors.ts'
import { parseDocument } from './explain.ts'
import { manifestLimits } from './limits.ts'
import type { ManifestText } from './parse.ts'
import { formatManifestProblems, type ManifestProblem } from './problem.ts'
import { parseYamlDocuments } from './yaml-documents.ts'

/**
 * What `schema` makes of a YAML text of settings that are no manifests, under the limits of manifests. A text that holds nothing
 * is an empty map.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` with every problem as a line of the message, and in `details.problems`.
 * @example
 * ```ts
 * parseSettings(z.strictObject({ limit: z.number() }), { path: 'limits.yaml', text: 'limt: 5' })
 * // CONFIGURATION_INVALID: limits.yaml:1:1 limt: unknown key "limt"; did you mean "limit"?
 * ```
 */
export const parseSettings = <Output>(schema: z.ZodType<Output>, { path, text }: ManifestText): Output => {
  const refuse = (problems: readonly ManifestProblem[]): never => {
    const told = problems.slice(0, manifestLimits.problems)
    throw new NootropicError('CONFIGURATION_INVALID', formatManifestProblems(told), { details: { problems: told } })
  }
  const problemAt = (line: number, column: number, message: string): ManifestProblem[] => [
    { file: path, line, column, path: '', message },
  ]
  if (Buffer.byteLength(text) > manifestLimits.fileBytes) {
    return refuse(problemAt(1, 1, `longer than the limit of ${manifestLimits.fileBytes} bytes`))
  }
  const { documents, problems } = parseYamlDocuments(text, path)
  if (problems.length > 0) return refuse(problems)
  const [document, second] = documents
  if (second !== undefined) {
    const { line, column } = second.position
    return refuse(problemAt(line, column, 'a second document: expected one'))
  }
  const position = { line: 1, column: 1 }
  const empty = { data: {}, position, keyPosition: position, entries: new Map() }
  const result = parseDocument(schema, document ?? empty, path)
  return 'problems' in result ? refuse(result.problems) : result.value
}
