/** Types of an item (R Internals, 1.8 "Serialization Formats"; `src/main/serialize.c`). */
export const types = {
  symbol: 1,
  pairList: 2,
  closure: 3,
  environment: 4,
  promise: 5,
  language: 6,
  special: 7,
  builtin: 8,
  characters: 9,
  logical: 10,
  integer: 13,
  real: 14,
  complex: 15,
  texts: 16,
  dots: 17,
  vector: 19,
  expression: 20,
  bytecode: 21,
  pointer: 22,
  weakReference: 23,
  raw: 24,
  object4: 25,
  alternative: 238,
  attributedPairList: 239,
  attributedLanguage: 240,
  persistent: 247,
  package: 248,
  namespace: 249,
  reference: 255,
} as const
/** From base environment to nil: an item that is no more than its type. */
export const isSingleton = (type: number): boolean =>
  type === 0 || type === 241 || type === 242 || (type >= 250 && type <= 254)
/** What stands for the value of a promise that nobody has evaluated. */
export const unboundValue = 252

/** Bytes of one element of each vector of numbers. */
export const elementSizes: Readonly<Record<number, bigint>> = {
  [types.logical]: 4n,
  [types.integer]: 4n,
  [types.real]: 8n,
  [types.complex]: 16n,
  [types.raw]: 1n,
}
