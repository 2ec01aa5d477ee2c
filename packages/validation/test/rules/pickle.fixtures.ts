import { deflateSync, gzipSync } from 'node:zlib'
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
} from '../support/pickle-assembler.ts'
import type { Fixture, RoomFixtures } from './fixture.ts'

const of =
  (...parts: readonly PicklePart[]): Fixture =>
  () =>
    pickle(...parts)

const bytes =
  (...parts: readonly PicklePart[]): Fixture =>
  () =>
    assemble(...parts)

const nestedShell = pickle(shellCall)
const latin1 = named('_codecs', 'encode')
const partial = named('functools', 'partial')

/** dill's code of `lambda x: x`, and the function around it. */
const code = call(
  stacked('dill._dill', '_create_code'),
  binary(''),
  ...[1, 0, 0, 1, 1, 19].map(small),
  binary('\x97\x00|\x00S\x00'),
  assemble('N\x85'),
  ')',
)
const functionOf = (globals: PicklePart): Buffer =>
  call(stacked('dill._dill', '_create_function'), code, globals, text('<lambda>'), 'N', 'N')
const carried = functionOf('}')

/** The code object of an empty module, as marshal of Python 3.11 begins. */
const marshalled = assemble('\xe3', Buffer.alloc(20), '\xf3', little(4, 4), '\x97\0d\0', Buffer.alloc(16))

/** Containers of which each holds the one before twice. */
const doubling = (open: string, close: string, levels: number): Buffer =>
  assemble(open, ...Array.from({ length: levels }, () => close))

const optimizeResult = created(stacked('scipy.optimize._optimize', 'OptimizeResult'))

/** What joblib before 0.10 wrote for an array. */
const siblingArray = (name: string, filename: PicklePart): Buffer =>
  built(created(stacked('joblib.numpy_pickle', name)), dictionary(text('filename'), filename))

const arrayType = (code: string): Buffer => call(stacked('numpy', 'dtype'), text(code), '\x89', '\x88')

/** A dtype with one field, as numpy writes it. */
const typeWithField = (code: string, flags: number): Buffer => {
  const fields = dictionary(text('a'), tuple(arrayType(code), small(0)))
  return built(
    arrayType('V8'),
    tuple(small(3), text('|'), 'N', tuple(text('a')), fields, small(8), small(1), small(flags)),
  )
}

/** What each rule of pickles reports and leaves alone. */
export const fixtures: RoomFixtures = {
  'pickle/dangerous-call': {
    positive: {
      'protocol 0 in text': bytes("cos\nsystem\n(S'id'\ntR."),
      'STACK_GLOBAL of protocol 4': of(call(stacked('posix', 'system'), text('id'))),
      'GHSA-mxhj-88fx-4pcv: OBJ, and the result thrown away': of('(', named('os', 'system'), text('id'), 'o0N'),
      'INST renamed from Python 2': bytes("(S'1'\ni__builtin__\neval\n."),
      'CVE-2025-1716: pip.main': of(call(named('pip', 'main'), assemble('](', text('list'), 'e'))),
      'malicious11: the memo mixes PUT and GET': bytes('Vos\np2\n0Vsystem\np3\n0g2\ng3\n\x93(Vid\ntR.'),
      'picklescan #14: MEMOIZE writes behind a PUT': of(
        text('a'),
        'q\x00',
        text('os'),
        '\x94',
        text('system'),
        '\x94h\x01h\x02\x93',
        tuple(text('id')),
        'R',
      ),
      'escapes in the operand of STACK_GLOBAL': bytes('V\\u006fs\nV\\u0073ystem\n\x93(Vid\ntR.'),
      'GHSA-9gvj-pp9x-gcfr: STRING operands': bytes("S'o\\x73'\nS'system'\n\x93(S'id'\ntR."),
    },
    negative: {
      'an ordered dictionary': of(orderedDictionary),
      'the words alone': of(tuple(text('os'), text('system'), text('id'))),
    },
  },
  'pickle/dangerous-import': {
    positive: {
      'named and kept': of(named('os', 'system')),
      'named and thrown away': of(stacked('subprocess', 'Popen'), '0N'),
    },
    negative: {
      'a class kept as a value': of(stacked('collections', 'OrderedDict')),
      'named and called': of(shellCall),
    },
  },
  'pickle/unknown-call': {
    positive: {
      'a function of nobody': of(call(named('some_library.models', 'restore'), text('x'))),
      'an object of an unknown class': of(created(stacked('some_library', 'Model'))),
    },
    negative: {
      'an allowed class': of(orderedDictionary),
      'an unknown class that is only named': of(stacked('some_library', 'Model')),
    },
  },
  'pickle/unknown-global': {
    positive: {
      'a class as a value': of(stacked('some_library', 'Model')),
      'a name that differs by its case': of(stacked('collections', 'ordereddict')),
    },
    negative: {
      'a class on the list': of(stacked('collections', 'OrderedDict')),
      'Python 2’s name for one': bytes(proto(2), named('__builtin__', 'set'), '.'),
    },
  },
  'pickle/dotted-name': {
    positive: {
      'GHSA-5j3x-jp52-966f: through a module': of(stacked('torch', 'serialization.os.system')),
      'malicious13: a method of a builtin': of(call(named('builtins', 'eval.__call__'), text('1'))),
    },
    negative: {
      'dots in the module': of(created(stacked('sklearn.linear_model._base', 'LinearRegression'))),
      'a text with dots': of(text('a.b.c')),
    },
  },
  'pickle/unresolved-global': {
    positive: {
      'a computed name': of(text('os'), call(named('builtins', 'str'), text('system')), '\x93'),
      'modelscan #338: a number for a module': of(small(1), text('system'), '\x93'),
    },
    negative: {
      'texts out of the memo': of(text('collections'), '\x94', text('OrderedDict'), '\x94h\x00h\x01\x93'),
      'texts of protocol 0': bytes('Vcollections\nVOrderedDict\n\x93.'),
    },
  },
  'pickle/sibling-array': {
    positive: {
      'an array in a file beside the pickle': of(siblingArray('NDArrayWrapper', text('model.pkl_01.npy'))),
      'an array in a compressed file of another directory': of(siblingArray('ZNDArrayWrapper', text('../a.npy.z'))),
    },
    negative: {
      'a wrapper without a state': of(created(stacked('joblib.numpy_pickle', 'NDArrayWrapper'))),
      'the name of such a file as a text': of(dictionary(text('filename'), text('model.pkl_01.npy'))),
    },
  },
  'pickle/array-type': {
    positive: {
      'a field of objects without the flags': of(typeWithField('O8', 0)),
      'objects without the flags': of(built(arrayType('O8'), tuple(small(3), text('|'), 'NNN', small(8), '\x89\x89'))),
    },
    negative: {
      'a field of objects': of(typeWithField('O8', 27)),
      'a field of numbers': of(typeWithField('f8', 16)),
    },
  },
  'pickle/extension-registry': {
    positive: { EXT1: of('\x82\x01'), 'EXT4, called': of('\x84', little(70_000, 4), ')R') },
    negative: { 'a byte that would be EXT1': of(binary('\x82\x01')), numbers: of(small(0x82)) },
  },
  'pickle/unresolved-call': {
    positive: {
      'the result of getattr': of(call(call(named('builtins', 'getattr'), text('a'), text('upper')))),
      'GHSA-vvpj-8cmc-gx39: pkgutil.resolve_name': of(
        call(call(named('pkgutil', 'resolve_name'), text('os:system')), text('id')),
      ),
      'an instance': of(call(call(named('collections', 'OrderedDict')), text('x'))),
    },
    negative: {
      'a call in the arguments of a call': of(call(stacked('collections', 'OrderedDict'), orderedDictionary)),
      'data that is no function': of('N)R'),
    },
  },
  'pickle/call-arguments': {
    positive: {
      'another codec': of(call(latin1, text('x'), text('rot13'))),
      'GHSA-cffv-grgg-g429: a partial of what is not allowed': of(call(partial, named('os', 'system'), text('id'))),
      'a constructor around an unknown class': of(
        call(named('copyreg', '_reconstructor'), named('os', 'system'), named('builtins', 'object'), 'N'),
      ),
    },
    negative: {
      'bytes of protocol 2': bytes(proto(2), call(latin1, text('x'), text('latin1')), '.'),
      'a constructor around an allowed class': of(
        call(named('copyreg', '_reconstructor'), named('collections', 'OrderedDict'), named('builtins', 'object'), 'N'),
      ),
    },
  },
  'pickle/state-on-global': {
    positive: {
      'modelscan #85: BUILD on a module’s function': of(
        built(named('collections', 'OrderedDict'), dictionary(text('__len__'), 'N')),
      ),
      'slots of a class': of(built(named('numpy', 'ndarray'), assemble('N', dictionary(text('sort'), 'N'), '\x86'))),
    },
    negative: {
      'BUILD on an object': of(
        built(created(stacked('sklearn.linear_model._base', 'LinearRegression')), dictionary(text('n'), small(1))),
      ),
      'a dictionary with such a key': of(dictionary(text('__builtins__'), 'N')),
    },
  },
  'pickle/item-on-global': {
    positive: {
      'modelscan #89: SETITEM on a global': of(named('sys', 'modules'), text('a'), 'Ns'),
      'APPENDS on a global': of(named('collections', 'OrderedDict'), '(Ne'),
    },
    negative: {
      'items of an ordered dictionary': of(orderedDictionary, text('a'), 'Ns'),
      'a list': of('](Ne'),
    },
  },
  'pickle/item-on-array': {
    positive: {
      'CVE-2026-24747: SETITEM on a tensor': of(
        call(named('torch._utils', '_rebuild_parameter'), small(0), '\x88', orderedDictionary),
        small(0),
        small(7),
        's',
      ),
      'APPEND on an array': of(call(stacked('numpy.core.multiarray', 'scalar'), small(0)), small(1), 'a'),
    },
    negative: {
      'an ordered dictionary': of(orderedDictionary, text('a'), small(7), 's'),
      'a tensor in a list': of(
        ']',
        call(named('torch._utils', '_rebuild_parameter'), small(0), '\x88', orderedDictionary),
        'a',
      ),
    },
  },
  'pickle/special-state': {
    positive: {
      'an exchanged __setstate__': of(
        built(
          created(stacked('sklearn.linear_model._base', 'LinearRegression')),
          dictionary(text('__setstate__'), named('collections', 'OrderedDict')),
        ),
      ),
      'an exchanged append': of(
        built(
          created(stacked('sklearn.linear_model._base', 'LinearRegression')),
          dictionary(text('append'), named('collections', 'OrderedDict')),
        ),
        'Na',
      ),
      'an item that is an attribute': of(
        optimizeResult,
        text('__setstate__'),
        named('builtins', 'bytearray'),
        's',
        '}b',
      ),
    },
    negative: {
      'items of an ordered dictionary': of(
        orderedDictionary,
        text('__setstate__'),
        named('collections', 'OrderedDict'),
        's',
      ),
      'a result with items that are data': of(optimizeResult, text('__setstate__'), small(1), 's'),
      'a dictionary with a key append': of(dictionary(text('append'), named('collections', 'OrderedDict'))),
      'an attribute append that is data': of(
        built(created(stacked('sklearn.linear_model._base', 'LinearRegression')), dictionary(text('append'), small(1))),
      ),
    },
  },
  'pickle/code-object': {
    positive: {
      'marshalled code': of(dictionary(text('code'), binary(marshalled))),
      'a function of something that is no code': of(
        call(stacked('dill._dill', '_create_function'), text('no code'), '}', text('f'), 'N', 'N'),
      ),
      'marshalled code in base64': of(text(marshalled.toString('base64'))),
    },
    negative: {
      'bytes that begin like it': of(binary(assemble('\xe3', Buffer.alloc(30, 0xff)))),
      'a function that is only kept': of(carried),
    },
  },
  'pickle/code-passed': {
    positive: {
      'a function that is called': of(call(carried, text('x'))),
      'a function in the state of an object': of(
        built(
          created(stacked('sklearn.preprocessing._function_transformer', 'FunctionTransformer')),
          dictionary(text('func'), carried),
        ),
      ),
      'a function in a list in the arguments of a call': of(
        call(named('collections', 'OrderedDict'), assemble('](', carried, 'e')),
      ),
      'the code of a function exchanged': of(built(carried, dictionary(text('__code__'), code))),
    },
    negative: {
      'a function that is only kept': of(dictionary(text('f'), carried)),
      'its description': of(built(carried, dictionary(text('__qualname__'), text('f')))),
    },
  },
  'pickle/carries-code': {
    positive: {
      'a function of dill': of(carried),
      'in the namespace of its module': of(functionOf(named('tests.module', '__dict__'))),
    },
    negative: {
      'the class of functions': of(stacked('types', 'FunctionType')),
      'bytes that are no code': of(binary('def f(): pass')),
    },
  },
  'pickle/frame-straddle': {
    positive: {
      'an opcode across the end': bytes(proto(4), '\x95', little(3, 8), text('text'), '.'),
      'a frame in a frame': bytes(proto(4), '\x95', little(12, 8), 'N0\x95', little(1, 8), '.', 'N'),
      'a frame that goes on behind STOP': bytes(proto(4), '\x95', little(9, 8), 'N.', Buffer.alloc(7)),
    },
    negative: {
      'a frame': () => framed(tuple(text('a'), small(1))),
      'two frames': bytes(proto(4), '\x95', little(1, 8), 'N', '\x95', little(2, 8), '0]', '.'),
    },
  },
  'pickle/broken-tail': {
    positive: {
      'nullifAI: a call, and then no opcode': bytes(proto(4), shellCall, '\xff\xff'),
      'keyerror-exploit: a key that the memo has not': bytes(proto(4), shellCall, '0h\x03.'),
      'a call, and then the end': bytes(proto(2), shellCall),
    },
    negative: { 'a call, and STOP': of(shellCall), 'no call before the error': bytes(proto(4), ']\xff') },
  },
  'pickle/unknown-opcode': {
    positive: { 'a byte that is none': bytes(proto(4), ']\xff'), 'a NUL': bytes(proto(2), 'K\x01\0.') },
    negative: { 'a list': of(']'), 'the byte in a text': of(binary('\xff')) },
  },
  'pickle/malformed': {
    positive: {
      'no STOP': bytes(proto(4), ']'),
      'a key that the memo has not': bytes(proto(4), 'h\x05.'),
      'a dictionary of one half': bytes(proto(4), '(Nd.'),
    },
    negative: { 'a list': of(']'), 'a byte that is no opcode': bytes(proto(4), ']\xff') },
  },
  'pickle/trailing-bytes': {
    positive: {
      'text behind STOP': bytes(pickle(']'), 'some notes'),
      'numbers behind STOP': bytes(pickle(']'), Buffer.alloc(64)),
    },
    negative: { 'nothing behind STOP': of(']'), 'another pickle': bytes(pickle(']'), pickle('}')) },
  },
  'pickle/stacked-payload': {
    positive: {
      'a call behind a number': bytes(pickle(small(1)), nestedShell),
      'in text, behind a list': bytes(pickle(']'), "cos\nsystem\n(S'id'\ntR."),
    },
    negative: {
      'two pickles of data': bytes(pickle(']'), pickle(small(1))),
      'two pickles that both act': bytes(nestedShell, nestedShell),
    },
  },
  'pickle/nested-pickle': {
    positive: {
      'a call in bytes': of(dictionary(text('data'), binary(nestedShell))),
      'a whole pickle of data': of(dictionary(text('data'), binary(framed(dictionary(text('a'), text('b')))))),
      'protocol 0 in bytes': of(binary("cos\nsystem\n(S'id'\ntR.")),
      'in bytes of protocol 2': bytes(
        proto(2),
        call(latin1, text(nestedShell.toString('latin1')), text('latin1')),
        '.',
      ),
      'two levels down': of(binary(pickle(binary(nestedShell)))),
    },
    negative: {
      'bytes that begin like one': of(binary('\x80\x04\x95\xff\xff')),
      'prose that begins with c': of(text('classes\nare listed below\n')),
    },
  },
  'pickle/encoded-pickle': {
    positive: {
      base64: of(text(nestedShell.toString('base64'))),
      hexadecimal: of(text(nestedShell.toString('hex'))),
      zlib: of(binary(deflateSync(nestedShell))),
      'gzip in base64': of(text(gzipSync(nestedShell).toString('base64'))),
    },
    negative: {
      'base64 of a text': of(text(Buffer.from('gradient accumulation steps').toString('base64'))),
      'compressed numbers': of(binary(deflateSync(Buffer.alloc(1000)))),
    },
  },
  'pickle/persistent-id': {
    positive: { 'a line': bytes('Pobject 5\n.'), 'a number': of(small(5), 'Q') },
    negative: {
      'a storage of torch': of(
        tuple(text('storage'), named('torch', 'FloatStorage'), text('0'), text('cpu'), small(2)),
        'Q',
      ),
      'no persistent id': of(tuple(text('storage'))),
    },
  },
  'pickle/out-of-band-buffer': {
    positive: { NEXT_BUFFER: bytes(proto(5), '\x97.'), 'read-only': bytes(proto(5), '\x97\x98.') },
    negative: { 'a bytearray in the file': bytes(proto(5), '\x96', little(2, 8), 'ab.'), bytes: of(binary('\x97')) },
  },
  'pickle/memo-index': {
    positive: {
      'LONG_BINPUT at 2^31': of('Nr', little(2 ** 31, 4)),
      'PUT in text': bytes('Np99999999\n.'),
    },
    negative: {
      'LONG_BINPUT at 300': of('Nr', little(300, 4)),
      'a number of that size': of('J', little(2 ** 31 - 1, 4)),
    },
  },
  'pickle/declared-length': {
    positive: {
      'BINBYTES8 of a terabyte': of('\x8e', little(2 ** 40, 8)),
      'BYTEARRAY8 of a terabyte': bytes(proto(5), '\x96', little(2 ** 40, 8), '.'),
    },
    negative: {
      'bytes that are cut off': of('B', little(100, 4)),
      'a frame that is cut off': bytes(proto(4), '\x95', little(100, 8), 'N.'),
    },
  },
  'pickle/expansion-bomb': {
    positive: {
      'tuples of themselves': of(doubling('N', '2\x86', 60)),
      'lists through the memo': of(
        ']\x94',
        ...Array.from({ length: 30 }, (_, level) => `](${`h${String.fromCharCode(level)}`.repeat(10)}e\x94`),
      ),
    },
    negative: {
      'tuples in tuples': of('N', '\x85'.repeat(500)),
      'a list that holds itself': of(']\x94h\x00a'),
    },
  },
}
