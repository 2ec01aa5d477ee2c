import { deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'
import { runPickle } from '../src/scan/pickle/run-pickle.ts'
import { bytesSource } from '../src/scan/source.ts'
import {
  assemble,
  binary,
  built,
  call,
  created,
  dictionary,
  little,
  named,
  type PicklePart,
  pickle,
  proto,
  small,
  stacked,
  text,
  tuple,
} from './support/pickle-assembler.ts'

const run = (...parts: readonly PicklePart[]) => runPickle(bytesSource(pickle(...parts)), 0)
const rulesOf = (...parts: readonly PicklePart[]): string[] => run(...parts).log.sightings.map(({ rule }) => rule.id)

const namespace = created(stacked('argparse', 'Namespace'))
const load = stacked('torch.storage', '_load_from_bytes')
const webbrowser = "cwebbrowser\nopen\n(S'x'\ntR."

// --- What is put into a container after something else holds it ---------------------------------------------------

test('a hook that is put into a state after the tuple around it was made is seen', () => {
  const state = assemble('}\x94Nh\x00\x86\x94', '0h\x00', text('__setstate__'), load, 's0h\x01')
  expect(rulesOf(namespace, state, 'b')).toContain('pickle/special-state')
})

test('a hook that is put into a list after its tuple was made does not reach the call', () => {
  const late = assemble(']\x94\x85\x94', '0h\x00', text('__setstate__'), load, '\x86a0')
  expect(rulesOf(namespace, late, stacked('builtins', 'dict'), 'h\x01Rb')).toContain('pickle/call-arguments')
})

test('a hook that arrives late through a list in a list is seen', () => {
  const late = assemble(']\x94]\x94a0', 'h\x01', load, 'a0')
  expect(rulesOf(late, 'N')).toEqual(['pickle/special-state'])
})

test('a list that holds the object that holds it is left alone', () => {
  const object = built(created(stacked('argparse', 'Namespace')), assemble('}', text('all'), 'h\x00s'))
  expect(rulesOf(']\x94(', object, small(1), 'e')).toEqual([])
  // The values that come later are found where a call takes only plain ones.
  const device = assemble(stacked('builtins', 'str'), 'h\x00\x85R')
  expect(rulesOf(']\x94(', object, small(1), 'e0', device)).toEqual(['pickle/call-arguments'])
})

// --- Arrays of joblib whose type lies about its length ------------------------------------------------------------

const typeOf = (code: string, length: PicklePart, flags: number): Buffer =>
  built(
    call(stacked('numpy', 'dtype'), text(code), '\x89', '\x88'),
    tuple(small(3), text('|'), 'N', 'N', 'N', length, small(1), small(flags)),
  )
const joblibArray = (type: PicklePart, data: PicklePart): Buffer => {
  const state = dictionary(
    ...[text('subclass'), stacked('numpy', 'ndarray'), text('shape'), tuple(small(1))],
    ...[text('order'), text('C'), text('dtype'), type],
  )
  return assemble(built(created(stacked('joblib.numpy_pickle', 'NumpyArrayWrapper')), state), data)
}
const unknown = 'J\xff\xff\xff\xff'

test('an array of joblib is as long as its type’s state says, and a state of another length is refused', () => {
  const raw = `${'A'.repeat(8)}0N.AAAAA`
  const bytes = assemble(pickle(joblibArray(typeOf('V8', small(16), 0), raw)).subarray(0, -1), '0', webbrowser)
  const { imports, log } = runPickle(bytesSource(bytes), 0)
  expect(imports.map(({ name }) => name)).toContain('open')
  expect(log.sightings.map(({ rule }) => rule.id)).toContain('pickle/array-type')
  for (const [code, length, size] of [
    ['V8', small(8), 8],
    ['U2', small(8), 8],
    ['f8', unknown, 8],
  ] as const) {
    expect(rulesOf(joblibArray(typeOf(code, length, 0), Buffer.alloc(size, 0xff)))).toEqual([])
  }
})

test('a type of numbers that says it holds objects is refused: readers differ in what follows', () => {
  expect(rulesOf(joblibArray(typeOf('f8', unknown, 63), pickle(']')))).toEqual(['pickle/array-type'])
})

test('bytes behind a pickle of joblib with arrays are no small matter', async () => {
  const array = pickle(joblibArray(typeOf('f8', unknown, 0), Buffer.alloc(8, 0xff)))
  expect((await scan(array)).verdict).toBe('pass')
  expect((await scan(assemble(array, '\0\0\0\0'))).verdict).toBe('fail')
})

// --- What is a pickle ---------------------------------------------------------------------------------------------

test.each([
  ['a key of the memo that is too large', assemble('I1\np2000000\n0', 'I1\n0'.repeat(5000), webbrowser)],
  ['a heading', assemble("S'# T'\nI1\np2000000\n0", 'I1\n0'.repeat(5000), webbrowser)],
  ['opcodes of protocol 4', assemble('}\x94r\0\0\x20\x000', 'N0'.repeat(3000), webbrowser)],
  ['persistent ids', assemble('Pa\n0'.repeat(5000), webbrowser)],
])('a pickle of protocol 0 that opens with many idle opcodes is one: %s', async (_, content) => {
  const report = await scan(content)
  expect([report.subject.format, report.verdict]).toEqual(['pickle', 'fail'])
})

test('a list of words that begin with P is no pickle', async () => {
  const words = Array.from({ length: 6000 }, (_, index) => `P${index.toString(36)}\n`).join('')
  expect((await scan(assemble(words, 'Quebec\nRome\n'))).verdict).toBe('pass')
})

// --- What a name of the table calls -------------------------------------------------------------------------------

const generator = stacked('numpy.random._pickle', '__generator_ctor')
const bits = stacked('numpy.random._pickle', '__bit_generator_ctor')
const booster = stacked('xgboost.core', 'Booster')

test('a random generator calls nothing but the maker of its bits', () => {
  expect(rulesOf(call(generator, text('PCG64'), bits))).toEqual([])
  expect(rulesOf(call(generator, call(bits, text('PCG64')), bits))).toEqual([])
  expect(rulesOf(call(bits, stacked('numpy.random._pcg64', 'PCG64')))).toEqual([])
  expect(rulesOf(call(generator, text('/tmp/x'), booster))).toEqual(['pickle/call-arguments'])
  expect(rulesOf(call(bits, booster))).toEqual(['pickle/call-arguments'])
})

test('a partial keeps a class, and is then no argument of a call', () => {
  const partial = stacked('functools', 'partial')
  const layer = stacked('torch.nn.modules.normalization', 'LayerNorm')
  const kept = built(call(partial, layer), tuple(layer, ')', dictionary(text('eps'), small(1)), 'N'))
  expect(rulesOf(built(namespace, dictionary(text('norm'), kept)))).toEqual([])
  expect(rulesOf(call(generator, text('/tmp/x'), call(partial, booster, 'N', ')')))).toEqual(['pickle/call-arguments'])
  expect(rulesOf(call(stacked('builtins', 'tuple'), tuple(kept)))).toEqual(['pickle/call-arguments'])
  expect(rulesOf(call(stacked('collections', 'defaultdict'), booster))).toEqual(['pickle/call-arguments'])
  const rebuild = stacked('torch._tensor', '_rebuild_from_type_v2')
  expect(rulesOf(call(rebuild, booster, stacked('torch', 'Tensor'), tuple('N'), '}'))).toContain(
    'pickle/call-arguments',
  )
})

// --- Harmless files -----------------------------------------------------------------------------------------------

test('an entry of a zip whose first line ends a persistent id is no pickle', async () => {
  const entry = assemble('PK\x03\x04\x14\0\0\0\0\0', Buffer.alloc(16), little(1, 2), '\0\0x', '\n0', pickle('N'))
  expect((await scan(entry)).findings.map(({ rule }) => rule)).not.toContain('file/polyglot')
})

const wrapped = (filename: PicklePart, subclass = stacked('numpy', 'ndarray')): Buffer =>
  built(
    created(named('joblib.numpy_pickle', 'NDArrayWrapper')),
    dictionary(text('subclass'), subclass, text('filename'), filename),
  )

test('joblib 0.9: arrays in files beside the pickle are told of, those elsewhere are refused', async () => {
  const beside = await scan(pickle(wrapped(text('model.pkl_01.npy'))))
  expect([beside.verdict, beside.findings.map(({ rule, severity }) => [rule, severity])]).toEqual([
    'incomplete',
    [['pickle/sibling-array', 'low']],
  ])
  for (const elsewhere of ['../other.npy', '/etc/x', 'a\\b.npy', '..', '']) {
    expect((await scan(pickle(wrapped(text(elsewhere))))).verdict).toBe('fail')
  }
  expect((await scan(pickle(wrapped(call(stacked('builtins', 'str'), text('x')))))).verdict).toBe('fail')
  expect((await scan(pickle(wrapped(text('a.npy'), stacked('pandas.core.series', 'Series'))))).verdict).toBe('fail')
})

test('joblib 0.9: the compressed items of an array are no broken pickle', async () => {
  const items = Buffer.alloc(64)
  const zfile = assemble(`ZF${`0x${items.length.toString(16)}`.padEnd(19)}`, deflateSync(items))
  expect((await scan(zfile)).verdict).toBe('pass')
})

test('dill: an array and a slice of a table are made as numpy and Python make them', () => {
  const array = stacked('dill._dill', '_create_array')
  const reconstruct = stacked('numpy.core.multiarray', '_reconstruct')
  const state = tuple(small(1), tuple(small(1)), typeOf('i1', unknown, 0), '\x89', binary('a'))
  const arrayOf = (type: PicklePart): Buffer =>
    call(array, reconstruct, tuple(type, tuple(small(0)), binary('b')), state, 'N')
  expect(rulesOf(arrayOf(stacked('numpy', 'ndarray')))).toEqual([])
  expect(rulesOf(arrayOf(booster))).toContain('pickle/code-object')
  const slice = call(stacked('dill._dill', '_load_type'), text('slice'))
  expect(rulesOf(call(slice, small(0), small(1), small(1)))).toEqual([])
})

test('pandas of Python 2: the frozen array of an index is an array', () => {
  const reconstruct = named('numpy.core.multiarray', '_reconstruct')
  const frozen = named('pandas.core.indexes.frozen', 'FrozenNDArray')
  expect(rulesOf(proto(2), call(reconstruct, frozen, tuple(small(0)), text('b')))).toEqual([])
})

const distribution = (...state: readonly PicklePart[]): Buffer =>
  built(created(stacked('scipy.stats._continuous_distns', 'gamma_gen')), dictionary(...state))
const template = (shapes: string, more = ''): string =>
  `\ndef _parse_args(self, ${shapes} loc=0, scale=1):\n    return (${shapes}), loc, scale\n\n` +
  `def _parse_args_rvs(self, ${shapes} loc=0, scale=1, size=None):\n` +
  `    return self._argcheck_rvs(${shapes} loc, scale, size=size)\n\n` +
  `def _parse_args_stats(self, ${shapes} loc=0, scale=1, moments='mv'):\n` +
  `    return (${shapes}), loc, scale, moments\n${more}`

test('a distribution of scipy runs what scipy wrote, and nothing else', () => {
  const generated = text('_parse_arg_template')
  for (const shapes of ['', 'a, ', 'df, nc, ']) {
    const state = [text('name'), text('gamma'), text('_random_state'), 'N', text('a'), 'N']
    expect(rulesOf(distribution(...state, generated, text(template(shapes))))).toEqual([])
  }
  for (const state of [
    [generated, text(template('a, ', 'import os\n'))],
    [generated, text(template('a=print(), '))],
    [generated, text(template('a, ')), generated, text('import os')],
    [generated, call(stacked('builtins', 'str'), text('x'))],
    [text('_attach_methods'), stacked('collections', 'OrderedDict')],
    [call(stacked('builtins', 'str'), text('_parse_arg_template')), text('x')],
  ]) {
    expect(rulesOf(distribution(...state))).toContain('pickle/special-state')
  }
  const type = stacked('scipy.stats._continuous_distns', 'gamma_gen')
  expect(rulesOf(call(type, small(1)))).toEqual(['pickle/call-arguments'])
})
