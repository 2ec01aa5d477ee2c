import {
  call,
  definition,
  field,
  graph,
  metaGraph,
  node,
  savedModel,
  savedModelOf,
  tensor as tensorValue,
  text,
  texts,
} from '../support/tensorflow.ts'
import { builtin, custom, operator, subgraph, table, tensor, tflite, tfliteOf } from '../support/tflite.ts'
import type { Fixture, RoomFixtures } from './fixture.ts'

const placeholder = node('Placeholder', {}, 'x')

const sound: Readonly<Record<string, Fixture>> = {
  'a SavedModel that saves and restores': () =>
    savedModel(
      graph(['Placeholder', 'MatMul', 'SaveV2', 'RestoreV2', 'MergeV2Checkpoints'].map((name) => node(name, {}, name))),
    ),
  'a frozen graph': () => graph([placeholder, node('Const', { value: tensorValue(2n, 3n) }), node('Relu')]),
}

const runs =
  (name: string): Fixture =>
  () =>
    savedModelOf(name)

const inFunction =
  (name: string): Fixture =>
  () =>
    graph([placeholder, node('PartitionedCall', { f: call('f') })], [definition('f', node(name))])

const asset =
  (path: string): Fixture =>
  () =>
    savedModel(graph([placeholder]), field(6, field(2, path)))

const relu = 19
const whileCode = 119
const soundLite: Readonly<Record<string, Fixture>> = {
  'a built-in operator': () => tfliteOf(builtin(relu)),
  'a constant of its size': () =>
    tflite({
      codes: [builtin(0)],
      subgraphs: [subgraph([tensor([1, 4]), tensor([4], 1), tensor([1, 4])], [operator(0, [0, 1, -1], [2])])],
      buffers: [new Uint8Array(16)],
    }),
}

const options = (condition: number, body: number) => ({ 3: 93, 4: table({ 0: condition, 1: body }) })
const loop =
  (condition: number, body: number): Fixture =>
  () =>
    tflite({
      codes: [builtin(whileCode), builtin(relu)],
      subgraphs: [
        subgraph([tensor([1]), tensor([1])], [operator(0, [0], [1], options(condition, body))]),
        subgraph([tensor([1]), tensor([1])], [operator(1, [0], [1])]),
      ],
    })

const constant =
  (shape: readonly number[], bytes: number): Fixture =>
  () =>
    tflite({
      codes: [builtin(relu)],
      subgraphs: [subgraph([tensor(shape, 1), tensor([1])], [operator(0, [0], [1])])],
      buffers: [new Uint8Array(bytes)],
    })

const index =
  (metaSize: number): Fixture =>
  () => {
    const footer = Buffer.alloc(48)
    footer.set([0x00, metaSize, 0x08, 0x04])
    footer.set([0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb], 40)
    return Buffer.concat([Buffer.alloc(32), footer])
  }

export const fixtures: RoomFixtures = {
  'tensorflow/python-function': {
    positive: {
      'in a SavedModel': runs('PyFunc'),
      'in a function of a frozen graph': inFunction('EagerPyFunc'),
      'in a meta graph': () => metaGraph(graph([placeholder, node('PyFuncStateless')])),
      'in a graph as text': () => Buffer.from('node {\n  name: "a"\n  op: "PyFunc"\n}\n'),
      'as a Flex operator': () => tfliteOf(custom('FlexPyFunc')),
      'behind the name of another Flex operator': () =>
        tfliteOf(custom('FlexAbs'), { 5: Buffer.from('\u0001EagerPyFunc\u0000') }),
    },
    negative: { ...sound, 'a node that is named so': () => graph([node('Identity', {}, 'PyFunc'), node('Identity')]) },
  },
  'tensorflow/native-library': {
    positive: { 'a library': runs('LoadLibrary'), 'a library of operators': inFunction('LoadOpLibrary') },
    negative: sound,
  },
  'tensorflow/file-read': {
    positive: { 'a file': runs('ReadFile'), 'a search for files': inFunction('MatchingFiles') },
    negative: { ...sound, 'an image is decoded': runs('DecodeJpeg') },
  },
  'tensorflow/file-write': {
    positive: { 'a file': runs('WriteFile'), 'a summary': inFunction('CreateSummaryFileWriter') },
    negative: { ...sound, 'an image is encoded': runs('EncodePng') },
  },
  'tensorflow/data-reader': {
    positive: { 'lines of text': runs('TextLineDataset'), 'rows of a database': inFunction('SqlDataset') },
    negative: { ...sound, 'a dataset of tensors': runs('TensorSliceDataset') },
  },
  'tensorflow/remote-execution': {
    positive: { 'a call of another host': runs('RemoteCall'), 'a service of data': inFunction('DataServiceDatasetV2') },
    negative: {
      ...sound,
      'a call of a function': () => graph([node('PartitionedCall', { f: call('f') })], [definition('f', node('Relu'))]),
    },
  },
  'tensorflow/debug-address': {
    positive: {
      'a file': () => savedModelOf('DebugIdentity', { debug_urls: texts('file:///tmp/x') }),
      'an address': () => savedModelOf('DebugIdentityV2', { debug_urls: texts('grpc://example.org:1') }),
    },
    negative: {
      'a copy without an address': () => savedModelOf('DebugIdentity', { debug_urls: texts() }),
      ...sound,
    },
  },
  'tensorflow/print-file': {
    positive: {
      'a file': () => savedModelOf('PrintV2', { output_stream: text('file:///tmp/x') }),
      'a file beside it': () => savedModelOf('PrintV2', { output_stream: text('file://x') }),
    },
    negative: {
      'standard error': () => savedModelOf('PrintV2', { output_stream: text('stderr') }),
      'the log': () => savedModelOf('PrintV2', { output_stream: text('log(info)') }),
    },
  },
  'tensorflow/descriptor-file': {
    positive: {
      'a path': () => savedModelOf('DecodeProtoV2', { descriptor_source: text('/tmp/x') }),
      'a path for writing': () => savedModelOf('EncodeProto', { descriptor_source: text('descriptors.pb') }),
    },
    negative: {
      'linked in': () => savedModelOf('DecodeProtoV2', { descriptor_source: text('local://') }),
      'in the graph': () => savedModelOf('DecodeProtoV2', { descriptor_source: text('bytes://abc') }),
    },
  },
  'tensorflow/process-abort': {
    positive: { 'the process': runs('Abort'), 'the accelerator': inFunction('ShutdownDistributedTPU') },
    negative: { ...sound, 'an assertion': runs('Assert') },
  },
  'tensorflow/custom-operator': {
    positive: { 'of a package': runs('Custom>Thing'), 'of a known library': inFunction('SentencepieceOp') },
    negative: sound,
  },
  'tensorflow/asset-path': {
    positive: { 'a path above': asset('../../etc/passwd'), 'an absolute path': asset('/etc/passwd') },
    negative: { 'a vocabulary': asset('vocab.txt'), 'a file below': asset('tokens/vocab.txt') },
  },
  'tensorflow/recursive-function': {
    positive: {
      'CVE-2022-23591: a function that calls itself': () =>
        graph([placeholder], [definition('f', node('PartitionedCall', { f: call('f') }))]),
      'by way of another': () =>
        graph([placeholder], [definition('f', node('g')), definition('g', node('While', { body: call('f') }))]),
    },
    negative: {
      'functions in a row': () => graph([placeholder], [definition('f', node('g')), definition('g', node('Relu'))]),
      'two that call a third': () =>
        graph([placeholder], [definition('f', node('h')), definition('g', node('h')), definition('h', node('Relu'))]),
    },
  },
  'tensorflow/tensor-shape': {
    positive: {
      'CVE-2022-23571: a negative size': () => savedModelOf('Const', { value: tensorValue(-1n) }),
      'a product beyond 64 bits': () => savedModelOf('Const', { value: tensorValue(2n ** 40n, 2n ** 40n) }),
    },
    negative: {
      'a matrix': () => savedModelOf('Const', { value: tensorValue(2n, 3n) }),
      'no values': () => savedModelOf('Const', { value: tensorValue(0n) }),
    },
  },
  'tensorflow/unknown-field': {
    positive: {
      'an ONNX graph beside the meta graphs': () => Buffer.concat([savedModelOf('Relu'), field(7, 'hidden')]),
      'a field of nothing': () => Buffer.concat([graph([placeholder, node('Relu')]), field(999, 'hidden')]),
    },
    negative: sound,
  },
  'tensorflow/malformed': {
    positive: {
      'bytes behind the message': () => Buffer.concat([savedModelOf('Relu'), Buffer.from([0x07])]),
      'a graph that breaks off': () =>
        Buffer.concat([graph(Array.from({ length: 9 }, () => node('Relu'))), Buffer.from([0x0a, 0x50, 0x0a])]),
    },
    negative: sound,
  },
  'tensorflow/checkpoint-malformed': {
    positive: {
      'CVE-2021-41203: a block beyond the file': index(0x7f),
      'a block in the footer': index(40),
    },
    negative: { 'blocks in the file': index(8), 'blocks up to the footer': index(32) },
  },
  'tensorflow/lite-flex-operator': {
    positive: {
      'an operator on tensors': () => tfliteOf(custom('FlexAbs')),
      another: () => tfliteOf(custom('FlexErf')),
    },
    negative: { ...soundLite, 'a custom operator': () => tfliteOf(custom('MyOperator')) },
  },
  'tensorflow/lite-custom-operator': {
    positive: {
      'of the author': () => tfliteOf(custom('MyOperator')),
      'of a library': () => tfliteOf(custom('Landmarks2Matrix')),
    },
    negative: { ...soundLite, 'of the library itself': () => tfliteOf(custom('TFLite_Detection_PostProcess')) },
  },
  'tensorflow/lite-index': {
    positive: {
      'CVE-2020-15211: a negative tensor': () =>
        tflite({ codes: [builtin(relu)], subgraphs: [subgraph([tensor([1]), tensor([1])], [operator(0, [0], [-1])])] }),
      'a tensor that is not there': () =>
        tflite({ codes: [builtin(relu)], subgraphs: [subgraph([tensor([1]), tensor([1])], [operator(0, [7], [1])])] }),
      'an operator that is not there': () =>
        tflite({ codes: [builtin(relu)], subgraphs: [subgraph([tensor([1]), tensor([1])], [operator(3, [0], [1])])] }),
      'a buffer that is not there': () =>
        tflite({
          codes: [builtin(relu)],
          subgraphs: [subgraph([tensor([1], 9), tensor([1])], [operator(0, [0], [1])])],
        }),
      'a subgraph that is not there': loop(1, 5),
    },
    negative: soundLite,
  },
  'tensorflow/lite-recursion': {
    positive: { 'CVE-2021-29591: a loop over itself': loop(1, 0), 'a condition that is the loop': loop(0, 1) },
    negative: { ...soundLite, 'a loop over another': loop(1, 1) },
  },
  'tensorflow/lite-buffer-size': {
    positive: { 'half of the values': constant([4], 8), 'a product beyond 32 bits': constant([65_536, 65_536], 16) },
    negative: { 'as many as the shape says': constant([4], 16), 'no values at all': constant([4], 0) },
  },
  'tensorflow/lite-malformed': {
    positive: {
      'the end is gone': () => tfliteOf(builtin(relu)).subarray(0, 80),
      'a root outside the file': () => {
        const file = tfliteOf(builtin(relu))
        file.writeUInt32LE(0x7fffffff, 0)
        return file
      },
    },
    negative: soundLite,
  },
}
