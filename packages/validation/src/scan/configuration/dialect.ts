import type { Inspection } from '../inspection.ts'
import { isRecord } from './walk.ts'

/** A kind of JSON (or YAML, TOML) document that loaders of models read. */
export interface Dialect {
  /** Stable name, as it stands in `report.subject.format`. */
  readonly name: string
  readonly title: string
  /** Whether the parsed document is one, by its content. */
  matches(document: unknown): boolean
  check(document: unknown, inspection: Inspection): void | Promise<void>
}

/** A dialect whose fields say all: what it makes loaders do is found field by field. */
export const plainDialect = (
  name: string,
  title: string,
  matches: (document: Readonly<Record<string, unknown>>) => boolean,
): Dialect => ({
  name,
  title,
  matches: (document) => isRecord(document) && matches(document),
  check: () => {},
})
