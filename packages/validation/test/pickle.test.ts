import { gzipSync } from 'node:zlib'
import { createSeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { createBudget } from '../src/scan/budget.ts'
import { scan } from '../src/scan/index.ts'
import type { Inspection } from '../src/scan/inspection.ts'
import { scanLimits } from '../src/scan/limits.ts'
import { checkPickleAt } from '../src/scan/pickle/nested.ts'
import { opcodes } from '../src/scan/pickle/opcodes.ts'
import { opensPickle } from '../src/scan/pickle/recognise-pickle.ts'
import { runPickle } from '../src/scan/pickle/run-pickle.ts'
import type { Sighting } from '../src/scan/rule.ts'
import { bytesSource } from '../src/scan/source.ts'
import {
  assemble,
  binary,
  built,
  call,
  created,
  dictionary,
  framed,
  little,
  named,
  orderedDictionary,
  type PicklePart,
  pickle,
  proto,
  shellCall,
  small,
  stacked,
  text,
  tuple,
} from './support/pickle-assembler.ts'
import { zipOf } from './support/zip-builder.ts'

const run = (...parts: readonly PicklePart[]) => runPickle(bytesSource(assemble(...parts)), 0)
const rulesOf = (...parts: readonly PicklePart[]): string[] => run(...parts).log.sightings.map(({ rule }) => rule.id)
const namesOf = (...parts: readonly PicklePart[]): string[] =>
  run(...parts).imports.map(({ module, name }) => `${module}.${name}`)
const endOf = (...parts: readonly PicklePart[]): string => run(...parts).end.kind

test('the table has the 68 opcodes of the protocols 0 to 5, each once', () => {
  expect(opcodes).toHaveLength(68)
  expect(new Set(opcodes.map(({ code }) => code)).size).toBe(68)
})

test('every opcode that a pickler writes is read to the end', () => {
  const values = assemble(
    'NI1\nI01\nL5L\nF1.5\nS"a\\x41"\nV\\u00e9\n',
    'J\x01\0\0\0K\x01M\x01\0G\0\0\0\0\0\0\0\0\x88\x89\x8a\x01\x05\x8b\x01\0\0\0\x05',
    'T\x01\0\0\0aU\x01aX\x01\0\0\0a\x8c\x01a\x8d\x01\0\0\0\0\0\0\0a',
    'B\x01\0\0\0aC\x01a\x8e\x01\0\0\0\0\0\0\0a\x96\x01\0\0\0\0\0\0\0a',
    ')](Ne]Na}}NNs}(NNu\x8f(N\x90(\x91(l(dN\x85NN\x86NNN\x87N2(10',
    'p0\nq\x01r\x02\0\0\0\x94g0\nh\x01j\x02\0\0\0',
  )
  expect(run(proto(5), '(', values, 't.').end).toMatchObject({ kind: 'stop' })
})

test('the memo has one row of keys for PUT, BINPUT and MEMOIZE', () => {
  // The number of keys is 2 when MEMOIZE writes, so the text stands under 2.
  expect(namesOf(proto(4), text('os'), 'q\x00', 'q\x05', text('system'), '\x94', 'h\x05h\x02\x93.')).toEqual([
    'os.system',
  ])
})

test.each([
  ['a key that is missing', 'h\x03.', 'refused'],
  ['a value below a mark', 'N(0.', 'stop'],
  ['a tuple across a mark', 'N(\x85.', 'refused'],
  ['nothing to stop with', '.', 'refused'],
  ['a list as a key', '}](NNs.', 'refused'],
  ['a list as a member', '\x8f(]\x90.', 'refused'],
  ['a number that is called', 'K\x01)R.', 'refused'],
  ['arguments that are no tuple', 'cos\nsystem\nNR.', 'refused'],
  ['a text without quotes', 'Sos\n.', 'refused'],
  ['an octal number with a nine', 'I09\n.', 'refused'],
  ['a number behind which C sees the end', 'L5\0x\n.', 'stop'],
  ['a line without a newline', 'Vos', 'truncated'],
  ['a negative length', 'T\xff\xff\xff\xff.', 'refused'],
  ['protocol 6', '\x80\x06N.', 'refused'],
  ['an extension code of zero', '\x82\0.', 'refused'],
  ['no text as a module', 'K\x01Vsystem\n\x93.', 'refused'],
])('CPython ends where the machine ends: %s', (_, body, kind) => {
  expect(endOf(body)).toBe(kind)
})

test('names of Python 2 are judged by what Python 3 imports for them', () => {
  expect(rulesOf(proto(2), named('__builtin__', 'set'), '.')).toEqual([])
  expect(rulesOf(proto(2), call(named('commands', 'getoutput'), text('id')), '.')).toEqual(['pickle/dangerous-call'])
  expect(rulesOf(proto(3), named('copy_reg', '_reconstructor'), '.')).toEqual(['pickle/unknown-global'])
})

test('the evidence shows the calls as Python would write them', () => {
  const evaluated = call(named('builtins', 'eval'), call(named('builtins', 'compile'), text('1'), small(5), 'N'))
  const { log } = run(pickle(evaluated))
  expect(log.calls).toEqual(['builtins.compile("1", 5, None)', 'builtins.eval(builtins.compile("1", 5, None))'])
  expect(log.sightings[0]?.evidence).toMatchObject({ imports: ['builtins.eval', 'builtins.compile'] })
})

test('CVE-2025-1889, CVE-2025-10155 and GHSA-jgw4-cr84-mqxg: what the file is called plays no part', async () => {
  for (const name of ['model.pkl', 'config.p', 'weights.bin', 'readme.txt']) {
    expect((await scan(pickle(shellCall), { name })).verdict).toBe('fail')
  }
})

test('CVE-2025-10157: a name of a submodule is not the module’s, and is refused all the same', async () => {
  const report = await scan(pickle(call(named('asyncio.unix_events', '_UnixSubprocessTransport._start'), text('id'))))
  expect(report.verdict).toBe('fail')
})

test('picklescan: a magic number of torch that a call computes is a call', () => {
  const number = call(named('__builtin__', 'eval'), text('0x1950A86A20F9469CFC6C'))
  expect(rulesOf(proto(2), number, '.')).toEqual(['pickle/dangerous-call'])
})

test('modelscan #331: a module’s name that is joined while loading is refused', () => {
  const joined = call(named('builtins', 'str.join'), text(''), tuple(text('o'), text('s')))
  const found = rulesOf(pickle(call(named('importlib', 'import_module'), joined)))
  expect(found).toContain('pickle/dangerous-call')
  expect(found).toContain('pickle/dotted-name')
})

test('the table of names decides, and nothing else', () => {
  const tables = {
    allowed: [{ module: 'm', names: ['f'], library: 'test', reason: 'test', arguments: 'any' as const }],
    dangerous: [],
  }
  const judged = (...parts: readonly PicklePart[]) =>
    runPickle(bytesSource(assemble(...parts)), 0, { tables }).log.sightings.map(({ rule }) => rule.id)
  expect(judged(pickle(call(named('m', 'f'), text('x'))))).toEqual([])
  expect(judged(pickle(shellCall))).toEqual(['pickle/unknown-call'])
  expect(judged(pickle(orderedDictionary))).toEqual(['pickle/unknown-call'])
})

test('fickling #196: a list, a dictionary and a tuple that hold themselves are read', () => {
  expect(endOf(proto(4), ']\x94h\x00a}\x94', text('a'), 'h\x01s\x86.')).toBe('stop')
  expect(endOf(proto(4), call(named('os', 'system'), ']\x94h\x00a'), '.')).toBe('stop')
})

test('modelaudit: a payload behind a million opcodes is found', () => {
  expect(namesOf(proto(4), 'N0'.repeat(500_000), shellCall, '.')).toEqual(['os.system'])
})

test('a payload behind a long text and at the edge of the window is found', () => {
  for (const length of [262_100, 262_130, 262_144, 300_000]) {
    const nested = binary(pickle(shellCall))
    expect(rulesOf(pickle('(', binary(Buffer.alloc(length)), nested, 't'))).toEqual(['pickle/nested-pickle'])
    expect(namesOf(pickle(binary(Buffer.alloc(length)), '0', shellCall))).toEqual(['os.system'])
  }
})

test('a safetensors or torch object with its storages inside is read through its calls', async () => {
  const load = stacked('torch.storage', '_load_from_bytes')
  const harmless = await scan(pickle(call(load, binary(framed(dictionary(text('a'), small(1)))))))
  expect(harmless.verdict).toBe('pass')
  const harmful = await scan(pickle(call(load, binary(pickle(shellCall)))))
  expect(harmful.findings.map(({ rule }) => rule)).toContain('pickle/dangerous-call')
})

test('a name that is safe only where it is called does not reach the arguments or the state of another', () => {
  const decode = named('_codecs', 'encode')
  expect(rulesOf(pickle(call(stacked('collections', 'defaultdict'), decode)))).toEqual(['pickle/call-arguments'])
  const estimator = created(stacked('sklearn.linear_model._base', 'LinearRegression'))
  expect(rulesOf(pickle(built(estimator, dictionary(text('x'), decode))))).toEqual(['pickle/special-state'])
})

test('a hook with a computed name is seen', () => {
  const name = call(named('builtins', 'str'), text('__setstate__'))
  const estimator = created(stacked('sklearn.linear_model._base', 'LinearRegression'))
  const state = dictionary(name, stacked('collections', 'OrderedDict'))
  expect(rulesOf(pickle(built(estimator, state)))).toContain('pickle/special-state')
})

const joblibArray = (type: string, items: number, data: PicklePart, ...more: readonly PicklePart[]): Buffer => {
  const dtype = call(stacked('numpy', 'dtype'), text(type), '\x89\x88')
  const state = dictionary(
    ...[text('subclass'), stacked('numpy', 'ndarray'), text('shape'), tuple(small(items))],
    ...[text('order'), text('C'), text('dtype'), dtype, ...more],
  )
  return assemble(built(created(stacked('joblib.numpy_pickle', 'NumpyArrayWrapper')), state), data)
}

test('arrays of joblib stand between the opcodes, and the pickle goes on after them', () => {
  const aligned = [text('numpy_array_alignment_bytes'), small(16)]
  const noise = Buffer.alloc(16, 0xff)
  for (const array of [
    joblibArray('f8', 2, noise),
    joblibArray('f8', 2, assemble('\x03\xff\xff\xff', noise), ...aligned),
    joblibArray('U2', 2, noise),
    joblibArray('O8', 1, pickle(']')),
  ]) {
    expect(run(pickle('(', array, orderedDictionary, 't')).end.kind).toBe('stop')
    expect(namesOf(pickle('(', array, shellCall, 't'))).toContain('os.system')
  }
  expect(rulesOf(pickle(joblibArray('O8', 1, pickle(shellCall))))).toEqual(['pickle/dangerous-call'])
  expect(endOf(pickle(joblibArray('f8', 200, noise)))).toBe('truncated')
})

test('an array of joblib that is opcodes to another loader is seen', () => {
  const hidden = assemble("cos\nsystem\n(S'id'\ntR0".padEnd(32, 'N'))
  expect(rulesOf(pickle(joblibArray('f8', 4, hidden)))).toEqual(['pickle/nested-pickle'])
})

const inspectionOf = (sightings: Sighting[]): Inspection => ({
  limits: scanLimits,
  budget: createBudget(scanLimits, 0, { now: () => new Date(0), monotonicMs: () => 0 }),
  path: 'test',
  trail: [],
  report: (sighting) => void sightings.push(sighting),
  incomplete: () => {},
  refine: () => {},
  enter: async () => {},
  expand: async () => bytesSource(new Uint8Array(0)),
})

test('a pickle that stands anywhere in a content is read from there', () => {
  const sightings: Sighting[] = []
  const bytes = assemble('junk', pickle(shellCall), 'junk', "cposix\nsystem\n(S'id'\ntR.")
  const content = bytesSource(bytes)
  expect(checkPickleAt(content, 4, inspectionOf(sightings))).toBe(true)
  expect(sightings[0]).toMatchObject({ rule: { id: 'pickle/dangerous-call' }, inside: 'pickle at 4' })
  expect(checkPickleAt(content, bytes.indexOf('cposix'), inspectionOf([]))).toBe(true)
  expect(checkPickleAt(content, 0, inspectionOf([]))).toBe(false)
  const harmless = bytesSource(pickle(orderedDictionary))
  expect(checkPickleAt(harmless, 0, inspectionOf([]))).toBe(false)
})

test('random bytes are no pickle at any place', () => {
  const random = createSeededRandom(7)
  const bytes = Buffer.from(Array.from({ length: 40_000 }, () => random.integer(256)))
  // Half of them letters and newlines, as a dense text would be.
  for (let index = 0; index < 20_000; index += 1) bytes[index] = '\ncim().abcdosystemR'.charCodeAt(random.integer(18))
  const content = bytesSource(bytes)
  const found: number[] = []
  for (let offset = 0; offset < bytes.length; offset += 1) {
    if (checkPickleAt(content, offset, inspectionOf([]))) found.push(offset)
  }
  // What is called nothing but `abcdo` in the half of letters could be a module.
  expect(found.filter((offset) => offset >= 20_000)).toEqual([])
})

test.each([
  'cats and dogs\nare animals\n',
  'cat\ndog\nbird\n',
  'In the beginning\n',
  'Let it be\n',
  '(see below)\nfor more\n',
  'Some text. More text.',
  'N. Example, 1999',
  'import os\nimport sys\n',
  '{"a": 1}',
  '[1, 2]',
  '\x89PNG\r\n\x1a\n',
  'PK\x03\x04\x14\0\0\0',
  'GGUF\x03\0\0\0\0\0\0\0\0\0\0\0',
  'BZh91AY&SY',
  '# Title\n',
  '',
])('%j is no pickle', (content) => {
  expect(opensPickle(bytesSource(assemble(content)), 0)).toBe(false)
})

test.each([
  ['protocol 4', framed(']')],
  ['protocol 2 with a broken rest', assemble(proto(2), '](')],
  ['a list of protocol 0', assemble('(lp0\nI1\na.')],
  ['a text of protocol 0', assemble('Vtext\np0\n.')],
  ['a call in text', assemble("cos\nsystem\n(S'id'\ntR.")],
  ['INST in text', assemble("(S'1'\ni__builtin__\neval\n.")],
  ['a long list of protocol 1', assemble('](', 'K\x01'.repeat(5000), 'e.')],
])('a pickle is told by what it does: %s', (_, content) => {
  expect(opensPickle(bytesSource(content), 0)).toBe(true)
})

test('no change of a pickle makes the reader throw, and a call before it stays found', () => {
  const random = createSeededRandom(11)
  const sound = pickle(shellCall, '0', call(named('_codecs', 'encode'), text('a'), text('latin1')), ']\x94(Nh\x00e')
  for (let round = 0; round < 2000; round += 1) {
    const bytes = Buffer.from(sound)
    for (let change = 0; change <= random.integer(3); change += 1) {
      bytes[shellCall.length + 2 + random.integer(bytes.length - shellCall.length - 2)] = random.integer(256)
    }
    expect(namesOf(bytes)[0]).toBe('os.system')
  }
  for (let round = 0; round < 2000; round += 1) {
    const bytes = Buffer.from(Array.from({ length: 64 }, () => opcodes[random.integer(opcodes.length)]?.code ?? 0))
    expect(run(bytes).operations).toBeGreaterThanOrEqual(0)
  }
})

test('what would take memory without end stops at a limit, and is not taken for sound', async () => {
  for (const flood of ['N'.repeat(2 ** 23 + 10), '('.repeat(2 ** 20 + 10)]) {
    expect(endOf(proto(4), flood, '.')).toBe('limit')
  }
  expect((await scan(assemble(proto(4), '('.repeat(2 ** 20 + 10), '.'))).verdict).toBe('incomplete')
  expect(
    (await scan(assemble(...Array.from({ length: 3000 }, () => pickle('N'))), { limits: { entries: 2000 } })).verdict,
  ).toBe('incomplete')
  expect(
    endOf(proto(4), 'N', ...Array.from({ length: 300 }, (_, key) => assemble('r', little(2 ** 24 + key * 99, 4))), '.'),
  ).toBe('stop')
})

test('a zip archive whose first line reaches into a pickle is no pickle itself', () => {
  const entry = assemble('PK\x03\x04\x14\0\0\0data.pkl', proto(2), named('collections', 'OrderedDict'), 'q\0)\x81q\x01')
  expect(opensPickle(bytesSource(assemble(entry, named('collections', 'deque'), '\0\0')), 0)).toBe(false)
})

test('a function of one library makes no class of another, and a partial keeps to allowed callables', () => {
  const reconstruct = stacked('numpy.core.multiarray', '_reconstruct')
  const estimator = stacked('sklearn.linear_model._base', 'LinearRegression')
  expect(rulesOf(pickle(call(reconstruct, estimator, tuple(small(0)), text('b'))))).toEqual(['pickle/call-arguments'])
  expect(rulesOf(pickle(call(stacked('collections', 'defaultdict'))))).toEqual([])
  const partial = call(stacked('functools', 'partial'), stacked('builtins', 'int'))
  expect(rulesOf(pickle(built(partial, tuple(stacked('builtins', 'int'), ')', '}', 'N'))))).toEqual([])
  expect(rulesOf(pickle(built(partial, tuple(text('not a callable'), ')', '}', 'N'))))).toEqual([
    'pickle/call-arguments',
  ])
})

test.each([
  ['100 bytes', 100],
  ['70,000 bytes', 70_000],
])(
  'a pickle that stands %s behind the STOP of a harmless one is found, in a zip and in gzip too',
  async (_, length) => {
    const random = createSeededRandom(length)
    const noise = Buffer.from(Array.from({ length }, () => random.integer(256)))
    for (const junk of [Buffer.alloc(length), Buffer.alloc(length, 'x'), noise]) {
      const inText = "cposix\nsystem\n(S'id'\ntR."
      for (const hidden of [pickle(shellCall), assemble(proto(2), shellCall, '.'), assemble(inText)]) {
        const file = assemble(pickle(orderedDictionary), junk, hidden)
        for (const content of [file, zipOf([{ name: 'model.pkl', data: file }]), gzipSync(file)]) {
          const { verdict, findings } = await scan(content)
          expect([verdict, findings.some(({ rule }) => rule === 'pickle/dangerous-call')]).toEqual(['fail', true])
        }
      }
    }
  },
)

test('items of a mapping that are its attributes may not be called on loading', () => {
  const called = ['__setstate__', '__reduce__', '__class__', 'close']
  const mappings = [
    stacked('scipy.optimize._optimize', 'OptimizeResult'),
    stacked('sklearn.utils._bunch', 'Bunch'),
    stacked('easydict', 'EasyDict'),
  ]
  for (const mapping of mappings) {
    for (const name of called) {
      expect(rulesOf(pickle(created(mapping), text(name), named('builtins', 'bytearray'), 's}b'))).toEqual([
        'pickle/special-state',
      ])
    }
    expect(rulesOf(pickle(created(mapping), '(', text('append'), named('builtins', 'bytearray'), 'uNa'))).toEqual([
      'pickle/special-state',
    ])
    // Protocols 0 and 1 hand the items to the constructor.
    const items = dictionary(text('append'), named('builtins', 'bytearray'))
    const reconstructed = call(named('copyreg', '_reconstructor'), mapping, named('builtins', 'dict'), items)
    expect(rulesOf(pickle(reconstructed, 'Na'))).toEqual(['pickle/special-state'])
    expect(rulesOf(pickle(created(mapping), '(', text('x'), orderedDictionary, text('close'), small(1), 'u'))).toEqual(
      [],
    )
  }
})

test('a buffer of bytes is let through, and what it holds is looked into', () => {
  const buffer = (content: PicklePart): Buffer =>
    built(created(stacked('_io', 'BytesIO')), tuple(binary(content), small(0), 'N'))
  expect(rulesOf(pickle(buffer('abc')))).toEqual([])
  expect(rulesOf(pickle(buffer(pickle(shellCall))))).toEqual(['pickle/nested-pickle'])
  expect(rulesOf(pickle(call(stacked('_io', 'BytesIO'), binary('abc'))))).toEqual(['pickle/call-arguments'])
  expect(rulesOf(pickle(call(stacked('_io', 'FileIO'), text('x'))))).not.toEqual([])
})
