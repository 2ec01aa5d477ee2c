import { countOf, integerOf, integersOf, type NodeView, operandOf, textOf } from '../values/node-view.ts'
import { exactDims } from '../values/value.ts'
import { axesOf, axisOf, between, eachBetween, indicesWithin, knownRank, permutation } from './attribute-clauses.ts'
import { badIndex, badLength, badRange, badShape, type Clause, type OperatorContract } from './clause.ts'

const splitSizes: Clause = (view) => {
  const sizes = operandOf(view, 'split', 1)
  const negative = sizes?.find((size) => size < 0)
  if (negative !== undefined) return badRange('split sizes from 0 on', negative)
  const dims = exactDims(view.input(0))
  const axis = integerOf(view, 'axis') ?? 0
  const whole = dims?.[axis < 0 ? axis + dims.length : axis]
  const total = sizes?.reduce((sum, size) => sum + size, 0)
  return whole === undefined || total === undefined || total === whole
    ? undefined
    : badLength(`splits of ${whole} together`, total)
}

const sliceLists: Clause = (view) => {
  const starts = operandOf(view, 'starts', 1)
  const ends = operandOf(view, 'ends', 2)
  const axes = operandOf(view, 'axes', 3)
  const steps = view.input(4)?.numbers
  if (steps?.includes(0)) return badRange('steps other than 0', 0)
  const other = [ends, axes, steps].find((list) => list !== undefined && list.length !== starts?.length)
  return starts === undefined || other === undefined
    ? undefined
    : badLength(`lists of ${starts.length} value(s)`, other.length)
}

const reshapeDims: Clause = (view) => {
  const shape = operandOf(view, 'shape', 1)
  if (shape === undefined) return undefined
  if (shape.filter((dim) => dim === -1).length > 1) return badRange('one dim of -1 at most', `[${shape}]`)
  const bad = shape.find((dim) => dim < -1)
  return bad === undefined ? undefined : badRange('dims from -1 on', bad)
}

const notNegative =
  (index: number, name: string): Clause =>
  (view) => {
    const bad = view.input(index)?.numbers?.find((value) => value < 0)
    return bad === undefined ? undefined : badRange(`${name} from 0 on`, bad)
  }

/** The letters of an equation and the operands that they name. */
const equation: Clause = (view) => {
  const text = textOf(view, 'equation')?.replaceAll(' ', '')
  if (text === undefined) return undefined
  if (!/^[A-Za-z.,]*(->[A-Za-z.]*)?$/.test(text))
    return badRange('an equation of letters, commas and one arrow', text.slice(0, 80))
  const [terms = '', result] = text.split('->')
  const operands = terms.split(',')
  if (operands.length !== view.node.input.length)
    return badLength(`${view.node.input.length} operand(s) in the equation`, operands.length)
  const unknown = [...(result ?? '')].find((letter) => letter !== '.' && !terms.includes(letter))
  if (unknown !== undefined) return badIndex('letters that an operand has', unknown)
  const wrong = operands.findIndex((term, index) => {
    const rank = knownRank(view, index)
    return rank !== undefined && !term.includes('...') && term.length !== rank
  })
  return wrong < 0
    ? undefined
    : badLength(`${knownRank(view, wrong)} letter(s) for operand ${wrong}`, operands[wrong]?.length ?? 0)
}

const inner = (view: NodeView): readonly [number, number] | undefined => {
  const [left, right] = [exactDims(view.input(0)), exactDims(view.input(1))]
  if (left === undefined || right === undefined || left.length < 2 || right.length < 2) return undefined
  const isGemm = view.node.opType === 'Gemm'
  const isTurned = (name: string): boolean => isGemm && (integerOf(view, name) ?? 0) !== 0
  const [rows, columns] = [left.slice(-2), right.slice(-2)]
  return [rows[isTurned('transA') ? 0 : 1] ?? 0, columns[isTurned('transB') ? 1 : 0] ?? 0]
}

const innerDims: Clause = (view) => {
  const sizes = inner(view)
  return sizes === undefined || sizes[0] === sizes[1] ? undefined : badShape(`inner dims of ${sizes[0]}`, sizes[1])
}

/** Inputs that are lists of one length, by their constant dims. */
const sameLength =
  (indices: readonly number[], what: string): Clause =>
  (view) => {
    const sizes = indices.flatMap((index) => {
      const dims = view.node.input[index] === undefined ? undefined : exactDims(view.input(index))
      return dims?.length === 1 ? dims : []
    })
    return sizes.every((size) => size === sizes[0]) ? undefined : badShape(`${what} of one length`, sizes.join(', '))
  }

const quantisation: readonly Clause[] = [
  between('block_size', 0),
  (view) => {
    const [scale, zero] = [exactDims(view.input(1)), view.node.input[2] ? exactDims(view.input(2)) : undefined]
    const isSame = scale === undefined || zero === undefined || String(scale) === String(zero)
    // A scalar and a list of one are told apart by no kernel.
    const isSingle = [scale, zero].every((dims) => (dims ?? []).every((dim) => dim === 1))
    return isSame || isSingle ? undefined : badShape(`a zero point of dims [${scale}]`, `[${zero}]`)
  },
]

const linearOperands =
  (pairs: readonly (readonly [number, number])[]): Clause =>
  (view) => {
    for (const [scale, zero] of pairs) {
      const [left, right] = [exactDims(view.input(scale)), exactDims(view.input(zero))]
      const count = (dims: readonly number[]): number => dims.reduce((total, dim) => total * dim, 1)
      if (left !== undefined && right !== undefined && count(left) !== count(right)) {
        return badShape(`a zero point of dims [${left}]`, `[${right}]`)
      }
    }
    return undefined
  }

const sequenceAxes: Clause = (view) => {
  const [batch, time] = [integerOf(view, 'batch_axis') ?? 1, integerOf(view, 'time_axis') ?? 0]
  return batch === time ? badRange('a batch axis that is not the time axis', batch) : undefined
}

const singleK: Clause = (view) => {
  const [k] = integersOf(view, 'k') ?? []
  const wanted = integerOf(view, 'k') ?? view.input(1)?.numbers?.[0] ?? k
  const dims = exactDims(view.input(0))
  if (wanted === undefined) return undefined
  if (wanted < 0) return badRange('k from 0 on', wanted)
  const axis = integerOf(view, 'axis') ?? -1
  const size = dims?.[axis < 0 ? axis + dims.length : axis]
  return size === undefined || wanted <= size ? undefined : badIndex(`k of at most ${size}`, wanted)
}

const listOfAxes = (operators: readonly string[]): OperatorContract => ({
  domain: '',
  operators,
  clauses: [axesOf('axes', 1)],
})

/** Operators that take tensors apart and put them together. */
export const arrayContracts: readonly OperatorContract[] = [
  {
    domain: '',
    operators: ['Gather'],
    // Sizes were cut to 32 bits (microsoft/onnxruntime pull 27444).
    clauses: [axisOf('axis'), indicesWithin(1, 'axis', 'negative')],
  },
  {
    domain: '',
    operators: ['GatherElements', 'ScatterElements', 'Scatter'],
    clauses: [axisOf('axis'), indicesWithin(1, 'axis', 'negative')],
  },
  { domain: '', operators: ['GatherND'], clauses: [between('batch_dims', 0, 64)] },
  {
    domain: '',
    operators: ['Concat', 'Softmax', 'LogSoftmax', 'Hardmax', 'ArgMax', 'ArgMin'],
    clauses: [axisOf('axis')],
  },
  { domain: '', operators: ['Compress', 'LpNormalization', 'SplitToSequence'], clauses: [axisOf('axis')] },
  { domain: '', operators: ['Flatten'], clauses: [axisOf('axis', 0, 1)] },
  { domain: '', operators: ['OneHot'], clauses: [axisOf('axis', 0, 1), notNegative(1, 'depth')] },
  { domain: '', operators: ['LayerNormalization', 'RMSNormalization'], clauses: [axisOf('axis')] },
  { domain: '', operators: ['Transpose'], clauses: [permutation('perm')] },
  { domain: '', operators: ['Split'], clauses: [axisOf('axis'), splitSizes, between('num_outputs', 1)] },
  { domain: '', operators: ['Slice'], clauses: [sliceLists] },
  { domain: '', operators: ['Reshape'], clauses: [reshapeDims] },
  { domain: '', operators: ['Unsqueeze'], clauses: [axesOf('axes', 1, true)] },
  listOfAxes(['Squeeze']),
  listOfAxes(
    'ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare'.split(
      ' ',
    ),
  ),
  { domain: '', operators: ['Tile'], clauses: [notNegative(1, 'repeats')] },
  { domain: '', operators: ['ConstantOfShape'], clauses: [notNegative(0, 'dims')] },
  {
    domain: '',
    operators: ['Range'],
    clauses: [(view) => (view.input(2)?.numbers?.[0] === 0 ? badRange('a delta other than 0', 0) : undefined)],
  },
  { domain: '', operators: ['TopK'], clauses: [axisOf('axis'), singleK] },
  { domain: '', operators: ['Einsum'], clauses: [equation] },
  { domain: '', operators: ['MatMul', 'Gemm', 'MatMulInteger'], clauses: [innerDims] },
  { domain: '', operators: ['ReverseSequence'], clauses: [between('batch_axis time_axis', 0, 1), sequenceAxes] },
  {
    domain: '',
    operators: ['BatchNormalization'],
    clauses: [sameLength([1, 2, 3, 4], 'scale, bias, mean and variance')],
  },
  { domain: '', operators: ['InstanceNormalization'], clauses: [sameLength([1, 2], 'scale and bias')] },
  {
    domain: '',
    operators: ['GroupNormalization'],
    clauses: [between('num_groups', 1), sameLength([1, 2], 'scale and bias')],
  },
  { domain: '', operators: ['QuantizeLinear', 'DequantizeLinear'], clauses: quantisation },
  {
    domain: '',
    operators: ['QLinearMatMul'],
    clauses: [
      linearOperands([
        [1, 2],
        [4, 5],
        [6, 7],
      ]),
    ],
  },
  {
    domain: '',
    operators: ['QLinearConv'],
    clauses: [
      linearOperands([
        [1, 2],
        [4, 5],
        [6, 7],
      ]),
    ],
  },
  { domain: '', operators: ['Multinomial'], clauses: [between('sample_size', 1)] },
  { domain: '', operators: ['RandomNormal', 'RandomUniform'], clauses: [eachBetween('shape', 0)] },
  { domain: '', operators: ['DFT', 'STFT'], clauses: [between('onesided inverse', 0, 1)] },
  { domain: '', operators: ['NonMaxSuppression'], clauses: [between('center_point_box', 0, 1)] },
  { domain: '', operators: ['Unique'], clauses: [axisOf('axis'), between('sorted', 0, 1)] },
  {
    domain: '',
    operators: ['Constant'],
    clauses: [
      (view) => {
        const values =
          'value sparse_value value_float value_floats value_int value_ints value_string value_strings'.split(' ')
        const filled = values.filter((name) => view.attribute(name) !== undefined)
        return filled.length <= 1
          ? undefined
          : badLength('one value', `${filled.join(' and ')} (${countOf(view, filled[0] ?? '')})`)
      },
    ],
  },
]
