import { mappingOf, mappingsOf, textOf, textsOf } from '../document.ts'

/** One step of a range: the version where the fault came in, was mended, or was last seen. */
export interface RangeEvent {
  readonly kind: 'introduced' | 'fixed' | 'last_affected' | 'limit'
  readonly version: string
}

/** Versions of one package that an advisory is about. */
export interface Affected {
  readonly ecosystem: string
  readonly name: string
  readonly versions: readonly string[]
  readonly ranges: readonly (readonly RangeEvent[])[]
}

/** What matters of a record of OSV (OSV schema 1.7). */
export interface Advisory {
  readonly id: string
  readonly aliases: readonly string[]
  readonly summary: string
  readonly isWithdrawn: boolean
  readonly affected: readonly Affected[]
  /** `CVSS_V3` and its vector. */
  readonly severities: readonly { readonly type: string; readonly score: string }[]
  /** What the database itself calls it: LOW, MODERATE, HIGH, CRITICAL. */
  readonly rating: string | undefined
  readonly references: readonly string[]
}

const eventKinds = ['introduced', 'fixed', 'last_affected', 'limit'] as const

const maximumReferences = 5

/** Parses a record of OSV; what has no id is none. */
export const parseAdvisory = (document: unknown): Advisory | undefined => {
  const record = mappingOf(document)
  const id = textOf(record.id)
  if (id === undefined) return undefined
  const affected = mappingsOf(record.affected).map((entry): Affected => {
    const { ecosystem, name } = mappingOf(entry.package)
    // Commits say nothing of what a registry serves.
    const ranges = mappingsOf(entry.ranges).filter(({ type }) => type !== 'GIT')
    return {
      ecosystem: (textOf(ecosystem) ?? '').split(':')[0] ?? '',
      name: textOf(name) ?? '',
      versions: textsOf(entry.versions),
      ranges: ranges.map(({ events }) =>
        mappingsOf(events).flatMap((event) =>
          eventKinds.flatMap((kind): RangeEvent[] => {
            const version = textOf(event[kind])
            return version === undefined ? [] : [{ kind, version }]
          }),
        ),
      ),
    }
  })
  const severities = [record, ...mappingsOf(record.affected)]
    .flatMap(({ severity }) => mappingsOf(severity))
    .map(({ type, score }) => ({ type: textOf(type) ?? '', score: textOf(score) ?? '' }))
  return {
    id,
    aliases: textsOf(record.aliases),
    summary: textOf(record.summary) ?? '',
    isWithdrawn: textOf(record.withdrawn) !== undefined,
    affected,
    severities,
    rating: textOf(mappingOf(record.database_specific).severity),
    references: mappingsOf(record.references)
      .flatMap(({ url }) => textOf(url) ?? [])
      .slice(0, maximumReferences),
  }
}
