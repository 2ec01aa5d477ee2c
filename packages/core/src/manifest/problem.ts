import { NootropicError } from '../errors.ts'
import { quoted } from '../quoted.ts'

/** One thing that is wrong with a manifest, and where; lines and columns count from 1. */
export interface ManifestProblem {
  /** The file as the caller named it. */
  readonly file: string
  readonly line: number
  readonly column: number
  /** The place inside the document, `spec.alerts[0].threshold`; empty for the document itself. */
  readonly path: string
  /** What was expected and what was found. */
  readonly message: string
}

/**
 * The problems for people, one a line.
 *
 * @example
 * ```ts
 * formatManifestProblems([{ file: 'm.yaml', line: 10, column: 3, path: 'spec.burst', message: 'unknown key "burst"' }])
 * // 'm.yaml:10:3 spec.burst: unknown key "burst"'
 * ```
 */
export const formatManifestProblems = (problems: readonly ManifestProblem[]): string =>
  problems
    .map(({ file, line, column, path, message }) => `${file}:${line}:${column}${path && ` ${path}`}: ${message}`)
    .join('\n')

/** The error that carries all problems: as lines in the message, as data in `details.problems`. */
export const manifestError = (problems: readonly ManifestProblem[]): NootropicError =>
  new NootropicError('MANIFEST_INVALID', formatManifestProblems(problems), { details: { problems } })

/** A place inside a document in the form of {@link ManifestProblem}. */
export const formatPlace = (place: readonly PropertyKey[]): string =>
  place
    .map((part) => {
      if (typeof part === 'number') return `[${part}]`
      const key = String(part)
      return /^[\w-]+$/.test(key) ? `.${key}` : `[${quoted(key)}]`
    })
    .join('')
    .replace(/^\./, '')
