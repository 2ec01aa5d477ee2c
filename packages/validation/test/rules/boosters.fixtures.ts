import type { Fixture, RoomFixtures } from './fixture.ts'

const node = {
  left_children: [1, -1, -1],
  right_children: [2, -1, -1],
  parents: [2147483647, 0, 0],
  split_indices: [0, 0, 0],
  split_conditions: [0.5, 0.1, 0.2],
  base_weights: [0, 0.1, 0.2],
}

/** A tree of XGBoost with one split, some of its arrays replaced. */
const tree = (fields: Readonly<Record<string, unknown>> = {}) => ({
  ...node,
  tree_param: { num_nodes: '3', num_feature: '2', size_leaf_vector: '0' },
  ...fields,
})

const xgboostDocument = (trees: readonly unknown[], model: Readonly<Record<string, unknown>> = {}) => ({
  learner: {
    attributes: {},
    gradient_booster: {
      name: 'gbtree',
      model: {
        gbtree_model_param: { num_trees: String(trees.length) },
        tree_info: trees.map(() => 0),
        trees,
        ...model,
      },
    },
    learner_model_param: { num_class: '0', num_feature: '2' },
    objective: { name: 'binary:logistic' },
  },
  version: [1, 7, 4],
})

const xgboost =
  (...trees: unknown[]): Fixture =>
  () =>
    Buffer.from(JSON.stringify(xgboostDocument(trees)))

const size = (length: number | bigint): Buffer => {
  const bytes = Buffer.alloc(9)
  bytes.write('L', 'latin1')
  bytes.writeBigInt64BE(BigInt(length), 1)
  return bytes
}

/** UBJSON as XGBoost writes it: keys in order, sizes of 64 bits. */
const ubjson = (value: unknown): Buffer => {
  if (typeof value === 'string') return Buffer.concat([Buffer.from('S'), size(value.length), Buffer.from(value)])
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(5)
    bytes.write(Number.isInteger(value) ? 'l' : 'd', 'latin1')
    if (Number.isInteger(value)) bytes.writeInt32BE(value, 1)
    else bytes.writeFloatBE(value, 1)
    return bytes
  }
  if (Array.isArray(value)) return Buffer.concat([Buffer.from('[#'), size(value.length), ...value.map(ubjson)])
  const fields = Object.entries(value as object).map(([key, inner]) =>
    Buffer.concat([size(key.length), Buffer.from(key), ubjson(inner)]),
  )
  return Buffer.concat([Buffer.from('{'), ...fields, Buffer.from('}')])
}

const xgboostUbjson =
  (...trees: unknown[]): Fixture =>
  () =>
    ubjson(xgboostDocument(trees))

const text = (value: string): Buffer => {
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(value.length))
  return Buffer.concat([length, Buffer.from(value)])
}

const integers = (length: number, ...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(length)
  for (const [index, value] of values.entries()) bytes.writeInt32LE(value, index * 4)
  return bytes
}

/** A model in the binary format with one tree: a split on `feature` into `left` and `right`. */
const xgboostBinary = (left: number, right: number, feature: number, group = 0, nodes = 3): Fixture => {
  const leaf = integers(20, 0, -1, -1, 0)
  return () =>
    Buffer.concat([
      Buffer.from('binf'),
      integers(136, 0, 2, 0, 0),
      text('binary:logistic'),
      text('gbtree'),
      integers(160, 1),
      integers(148, 1, nodes),
      integers(20, -1, left, right, feature),
      leaf,
      leaf,
      Buffer.alloc(3 * 16),
      integers(4, group),
    ])
}

/** A model of LightGBM with one tree of three leaves. */
const lightgbm = (
  fields: Readonly<Record<string, string>> = {},
  header: Readonly<Record<string, string>> = {},
): Fixture => {
  const lines = {
    num_leaves: '3',
    num_cat: '0',
    split_feature: '0 1',
    threshold: '0.5 0.7',
    decision_type: '2 2',
    left_child: '1 -1',
    right_child: '-3 -2',
    leaf_value: '0.1 0.2 0.3',
    ...fields,
  }
  const block = `Tree=0\n${Object.entries(lines)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')}\n\n`
  const top = {
    num_class: '1',
    max_feature_idx: '1',
    feature_names: 'a b',
    tree_sizes: String(block.length),
    ...header,
  }
  const head = Object.entries(top)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
  return () => Buffer.from(`tree\nversion=v4\n${head}\n${block}end of trees\n\nfeature_importances:\na=1\n`)
}

const catboost = (core: Buffer, length = core.length): Fixture => {
  const head = Buffer.alloc(8)
  head.write('CBM1', 'latin1')
  head.writeUInt32LE(length, 4)
  return () => Buffer.concat([head, core])
}

/** A flatbuffer with an empty table behind the list of its fields. */
const flatbuffer = (root: number, distance: number): Buffer => {
  const bytes = Buffer.alloc(32)
  bytes.writeUInt32LE(root)
  bytes.writeInt32LE(distance, 12)
  return bytes
}

const catboostJson = (split: Readonly<Record<string, unknown>>, leaves: readonly number[]): Fixture => {
  const document = {
    features_info: { float_features: [{ feature_index: 0 }, { feature_index: 1 }] },
    oblivious_trees: [{ leaf_values: leaves, splits: [split] }],
  }
  return () => Buffer.from(JSON.stringify(document))
}

export const fixtures: RoomFixtures = {
  'boosters/child-out-of-range': {
    positive: {
      'in JSON': xgboost(tree({ left_children: [7, -1, -1] })),
      'in UBJSON': xgboostUbjson(tree({ right_children: [-9, -1, -1] })),
      'in the binary format': xgboostBinary(1, 1000, 0),
      'of LightGBM': lightgbm({ left_child: '5 -1' }),
    },
    negative: {
      'a tree of XGBoost': xgboost(tree()),
      'a tree in the binary format': xgboostBinary(1, 2, 0),
      'a tree of LightGBM': lightgbm(),
    },
  },
  'boosters/tree-cycle': {
    positive: {
      'the root again': xgboost(tree({ right_children: [0, -1, -1] })),
      'one node from two sides': xgboostBinary(1, 1, 0),
      'of LightGBM': lightgbm({ left_child: '1 0' }),
    },
    negative: {
      'a tree of XGBoost': xgboostUbjson(tree()),
      'a tree of LightGBM': lightgbm(),
    },
  },
  'boosters/feature-out-of-range': {
    positive: {
      'in JSON': xgboost(tree({ split_indices: [2, 0, 0] })),
      'in the binary format': xgboostBinary(1, 2, 99),
      'of LightGBM': lightgbm({ split_feature: '0 -1' }),
      'of CatBoost': catboostJson({ border: 0.5, float_feature_index: 2 }, [0.1, 0.2]),
    },
    negative: {
      'the last feature': xgboost(tree({ split_indices: [1, 0, 0] })),
      'a leaf without a feature': xgboost(tree({ split_indices: [1, 2147483647, 2147483647] })),
      'the last feature of CatBoost': catboostJson({ border: 0.5, float_feature_index: 1 }, [0.1, 0.2]),
    },
  },
  'boosters/class-out-of-range': {
    positive: {
      'in JSON': () => Buffer.from(JSON.stringify(xgboostDocument([tree()], { tree_info: [3] }))),
      'in the binary format': xgboostBinary(1, 2, 0, -1),
    },
    negative: {
      'the only output': xgboost(tree(), tree()),
      'the only output in the binary format': xgboostBinary(1, 2, 0, 0),
    },
  },
  'boosters/array-length': {
    positive: {
      'children of XGBoost': xgboost(tree({ right_children: [2, -1] })),
      'conditions in UBJSON': xgboostUbjson(tree({ split_conditions: [0.5] })),
      'more nodes than arrays': xgboost(tree({ tree_param: { num_nodes: '4000' } })),
      'leaves of LightGBM': lightgbm({ leaf_value: '0.1 0.2' }),
      'leaves of CatBoost': catboostJson({ border: 0.5, float_feature_index: 0 }, [0.1, 0.2, 0.3]),
    },
    negative: {
      'arrays of one length': xgboost(tree()),
      'two outputs of CatBoost': catboostJson({ border: 0.5, float_feature_index: 0 }, [0.1, 0.2, 0.3, 0.4]),
    },
  },
  'boosters/size-beyond-file': {
    positive: {
      'a text in UBJSON': () => {
        const model = ubjson(xgboostDocument([tree()]))
        model.writeBigInt64BE(2n ** 40n, model.indexOf('Sbinary:logistic'.slice(0, 1), model.indexOf('objective')) + 2)
        return model
      },
      'nodes in the binary format': xgboostBinary(1, 2, 0, 0, 2 ** 30),
      'the sizes of the trees of LightGBM': lightgbm({}, { tree_sizes: '1000000' }),
      'the core of CatBoost': catboost(flatbuffer(12, 4), 2 ** 31),
      'the fields of CatBoost': catboost(flatbuffer(12, 4000)),
    },
    negative: {
      'a model in UBJSON': xgboostUbjson(tree()),
      'a model of CatBoost': catboost(flatbuffer(12, 4)),
      'a model of LightGBM': lightgbm(),
    },
  },
  'boosters/tree-count': {
    positive: {
      'fewer than said': () =>
        Buffer.from(JSON.stringify(xgboostDocument([tree()], { gbtree_model_param: { num_trees: '9' } }))),
      'more than LightGBM says': lightgbm({}, { tree_sizes: '' }),
    },
    negative: {
      'as many as said': xgboost(tree(), tree(), tree()),
      none: xgboost(),
    },
  },
  'boosters/non-finite-value': {
    positive: {
      'a weight of XGBoost': () =>
        Buffer.from(
          JSON.stringify(xgboostDocument([tree()]))
            .replace('0.2]', 'NaN]')
            .replace('0,0.1,0.2', '0,0.1,Infinity'),
        ),
      'a leaf of LightGBM': lightgbm({ leaf_value: '0.1 nan 0.3' }),
    },
    negative: {
      numbers: xgboost(tree({ base_weights: [0, -1e30, 1e-30] })),
      'numbers of LightGBM': lightgbm({ leaf_value: '0.1 -1e10 3e-5' }),
    },
  },
}
