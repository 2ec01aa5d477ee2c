import type { Part } from '../../inspection.ts'

/** A format that is a tar with entries of its own. */
export interface TarDialect {
  readonly name: string
  matches(names: ReadonlySet<string>): boolean
  /** What an entry is by its name. */
  readonly expected?: Readonly<Record<string, Part['expected']>>
}

const has = (names: ReadonlySet<string>, pattern: RegExp): boolean => {
  for (const name of names) if (pattern.test(name)) return true
  return false
}

/** Formats that are tars, by the names of their entries without `./` before them. */
export const tarDialects: readonly TarDialect[] = [
  {
    // First, whatever else stands in the tar: torch reads the storages before it looks for another entry.
    name: 'torch-tar',
    matches: (names) => names.has('storages'),
    expected: { storages: 'torch-tar-storages', tensors: 'torch-tar-tensors' },
  },
  { name: 'oci-image', matches: (names) => names.has('oci-layout') && names.has('index.json') },
  {
    name: 'docker-image',
    matches: (names) => names.has('manifest.json') && has(names, /layer\.tar$|^blobs\/sha256\//),
  },
  { name: 'nemo', matches: (names) => names.has('model_config.yaml') },
  { name: 'savedmodel-tar', matches: (names) => has(names, /^(?:[^/]+\/)?saved_model\.pb$/) },
  { name: 'sagemaker-model', matches: (names) => names.has('code/inference.py') },
]
