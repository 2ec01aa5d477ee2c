import { runPickle } from '../../src/scan/pickle/run-pickle.ts'
import { bytesSource } from '../../src/scan/source.ts'

/** What the oracle printed for a pickle: the first name that it refused, `none` when it loaded, or the error. */
export type Outcome = { readonly refused: readonly [string, string] } | 'none' | 'error'

/** The names that the oracle lets pass (`ALLOWED` of tools/pickle-oracle/oracle.py). */
const allowed = {
  builtins: ['set', 'frozenset', 'list', 'bytearray', 'str', 'complex'],
  collections: ['OrderedDict', 'Counter', 'deque'],
  datetime: ['timedelta'],
  decimal: ['Decimal'],
  fractions: ['Fraction'],
  types: ['SimpleNamespace'],
}

const tables = {
  allowed: Object.entries(allowed).map(([module, names]) => ({
    module,
    names,
    library: 'test',
    reason: 'the oracle lets it pass',
    arguments: 'any' as const,
  })),
  dangerous: [],
}

/** The line that the oracle printed. */
export const parseOutcome = (line: string): Outcome => {
  if (line === 'none') return 'none'
  if (line.startsWith('refused ')) return { refused: JSON.parse(line.slice('refused '.length)) }
  if (line.startsWith('error ')) return 'error'
  throw new Error(`expected a line of the oracle, found ${line}`)
}

/** What the machine says of the pickle at the front: the first name that is not allowed, and whether it was certain. */
const judge = (
  bytes: Uint8Array,
): { readonly first: readonly [string, string] | undefined; readonly isUnsure: boolean } => {
  const run = runPickle(bytesSource(bytes), 0, { tables })
  const first = run.imports.find(({ judgement }) => judgement.verdict !== 'allowed')
  const isUnsure =
    run.log.sightings.some(({ rule }) => rule.id === 'pickle/unresolved-global') || run.end.kind === 'limit'
  return { first: first === undefined ? undefined : [first.module, first.name], isUnsure }
}

/**
 * Where the machine and CPython disagree, or nothing. A pickle that CPython gives up on may hold more than CPython came
 * to see: there the machine may find more. A name that is computed while loading is refused without knowing it.
 */
export const disagreement = (bytes: Uint8Array, outcome: Outcome): string | undefined => {
  const { first, isUnsure } = judge(bytes)
  if (outcome === 'error' || isUnsure) return undefined
  const expected = outcome === 'none' ? undefined : outcome.refused
  return JSON.stringify(expected) === JSON.stringify(first)
    ? undefined
    : `expected ${JSON.stringify(expected)}, found ${JSON.stringify(first)} in ${Buffer.from(bytes).toString('base64')}`
}
