import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Fixture, RoomFixtures } from './fixture.ts'
import {
  type Attributes,
  createGraph,
  createNode,
  floats,
  inDomain,
  integers,
  learned,
  loopBody,
  looping,
  many,
  manyIntegers,
  model,
  number,
  oneNode,
  truth,
  writeOnnx,
  zeros,
} from './onnx-models.ts'

/** A tree of one split and two leaves, changed. */
const tree = (change: Attributes = {}): Uint8Array =>
  learned('TreeEnsembleRegressor', {
    n_targets: 1n,
    nodes_treeids: manyIntegers(0, 0, 0),
    nodes_nodeids: manyIntegers(0, 1, 2),
    nodes_featureids: manyIntegers(0, 0, 0),
    nodes_modes: ['BRANCH_LEQ', 'LEAF', 'LEAF'],
    nodes_values: many(3),
    nodes_truenodeids: manyIntegers(1, 0, 0),
    nodes_falsenodeids: manyIntegers(2, 0, 0),
    target_treeids: manyIntegers(0, 0),
    target_nodeids: manyIntegers(1, 2),
    target_ids: manyIntegers(0, 0),
    target_weights: many(2, 1),
    ...change,
  })

/** A classifier of two classes with two support vectors of two features, changed. */
const support = (change: Attributes = {}): Uint8Array =>
  learned('SVMClassifier', {
    classlabels_ints: manyIntegers(0, 1),
    vectors_per_class: manyIntegers(1, 1),
    support_vectors: many(4, 1),
    coefficients: many(2, 1),
    rho: many(1, 1),
    kernel_type: 'RBF',
    kernel_params: many(3, 1),
    ...change,
  })

const classes = (...ids: readonly number[]): Attributes => ({
  classlabels_int64s: manyIntegers(0, 1),
  class_treeids: manyIntegers(0, 0),
  class_nodeids: manyIntegers(1, 2),
  class_ids: manyIntegers(...ids),
  class_weights: many(2, 1),
  nodes_treeids: manyIntegers(0, 0, 0),
  nodes_nodeids: manyIntegers(0, 1, 2),
  nodes_featureids: manyIntegers(0, 0, 0),
  nodes_modes: ['BRANCH_LEQ', 'LEAF', 'LEAF'],
  nodes_values: many(3),
  nodes_truenodeids: manyIntegers(1, 0, 0),
  nodes_falsenodeids: manyIntegers(2, 0, 0),
})

const ngrams = (change: Attributes = {}): Uint8Array =>
  oneNode('TfIdfVectorizer', {
    mode: 'TF',
    min_gram_length: 1n,
    max_gram_length: 2n,
    max_skip_count: 0n,
    ngram_counts: manyIntegers(0, 2),
    ngram_indexes: manyIntegers(0, 1, 2),
    pool_int64s: manyIntegers(5, 6, 5, 6),
    ...change,
  })

const convolution = (attributes: Attributes, weights = zeros('w', 2, 3, 3, 3)): Uint8Array =>
  oneNode('Conv', attributes, [weights], [1, 3, 8, 8])

/** Recurrent weights for a hidden size of two. */
const recurrent = (opType: string, rows: number, change: Attributes = {}): Uint8Array =>
  oneNode(opType, { hidden_size: 2n, ...change }, [zeros('w', 1, rows, 4), zeros('r', 1, rows, 2)], [3, 1, 4])

const quantised = (attributes: Attributes, blocks = 1): Uint8Array =>
  inDomain('com.microsoft', 'MatMulNBits', { K: 32n, N: 4n, bits: 4n, block_size: 32n, ...attributes }, [
    { ...zeros('w', 4, blocks, 16), dataType: 2, rawData: new Uint8Array(64 * blocks) },
    zeros('s', 4 * blocks),
  ])

/** Embeddings of a hidden size of four, with a beta of these dims. */
const embedding = (...beta: readonly number[]): Uint8Array =>
  inDomain('com.microsoft', 'EmbedLayerNormalization', {}, [
    zeros('segments', 1, 4),
    zeros('word', 8, 4),
    zeros('position', 8, 4),
    zeros('segment', 2, 4),
    zeros('gamma', 4),
    zeros('beta', ...beta),
  ])

const branch = (outputs: number) =>
  createGraph({
    name: 'b',
    node: [createNode('Relu', ['x'], ['z'])],
    output: Array.from({ length: outputs }, () => ({ ...model([]).graph.output[0], name: 'z' })) as never,
  })

const choosing = (outputs: number): Uint8Array =>
  writeOnnx(
    model([createNode('If', ['true'], ['y'], { then_branch: branch(1), else_branch: branch(outputs) })], [truth()]),
  )

/** A model in an application that has installed this version of the runtime. */
const installed =
  (version: string, bytes: Uint8Array): Fixture =>
  (directory) => {
    const runtime = join(directory, 'node_modules', 'onnxruntime-node')
    mkdirSync(runtime, { recursive: true })
    writeFileSync(join(runtime, 'package.json'), JSON.stringify({ name: 'onnxruntime-node', version }))
    const path = join(directory, 'model.onnx')
    writeFileSync(path, bytes)
    return path
  }

/** What kernels take for granted. */
export const fixtures: RoomFixtures = {
  'onnx/contract-length': {
    positive: {
      'SVMClassifier: fewer coefficients than vectors (27699)': () => support({ coefficients: many(1, 1) }),
      'SVMClassifier: three classes and one rho (27950)': () =>
        support({
          classlabels_ints: manyIntegers(0, 1, 2),
          vectors_per_class: manyIntegers(1, 1, 1),
          support_vectors: many(6, 1),
          coefficients: many(6, 1),
        }),
      'SVMRegressor: fewer vectors than it says': () =>
        learned('SVMRegressor', { n_supports: 5n, support_vectors: many(4), coefficients: many(5), rho: many(1) }),
      'TreeEnsembleRegressor: a node without a mode (27677)': () => tree({ nodes_modes: ['BRANCH_LEQ', 'LEAF'] }),
      'LabelEncoder: more keys than values': () =>
        learned('LabelEncoder', { keys_int64s: manyIntegers(1, 2, 3), values_int64s: manyIntegers(1) }),
      'CategoryMapper: more texts than numbers': () =>
        learned('CategoryMapper', { cats_int64s: manyIntegers(1), cats_strings: ['a', 'b'] }),
      'LinearClassifier: no whole rows': () =>
        learned('LinearClassifier', {
          coefficients: many(5),
          intercepts: many(2),
          classlabels_ints: manyIntegers(0, 1),
        }),
      'TfIdfVectorizer: fewer weights than n-grams (31700)': () => ngrams({ weights: many(2, 1) }),
      'Conv: one stride for two dims': () => convolution({ strides: manyIntegers(1) }),
      'MaxPool: three pads for two dims': () =>
        oneNode('MaxPool', { kernel_shape: manyIntegers(3, 3), pads: manyIntegers(1, 1, 1) }, [], [1, 1, 8, 8]),
      'Pad: pads for another rank': () => oneNode('Pad', {}, [integers('p', [1, 1, 1, 1, 1, 1])]),
      'Einsum: an operand too many': () => oneNode('Einsum', { equation: 'ij,jk,kl->il' }, [zeros('w', 4, 4)]),
      'LSTM: one activation': () => recurrent('LSTM', 8, { activations: ['Tanh'] }),
    },
    negative: {
      'a sound SVMClassifier': () => support(),
      'a sound tree': () => tree(),
      'sound n-grams': () => ngrams({ weights: many(3, 1) }),
      'a sound convolution': () => convolution({ strides: manyIntegers(1, 1), pads: manyIntegers(1, 1, 1, 1) }),
      'a sound pool': () =>
        oneNode('MaxPool', { kernel_shape: manyIntegers(3, 3), pads: manyIntegers(1, 1, 1, 1) }, [], [1, 1, 8, 8]),
    },
  },
  'onnx/contract-index': {
    positive: {
      'ArrayFeatureExtractor: below zero (27265)': () => learned('ArrayFeatureExtractor', {}, [integers('i', [-10])]),
      'ArrayFeatureExtractor: beyond the features': () => learned('ArrayFeatureExtractor', {}, [integers('i', [4])]),
      'Gather: beyond the axis': () => oneNode('Gather', { axis: 1n }, [integers('i', [4])]),
      'TreeEnsembleRegressor: a child that is not there': () => tree({ nodes_truenodeids: manyIntegers(9, 0, 0) }),
      'TreeEnsembleRegressor: a target that is not there (27951)': () => tree({ target_ids: manyIntegers(0, 7) }),
      'TreeEnsembleClassifier: a negative class (27677)': () => learned('TreeEnsembleClassifier', classes(0, -1)),
      'TfIdfVectorizer: an n-gram beyond the pool': () => ngrams({ ngram_counts: manyIntegers(0, 9) }),
      'Einsum: a letter that no operand has': () => oneNode('Einsum', { equation: 'ij->ik' }),
    },
    negative: {
      'features that are there': () => learned('ArrayFeatureExtractor', {}, [integers('i', [0, 3])]),
      'Gather from the end': () => oneNode('Gather', { axis: 1n }, [integers('i', [-4, 3])]),
      'classes that are there': () => learned('TreeEnsembleClassifier', classes(0, 1)),
      'a sound tree': () => tree(),
    },
  },
  'onnx/contract-range': {
    positive: {
      'Conv: a stride of zero': () => convolution({ strides: manyIntegers(0, 1) }),
      'Conv: no groups': () => convolution({ group: 0n }),
      'LayerNormalization: an axis that does not exist (onnx 8466)': () =>
        oneNode('LayerNormalization', { axis: 9n }, [zeros('s', 4)]),
      'Transpose: an axis twice': () => oneNode('Transpose', { perm: manyIntegers(0, 0) }),
      'Split: a negative size': () => oneNode('Split', {}, [integers('s', [5, -1])]),
      'DepthToSpace: no block': () => oneNode('DepthToSpace', { blocksize: 0n }, [], [1, 4, 2, 2]),
      'LRN: no size': () => oneNode('LRN', { size: 0n }, [], [1, 4, 2, 2]),
      'Resize: a scale below zero': () => oneNode('Resize', {}, [zeros('r', 0), floats('float32', 's', [2], [-1, 1])]),
      'RoiAlign: a batch below zero (27543)': () =>
        oneNode('RoiAlign', {}, [zeros('rois', 1, 4), integers('b', [-1])], [1, 1, 4, 4]),
      'Col2Im: an image of nothing (28706)': () =>
        oneNode('Col2Im', {}, [integers('i', [0, 4]), integers('b', [1, 1])], [1, 1, 4]),
      'MaxPool: pads as large as the kernel': () =>
        oneNode('MaxPool', { kernel_shape: manyIntegers(2, 2), pads: manyIntegers(5, 5, 5, 5) }, [], [1, 1, 8, 8]),
      'Unsqueeze: an axis far away': () => oneNode('Unsqueeze', {}, [integers('a', [40])]),
      'TopK: less than nothing': () => oneNode('TopK', {}, [integers('k', [-1])]),
      'Normalizer: a norm that is none': () => learned('Normalizer', { norm: 'L9' }),
      'MultiHeadAttention: no heads': () => inDomain('com.microsoft', 'MultiHeadAttention', { num_heads: 0n }),
      'GroupQueryAttention: heads that do not divide (32658)': () =>
        inDomain('com.microsoft', 'GroupQueryAttention', { num_heads: 4n, kv_num_heads: 3n }),
      'MatMulNBits: three bits': () => quantised({ bits: 3n }),
      'BeamSearch: a vocabulary of nothing (28774)': () =>
        inDomain('com.microsoft', 'BeamSearch', { vocab_size: 0n, decoder: branch(1) }),
      'ReverseSequence: one axis for both': () =>
        oneNode('ReverseSequence', { batch_axis: 1n, time_axis: 1n }, [integers('l', [1, 1, 1, 1])]),
    },
    negative: {
      'a sound convolution': () => convolution({ strides: manyIntegers(2, 2), group: 1n }),
      'a sound axis': () => oneNode('LayerNormalization', { axis: -1n }, [zeros('s', 4)]),
      'a permutation': () => oneNode('Transpose', { perm: manyIntegers(1, 0) }),
      'a sound Unsqueeze': () => oneNode('Unsqueeze', {}, [integers('a', [0, -1])]),
      'heads that divide': () => inDomain('com.microsoft', 'GroupQueryAttention', { num_heads: 4n, kv_num_heads: 2n }),
    },
  },
  'onnx/contract-shape': {
    positive: {
      'MatMulNBits: weights that are too few': () => quantised({ N: 8n }),
      'MatMulNBits: blocks that are too many': () => quantised({ K: 4096n }),
      'EmbedLayerNormalization: a beta without dims (28175)': () => embedding(),
      'LSTM: weights of another hidden size': () => recurrent('LSTM', 12),
      'GRU: weights of another hidden size': () => recurrent('GRU', 8),
      'Conv: weights of more dims than the data (28731)': () => convolution({}, zeros('w', 2, 3, 3, 3, 3)),
      'Conv: a kernel that the weights do not have': () => convolution({ kernel_shape: manyIntegers(5, 5) }),
      'MatMul: inner dims that differ': () => oneNode('MatMul', {}, [zeros('w', 3, 2)]),
      'BatchNormalization: a short variance': () =>
        oneNode('BatchNormalization', {}, [zeros('s', 3), zeros('b', 3), zeros('m', 3), zeros('v', 2)], [1, 3, 4, 4]),
      'Attention: weights that are no thirds': () =>
        inDomain('com.microsoft', 'Attention', { num_heads: 1n }, [zeros('w', 4, 13), zeros('b', 13)], [1, 2, 4]),
    },
    negative: {
      'sound blocks': () => quantised({}),
      'two blocks': () => quantised({ K: 64n }, 2),
      'sound embeddings': () => embedding(4),
      'a sound LSTM': () => recurrent('LSTM', 8),
      'a sound GRU': () => recurrent('GRU', 6),
      'a sound product': () => oneNode('MatMul', {}, [zeros('w', 4, 2)]),
    },
  },
  'onnx/contract-subgraph': {
    positive: {
      'If: a branch with two outputs for one': () => choosing(2),
      'Loop: a body that takes less than it is given': () => looping(3, loopBody([]), ['x'], 1),
      'Scan: no body': () => oneNode('Scan', { num_scan_inputs: 1n }),
      'BeamSearch: no decoder': () => inDomain('com.microsoft', 'BeamSearch', { vocab_size: 10n }),
    },
    negative: {
      'one output each': () => choosing(1),
      'a body that takes what it is given': () =>
        looping(3, loopBody([createNode('Relu', ['c'], ['d'])], { carried: [['c', 'd']] }), ['x'], 1),
    },
  },
  'onnx/tree-cycle': {
    positive: {
      'a child that is its parent': () => tree({ nodes_truenodeids: manyIntegers(0, 0, 0) }),
      'two branches that are each other’s child': () =>
        tree({
          nodes_modes: ['BRANCH_LEQ', 'BRANCH_LEQ', 'LEAF'],
          nodes_truenodeids: manyIntegers(1, 0, 0),
          nodes_falsenodeids: manyIntegers(1, 0, 0),
          target_treeids: manyIntegers(0),
          target_nodeids: manyIntegers(2),
          target_ids: manyIntegers(0),
          target_weights: many(1),
        }),
      'by index': () => indexed([0], [0], 0),
    },
    negative: { 'a tree': () => tree(), 'a tree by index': () => indexed([0], [1], 1) },
  },
  'onnx/tree-depth': {
    positive: { 'five thousand levels': () => chain(5000), 'twenty thousand levels': () => chain(20_000) },
    negative: { 'a hundred levels': () => chain(100), 'a tree': () => tree() },
  },
  'onnx/attribute-magnitude': {
    positive: {
      'a stride of 2^40': () => convolution({ strides: manyIntegers(2 ** 40, 1) }),
      'a dilated kernel that reaches 2^40': () =>
        oneNode(
          'MaxPool',
          { kernel_shape: manyIntegers(2 ** 20, 2), dilations: manyIntegers(2 ** 20, 1) },
          [],
          [1, 1, 8, 8],
        ),
      'a hidden size of 2^40': () => oneNode('RNN', { hidden_size: 2n ** 40n }, [zeros('w', 1, 2, 4)], [3, 1, 4]),
    },
    negative: {
      'a stride of 2': () => convolution({ strides: manyIntegers(2, 2) }),
      'a dilation of 12': () =>
        oneNode('MaxPool', { kernel_shape: manyIntegers(3, 3), dilations: manyIntegers(12, 12) }, [], [1, 1, 64, 64]),
    },
  },
  'onnx/runtime-advisory': {
    positive: {
      'RoiAlign before 1.24.3': (directory) =>
        installed('1.23.2', oneNode('RoiAlign', {}, [zeros('r', 1, 4), number('b', 0)], [1, 1, 4, 4]))(directory),
      'ArrayFeatureExtractor in 1.23.2': (directory) =>
        installed('1.23.2', learned('ArrayFeatureExtractor', {}, [integers('i', [0])]))(directory),
    },
    negative: {
      'RoiAlign in 1.30.0': (directory) =>
        installed('1.30.0', oneNode('RoiAlign', {}, [zeros('r', 1, 4), number('b', 0)], [1, 1, 4, 4]))(directory),
      'another operator': (directory) => installed('1.23.2', oneNode('Relu'))(directory),
    },
  },
}

/** A TreeEnsemble of one node, whose left child is a node or a leaf. */
function indexed(yes: readonly number[], no: readonly number[], isLeaf: 0 | 1): Uint8Array {
  return learned('TreeEnsemble', {
    n_targets: 1n,
    tree_roots: manyIntegers(0),
    nodes_featureids: manyIntegers(0),
    nodes_splits: zeros('', 1),
    nodes_modes: { ...zeros('', 1), dataType: 2, rawData: new Uint8Array(1) },
    nodes_truenodeids: manyIntegers(...yes),
    nodes_trueleafs: manyIntegers(isLeaf),
    nodes_falsenodeids: manyIntegers(...no),
    nodes_falseleafs: manyIntegers(1),
    leaf_targetids: manyIntegers(0, 0),
    leaf_weights: zeros('', 2),
  })
}

/** A tree in which each node has one leaf and one child that goes on. */
function chain(levels: number): Uint8Array {
  const nodes = Array.from({ length: 2 * levels + 1 }, (_, index) => index)
  const isLeaf = (index: number): boolean => index % 2 === 1 || index === 2 * levels
  const leaves = nodes.filter(isLeaf)
  return tree({
    nodes_treeids: manyIntegers(...nodes.map(() => 0)),
    nodes_nodeids: manyIntegers(...nodes),
    nodes_featureids: manyIntegers(...nodes.map(() => 0)),
    nodes_modes: nodes.map((index) => (isLeaf(index) ? 'LEAF' : 'BRANCH_LEQ')),
    nodes_values: many(nodes.length),
    nodes_truenodeids: manyIntegers(...nodes.map((index) => (isLeaf(index) ? 0 : index + 1))),
    nodes_falsenodeids: manyIntegers(...nodes.map((index) => (isLeaf(index) ? 0 : index + 2))),
    target_treeids: manyIntegers(...leaves.map(() => 0)),
    target_nodeids: manyIntegers(...leaves),
    target_ids: manyIntegers(...leaves.map(() => 0)),
    target_weights: many(leaves.length, 1),
  })
}
