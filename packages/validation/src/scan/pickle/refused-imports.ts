import { printable } from '../rule.ts'
import { makingOf } from './carried-code.ts'
import { fullName, type ImportedName } from './import-ledger.ts'
import { pickleRules } from './rules.ts'
import type { SightingLog } from './sighting-log.ts'

const maximumNames = 20

/** A name that is not allowed. What makes a carried function, and the namespace it belongs to, are judged with it. */
export const isRefused = (imported: ImportedName): boolean =>
  imported.judgement.verdict !== 'allowed' && !imported.isNamespace && makingOf(imported) === undefined

/** The names that a pickle imports and may not, for a reader. */
export const namesOf = ({ imports }: { readonly imports: readonly ImportedName[] }): string =>
  imports
    .filter(isRefused)
    .slice(0, maximumNames)
    .map((imported) => printable(fullName(imported)))
    .join(', ')

const identifierPath = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/

/** Random bytes make a short name now and then. */
const shortestPair = 8

/**
 * Whether a pickle imports what it may not, by names that Python could resolve. Bytes that only look like a pickle fail
 * this: of 10^13 random ones less than one passes.
 */
export const actsPlausibly = ({ imports }: { readonly imports: readonly ImportedName[] }): boolean =>
  imports.some(
    (imported) =>
      isRefused(imported) &&
      identifierPath.test(imported.module) &&
      identifierPath.test(imported.name) &&
      (imported.judgement.verdict === 'dangerous' || imported.module.length + imported.name.length >= shortestPair),
  )

/** Tells of every name that is refused: what it is, and the calls of it. */
export const tellImports = (imports: readonly ImportedName[], log: SightingLog): void => {
  const refused = imports.filter(isRefused)
  const names = refused.slice(0, maximumNames).map((imported) => printable(fullName(imported)))
  for (const imported of refused) {
    const { judgement, calledAt, calls, name } = imported
    const shown = printable(fullName(imported))
    const isCalled = calledAt !== undefined
    const evidence = { imports: names, calls: [...log.calls] }
    const at = calledAt ?? imported.at
    const how = isCalled ? `a call: ${calls[0] ?? shown}` : `the import of ${shown}`
    const more = { evidence, inside: shown }
    if (name.includes('.')) {
      log.tell(
        pickleRules['dotted-name'],
        at,
        `expected the name of a class, found a path through ${shown}`,
        more,
        shown,
      )
    }
    if (judgement.verdict === 'dangerous') {
      const rule = pickleRules[isCalled ? 'dangerous-call' : 'dangerous-import']
      const { does, severity, tags } = judgement.group
      const message = `expected only names that build values, found ${how}, which ${does}`
      log.tell(rule, at, message, { ...more, severity, tags }, shown)
    } else if (!name.includes('.')) {
      const rule = pickleRules[isCalled ? 'unknown-call' : 'unknown-global']
      log.tell(rule, at, `expected only names on the list of harmless ones, found ${how}`, more, shown)
    }
  }
}
