import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'
import { hdf5, kerasHdf5, textAttribute } from './support/hdf5.ts'
import { field } from './support/tensorflow.ts'

const layered = (...layers: readonly unknown[]): unknown => ({ class_name: 'Sequential', config: { layers } })

const scanDocument = (document: unknown) => scan(Buffer.from(JSON.stringify(document)))

const fn = (module: string, name: string) => ({ module, class_name: 'function', config: name, registered_name: name })

test('every public class of attack on Keras fails and carries its number', async () => {
  const cases: Readonly<Record<string, unknown>> = {
    'CVE-2024-3660': { class_name: 'Lambda', config: { function: ['4wEAAAA=', null, null] } },
    'CVE-2025-1550': fn('os', 'system'),
    'CVE-2025-8747': fn('keras.utils', 'get_file'),
    'CVE-2025-9905': { class_name: 'Lambda', config: { function: ['4wEAAAA=', null, null] } },
    'CVE-2025-9906': fn('keras.config', 'enable_unsafe_deserialization'),
    'CVE-2025-12058': { class_name: 'StringLookup', config: { vocabulary: '/etc/passwd' } },
    'CVE-2025-49655': { class_name: 'TorchModuleWrapper', config: { module: 'gAU=' } },
    'CVE-2026-1462': { class_name: 'TFSMLayer', config: { filepath: '/tmp/x' } },
  }
  for (const [id, layer] of Object.entries(cases)) {
    const report = await scan(kerasHdf5(layered(layer)))
    expect([id, report.verdict, report.findings.some(({ tags }) => tags.includes(id))]).toEqual([id, 'fail', true])
  }
})

test('configurations of Keras 2 and 3 as their savers write them pass without a finding', async () => {
  const keras3 = {
    module: 'keras.src.models.functional',
    class_name: 'Functional',
    config: {
      layers: [
        {
          module: 'keras.layers',
          class_name: 'InputLayer',
          config: { dtype: 'float32', sparse: false },
          registered_name: null,
        },
        {
          module: 'keras.layers',
          class_name: 'Dense',
          config: {
            dtype: { module: 'keras', class_name: 'DTypePolicy', config: { name: 'float32' }, registered_name: null },
            kernel_initializer: {
              module: 'keras.initializers',
              class_name: 'GlorotUniform',
              config: { seed: null },
              registered_name: null,
            },
            activation: 'softmax',
          },
          registered_name: null,
          build_config: { input_shape: [null, 4] },
          inbound_nodes: [
            {
              args: [{ class_name: '__keras_tensor__', config: { shape: [null, 4], keras_history: ['x', 0, 0] } }],
              kwargs: {},
            },
          ],
        },
        {
          module: 'keras.layers',
          class_name: 'TextVectorization',
          config: { vocabulary: ['a', 'b'] },
          registered_name: null,
        },
      ],
    },
    registered_name: 'Functional',
    compile_config: {
      optimizer: {
        module: 'keras.optimizers',
        class_name: 'Adam',
        config: { learning_rate: 0.001 },
        registered_name: null,
      },
      loss: { module: 'builtins', class_name: 'function', config: 'mse', registered_name: 'function' },
    },
  }
  const keras2 = {
    class_name: 'Functional',
    config: {
      layers: [
        {
          class_name: 'BatchNormalization',
          config: { axis: [3], beta_initializer: { class_name: 'Zeros', config: {} } },
          inbound_nodes: [[['x', 0, 0, {}]]],
        },
        {
          class_name: 'TFOpLambda',
          config: { name: 'tf.nn.relu', function: 'nn.relu' },
          inbound_nodes: [['x', 0, 0, {}]],
        },
        { class_name: 'Bidirectional', config: { layer: { class_name: 'LSTM', config: { units: 3 } } } },
      ],
    },
    keras_version: '2.15.0',
    backend: 'tensorflow',
  }
  for (const document of [keras3, keras2]) {
    const report = await scanDocument(document)
    expect([report.subject.format, report.verdict, report.findings]).toEqual(['keras-config', 'pass', []])
  }
})

test('a layer of the author alone does not block a model', async () => {
  const report = await scanDocument(layered({ class_name: 'Custom>Attention', config: {} }))
  expect([report.verdict, report.findings.map(({ rule }) => rule)]).toEqual(['pass', ['keras/custom-object']])
})

test('a callable is found however deep it stands', async () => {
  const depth = 2000
  const inner = JSON.stringify(fn('os', 'system'))
  const text = `{"class_name":"Sequential","config":${'{"a":'.repeat(depth)}${inner}${'}'.repeat(depth)}}`
  const report = await scan(hdf5([textAttribute('model_config', text)]))
  expect(report.findings.map(({ rule }) => rule)).toContain('keras/arbitrary-callable')
})

test('names out of the prototype of JavaScript are names like others', async () => {
  const report = await scan(
    kerasHdf5(layered({ class_name: 'constructor', config: {} }, { class_name: '__proto__', config: {} })),
  )
  expect(report.findings.map(({ rule }) => rule)).toEqual(['keras/custom-object', 'keras/custom-object'])
})

test('metadata that Keras 2 keeps beside a SavedModel is checked', async () => {
  const metadata = JSON.stringify({
    class_name: 'Lambda',
    config: { function: { class_name: '__tuple__', items: [] } },
  })
  const object = (identifier: string, text: string): Buffer =>
    field(1, Buffer.concat([field(2, 1), field(3, 'root.layer'), field(4, identifier), field(5, text)]))
  const hostile = JSON.stringify({ class_name: 'Lambda', config: { function: ['4wEAAAA=', null, null] } })
  const report = await scan(Buffer.concat([object('_tf_keras_layer', metadata), object('_tf_keras_layer', hostile)]))
  expect([report.subject.format, report.verdict]).toEqual(['keras-saved-metadata', 'fail'])
})
