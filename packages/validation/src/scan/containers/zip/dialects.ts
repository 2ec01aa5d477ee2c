import type { Part } from '../../inspection.ts'

/** A format that is a zip with entries of its own. */
export interface ZipDialect {
  readonly name: string
  /** Whether the names of the entries are those of the format. */
  matches(names: ReadonlySet<string>): boolean
  /** What an entry is by its place. */
  expected?(name: string): Part['expected']
  /** The names of records that hold the storages of `data.pkl`, and in them the keys. */
  readonly storage?: RegExp
  /** Whether an entry is one line that says a version or the like. */
  isMarker?(name: string): boolean
  /** Whether an entry is code that the loader of the format runs. */
  isHandler?(name: string): boolean
}

const hasAll =
  (...wanted: readonly string[]) =>
  (names: ReadonlySet<string>): boolean =>
    wanted.every((name) => names.has(name))

const some = (names: ReadonlySet<string>, pattern: RegExp): boolean => {
  for (const name of names) if (pattern.test(name)) return true
  return false
}

// PyTorch takes the directory of the first entry for the root of all others.
const torchPickle = /^[^/]+\/data\.pkl$/
const torchStorage = /^[^/]+\/(?:(?:data|constants|tensors)\/\d+(?:\.storage)?|\.data\/\d+\.storage)$/
// The importer of torch.package needs this entry; the reader under it does not tell cases apart.
const torchPackage = /^[^/]+\/\.data\/extern_modules$/i
const packageStorage = /^[^/]+\/\.data\/\d+\.storage$/
const torchMarker = /^[^/]+\/(?:\.data\/)?(?:version|byteorder|serialization_id|\.format_version|\.storage_alignment)$/
const torchCode = /^[^/]+\/code\/.*\.py$/
// What torch.jit.save and _save_for_lite_interpreter write, and torch's own unpickler reads.
const torchScriptPickle =
  /^[^/]+\/(?:(?:data|constants|bytecode|mobile_debug_handles|callstack_debug_map)\.pkl|(?:code\/.+|[^/]+)\.debug_pkl)$/

/** Entries that torch takes an archive of TorchScript by; all are below one directory. */
const isTorchScript = (names: ReadonlySet<string>): boolean => {
  const root = [...names].find((name) => torchPickle.test(name))?.split('/', 1)[0]
  return (
    root !== undefined &&
    names.has(`${root}/constants.pkl`) &&
    some(names, /\/code\//) &&
    [...names].every((name) => name.startsWith(`${root}/`))
  )
}

const torch = {
  storage: /^[^/]+\/data\/(\d+)$/,
  expected: (name: string): Part['expected'] => (torchStorage.test(name) ? 'weights' : undefined),
  isMarker: (name: string): boolean => torchMarker.test(name),
}

const torchScriptPart = (name: string): Part['expected'] => {
  if (torchCode.test(name)) return 'torchscript-code'
  return torchScriptPickle.test(name) ? 'torchscript-pickle' : torch.expected(name)
}

/** Formats that are zips, those that need more of their entries first. */
export const zipDialects: readonly ZipDialect[] = [
  {
    // First: what torch-zip holds as weights, a package may hold as pickles.
    name: 'torch-package',
    matches: (names) => some(names, torchPackage),
    expected: (name) => (packageStorage.test(name) ? 'weights' : undefined),
    isMarker: torch.isMarker,
  },
  {
    name: 'torchscript-zip',
    matches: isTorchScript,
    expected: torchScriptPart,
    isMarker: torch.isMarker,
  },
  { name: 'torch-zip', matches: (names) => some(names, torchPickle), ...torch },
  {
    name: 'torch-model-archive',
    matches: hasAll('MAR-INF/MANIFEST.json'),
    isHandler: (name) => /\.py$/i.test(name),
  },
  { name: 'keras-zip', matches: hasAll('config.json', 'metadata.json') },
  { name: 'stable-baselines-zip', matches: hasAll('data', 'policy.pth') },
  { name: 'skops', matches: hasAll('schema.json') },
  { name: 'mlflow-zip', matches: (names) => some(names, /^(?:[^/]+\/)?MLmodel$/) },
  { name: 'coreml-package', matches: (names) => some(names, /^(?:[^/]+\.mlpackage\/)?Data\/com\.apple\.CoreML\//) },
  { name: 'h2o-mojo', matches: hasAll('model.ini') },
  { name: 'mleap', matches: hasAll('bundle.json') },
  { name: 'savedmodel-zip', matches: (names) => some(names, /^(?:[^/]+\/)?saved_model\.pb$/) },
  { name: 'openvino-zip', matches: (names) => names.size > 1 && some(names, /\.xml$/) && some(names, /\.bin$/) },
  { name: 'python-wheel', matches: (names) => some(names, /^[^/]+\.dist-info\/WHEEL$/) },
  { name: 'jar', matches: hasAll('META-INF/MANIFEST.MF') },
  { name: 'npz', matches: (names) => names.size > 0 && [...names].every((name) => name.endsWith('.npy')) },
]
