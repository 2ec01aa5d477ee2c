import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { configurationRules } from './rules.ts'
import { type Entry, placeOf } from './walk.ts'

const isAbsolute = (path: string): boolean => /^(?:[/\\~]|[A-Za-z]:[/\\])/.test(path)

const goesUp = (path: string): boolean => path.split(/[/\\]/).includes('..')

/** Places that no model is kept in, and paths that open something other than a file. */
const isOfSystem = (path: string): boolean =>
  /^(?:\/(?:etc|proc|sys|dev|root\/\.ssh|home\/[^/]{1,64}\/\.ssh)(?:\/|$)|~?\/?\.ssh|\\\\|\/\/|file:|[A-Za-z]:[/\\]Windows)|\0/i.test(
    path,
  )

const report = (path: string, why: string, inside: string, inspection: Inspection): void =>
  inspection.report({
    rule: configurationRules['path-escape'],
    message: `expected a file of the model, found ${printable(path)}, ${why}`,
    inside,
    evidence: { path: printable(path) },
  })

const reasonOf = (path: string): string | undefined => {
  if (isOfSystem(path)) return 'which is a place of the system'
  return goesUp(path) ? 'which leaves the directory of the model' : undefined
}

/** Reports a path that is resolved beside the model and leaves its directory. */
export const checkModelPath = (path: unknown, inside: string, inspection: Inspection): void => {
  if (typeof path !== 'string') return
  const reason = reasonOf(path) ?? (isAbsolute(path) ? 'which is absolute' : undefined)
  if (reason !== undefined) report(path, reason, inside, inspection)
}

/** A field that names a file of the model. */
export const checkModelFile = ({ value, path }: Entry, inspection: Inspection): void =>
  checkModelPath(value, placeOf(path), inspection)

/** Libraries save where a tokenizer was loaded from: an absolute path there is only the exporter's own machine. */
export const checkTokenizerFile = ({ value, path }: Entry, inspection: Inspection): void => {
  if (typeof value !== 'string') return
  const isOwnPath = /(?:^|_)name_or_path$/.test(path.at(-1) ?? '') && !isOfSystem(value)
  const reason = isOwnPath ? undefined : reasonOf(value)
  if (reason !== undefined) report(value, reason, placeOf(path), inspection)
}
