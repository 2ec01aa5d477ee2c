import { countOf, integerOf, integersOf, type NodeView, operandOf, textOf } from '../values/node-view.ts'
import { exactDims } from '../values/value.ts'
import { between, countIs, eachBetween, knownRank, wordOf } from './attribute-clauses.ts'
import { badLength, badMagnitude, badRange, badShape, type Clause, type OperatorContract } from './clause.ts'

/** Dims over which a window moves: the kernel's own list says how many, else the weights, else the data. */
const spatialRank =
  (weights: number | undefined) =>
  (view: NodeView): number | undefined => {
    const kernel = countOf(view, 'kernel_shape')
    if (kernel > 0) return kernel
    const rank = weights === undefined ? undefined : knownRank(view, weights)
    return rank === undefined ? undefined : rank - 2
  }

/** The lists of a window have one value, or two, for each of its dims (onnx/onnx pull 6195, CWE-125). */
const windowLists = (weights?: number): readonly Clause[] => {
  const rank = spatialRank(weights)
  const once = (view: NodeView) => (rank(view) === undefined ? undefined : [rank(view) ?? 0])
  const twice = (view: NodeView) => (rank(view) === undefined ? undefined : [2 * (rank(view) ?? 0)])
  return [
    eachBetween('kernel_shape strides dilations', 1),
    wordOf('auto_pad', ['NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID']),
    countIs('strides', once),
    countIs('dilations', once),
    countIs('pads', twice),
    dataRank(rank),
  ]
}

/** The data has a batch, channels, and the dims that the window moves over (microsoft/onnxruntime issue 28731). */
const dataRank =
  (spatial: (view: NodeView) => number | undefined): Clause =>
  (view) => {
    const [rank, window] = [knownRank(view, 0), spatial(view)]
    const isInput = view.input(0)?.isExact === true
    return rank === undefined || window === undefined || rank === window + 2 || !isInput
      ? undefined
      : badShape(`data of ${window + 2} dims for a window of ${window}`, rank)
  }

/** The list of the kernel against the weights. */
const kernelOfWeights =
  (weights: number): Clause =>
  (view) => {
    const [kernel, dims] = [integersOf(view, 'kernel_shape'), exactDims(view.input(weights))]
    if (kernel === undefined || dims === undefined) return undefined
    const isSame = dims.length === kernel.length + 2 && kernel.every((size, axis) => size === dims[axis + 2])
    return isSame ? undefined : badShape(`weights of the kernel [${kernel}]`, `dims [${dims}]`)
  }

/** The channels of the data are those of the weights, in groups. */
const channels =
  (weights: number): Clause =>
  (view) => {
    const [data, filter] = [exactDims(view.input(0)), exactDims(view.input(weights))]
    const groups = integerOf(view, 'group') ?? 1
    const [given, each] = [data?.[1], filter?.[1]]
    if (given === undefined || each === undefined || given === each * groups) return undefined
    return badShape(`weights of ${given} channel(s) in ${groups} group(s)`, each)
  }

/** Padding by hand is less than the kernel: kernels of pools trust that a window touches data. */
const padsWithinKernel: Clause = (view) => {
  const [pads, kernel] = [integersOf(view, 'pads'), integersOf(view, 'kernel_shape')]
  if (pads === undefined || kernel === undefined || (textOf(view, 'auto_pad') ?? 'NOTSET') !== 'NOTSET')
    return undefined
  const dilations = integersOf(view, 'dilations') ?? []
  const index = pads.findIndex((pad, place) => {
    const axis = place % kernel.length
    return pad < 0 || pad > ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1)
  })
  return index < 0 ? undefined : badRange('pads below the size of the kernel', pads[index] ?? 0)
}

/** One of strides, windows and dilations may be large; their reach must be a number that a tensor can have. */
const reach: Clause = (view) => {
  const [kernel, dilations] = [integersOf(view, 'kernel_shape') ?? [], integersOf(view, 'dilations') ?? []]
  const far = kernel.find((size, axis) => (size - 1) * (dilations[axis] ?? 1) > 2 ** 31)
  return far === undefined
    ? undefined
    : badMagnitude('a window that reaches at most 2^31 elements', `a kernel of ${far}`)
}

const perSpatialDim = (name: string, weights: number): Clause =>
  countIs(name, (view) => {
    const rank = spatialRank(weights)(view)
    return rank === undefined ? undefined : [rank, rank + 2]
  })

/** Twice as many pads as dims. */
const padCounts: Clause = (view) => {
  const pads = operandOf(view, 'pads', 1) ?? integersOf(view, 'paddings')
  const axes = view.input(3)
  const rank = axes === undefined ? knownRank(view, 0) : axes.numbers?.length
  if (pads === undefined || rank === undefined) return undefined
  return pads.length === 2 * rank ? undefined : badLength(`${2 * rank} pads`, pads.length)
}

const scales: Clause = (view) => {
  const isFirst = view.node.opType === 'Upsample' || view.node.input.length === 2
  const factors = view.attribute('scales')?.floats ?? []
  const numbers = factors.length > 0 ? factors : view.input(isFirst ? 1 : 2)?.numbers
  const bad = numbers?.find((scale) => !(scale > 0) || !Number.isFinite(scale))
  return bad === undefined ? undefined : badRange('scales above zero', bad)
}

const sizesOrScales: Clause = (view) => {
  const [factors, sizes] = [view.input(2)?.numbers, view.input(3)?.numbers]
  if (factors === undefined || sizes === undefined || factors.length === 0 || sizes.length === 0) return undefined
  return badLength('scales or sizes', 'both')
}

const pooledShape: Clause = countIs('pooled_shape', () => [2])

const positiveConstants =
  (index: number, name: string, count?: number): Clause =>
  (view) => {
    const numbers = view.input(index)?.numbers
    if (numbers === undefined) return undefined
    if (count !== undefined && numbers.length !== count)
      return badLength(`${count} value(s) in ${name}`, numbers.length)
    const bad = numbers.find((value) => value < 1)
    return bad === undefined ? undefined : badRange(`${name} from 1 on`, bad)
  }

const sameConstants =
  (left: number, right: number, names: string): Clause =>
  (view) => {
    const [first, second] = [view.input(left)?.numbers, view.input(right)?.numbers]
    return first === undefined || second === undefined || first.length === second.length
      ? undefined
      : badLength(`${names} of one length`, `${first.length} and ${second.length}`)
  }

const notNegative =
  (index: number, name: string): Clause =>
  (view) => {
    const bad = view.numbers(index, 2 ** 16)?.find((value) => value < 0)
    return bad === undefined ? undefined : badRange(`${name} from 0 on`, bad)
  }

const divides: Clause = (view) => {
  const [block, dims] = [integerOf(view, 'blocksize'), exactDims(view.input(0))]
  const channelCount = dims?.length === 4 ? dims[1] : undefined
  if (block === undefined || block < 1 || channelCount === undefined || view.node.opType !== 'DepthToSpace')
    return undefined
  return channelCount % (block * block) === 0
    ? undefined
    : badShape(`channels of which ${block * block} are a block`, channelCount)
}

const convolution = (weights: number): readonly Clause[] => [
  ...windowLists(weights),
  eachBetween('pads', -maximumCrop),
  between('group', 1),
  kernelOfWeights(weights),
  channels(weights),
  reach,
]

/** Some exporters crop with pads below zero; more than a picture's size is none. */
const maximumCrop = 2 ** 20

/** Operators that move a window over their data, and what makes pictures larger or smaller. */
export const windowContracts: readonly OperatorContract[] = [
  { domain: '', operators: ['Conv', 'ConvInteger'], clauses: convolution(1) },
  { domain: 'com.microsoft', operators: ['FusedConv', 'NhwcFusedConv'], clauses: convolution(1).slice(0, 2) },
  { domain: '', operators: ['QLinearConv'], clauses: convolution(3) },
  {
    domain: '',
    operators: ['ConvTranspose'],
    clauses: [
      ...windowLists(1),
      between('group', 1),
      kernelOfWeights(1),
      eachBetween('output_shape', 1),
      eachBetween('output_padding', 0),
      perSpatialDim('output_shape', 1),
      perSpatialDim('output_padding', 1),
      reach,
    ],
  },
  {
    domain: '',
    operators: ['DeformConv'],
    clauses: [...windowLists(1), between('group', 1), between('offset_group', 1), kernelOfWeights(1)],
  },
  {
    domain: '',
    operators: ['MaxPool', 'AveragePool', 'LpPool'],
    clauses: [
      ...windowLists(),
      padsWithinKernel,
      between('ceil_mode', 0, 1),
      between('count_include_pad', 0, 1),
      between('storage_order', 0, 1),
      between('p', 1),
      reach,
    ],
  },
  { domain: '', operators: ['MaxUnpool'], clauses: [...windowLists().slice(0, 5), notNegative(1, 'indices')] },
  { domain: '', operators: ['GlobalLpPool', 'LpNormalization'], clauses: [between('p', 1)] },
  { domain: '', operators: ['Pad'], clauses: [padCounts] },
  {
    domain: '',
    operators: ['Resize', 'Upsample'],
    clauses: [scales, sizesOrScales, wordOf('mode', ['nearest', 'linear', 'bilinear', 'cubic'])],
  },
  { domain: '', operators: ['LRN'], clauses: [between('size', 1)] },
  {
    domain: '',
    operators: ['RoiAlign'],
    clauses: [
      between('output_height output_width', 1),
      between('sampling_ratio', 0),
      // Not verified before 1.24.3 (microsoft/onnxruntime pull 27543).
      notNegative(2, 'batch_indices'),
    ],
  },
  { domain: '', operators: ['MaxRoiPool'], clauses: [pooledShape, eachBetween('pooled_shape', 1)] },
  {
    domain: '',
    operators: ['Col2Im'],
    // Sizes are multiplied before the columns are looked at (microsoft/onnxruntime pulls 27625 and 28706).
    clauses: [
      positiveConstants(1, 'image_shape'),
      positiveConstants(2, 'block_shape'),
      sameConstants(1, 2, 'image_shape and block_shape'),
      eachBetween('dilations strides', 1),
      eachBetween('pads', 0),
    ],
  },
  { domain: 'com.microsoft', operators: ['CropAndResize'], clauses: [positiveConstants(3, 'crop_size', 2)] },
  { domain: '', operators: ['DepthToSpace', 'SpaceToDepth'], clauses: [between('blocksize', 1), divides] },
  {
    domain: '',
    operators: ['GridSample', 'AffineGrid'],
    clauses: [between('align_corners', 0, 1), wordOf('padding_mode', ['zeros', 'border', 'reflection'])],
  },
]
