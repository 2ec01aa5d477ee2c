import { expect, test } from 'vitest'
import { allowedGlobals } from '../src/scan/pickle/allowed-globals.ts'
import { globalTables, judge } from '../src/scan/pickle/judgement.ts'

const entries = allowedGlobals.flatMap((group) => group.names.map((name) => ({ ...group, name })))
const ruleOf = (module: string, name: string): string | undefined =>
  entries.find((entry) => entry.module === module && entry.name === name)?.arguments

test('the table has more than 1500 names, each once, each with a reason and where it comes from', () => {
  expect(entries.length).toBeGreaterThan(1500)
  expect(new Set(entries.map(({ module, name }) => `${module}\n${name}`)).size).toBe(entries.length)
  for (const { module, name, library, reason } of entries) {
    expect(
      [module, name].every((text) => /^[\w.]+$/.test(text)),
      `${module} ${name}`,
    ).toBe(true)
    expect(library).toMatch(/^(?:reviewed: [a-z]|[a-z-]+ \d)/)
    expect(reason).not.toBe('')
  }
})

test('no allowed name is known to do harm', () => {
  for (const { module, name } of entries) {
    expect([module, name, judge(globalTables, module, name, 4).verdict]).toEqual([module, name, 'allowed'])
  }
})

test('names that pass on what they are given are held to a rule of their own', () => {
  expect(ruleOf('numpy.core.multiarray', '_reconstruct')).toBe('class')
  expect(ruleOf('copyreg', '_reconstructor')).toBe('class')
  expect(ruleOf('_codecs', 'encode')).toBe('latin1')
  expect(ruleOf('functools', 'partial')).toBe('callable')
  expect(ruleOf('collections', 'defaultdict')).toBe('callable')
  expect(ruleOf('torch._tensor', '_rebuild_from_type_v2')).toBe('callable')
  expect(ruleOf('torch.storage', '_load_from_bytes')).toBe('pickle')
})

test('no name that imports, runs, opens, or reads attributes is in the table', () => {
  const known = [
    'builtins.getattr builtins.eval builtins.exec builtins.open builtins.__import__ builtins.type builtins.map',
    'operator.attrgetter operator.methodcaller operator.itemgetter functools.reduce types.FunctionType types.CodeType',
    'copyreg.__newobj__ importlib.import_module os.system posix.system subprocess.Popen io.open',
    'numpy.load numpy.memmap numpy.core._ufunc_reconstruct numpy.testing._private.utils.runstring',
    'pandas.read_pickle pandas.eval torch.load torch.hub.load torch.ScriptObject joblib.load',
    'joblib.numpy_pickle.NumpyUnpickler joblib.numpy_pickle_compat.read_zfile dill._dill._create_function',
    'cloudpickle.cloudpickle.subimport sentence_transformers.SentenceTransformer',
    'statsmodels.base.data.PandasData spacy.vocab.unpickle_vocab',
  ]
    .join(' ')
    .split(' ')
  const allowed = new Set(entries.map(({ module, name }) => `${module}.${name}`))
  expect(known.filter((name) => allowed.has(name))).toEqual([])
})

test('the constructor of numpy.ndarray, which takes raw pointers for objects, is not to be called', () => {
  expect(ruleOf('numpy', 'ndarray')).toBe('instance')
})
