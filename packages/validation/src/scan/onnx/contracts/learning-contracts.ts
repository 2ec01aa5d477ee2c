import { countOf, integerOf, type NodeView } from '../values/node-view.ts'
import { between, countIs, eachBetween, exclusive, indicesWithin, sameCount, wordOf } from './attribute-clauses.ts'
import { badIndex, badLength, badRange, type Clause, type OperatorContract } from './clause.ts'

const kernels: readonly Clause[] = [
  wordOf('kernel_type', ['LINEAR', 'POLY', 'RBF', 'SIGMOID']),
  countIs('kernel_params', () => [3]),
]

const transforms = wordOf('post_transform', ['NONE', 'SOFTMAX', 'LOGISTIC', 'SOFTMAX_ZERO', 'PROBIT'])

const sumOf = (view: NodeView, name: string): number =>
  (view.attribute(name)?.ints ?? []).reduce((total, value) => total + Number(value), 0)

const multiple =
  (name: string, of: number): Clause =>
  (view) =>
    of > 0 && countOf(view, name) % of !== 0
      ? badLength(`a multiple of ${of} value(s) in ${name}`, countOf(view, name))
      : undefined

/** As long as it must be for so many support vectors and classes (microsoft/onnxruntime pulls 27699 and 27950). */
const classifierLengths: Clause = (view) => {
  const vectors = sumOf(view, 'vectors_per_class')
  const perClass = countOf(view, 'vectors_per_class')
  const classes = Math.max(countOf(view, 'classlabels_ints'), countOf(view, 'classlabels_strings'))
  const coefficients = countOf(view, 'coefficients')
  if (vectors === 0) return classes > 1 ? multiple('coefficients', classes)(view) : undefined
  if (perClass !== classes && classes > 0) return badLength(`${classes} value(s) in vectors_per_class`, perClass)
  const supports = countOf(view, 'support_vectors')
  if (supports === 0) return badLength(`the ${vectors} support vectors`, 'none')
  const expected = vectors * Math.max(1, perClass - 1)
  if (coefficients !== expected) return badLength(`${expected} value(s) in coefficients`, coefficients)
  const pairs = (perClass * (perClass - 1)) / 2
  for (const name of ['rho', 'prob_a', 'prob_b']) {
    const count = countOf(view, name)
    const isOpen = count === 0 && name !== 'rho'
    if (perClass > 1 && !isOpen && count < pairs) return badLength(`${pairs} value(s) in ${name}`, count)
  }
  return multiple('support_vectors', vectors)(view)
}

const regressorLengths: Clause = (view) => {
  const vectors = integerOf(view, 'n_supports') ?? 0
  if (vectors <= 0) return undefined
  const coefficients = countOf(view, 'coefficients')
  if (coefficients !== vectors) return badLength(`${vectors} value(s) in coefficients`, coefficients)
  if (countOf(view, 'support_vectors') === 0) return badLength(`the ${vectors} support vectors`, 'none')
  if (countOf(view, 'rho') === 0) return badLength('a value in rho', 'none')
  return multiple('support_vectors', vectors)(view)
}

const linearLengths =
  (count: (view: NodeView) => number): Clause =>
  (view) => {
    const rows = count(view)
    return rows > 0 ? multiple('coefficients', rows)(view) : undefined
  }

/** How many n-grams a pool holds: each stretch of it holds n-grams of one length more. */
const ngramCount = (counts: readonly bigint[], pool: number): number | undefined => {
  let total = 0
  for (const [index, start] of counts.entries()) {
    const end = Number(counts[index + 1] ?? BigInt(pool))
    const length = end - Number(start)
    if (length < 0 || end > pool || length % (index + 1) !== 0) return undefined
    total += length / (index + 1)
  }
  return total
}

/** The pool, its stretches and what is parallel to it (microsoft/onnxruntime pull 31700). */
const ngramPool: Clause = (view) => {
  const counts = view.attribute('ngram_counts')?.ints ?? []
  const pool = Math.max(countOf(view, 'pool_int64s'), countOf(view, 'pool_strings'))
  const outside = counts.find((start) => start < 0n || start > BigInt(pool))
  if (outside !== undefined) return badIndex(`ngram_counts within the pool of ${pool}`, String(outside))
  const total = ngramCount(counts, pool)
  if (counts.length > 0 && total === undefined) return badLength('a pool of whole n-grams', pool)
  const indices = countOf(view, 'ngram_indexes')
  if (total !== undefined && indices !== total) return badLength(`${total} value(s) in ngram_indexes`, indices)
  return undefined
}

const ngramLengths: Clause = (view) => {
  const [least, most] = [integerOf(view, 'min_gram_length'), integerOf(view, 'max_gram_length')]
  return least !== undefined && most !== undefined && least > most
    ? badRange(`min_gram_length of at most ${most}`, least)
    : undefined
}

const vectorizerInputs: Clause = (view) => {
  const count = countOf(view, 'inputdimensions')
  const inputs = view.node.input.length
  return count === 0 || count === inputs ? undefined : badLength(`${inputs} value(s) in inputdimensions`, count)
}

const scalerLengths: Clause = (view) => {
  const [offset, scale] = [countOf(view, 'offset'), countOf(view, 'scale')]
  const isPlain = offset <= 1 || scale <= 1 || offset === scale
  return isPlain ? undefined : badLength(`offset as long as scale, ${scale} value(s)`, offset)
}

/** Classes or targets that leaves vote for. */
const leafTargets =
  (name: string, size: (view: NodeView) => number): Clause =>
  (view) => {
    const count = size(view)
    const outside = view.attribute(name)?.ints.find((value) => value < 0n || (count > 0 && value >= BigInt(count)))
    return outside === undefined ? undefined : badIndex(`${name} from 0 to ${Math.max(0, count - 1)}`, String(outside))
  }

/** A negative index is outside whatever the data turns out to be. */
const negativeIndices: Clause = (view) => {
  const negative = view.numbers(1, 2 ** 16)?.find((value) => value < 0)
  return negative === undefined ? undefined : badIndex('indices from 0 on', negative)
}

const treeNodes =
  'nodes_treeids nodes_nodeids nodes_featureids nodes_modes nodes_values nodes_values_as_tensor nodes_truenodeids ' +
  'nodes_falsenodeids nodes_hitrates nodes_hitrates_as_tensor nodes_missing_value_tracks_true'

const classCount = (view: NodeView): number =>
  Math.max(countOf(view, 'classlabels_int64s'), countOf(view, 'classlabels_strings'))

/** Operators of classical machine learning, whose weights are attributes. */
export const learningContracts: readonly OperatorContract[] = [
  {
    domain: 'ai.onnx.ml',
    operators: ['SVMClassifier'],
    clauses: [
      eachBetween('vectors_per_class', 0),
      exclusive('classlabels_ints classlabels_strings'),
      classifierLengths,
      ...kernels,
      transforms,
    ],
  },
  {
    domain: 'ai.onnx.ml',
    operators: ['SVMRegressor'],
    clauses: [between('n_supports', 0), between('one_class', 0, 1), regressorLengths, ...kernels, transforms],
  },
  {
    domain: 'ai.onnx.ml',
    operators: ['LinearClassifier'],
    clauses: [
      linearLengths((view) => countOf(view, 'intercepts')),
      exclusive('classlabels_ints classlabels_strings'),
      transforms,
    ],
  },
  {
    domain: 'ai.onnx.ml',
    operators: ['LinearRegressor'],
    clauses: [
      between('targets', 1),
      linearLengths((view) => integerOf(view, 'targets') ?? 1),
      countIs('intercepts', (view) => [integerOf(view, 'targets') ?? 1]),
      transforms,
    ],
  },
  {
    domain: 'ai.onnx.ml',
    operators: ['TreeEnsembleClassifier'],
    clauses: [
      sameCount(treeNodes),
      sameCount('class_treeids class_nodeids class_ids class_weights class_weights_as_tensor'),
      eachBetween('nodes_featureids', 0),
      exclusive('classlabels_int64s classlabels_strings'),
      leafTargets('class_ids', classCount),
      countIs('base_values', (view) => [1, 2, classCount(view)]),
      transforms,
    ],
  },
  {
    domain: 'ai.onnx.ml',
    operators: ['TreeEnsembleRegressor'],
    clauses: [
      between('n_targets', 1),
      sameCount(treeNodes),
      sameCount('target_treeids target_nodeids target_ids target_weights target_weights_as_tensor'),
      eachBetween('nodes_featureids', 0),
      leafTargets('target_ids', (view) => integerOf(view, 'n_targets') ?? 0),
      countIs('base_values', (view) => [1, integerOf(view, 'n_targets') ?? 1]),
      wordOf('aggregate_function', ['AVERAGE', 'SUM', 'MIN', 'MAX']),
      transforms,
    ],
  },
  {
    domain: 'ai.onnx.ml',
    operators: ['TreeEnsemble'],
    clauses: [
      between('n_targets', 1),
      between('aggregate_function', 0, 3),
      between('post_transform', 0, 4),
      sameCount(
        'nodes_splits nodes_featureids nodes_modes nodes_truenodeids nodes_falsenodeids nodes_trueleafs nodes_falseleafs nodes_hitrates nodes_missing_value_tracks_true',
      ),
      sameCount('leaf_targetids leaf_weights'),
      eachBetween('nodes_featureids', 0),
      eachBetween('nodes_trueleafs nodes_falseleafs', 0, 1),
      leafTargets('leaf_targetids', (view) => integerOf(view, 'n_targets') ?? 0),
    ],
  },
  {
    domain: 'ai.onnx.ml',
    operators: ['LabelEncoder'],
    clauses: [
      sameCount(
        'keys_int64s keys_floats keys_strings keys_tensor values_int64s values_floats values_strings values_tensor',
      ),
    ],
  },
  { domain: 'ai.onnx.ml', operators: ['CategoryMapper'], clauses: [sameCount('cats_int64s cats_strings')] },
  {
    domain: 'ai.onnx.ml',
    operators: ['OneHotEncoder'],
    clauses: [exclusive('cats_int64s cats_strings'), between('zeros', 0, 1)],
  },
  { domain: 'ai.onnx.ml', operators: ['Imputer'], clauses: [exclusive('imputed_value_floats imputed_value_int64s')] },
  { domain: 'ai.onnx.ml', operators: ['Scaler'], clauses: [scalerLengths] },
  { domain: 'ai.onnx.ml', operators: ['Normalizer'], clauses: [wordOf('norm', ['MAX', 'L1', 'L2'])] },
  {
    domain: 'ai.onnx.ml',
    operators: ['FeatureVectorizer'],
    clauses: [eachBetween('inputdimensions', 1), vectorizerInputs],
  },
  {
    domain: 'ai.onnx.ml',
    operators: ['DictVectorizer'],
    clauses: [exclusive('string_vocabulary int64_vocabulary')],
  },
  { domain: 'ai.onnx.ml', operators: ['ZipMap'], clauses: [exclusive('classlabels_int64s classlabels_strings')] },
  {
    domain: 'ai.onnx.ml',
    operators: ['CastMap'],
    clauses: [wordOf('map_form', ['DENSE', 'SPARSE']), between('max_map', 1)],
  },
  {
    domain: 'ai.onnx.ml',
    operators: ['ArrayFeatureExtractor'],
    // The kernel looked only at the upper end (microsoft/onnxruntime issue 27265).
    clauses: [indicesWithin(1, undefined, 'positive'), negativeIndices],
  },
  {
    domain: '',
    operators: ['TfIdfVectorizer'],
    clauses: [
      exclusive('pool_int64s pool_strings'),
      wordOf('mode', ['TF', 'IDF', 'TFIDF']),
      between('min_gram_length max_gram_length', 1),
      // The kernel multiplies the lengths with it (microsoft/onnxruntime pull 31700).
      between('max_skip_count', 0),
      eachBetween('ngram_indexes', 0),
      ngramLengths,
      ngramPool,
      sameCount('ngram_indexes weights'),
    ],
  },
  {
    domain: '',
    operators: ['StringNormalizer'],
    clauses: [wordOf('case_change_action', ['LOWER', 'UPPER', 'NONE']), between('is_case_sensitive', 0, 1)],
  },
]
