import { parseDocument } from './explain.ts'
import { envelopeSchema } from './kind.ts'
import { defaultPolicy, type ModelSecurityPolicy } from './kinds/model-security-policy.ts'
import { type Manifest, manifestKinds, schemaOfKind } from './kinds.ts'
import { manifestLimits } from './limits.ts'
import { type ManifestProblem, manifestError } from './problem.ts'
import { type ManifestSetting, placedSettings } from './settings.ts'
import { findEntry, parseYamlDocuments, type YamlEntry } from './yaml-documents.ts'

/** The text of one file of manifests. */
export interface ManifestText {
  /** How problems name the file. */
  readonly path: string
  readonly text: string
}

/** Where a manifest was read, and each of its settings. */
export interface ManifestSource {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly settings: readonly (ManifestSetting & { readonly line: number; readonly column: number })[]
}

/** Manifests that hold together. */
export interface ManifestSet {
  readonly manifests: readonly Manifest[]
  /** Where each of `manifests` was read, in the same order. */
  readonly sources: readonly ManifestSource[]
  /** The policy among them, or the default one. */
  readonly policy: ModelSecurityPolicy
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** What a document calls itself, however wrong the rest of it is. */
const identityOf = ({ data }: YamlEntry): { kind: string; name: string } | undefined => {
  if (!isRecord(data) || !isRecord(data.metadata)) return undefined
  const { kind, metadata } = data
  return schemaOfKind(kind) && typeof metadata.name === 'string'
    ? { kind: String(kind), name: metadata.name }
    : undefined
}

const sourceOf = (manifest: Manifest, document: YamlEntry, file: string): ManifestSource => ({
  file,
  ...document.position,
  settings: placedSettings(manifest).map(({ path, value, place }) => ({
    path,
    value,
    ...findEntry(document, place).entry.position,
  })),
})

const byPlace = (left: ManifestProblem, right: ManifestProblem): number =>
  left.line - right.line || left.column - right.column

/** The manifests of the texts and every problem that they have, by file and place. */
export const checkManifestTexts = (
  texts: readonly ManifestText[],
): { set: ManifestSet; problems: readonly ManifestProblem[] } => {
  const manifests: Manifest[] = []
  const sources: ManifestSource[] = []
  const problems: ManifestProblem[] = []
  const firstPlaces = new Map<string, string>()

  const checkIdentity = (document: YamlEntry, file: string): ManifestProblem[] => {
    const identity = identityOf(document)
    if (identity === undefined) return []
    const { kind, name } = identity
    // Two policies would leave it open which of them holds.
    const isPolicy = kind === 'ModelSecurityPolicy'
    const key = isPolicy ? kind : `${kind} ${name}`
    const position = findEntry(document, ['metadata', 'name']).entry.position
    const first = firstPlaces.get(key)
    if (first === undefined) {
      firstPlaces.set(key, `${file}:${position.line}:${position.column}`)
      return []
    }
    const what = isPolicy ? 'a second ModelSecurityPolicy' : `a second ${kind} with the name "${name}"`
    return [{ file, ...position, path: 'metadata.name', message: `${what}; the first is at ${first}` }]
  }

  for (const { path: file, text } of texts) {
    if (Buffer.byteLength(text) > manifestLimits.fileBytes) {
      const message = `longer than the limit of ${manifestLimits.fileBytes} bytes`
      problems.push({ file, line: 1, column: 1, path: '', message })
      continue
    }
    const { documents, problems: ofFile } = parseYamlDocuments(text, file)
    const found = [...ofFile]
    for (const document of documents) {
      const kind = isRecord(document.data) ? document.data.kind : undefined
      const result = parseDocument(schemaOfKind(kind) ?? envelopeSchema(manifestKinds), document, file)
      found.push(...checkIdentity(document, file))
      if ('problems' in result) {
        for (const problem of result.problems) found.push(problem)
      } else {
        const manifest = result.value as Manifest
        manifests.push(manifest)
        sources.push(sourceOf(manifest, document, file))
      }
    }
    if (documents.length === 0 && found.length === 0) {
      found.push({
        file,
        line: 1,
        column: 1,
        path: '',
        message: 'no manifest here: expected apiVersion, kind, metadata and spec',
      })
    }
    const told = found.sort(byPlace).slice(0, manifestLimits.problems)
    const last = told.at(-1)
    const more = found.length - told.length
    if (last !== undefined && more > 0) told.push({ ...last, path: '', message: `${more} more problems after this` })
    problems.push(...told)
  }

  const policy = manifests.find((manifest) => manifest.kind === 'ModelSecurityPolicy') ?? defaultPolicy
  return { set: { manifests, sources, policy }, problems }
}

/**
 * The manifests of several texts, checked together.
 *
 * @throws NootropicError `MANIFEST_INVALID` with every problem in `details.problems`.
 */
export const parseManifestSet = (texts: readonly ManifestText[]): ManifestSet => {
  const { set, problems } = checkManifestTexts(texts)
  if (problems.length > 0) throw manifestError(problems)
  return set
}

/**
 * The manifests of one text; `path` is how problems name it.
 *
 * @throws NootropicError `MANIFEST_INVALID` with every problem in `details.problems`.
 */
export const parseManifests = (text: string, { path }: { path: string }): readonly Manifest[] =>
  parseManifestSet([{ path, text }]).manifests
