/** A mapping of a parsed JSON, YAML or TOML document. */
export type Mapping = Readonly<Record<string, unknown>>

/** The value as a mapping; an empty one when it is none. */
export const mappingOf = (value: unknown): Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {}

/** The value as a list of mappings. */
export const mappingsOf = (value: unknown): readonly Mapping[] => (Array.isArray(value) ? value.map(mappingOf) : [])

/** The value as text, if it is one. */
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Texts of a list. */
export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
