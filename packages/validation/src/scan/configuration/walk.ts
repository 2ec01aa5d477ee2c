/** One value of a document, and where it stands. */
export interface Entry {
  /** The key in its object or the index in its array; empty for the document itself. */
  readonly key: string
  readonly value: unknown
  /** The object or array that holds it. */
  readonly parent: unknown
  /** Keys from the document to here; the array is reused: join it before it is kept. */
  readonly path: readonly string[]
  /** Whether it stands in a long list, where documents keep data rather than settings. */
  readonly isData: boolean
}

/** An object with names, which YAML and JSON give as plain objects. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)

/** An object of so many keys is a table of hashes; going through a million of them takes a second. */
const smallestTable = 1 << 10

/** Asks for a list out of an object, of a large one only once. */
const gatheredOnce = <Item>(gather: (record: Readonly<Record<string, unknown>>) => readonly Item[]) => {
  const lists = new WeakMap<object, readonly Item[]>()
  return (record: Readonly<Record<string, unknown>>): readonly Item[] => {
    const known = lists.get(record)
    if (known !== undefined) return known
    const list = gather(record)
    if (list.length >= smallestTable) lists.set(record, list)
    return list
  }
}

/** The keys of an object, as `Object.keys`. */
export const keysOf = gatheredOnce(Object.keys)

/** The values of an object, as `Object.values`. */
export const valuesOf = gatheredOnce<unknown>(Object.values)

/** How a place in a document is written in a finding. */
export const placeOf = (path: readonly string[]): string => path.join('.')

/** Lists that are longer hold data: a configuration has a few dozen layers, a data set has records. */
const maximumSettings = 200

/**
 * Shows every value of a document to `visit`, outer ones first; what it answers `false` for is not gone into.
 * A value that aliases make stand in several places is gone into once. Readers bound the depth.
 *
 * @param isData whether all of it is data, such as the cells of a notebook.
 */
export const walk = (document: unknown, visit: (entry: Entry) => boolean, isData = false): void => {
  const path: string[] = []
  const seen = new Set<object>()
  const go = (key: string, value: unknown, parent: unknown, isInData: boolean): void => {
    if (!visit({ key, value, parent, path, isData: isInData })) return
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value)) return
    seen.add(value)
    const isList = Array.isArray(value)
    // Weights of boosters are millions of numbers: none of them names anything.
    if (isList && value.every((inner) => typeof inner === 'number')) return
    const names = isList ? undefined : keysOf(value as Readonly<Record<string, unknown>>)
    const count = names?.length ?? (value as unknown[]).length
    const isLong = isInData || (isList && count > maximumSettings)
    for (let index = 0; index < count; index += 1) {
      const name = names?.[index] ?? String(index)
      const inner = isList ? (value as unknown[])[index] : (value as Record<string, unknown>)[name]
      path.push(name)
      go(name, inner, value, isLong)
      path.pop()
    }
  }
  go('', document, undefined, isData)
}
