import type { Manifest } from './kinds.ts'

/** One setting of a manifest. */
export interface ManifestSetting {
  /** The place of the setting under `spec`, by the names of the format: `attacks.fgsm.epsilon`. */
  readonly path: string
  /** Its typed value; true for an entry of a list, which is on by being there. */
  readonly value: unknown
}

/** A setting, and the way to it inside the document. */
export interface PlacedSetting extends ManifestSetting {
  readonly place: readonly (string | number)[]
}

// What tells the entries of a list apart. A path does not: it is the user's own, not a name of the format.
const names = ['type', 'name', 'severity'] as const

/** Kernels and frequencies are typed values, not groups of settings. */
const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !('cron' in value) && !('width' in value)

function* walk(value: unknown, path: readonly string[], place: readonly (string | number)[]): Iterable<PlacedSetting> {
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) yield* walkEntry(entry, path, [...place, index])
  } else if (isGroup(value)) {
    for (const [key, inner] of Object.entries(value)) yield* walk(inner, [...path, key], [...place, key])
  } else if (value !== undefined) {
    yield { path: path.join('.'), value, place }
  }
}

function* walkEntry(
  entry: unknown,
  path: readonly string[],
  place: readonly (string | number)[],
): Iterable<PlacedSetting> {
  if (typeof entry === 'string') {
    yield { path: [...path, entry].join('.'), value: true, place }
    return
  }
  if (!isGroup(entry)) return
  const name = names.find((candidate) => typeof entry[candidate] === 'string')
  const own = name === undefined ? path : [...path, String(entry[name])]
  if (name !== undefined) yield { path: own.join('.'), value: true, place }
  for (const [key, inner] of Object.entries(entry)) {
    if (key !== name) yield* walk(inner, [...own, key], [...place, key])
  }
}

/** The settings of a manifest with their places in its document. */
export const placedSettings = (manifest: Manifest): PlacedSetting[] => [...walk(manifest.spec, [], ['spec'])]

/**
 * The settings of a manifest, defaults included. An entry of a list is named by its `type`, `name` or `severity`.
 *
 * @example
 * ```ts
 * manifestSettings(adversarialTesting)
 * // [{ path: 'attacks.fgsm', value: true }, { path: 'attacks.fgsm.epsilon', value: 0.03 }, …]
 * ```
 */
export const manifestSettings = (manifest: Manifest): ManifestSetting[] =>
  placedSettings(manifest).map(({ path, value }) => ({ path, value }))
