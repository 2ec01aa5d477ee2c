import { dataTypes } from '@nootropic/core/formats'

/** A defect of onnxruntime that a model can reach. */
export interface RuntimeAdvisory {
  /** The number of the issue or pull request that tells of it, in microsoft/onnxruntime unless it says otherwise. */
  readonly id: string
  /** Operators (with their domain, unless it is ONNX's own) and features of a model that reach it. */
  readonly uses: readonly string[]
  /**
   * A range of versions that the references show to be affected. It is not widened by guessing: where they only say that a
   * fix came after a release, the range ends with that release, though a later one may be affected too.
   */
  readonly affected: string
  readonly summary: string
  readonly references: readonly string[]
}

const runtime = (number: number): string => `https://github.com/microsoft/onnxruntime/pull/${number}`
const dataType = (number: number): string => `data type ${number}`
const trees = ['ai.onnx.ml:TreeEnsemble', 'ai.onnx.ml:TreeEnsembleClassifier', 'ai.onnx.ml:TreeEnsembleRegressor']
const windows = ['Conv', 'ConvInteger', 'QLinearConv', 'AveragePool', 'LpPool', 'MaxPool']

/**
 * Memory faults of onnxruntime that a model can reach, by operator. onnxruntime publishes next to no advisories; these come
 * from its issues and pull requests, and from the pull requests that name the fixes of a release (1.24.3: 27476 and 27558,
 * 1.28.0: its release notes).
 */
export const advisories: readonly RuntimeAdvisory[] = [
  {
    id: '21507',
    uses: windows,
    affected: '<1.19.0',
    summary: 'heap overflow in the shape inference of convolutions and pools',
    references: [runtime(21507)],
  },
  {
    id: '27265',
    uses: ['ai.onnx.ml:ArrayFeatureExtractor'],
    affected: '<=1.23.2',
    summary: 'a negative index reads memory before the data',
    references: ['https://github.com/microsoft/onnxruntime/issues/27265'],
  },
  {
    id: '27090',
    uses: ['GatherND'],
    affected: '<1.24.3',
    summary: 'division by zero when batch dims differ',
    references: [runtime(27090), runtime(27476)],
  },
  {
    id: '27419',
    uses: ['Resize'],
    affected: '<1.24.3',
    summary: 'access outside the data',
    references: [runtime(27419), runtime(27476)],
  },
  {
    id: '27430',
    uses: ['external data'],
    affected: '<1.24.3',
    summary: 'the paths of external data are not verified when a model is loaded from memory',
    references: [runtime(27430), runtime(27476)],
  },
  {
    id: '27444',
    uses: ['Gather'],
    affected: '<1.24.3',
    summary: 'a size is cut to 32 bits, then the heap is read and written outside the data',
    references: [runtime(27444), runtime(27476)],
  },
  {
    id: '27543',
    uses: ['RoiAlign'],
    affected: '<1.24.3',
    summary: 'batch indices that are not verified read outside the data',
    references: [runtime(27543), runtime(27558)],
  },
  {
    id: '27699',
    uses: ['ai.onnx.ml:SVMClassifier', 'ai.onnx.ml:SVMRegressor'],
    affected: '<=1.24.3',
    summary: 'lengths of attributes that are not verified read outside them',
    references: [runtime(27699), runtime(27950)],
  },
  {
    id: '27677',
    uses: trees,
    affected: '<=1.24.3',
    summary: 'targets, classes and features of trees that are not verified read and write outside the data',
    references: [runtime(27677), runtime(27951)],
  },
  {
    id: '27903',
    uses: ['com.microsoft:MaxPoolGrad', 'MaxPoolGrad'],
    affected: '<=1.24.3',
    summary: 'indices that are not verified write anywhere on the heap',
    references: [runtime(27903)],
  },
  {
    id: '28171',
    uses: [dataType(dataTypes.INT4), dataType(dataTypes.UINT4)],
    affected: '<1.24.6 || >=1.25.0 <1.25.2',
    summary: 'overflow when tensors of 4-bit numbers are copied',
    references: [runtime(28171), runtime(28246), runtime(28338)],
  },
  {
    id: '28731',
    uses: ['Conv'],
    affected: '<=1.26.0',
    summary: 'weights of more dims than the input read outside the dilations while the model is loaded',
    references: ['https://github.com/microsoft/onnxruntime/issues/28731'],
  },
  {
    id: '28709',
    uses: ['external data'],
    affected: '<=1.26.0',
    summary: 'the paths of external data in sparse tensors are not verified',
    references: [runtime(28709)],
  },
  {
    id: '31700',
    uses: ['TfIdfVectorizer'],
    affected: '<=1.27.0',
    summary: 'weights are read outside their end when indices are no permutation',
    references: [runtime(31700)],
  },
  {
    id: '28706',
    uses: ['Col2Im'],
    affected: '<1.28.0',
    summary: 'an image that is larger than its columns reads outside them',
    references: [runtime(28706)],
  },
  {
    id: '28766',
    uses: ['com.microsoft:CropAndResize'],
    affected: '<1.28.0',
    summary: 'malformed crop sizes are not verified',
    references: [runtime(28766)],
  },
  {
    id: '28774',
    uses: ['com.microsoft:BeamSearch'],
    affected: '<1.28.0',
    summary: 'a vocabulary that is not that of the logits is not verified',
    references: [runtime(28774)],
  },
  {
    id: '32610',
    uses: ['com.microsoft:EmbedLayerNormalization'],
    affected: '<=1.29.0',
    summary: 'a beta without dims reads outside its shape while the model is loaded',
    references: [runtime(32610), 'https://github.com/microsoft/onnxruntime/issues/28175'],
  },
  {
    id: '32658',
    uses: ['com.microsoft:GroupQueryAttention'],
    affected: '<=1.29.0',
    summary: 'head counts of packed inputs are divided by before they are verified',
    references: [runtime(32658)],
  },
  {
    id: 'onnx-8466',
    uses: ['LayerNormalization'],
    affected: '<=1.29.0',
    summary: 'an axis that does not exist writes outside a shape while the model is loaded',
    references: ['https://github.com/onnx/onnx/pull/8466'],
  },
]
