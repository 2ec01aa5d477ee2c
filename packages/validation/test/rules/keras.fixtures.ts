import {
  contiguous,
  datasetAddress,
  datasetHdf5,
  dataspace,
  externalFiles,
  externalLink,
  filters,
  floats,
  hardLink,
  hdf5,
  heapAddress,
  kerasHdf5,
  softLink,
  textAttribute,
  userDefinedLink,
  virtualLayout,
} from '../support/hdf5.ts'
import type { Fixture, RoomFixtures } from './fixture.ts'

type Json = Readonly<Record<string, unknown>>

/** A Keras model with these layers beside a dense one, as HDF5 keeps it. */
const model =
  (...layers: readonly Json[]): Fixture =>
  () =>
    kerasHdf5(sequential(...layers))

/** The same as the JSON document of a `.keras` archive. */
const document =
  (...layers: readonly Json[]): Fixture =>
  () =>
    Buffer.from(JSON.stringify(sequential(...layers)))

const dense = {
  module: 'keras.layers',
  class_name: 'Dense',
  config: { units: 3, activation: 'relu' },
  registered_name: null,
}

const sequential = (...layers: readonly Json[]): Json => ({
  module: 'keras',
  class_name: 'Sequential',
  config: { name: 'model', layers: [dense, ...layers] },
  registered_name: 'Sequential',
})

const layer = (class_name: string, config: Json = {}, more: Json = {}): Json => ({ class_name, config, ...more })

const fn = (module: string, name: string): Json => ({
  module,
  class_name: 'function',
  config: name,
  registered_name: name,
})

/** Not a function: text that only looks like marshalled code. */
const code = Buffer.from('\u00e3\u0000co_names os system true').toString('base64')

const values = [dataspace(4), floats]
const oneDataset =
  (...messages: Parameters<typeof datasetHdf5>[0]): Fixture =>
  () =>
    datasetHdf5([...values, ...messages])

const sound: Readonly<Record<string, Fixture>> = {
  'a sound model in HDF5': model(layer('Conv2D', { filters: 3 }), layer('Dropout', { rate: 0.5 })),
  'a plain dataset': oneDataset(contiguous(16, heapAddress)),
}

const unpickled = "cos\nsystem\n(S'true'\ntR."

const tfjs =
  (path: string): Fixture =>
  () =>
    Buffer.from(
      JSON.stringify({
        format: 'layers-model',
        modelTopology: { model_config: sequential() },
        weightsManifest: [{ paths: [path], weights: [] }],
      }),
    )

const behindUserBlock =
  (block: string): Fixture =>
  () => {
    const file = kerasHdf5(sequential())
    const start = Buffer.alloc(512)
    start.write(block, 'latin1')
    return Buffer.concat([start, file])
  }

const damaged =
  (change: (file: Buffer) => void, file = datasetHdf5(values)): Fixture =>
  () => {
    change(file)
    return file
  }

export const fixtures: RoomFixtures = {
  'keras/lambda-code': {
    positive: {
      'CVE-2024-3660: marshalled code in a Lambda of Keras 2': model(
        layer('Lambda', { function: [code, null, null], function_type: 'lambda' }),
      ),
      'CVE-2025-9905: marshalled code in HDF5, as Keras 3 writes it': model(
        layer('Lambda', { function: { class_name: '__lambda__', config: { code, defaults: null, closure: null } } }),
      ),
      'source text in place of a name': model(layer('Lambda', { function: "lambda x: eval('x')" })),
      'in the config.json of an archive': document(layer('Lambda', { function: [code, null, null] })),
    },
    negative: {
      ...sound,
      'a Lambda of a named function': model(layer('Lambda', { function: 'relu', function_type: 'function' })),
    },
  },
  'keras/lambda-layer': {
    positive: {
      'a name that the host resolves': model(layer('Lambda', { function: 'preprocess', function_type: 'function' })),
      'a function of Keras': model(layer('Lambda', { function: fn('keras.ops', 'relu') })),
    },
    negative: { ...sound, 'a layer that is named lambda': model(layer('Dense', { name: 'Lambda' })) },
  },
  'keras/arbitrary-callable': {
    positive: {
      'CVE-2025-1550: a function of the standard library': model(fn('subprocess', 'Popen')),
      'CVE-2025-1550: GHSA-48g7-3x6r-xfhp through a nested model': document(
        layer(
          'Model',
          { layers: [{ ...fn('os', 'system'), inbound_nodes: [{ args: [['true']], kwargs: {} }] }] },
          { module: 'keras.models' },
        ),
      ),
      'a function of builtins': model(fn('builtins', 'eval')),
      'a class of a common package': model(layer('NDArray', {}, { module: 'numpy.testing' })),
      'a class under a dotted name': model(layer('os.system')),
      'a module beside a Lambda': model(
        layer('Lambda', { function: 'system', function_type: 'function', module: 'os' }),
      ),
      'a type specification': model({
        class_name: '__typespec__',
        spec_name: 'Popen',
        module: 'subprocess',
        config: null,
      }),
    },
    negative: {
      ...sound,
      'an activation, which Keras files under builtins': model(
        layer('Activation', { activation: fn('builtins', 'softmax') }),
      ),
      'a specification of TensorFlow': model({
        class_name: '__typespec__',
        spec_name: 'TensorSpec',
        module: 'tensorflow.python.framework.tensor_spec',
        config: null,
      }),
    },
  },
  'keras/foreign-function': {
    positive: {
      'a function of an unknown module': model(fn('evil_package.loaders', 'start')),
      'a class name that is none': model(layer('run', {}, { module: 'evil_package' })),
    },
    negative: {
      ...sound,
      'a custom layer': model(layer('MyLayer', {}, { module: 'my_layers', registered_name: 'MyLayer' })),
    },
  },
  'keras/keras-gadget': {
    positive: {
      'CVE-2025-8747: get_file': model(fn('keras.utils', 'get_file')),
      'GHSA-c9rc-mg46-23w3: load_model': document(fn('keras.models', 'load_model')),
      'a function of an inner module': model(fn('keras.src.utils.python_utils', 'default')),
      'without a module': model(layer('get_file')),
      'a class that imports modules': model(
        layer('LazyModule', { name: 'os' }, { module: 'keras.src.utils.module_utils' }),
      ),
    },
    negative: { ...sound, 'a loss function': model(fn('keras.losses', 'mean_squared_error')) },
  },
  'keras/unsafe-switch': {
    positive: {
      'CVE-2025-9906: a function of keras.config': document(fn('keras.config', 'enable_unsafe_deserialization')),
      'CVE-2025-9906: by its inner module': model(
        fn('keras.src.saving.serialization_lib', 'enable_unsafe_deserialization'),
      ),
    },
    negative: {
      ...sound,
      'a policy of numbers': model(layer('DTypePolicy', { name: 'float32' }, { module: 'keras' })),
    },
  },
  'keras/disguised-name': {
    positive: {
      'a dense layer from elsewhere': model(layer('Dense', {}, { module: 'evil_package' })),
      'a sequential model from elsewhere': document(
        layer('Sequential', {}, { module: 'models', registered_name: 'Sequential' }),
      ),
    },
    negative: {
      ...sound,
      'a registered class': model(layer('Dense', {}, { module: 'my_layers', registered_name: 'My>Dense' })),
    },
  },
  'keras/custom-object': {
    positive: {
      'a class of the author': model(layer('MyLayer')),
      'a registered class': model(layer('Custom>MyLayer', {}, { module: null })),
      'a module of the author': model(layer('MyLayer', {}, { module: 'my_layers', registered_name: 'My>MyLayer' })),
    },
    negative: sound,
  },
  'keras/vocabulary-file': {
    positive: {
      'CVE-2025-12058: a file of the host': model(layer('StringLookup', { vocabulary: '/etc/passwd' })),
      'CVE-2025-12058: an address': document(layer('IntegerLookup', { vocabulary: 'http://169.254.169.254/' })),
      'a path above': model(layer('TextVectorization', { vocabulary: '../secret.txt' })),
    },
    negative: {
      ...sound,
      'a vocabulary in place': model(layer('StringLookup', { vocabulary: ['a', 'b'] })),
      'no vocabulary': model(layer('StringLookup', { vocabulary: null })),
    },
  },
  'keras/torch-module': {
    positive: {
      'CVE-2025-49655: a pickled module': document(
        layer('TorchModuleWrapper', { module: 'gAU=' }, { module: 'keras.layers' }),
      ),
      'in HDF5': model(layer('TorchModuleWrapper', { module: 'gAU=' })),
    },
    negative: { ...sound, 'a wrapper of a layer': model(layer('TimeDistributed', { layer: dense })) },
  },
  'keras/saved-model-layer': {
    positive: {
      'CVE-2026-1462: a path of the host': document(
        layer('TFSMLayer', { filepath: '/tmp/model' }, { module: 'keras.layers' }),
      ),
      'an address': model(layer('TFSMLayer', { filepath: 'https://example.org/model' })),
    },
    negative: { ...sound, 'a bidirectional layer': model(layer('Bidirectional', { layer: layer('LSTM') })) },
  },
  'keras/tensorflow-function': {
    positive: {
      'a file is read': model(layer('TFOpLambda', { name: 'read', function: 'io.read_file' })),
      'a library is loaded': model(layer('TFOpLambda', { name: 'load', function: 'load_op_library' })),
    },
    negative: {
      ...sound,
      'an addition': model(layer('TFOpLambda', { name: 'add', function: 'math.add' })),
      'an image is decoded': model(layer('TFOpLambda', { name: 'decode', function: 'io.decode_jpeg' })),
    },
  },
  'keras/weights-path': {
    positive: { 'a path above': tfjs('../../secret.bin'), 'an address': tfjs('https://example.org/shard.bin') },
    negative: {
      'a file beside it': tfjs('group1-shard1of1.bin'),
      'a file below it': tfjs('weights/group1-shard1of1.bin'),
    },
  },
  'keras/hdf5-external-storage': {
    positive: {
      'CVE-2026-1669: a file of the host': () =>
        datasetHdf5([...values, contiguous(16), externalFiles(heapAddress, 8, 16)], { local: '/etc/passwd' }),
      'GHSA-3m4q-jmj6-r34q: a file beside it': () =>
        datasetHdf5([...values, contiguous(16), externalFiles(heapAddress, 8, 16)], { local: 'weights.raw' }),
    },
    negative: sound,
  },
  'keras/hdf5-external-link': {
    positive: {
      'CVE-2026-1669: a file of the host': () => hdf5([externalLink('w', '/home/user/other.h5', '/w')]),
      'a file beside it': () => hdf5([externalLink('w', 'other.h5', '/w')]),
    },
    negative: { ...sound, 'a soft link': () => hdf5([softLink('a', '/w'), hardLink('w', datasetAddress)], values) },
  },
  'keras/hdf5-virtual-source': {
    positive: {
      'a file of the host': () => datasetHdf5([...values, virtualLayout(heapAddress)], { virtual: '/data/other.h5' }),
      'a file beside it': () => datasetHdf5([...values, virtualLayout(heapAddress)], { virtual: 'other.h5' }),
    },
    negative: {
      ...sound,
      'the file itself': () => datasetHdf5([...values, virtualLayout(heapAddress)], { virtual: '.' }),
    },
  },
  'keras/hdf5-user-defined-link': {
    positive: {
      'the first class': () => hdf5([userDefinedLink('w', 65)]),
      'the last class': () => hdf5([userDefinedLink('w', 255)]),
    },
    negative: { ...sound, 'a soft link': () => hdf5([softLink('a', '/')]) },
  },
  'keras/hdf5-plugin-filter': {
    positive: {
      'an unknown plugin': oneDataset(contiguous(16, heapAddress), filters(40_000, 'evil')),
      'a registered plugin': oneDataset(contiguous(16, heapAddress), filters(32_015, 'zstd')),
    },
    negative: {
      'gzip, which the library has': oneDataset(contiguous(16, heapAddress), filters(1)),
      'LZF, which h5py has': oneDataset(contiguous(16, heapAddress), filters(32_000, 'lzf')),
    },
  },
  'keras/hdf5-declared-size': {
    positive: {
      'CVE-2026-0897: a petabyte': () => datasetHdf5([dataspace(1e6, 1e6, 1e6), floats, contiguous(16)]),
      'a product beyond 64 bits': () => datasetHdf5([dataspace(2 ** 50, 2 ** 50), floats, contiguous(16)]),
    },
    negative: {
      ...sound,
      'a large dataset that is not there yet': () => datasetHdf5([dataspace(1_000_000), floats, contiguous(16)]),
    },
  },
  'keras/hdf5-pickled-attribute': {
    positive: {
      'a call of the operating system': () => hdf5([textAttribute('TITLE', unpickled)]),
      'on a dataset': () => datasetHdf5([...values, textAttribute('note', unpickled)]),
    },
    negative: { ...sound, 'a sentence': () => hdf5([textAttribute('note', 'Weights of the model.')]) },
  },
  'keras/hdf5-user-block': {
    positive: {
      'a script': behindUserBlock('#!/bin/sh\ntrue\n'),
      'other bytes': behindUserBlock('\u0001\u0002\u0003\u00ff'),
    },
    negative: {
      'the header of MATLAB': behindUserBlock(`${'MATLAB 7.3 MAT-file, Platform: GLNXA64'.padEnd(124)}\u0000\u0002IM`),
      'a text': behindUserBlock('weights of the model\n'),
      ...sound,
    },
  },
  'keras/hdf5-truncated': {
    positive: {
      'the last page is gone': () => datasetHdf5(values).subarray(0, 40_000),
      'the superblock names a later end': damaged((file) => file.writeBigUInt64LE(10n ** 9n, 28)),
    },
    negative: { ...sound, 'bytes behind the end': () => Buffer.concat([kerasHdf5(sequential()), Buffer.alloc(64)]) },
  },
  'keras/hdf5-malformed': {
    positive: {
      'a root outside the file': damaged((file) => file.writeBigUInt64LE(10n ** 9n, 36)),
      'an object that is none': damaged((file) => file.write('XXXX', datasetAddress)),
      'values outside the file': oneDataset(contiguous(16, 2 ** 40)),
    },
    negative: sound,
  },
}
