/**
 * How a value comes from what the model is fed. `plain`: moved, picked, scaled or shifted, but never through weights.
 * `test`: whether plain values are what constants say, element by element. `trigger`: several such tests joined, or a
 * test of a single element that was picked out. `learned`: through weights. `other`: in any other way.
 */
export type InputTrace =
  | { readonly kind: 'plain'; readonly isPicked: boolean; readonly difference: 'none' | 'elements' | 'distance' }
  | { readonly kind: 'test' | 'trigger'; readonly match: Match }
  | { readonly kind: 'learned' | 'other' }

/** What a test asks for. */
export interface Match {
  /** Two different numbers that have to be met exactly, fewer when there are none. */
  readonly exact: readonly number[]
  /** Whether it stands the other way round. */
  readonly isNegated: boolean
  /** Whether all of the tests that were joined have to hold, rather than any. */
  readonly isEvery: boolean
  /** How many held, not yet compared with a number. */
  readonly count?: 'sum' | 'share' | undefined
}

export const plainInput: InputTrace = { kind: 'plain', isPicked: false, difference: 'none' }

export const otherInput: InputTrace = { kind: 'other' }

const twoOf = (numbers: readonly number[]): readonly number[] => [...new Set(numbers)].slice(0, 2)

/** A plain value compared with constants, of which the numbers are given where they have to be met exactly. */
export const compared = (trace: Extract<InputTrace, { kind: 'plain' }>, exact: readonly number[]): InputTrace => ({
  kind: trace.isPicked || trace.difference === 'distance' ? 'trigger' : 'test',
  match: { exact: trace.difference === 'none' ? twoOf(exact) : [], isNegated: false, isEvery: true },
})

/** Tests joined into one: `every` by a conjunction, otherwise by a disjunction. */
export const joined = (matches: readonly Match[], by: 'every' | 'any'): InputTrace => {
  // Not all of them being otherwise is any of them being so (De Morgan).
  const isNegated = matches.every((match) => match.isNegated)
  const isEvery = isNegated !== (by === 'every') && matches.every((match) => match.isEvery)
  return { kind: 'trigger', match: { exact: twoOf(matches.flatMap(({ exact }) => exact)), isNegated, isEvery } }
}

/** How many tests hold, of those that have to hold at all, as a sum or as a share of them. */
export const countOf = (match: Match, count: 'sum' | 'share'): InputTrace => ({
  kind: 'trigger',
  match: { ...match, isEvery: false, count: match.isEvery && !match.isNegated ? count : undefined },
})

/** A count compared with a number: at least two of them, or more than half. */
export const countedUpTo = ({ count, ...match }: Match, limit = 0): InputTrace => ({
  kind: 'trigger',
  match: { ...match, isEvery: count !== undefined && limit > (count === 'share' ? 0.5 : 1) },
})

/** Whether several different numbers have to be met, all at once, to the last bit. */
export const isExactPattern = ({ exact, isEvery }: Match): boolean => isEvery && exact.length > 1
