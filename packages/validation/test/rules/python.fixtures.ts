import {
  callOf,
  codeOf,
  compiledOf,
  headerOf,
  npyOf,
  pickleOf,
  skopsNode,
  skopsOf,
  torchLegacyOf,
  torchMagic,
  zfileOf,
} from '../support/python-files.ts'
import { tensor, torchZip } from '../support/torch-zip.ts'
import type { RoomFixtures } from './fixture.ts'

const soundHeader = headerOf("'<f4'", '(2,)')
const sound = (): Buffer => npyOf(soundHeader, Buffer.alloc(8))
const structured = (): Buffer =>
  npyOf(headerOf("[('a', '<i4'), (('title', 'b'), [('x', '|S2', (2,)), ('', '|V3')])]", '(1,)'), Buffer.alloc(11))
const objects = (pickle: Buffer): Buffer => npyOf(headerOf("'|O'", '(1,)'), pickle)
const source = (text: string) => () => Buffer.from(text)

const modeling = `"""A model."""
import os
import torch
from torch import nn

os.environ.setdefault('TOKENIZERS_PARALLELISM', 'false')

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 2)

    def eval(self):
        return self.train(False)

    def save(self, path):
        import subprocess
        subprocess.run(['tar', 'cf', path, '.'])

net = torch.compile(Net())
if __name__ == '__main__':
    os.system('true')
`

const scaler = (): Buffer => skopsOf(skopsNode('TypeNode', 'numpy.float64'))
const method = (func: string, owner = 'sklearn.preprocessing._data.StandardScaler'): Buffer =>
  skopsOf(
    skopsNode('MethodNode', 'sklearn.preprocessing._data.StandardScaler', {
      content: { func, obj: skopsNode('ObjectNode', owner) },
    }),
  )
const getter = (name: string, module = 'operator'): Buffer =>
  skopsOf(
    skopsNode('OperatorFuncNode', `${module}.${name}`, {
      attrs: skopsNode('TupleNode', 'builtins.tuple', { content: [] }),
    }),
  )

/** What the rules about files of Python libraries report and leave alone. */
export const fixtures: RoomFixtures = {
  'python/torch-storage-length': {
    positive: {
      'CVE-2026-24747: two hundred floats in eight bytes': () => torchZip(tensor(200), 8),
      'one float more than there are': () => torchZip(tensor(3), 8),
    },
    negative: {
      'as many floats as there are': () => torchZip(tensor(2), 8),
      'a record that is padded': () => torchZip(tensor(2), 64),
    },
  },
  'python/npy-header-code': {
    positive: {
      'a call for a shape': () => npyOf(headerOf("'<f4'", "(__import__('os').getpid(),)"), Buffer.alloc(8)),
      'an expression behind the literal': () => npyOf(`${soundHeader} or print(1)`, Buffer.alloc(8)),
      'a comprehension': () => npyOf(headerOf("'<f4'", '[n for n in (2,)]'), Buffer.alloc(8)),
    },
    negative: {
      'a header of numpy': sound,
      'a field that is named like a call': () => npyOf(headerOf("[('exec(1)', '<i4')]", '(2,)'), Buffer.alloc(8)),
      'long integers of Python 2': () => npyOf(headerOf("'<f4'", '(2L,)'), Buffer.alloc(8)),
    },
  },
  'python/npy-header-malformed': {
    positive: {
      'a version that does not exist': () =>
        Buffer.concat([sound().subarray(0, 6), Buffer.from([9, 0]), sound().subarray(8)]),
      'a header longer than the file': () => npyOf(soundHeader, Buffer.alloc(8), { declaredLength: 60_000 }),
      'a negative dimension': () => npyOf(headerOf("'<f4'", '(-2,)'), Buffer.alloc(8)),
      'a dictionary that does not end': () => npyOf("{'descr': '<f4'", Buffer.alloc(8)),
      'brackets a thousand deep': () => npyOf(headerOf("'<f4'", '('.repeat(1000)), Buffer.alloc(8)),
    },
    negative: {
      'a header of version 2': () => npyOf(soundHeader, Buffer.alloc(8), { version: 2 }),
      'a header of version 3 with other letters': () =>
        npyOf(headerOf("[('größe', '<i4')]", '(2,)'), Buffer.alloc(8), { version: 3 }),
      'a scalar': () => npyOf(headerOf("'<f8'", '()'), Buffer.alloc(8)),
    },
  },
  'python/npy-header-keys': {
    positive: {
      'a type twice': () =>
        npyOf("{'descr': '<f4', 'descr': '|O', 'fortran_order': False, 'shape': (2,)}", Buffer.alloc(8)),
      'a key more': () => npyOf("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 1}", Buffer.alloc(8)),
      'a list': () => npyOf("['descr', '<f4']", Buffer.alloc(8)),
    },
    negative: {
      'a header of numpy': sound,
      'the keys in another order': () =>
        npyOf("{'shape': (2,), 'descr': '<f4', 'fortran_order': True}", Buffer.alloc(8)),
    },
  },
  'python/npy-header-length': {
    positive: {
      'a thousand fields': () =>
        npyOf(
          headerOf(`[${Array.from({ length: 1000 }, (_, index) => `('field_${index}', '<i4')`).join(', ')}]`, '(0,)'),
        ),
      'twelve kilobytes of spaces': () => npyOf(soundHeader.padEnd(12_000), Buffer.alloc(8)),
    },
    negative: { 'a header of numpy': sound, 'a few fields': structured },
  },
  'python/npy-type': {
    positive: {
      'objects by another name': () => npyOf(headerOf("'object'", '(1,)'), pickleOf('N')),
      'types by commas': () => npyOf(headerOf("'i4,O'", '(1,)'), Buffer.alloc(8)),
      'a field without a type': () => npyOf(headerOf("[('a',)]", '(1,)'), Buffer.alloc(8)),
    },
    negative: {
      'fields inside fields': structured,
      'times with a unit': () => npyOf(headerOf("'<M8[25s]'", '(1,)'), Buffer.alloc(8)),
      'raw bytes, as bfloat16 is saved': () => npyOf(headerOf("'|V2'", '(4,)'), Buffer.alloc(8)),
    },
  },
  'python/npy-data-short': {
    positive: {
      'one float too few': () => npyOf(headerOf("'<f4'", '(3,)'), Buffer.alloc(8)),
      'a size beyond 64 bits': () => npyOf(headerOf("'<f8'", '(4294967296, 4294967296)'), Buffer.alloc(8)),
    },
    negative: {
      'as many as the shape says': sound,
      'no elements of a large shape': () => npyOf(headerOf("'<f8'", '(0, 4294967296)')),
    },
  },
  'python/npy-trailing-data': {
    positive: {
      'text behind the array': () => Buffer.concat([sound(), Buffer.from('# more\n')]),
      'bytes behind objects': () => Buffer.concat([objects(pickleOf('N')), Buffer.from([1, 2, 3])]),
    },
    negative: {
      'a second array': () => Buffer.concat([sound(), objects(pickleOf('N')), sound()]),
      'the array alone': sound,
    },
  },
  'python/npy-object-array': {
    positive: {
      'objects that do nothing': () => objects(pickleOf('N')),
      'CVE-2019-6446: objects that call': () => objects(callOf('os', 'system', 'true')),
      'an object in a field': () => npyOf(headerOf("[('a', '<i4'), ('b', '|O')]", '(1,)'), pickleOf('N')),
    },
    negative: {
      numbers: sound,
      'a field called O': () => npyOf(headerOf("[('O', '<i4')]", '(2,)'), Buffer.alloc(8)),
    },
  },
  'python/torch-legacy-magic': {
    positive: {
      'a number with a length of four bytes': () =>
        torchLegacyOf({ magic: pickleOf([0x8b, 0x0a, 0, 0, 0], torchMagic.subarray(4, 14).toString('latin1')) }),
      'a number in text': () => torchLegacyOf({ magic: Buffer.from('I119547037146038801333356\n.') }),
      'another number put away before': () =>
        torchLegacyOf({ magic: pickleOf('K\x010', torchMagic.subarray(2, 14).toString('latin1')) }),
    },
    negative: {
      'the number of torch': () => torchLegacyOf(),
      'the number in protocol 0': () => torchLegacyOf({ magic: Buffer.from('L119547037146038801333356L\n.') }),
    },
  },
  'python/torch-legacy-malformed': {
    positive: {
      'another version': () => torchLegacyOf({ version: pickleOf('K\x07') }),
      'a storage longer than the file': () =>
        torchLegacyOf({ storages: Buffer.from([9, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]) }),
      'a negative storage': () => torchLegacyOf({ storages: Buffer.alloc(16, 0xff) }),
      'an object that breaks off': () =>
        Buffer.concat([torchMagic, pickleOf([0x4d, 0xe9, 3]), pickleOf('}'), Buffer.from([0x80, 2, 0x58])]),
    },
    negative: {
      'a file of torch': () => torchLegacyOf(),
      'no storages': () => torchLegacyOf({ object: pickleOf('}') }).subarray(0, -16),
    },
  },
  'python/torch-legacy-trailing-data': {
    positive: {
      text: () => Buffer.concat([torchLegacyOf(), Buffer.from('# more\n')]),
      'a pickle': () => Buffer.concat([torchLegacyOf(), callOf('os', 'system', 'true')]),
    },
    negative: {
      'a file of torch': () => torchLegacyOf(),
      'a storage of a class whose elements are not known': () =>
        torchLegacyOf({ object: pickleOf('}'), storages: Buffer.alloc(24) }),
    },
  },
  'python/zfile-length': {
    positive: {
      'a size of four gigabytes': () => zfileOf(pickleOf('}'), 2 ** 32),
      'a stream that breaks off': () => zfileOf(pickleOf('}', 'N0'.repeat(100))).subarray(0, 30),
    },
    negative: {
      'the size of its pickle': () => zfileOf(pickleOf('}')),
      'an upper-case size of a longer pickle': () => zfileOf(pickleOf('}', 'N0'.repeat(200))),
    },
  },
  'python/compiled-code': {
    positive: {
      'a compiled module': () => compiledOf(codeOf(['os', 'getpid'])),
      'a code object alone': () => codeOf(['os', 'system']),
    },
    negative: {
      'its source': source('import os\nprint(os.getpid())\n'),
      'the magic without code': () => Buffer.concat([Buffer.from([0xa7, 0x0d, 0x0d, 0x0a]), Buffer.alloc(40)]),
    },
  },
  'python/source-code': {
    positive: {
      'modeling code': source(modeling),
      'one line': source("exec('pass')\n"),
    },
    negative: {
      'a document that shows code': source('# A model\n\n```python\nimport os\n```\n'),
      'a configuration': source('name = "own"\nlayers = 2\n'),
      'a sentence': source('import the model first, then ask it\n'),
    },
  },
  'python/source-runs-at-import': {
    positive: {
      'a process': source("import os\n\nos.system('true')\n"),
      'a process by another name': source("from subprocess import run as start\nclass A:\n    x = start(['true'])\n"),
      'in a function that the module calls': source("import os\n\ndef go():\n    os.system('true')\n\ngo()\n"),
      'in the constructor of an object': source(
        "import os\n\nclass A:\n    def __init__(self):\n        os.popen('true')\n\na = A()\n",
      ),
      'a name that is put together': source("import os\ngetattr(os, 'sys' + 'tem')('true')\n"),
      'behind an import that is no statement': source("__import__('os').system('true')\n"),
    },
    negative: {
      'modeling code': source(modeling),
      'in a function that nobody calls': source("import os\n\ndef go():\n    os.system('true')\n"),
      'in a text and a comment': source('import os\nx = "os.system(1)"  # os.system(1)\n'),
      'a method of the same name': source("import torch\nnet = torch.nn.Linear(1, 1)\nnet.eval()\nnet.system('x')\n"),
    },
  },
  'python/source-decodes-code': {
    positive: {
      'base64 in a function': source("import base64\n\ndef go():\n    exec(base64.b64decode('cGFzcw=='))\n"),
      'zlib and marshal': source('import marshal, zlib\nexec(marshal.loads(zlib.decompress(data)))\n'),
    },
    negative: {
      'base64 of a picture': source("import base64\nimage = base64.b64decode('cGFzcw==')\n"),
      'evaluation of a network': source('import zlib\nnet.eval(zlib.decompress(data))\n'),
    },
  },
  'python/skops-type': {
    positive: {
      'a class of an unknown module': () => skopsOf(skopsNode('ObjectNode', 'own_module.Scaler')),
      'a class by a path': () => skopsOf(skopsNode('TypeNode', 'sklearn.utils.Bunch.__init__')),
    },
    negative: {
      'a type of numpy': scaler,
      'a ufunc': () => skopsOf(skopsNode('FunctionNode', 'numpy.log1p')),
      'a tree': () => skopsOf(skopsNode('TreeNode', 'sklearn.tree._tree.Tree')),
      'a sparse matrix': () => skopsOf(skopsNode('SparseMatrixNode', 'scipy.sparse._csr.csr_matrix')),
    },
  },
  'python/skops-dangerous-type': {
    positive: {
      'a function that starts a process': () => skopsOf(skopsNode('FunctionNode', 'os.system')),
      evaluation: () => skopsOf(skopsNode('TypeNode', 'builtins.eval')),
    },
    negative: {
      'a type of numpy': scaler,
      'the word in a text': () =>
        skopsOf(skopsNode('JsonNode', 'builtins.str', { content: '"os.system"', is_json: true })),
    },
  },
  'python/skops-operator-function': {
    positive: {
      'CVE-2025-54412: operator.call': () => getter('call'),
      'CVE-2025-54412: a getter of another module': () => getter('attrgetter', 'builtins'),
    },
    negative: { 'an attribute': () => getter('attrgetter'), 'an item': () => getter('itemgetter') },
  },
  'python/skops-method': {
    positive: {
      'CVE-2025-54413: a method of another object': () => method('transform', 'sklearn.pipeline.Pipeline'),
      'CVE-2025-54413: a path to globals': () => method('__init__.__globals__'),
      'CVE-2025-54413: a dunder': () => method('__reduce__'),
    },
    negative: { 'a method': () => method('transform'), 'a private method': () => method('_fit') },
  },
  'python/skops-loader': {
    positive: {
      'a loader of nobody': () => skopsOf(skopsNode('EvalNode', 'numpy.float64')),
      'no name': () => skopsOf(skopsNode('', 'numpy.float64')),
    },
    negative: {
      'a type': scaler,
      'a random state': () => skopsOf(skopsNode('RandomStateNode', 'numpy.random.mtrand.RandomState')),
    },
  },
}
