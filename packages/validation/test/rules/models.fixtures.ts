import { matlabArray, matlabCompressed, matlabOf } from '../support/matlab-files.ts'
import {
  arrowOf,
  coremlOf,
  field,
  gif,
  jpeg,
  littleEndian,
  msgpackExtension,
  msgpackOf,
  mxnetOf,
  parquetOf,
  pdfOf,
  png,
  rDataOf,
  rItems,
  torch7Function,
  torch7Number,
  torch7Of,
  torch7Tensor,
  torch7Text,
} from '../support/model-files.ts'
import { callOf, pickleOf } from '../support/python-files.ts'
import { zipOf } from '../support/zip-builder.ts'
import type { RoomFixtures } from './fixture.ts'

const text = (content: string) => () => Buffer.from(content)
const json = (document: unknown) => () => Buffer.from(JSON.stringify(document))

const layer = (...inner: readonly Buffer[]): Buffer => field(500, [field(1, [field(1, 'one'), ...inner])])
const soundCoreml = (): Buffer => coremlOf(layer(field(140, [field(1, 2)])))
/** A program with one operation whose value stands in a file. */
const blob = (path: string): Buffer => {
  const attribute = field(5, [field(1, 'val'), field(2, [field(5, [field(1, path)])])])
  const operation = field(3, [field(1, 'const'), attribute])
  const block = field(3, [field(1, 'CoreML6'), field(2, [operation])])
  return coremlOf(field(502, [field(2, [field(1, 'main'), field(2, [block])])]))
}
const linked = (path: string): Buffer => coremlOf(field(556, [field(1, [field(1, [field(1, path)])])]))

const torch7 = (): Buffer => torch7Of(torch7Text('weight'), torch7Tensor(3), torch7Text('train'), torch7Number())

const caffeLayer = (type: string, ...more: readonly Buffer[]): Buffer =>
  Buffer.concat([field(1, 'net'), field(100, [field(1, 'one'), field(2, type), field(3, 'data'), ...more])])

const paddle = (...types: readonly string[]): Buffer => {
  const operations = types.map((type) => field(4, [field(1, [field(1, 'X'), field(2, 'x')]), field(3, type)]))
  const parent = Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01])
  return Buffer.concat([
    field(1, [field(1, 0), parent, field(3, [field(1, 'x')]), ...operations]),
    field(4, [field(1, 0)]),
  ])
}

const cntkText = (value: string): Buffer => field(2, [field(1, 1), field(2, 6), field(8, value)])
const cntkEntry = (key: string, value: string): Buffer => field(2, [field(1, key), cntkText(value)])
const cntk = (...entries: readonly Buffer[]): Buffer => {
  const list = entries.map((entry) => field(1, [field(1, 1), field(2, 10), field(12, [field(1, 1), entry])]))
  const functions = field(2, [field(1, 'primitive_functions'), field(2, [field(1, 1), field(2, 9), field(11, list)])])
  return Buffer.concat([field(1, 1), cntkEntry('type', 'CompositeFunction'), functions])
}

const symbol = (op: string) =>
  json({
    nodes: [
      { op: 'null', name: 'data', inputs: [] },
      { op, name: 'one', inputs: [[0, 0, 0]] },
    ],
    arg_nodes: [0],
    heads: [[1, 0, 0]],
  })

const numpyArray = (kind: string, data: Uint8Array): Buffer =>
  msgpackOf({ weights: { nd: true, type: '<f4', kind, shape: [1], data: Buffer.from(data) } })
const flax = (): Buffer =>
  msgpackOf({ params: { kernel: msgpackExtension(1, msgpackOf([[1], 'float32', Buffer.alloc(4)])) }, step: 3 })

const sqlite = (schema: string): Buffer => {
  const page = Buffer.alloc(4096)
  page.write('SQLite format 3\0')
  page.writeUInt16BE(4096, 16)
  page.write(schema, 3000)
  return page
}

const svg = (inner: string) => text(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2">${inner}</svg>`)

const executorch = (root: number): Buffer => {
  const bytes = Buffer.alloc(64)
  bytes.writeUInt32LE(root)
  bytes.write('ET12', 4)
  bytes.writeInt32LE(8, 40)
  bytes.writeUInt16LE(8, 32)
  bytes.writeUInt16LE(8, 34)
  return bytes
}

/** What the rules about other model formats and media report and leave alone. */
export const fixtures: RoomFixtures = {
  'models/malformed': {
    positive: {
      'a tensor of Torch7 longer than the file': () => torch7().subarray(0, -30),
      'a list of R longer than the file': () => rDataOf(rItems.integers(1, 2).subarray(0, 12)),
      'weights of MXNet longer than the file': () => mxnetOf([2, 3], Buffer.alloc(8)),
      'a footer of Arrow longer than the file': () => {
        const file = arrowOf('schema')
        file.writeInt32LE(5000, file.length - 10)
        return file
      },
      'a program of ExecuTorch with its root outside': () => executorch(4000),
      'a map of MessagePack that breaks off': () => flax().subarray(0, -3),
      'a thousand tables inside one another': () =>
        Buffer.concat([
          torch7Of(torch7Number(), torch7Number()).subarray(0, -24),
          ...Array.from({ length: 1000 }, (_, index) => {
            const { number32 } = littleEndian
            return Buffer.concat([number32(3), number32(100 + index), number32(1)])
          }),
        ]),
      'a count of layers that is wrong': text('7767517\n3 3\nInput data 0 1 data\n'),
    },
    negative: {
      'a file of Torch7': torch7,
      'data of R': () => rDataOf(rItems.list(rItems.integers(1, 2), rItems.texts('a', 'b'))),
      'weights of MXNet': () => mxnetOf([2, 3], Buffer.alloc(24)),
      'a table of Arrow': () => arrowOf('schema'),
      'a program of ExecuTorch': () => executorch(40),
      'weights of Flax': flax,
      'a network of ncnn': text('7767517\n1 1\nInput data 0 1 data\n'),
    },
  },
  'models/path-escape': {
    positive: {
      'weights above the model': () => blob('@model_path/../../etc/hosts'),
      'a linked model at the root': () => linked('/etc/hosts'),
    },
    negative: {
      'weights in the model': () => blob('@model_path/weights/weight.bin'),
      'a linked model beside it': () => linked('other.mlmodelc'),
    },
  },
  'models/torch7-function': {
    positive: {
      'a function among the fields': () => torch7Of(torch7Text('f'), torch7Function()),
      'a function in a table of text': text('3\n1\n1\n2\n1\nf\n8\n2\n3\nabc\n0\n'),
    },
    negative: {
      'tensors and numbers': torch7,
      'a text called function': () => torch7Of(torch7Text('function'), torch7Text('function () end')),
    },
  },
  'models/matlab-code': {
    positive: {
      'a function handle in a list': () => matlabOf(matlabArray('cell', matlabArray('handle'))),
      'a compressed object': () => matlabOf(matlabArray('double'), matlabCompressed(matlabArray('object'))),
    },
    negative: {
      'numbers in a structure': () => matlabOf(matlabArray('structure', matlabArray('double'))),
      'compressed numbers': () => matlabOf(matlabCompressed(matlabArray('double'))),
    },
  },
  'models/coreml-custom-code': {
    positive: {
      'a custom layer': () => coremlOf(layer(field(500, [field(10, 'OwnLayer')]))),
      'a custom model in a pipeline': () =>
        coremlOf(field(202, [field(1, [field(1, 4), field(555, [field(1, 'OwnModel')])])])),
    },
    negative: {
      'a layer of Core ML': soundCoreml,
      'a program with weights': () => blob('@model_path/weights/weight.bin'),
    },
  },
  'models/tensorrt-engine': {
    positive: {
      'an engine': () => Buffer.concat([Buffer.from('ptrt'), Buffer.alloc(64)]),
      'an engine in the other order': () => Buffer.concat([Buffer.from('ftrt'), Buffer.alloc(64)]),
    },
    negative: { 'a text that opens with the letters': text('ftrt is a name\n'), 'another model': torch7 },
  },
  'models/portable-program': {
    positive: {
      'a program that opens as PE': text("MZqFpD='\n\n"),
      'a program that does not': text("jartsr='\n\n"),
    },
    negative: { 'a text about one': text("# MZqFpD='\n"), 'a text that opens alike': text('jarts are a toy\n') },
  },
  'models/msgpack-extension': {
    positive: {
      'a type of nobody': () => msgpackOf({ params: msgpackExtension(42, Buffer.alloc(4)) }),
      'a negative type': () => msgpackOf({ params: msgpackExtension(-7, Buffer.alloc(4)) }),
    },
    negative: {
      'an array of Flax': flax,
      'a time stamp': () => msgpackOf({ made: msgpackExtension(-1, Buffer.alloc(12)) }),
    },
  },
  'models/msgpack-pickled-array': {
    positive: {
      'objects that do nothing': () => numpyArray('O', pickleOf('N')),
      'objects that call': () => numpyArray('O', callOf('os', 'system', 'true')),
    },
    negative: {
      numbers: () => numpyArray('', Buffer.alloc(4)),
      'a map with the kind alone': () => msgpackOf({ kind: 'O', data: Buffer.from('x') }),
    },
  },
  'models/paddle-python-operator': {
    positive: {
      'a function of Python': () => paddle('feed', 'py_func', 'fetch'),
      'a program that is run': () => paddle('feed', 'run_program'),
    },
    negative: {
      operators: () => paddle('feed', 'matmul_v2', 'fetch'),
      'a name that is longer': () => paddle('feed', 'py_func_like'),
    },
  },
  'models/mxnet-custom-operator': {
    positive: { 'a custom operator': symbol('Custom'), 'another one': symbol('Custom') },
    negative: {
      'a layer': symbol('FullyConnected'),
      'a node of that name': json({ nodes: [{ op: 'null', name: 'Custom' }], arg_nodes: [0], heads: [] }),
    },
  },
  'models/mxnet-address-operator': {
    positive: { 'a function by address': symbol('_Native'), 'an array function by address': symbol('_NDArray') },
    negative: { 'a layer': symbol('FullyConnected'), 'a custom operator': symbol('Custom') },
  },
  'models/caffe-python-layer': {
    positive: {
      'a layer of Python': () => caffeLayer('Python', field(130, [field(1, 'own'), field(2, 'Layer')])),
      'its parameter at another layer': () => caffeLayer('Data', field(130, [field(1, 'own')])),
      'in text': text(
        'name: "net"\nlayer {\n  name: "one"\n  type: "Python"\n  python_param { module: "own" layer: "Layer" }\n}\n',
      ),
      'in the text of version 1': text('name: "net"\nlayers {\n  name: "one"\n  type: PYTHON\n}\n'),
    },
    negative: {
      'a convolution': () => caffeLayer('Convolution', field(7, [field(7, [field(1, 4)])])),
      'a convolution in text': text(
        'name: "net"\nlayer {\n  name: "Python"\n  type: "Convolution" # type: "Python"\n}\n',
      ),
    },
  },
  'models/cntk-user-function': {
    positive: {
      'a module': () => cntk(cntkEntry('module', 'own')),
      'a method': () => cntk(cntkEntry('deserialize_method', 'make')),
    },
    negative: {
      'an operator': () => cntk(cntkEntry('name', 'Times')),
      'a module by name': () => cntk(cntkEntry('name', 'module')),
    },
  },
  'models/r-promise': {
    positive: {
      'CVE-2024-27322: a promise alone': () => rDataOf(rItems.promise(rItems.unbound, rItems.call)),
      'CVE-2024-27322: a promise in what save wrote': () =>
        Buffer.concat([
          Buffer.from('RDX2\n'),
          rDataOf(rItems.binding('x', rItems.promise(rItems.unbound, rItems.call))),
        ]),
      'CVE-2024-27322: a promise in a list': () => rDataOf(rItems.list(rItems.promise(rItems.unbound, rItems.call))),
    },
    negative: {
      'a promise that has its value': () => rDataOf(rItems.promise(rItems.integers(1), rItems.call)),
      'an argument in the environment of a formula': () =>
        rDataOf(rItems.list(rItems.environment(rItems.binding('x', rItems.promise(rItems.unbound, rItems.call))))),
      'an expression, which stays one': () => rDataOf(rItems.call),
    },
  },
  'models/r-code': {
    positive: {
      'a function': () => rDataOf(rItems.closure(rItems.call)),
      'a promise': () => rDataOf(rItems.list(rItems.promise(rItems.unbound, rItems.call))),
    },
    negative: {
      'numbers and texts': () => rDataOf(rItems.list(rItems.integers(1), rItems.texts('f <- function() 1'))),
      'a call, as every fitted model keeps it': () => rDataOf(rItems.list(rItems.call)),
    },
  },
  'models/arrow-pickled-type': {
    positive: {
      'CVE-2023-47248: in a file of Arrow': () => arrowOf('ARROW:extension:name arrow.py_extension_type'),
      'CVE-2023-47248: in the schema of Parquet': () =>
        parquetOf(
          `ARROW:schema${Buffer.from('..ARROW:extension:name....arrow.py_extension_type....').toString('base64')}`,
        ),
      'CVE-2023-47248: at another place of three': () =>
        parquetOf(
          `ARROW:schema${Buffer.from('.ARROW:extension:name....arrow.py_extension_type....').toString('base64')}`,
        ),
    },
    negative: {
      'another extension': () => arrowOf('ARROW:extension:name arrow.json'),
      'a table': () => parquetOf(`ARROW:schema${Buffer.from('....columns....').toString('base64')}`),
    },
  },
  'models/sqlite-reaching-definition': {
    positive: {
      'a view that loads a library': () => sqlite("CREATE VIEW v AS SELECT load_extension('own')"),
      'a trigger that writes a file': () =>
        sqlite("CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT writefile('own', 1); END"),
    },
    negative: {
      'a view': () => sqlite('CREATE VIEW v AS SELECT a FROM t'),
      'a text in a table': () => sqlite("CREATE TABLE t(a) ... load_extension('own') is off"),
    },
  },
  'models/media-trailing-data': {
    positive: {
      'a zip behind a PNG': () => Buffer.concat([png(), zipOf([{ name: 'model.md', data: '# A model\n' }])]),
      'a pickle behind a GIF': () => Buffer.concat([gif(), callOf('os', 'system', 'true')]),
      'much of something behind a JPEG': () => Buffer.concat([jpeg(), Buffer.alloc(2 ** 17, 7)]),
    },
    negative: {
      'a PNG': png,
      'a GIF with a newline': () => Buffer.concat([gif(), Buffer.from('\n')]),
      'a JPEG padded with zeros': () => Buffer.concat([jpeg(), Buffer.alloc(16)]),
    },
  },
  'models/media-truncated': {
    positive: {
      'the signature of PNG': () => png().subarray(0, 8),
      'half a GIF': () => gif().subarray(0, 15),
      'a JPEG without its end': () => jpeg().subarray(0, -2),
    },
    negative: { 'a PNG': png, 'a GIF': gif, 'a JPEG': jpeg },
  },
  'models/svg-script': {
    positive: {
      'a script': svg('<script>1</script>'),
      'a handler': svg('<rect onload="1"/>'),
      'an address that is a script': svg('<a href=" javascript:1"><rect/></a>'),
    },
    negative: {
      'shapes and styles': svg('<style>rect { fill: red }</style><rect id="onload" width="1"/>'),
      'a text and a link': svg('<a href="#x"><text>script javascript:1</text></a>'),
    },
  },
  'models/pdf-action': {
    positive: {
      'a script at opening': () => pdfOf('<</Type/Catalog/OpenAction<</S/JavaScript/JS(1)>>>>'),
      'a name in hexadecimal': () => pdfOf('<</Type/Catalog/OpenAction<</S/J#61vaScript/J#53(1)>>>>'),
      'a program': () => pdfOf('<</Type/Action/S/Launch/F(own)>>'),
    },
    negative: {
      'a page at opening': () => pdfOf('<</Type/Catalog/OpenAction[3 0 R/Fit]>>'),
      'a name that is longer': () => pdfOf('<</Type/Catalog/JSON(1)/LaunchPad 1>>'),
    },
  },
  'models/pdf-embedded-file': {
    positive: {
      'an attachment': () => pdfOf('<</Type/EmbeddedFile/Length 0>>'),
      'rich media': () => pdfOf('<</Type/Annot/Subtype/RichMedia>>'),
    },
    negative: {
      'a page': () => pdfOf('<</Type/Page>>'),
      'a list of names': () => pdfOf('<</Names<</EmbeddedFiles null>>>>'),
    },
  },
}
