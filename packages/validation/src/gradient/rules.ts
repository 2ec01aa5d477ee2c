import type { ReverseRule } from './rule.ts'
import { reverseAdd } from './rules/add.ts'
import { reverseAveragePool, reverseGlobalAveragePool } from './rules/average-pool.ts'
import { reverseBatchNormalization } from './rules/batch-normalization.ts'
import { reverseDepthToSpace, reverseSpaceToDepth } from './rules/blocks.ts'
import { reverseCast } from './rules/cast.ts'
import { reverseClip } from './rules/clip.ts'
import { reverseConcat } from './rules/concat.ts'
import { reverseConv } from './rules/conv.ts'
import { reverseConvTranspose } from './rules/conv-transpose.ts'
import { reverseCumSum } from './rules/cumulative-sum.ts'
import { reverseDiv } from './rules/div.ts'
import { reverseEinsum } from './rules/einsum.ts'
import { reverseExpand } from './rules/expand.ts'
import { flatRules, reverseDequantizeLinear, reverseOneHot } from './rules/flat.ts'
import { reverseGather } from './rules/gather.ts'
import { reverseGemm } from './rules/gemm.ts'
import { reverseGlobalMaxPool } from './rules/global-max-pool.ts'
import { reverseDropout, reverseIdentity } from './rules/identity.ts'
import { reverseLeakyRelu } from './rules/leaky-relu.ts'
import { reverseLocalResponse } from './rules/local-response.ts'
import { reverseGlobalLpPool, reverseLpNormalization, reverseLpPool } from './rules/lp.ts'
import { reverseMatMul } from './rules/matmul.ts'
import { reverseMaxPool } from './rules/max-pool.ts'
import { reverseMeanVarianceNormalization } from './rules/mean-variance-normalization.ts'
import { reverseMoved } from './rules/moved.ts'
import { reverseMul } from './rules/mul.ts'
import { reverseNeg } from './rules/neg.ts'
import {
  reverseGroupNormalization,
  reverseInstanceNormalization,
  reverseLayerNormalization,
  reverseRootMeanSquareNormalization,
} from './rules/normalization.ts'
import { reversePad } from './rules/pad.ts'
import { reversePow } from './rules/pow.ts'
import { reversePRelu } from './rules/prelu.ts'
import { reverseRange } from './rules/range.ts'
import { reduceRules } from './rules/reduce.ts'
import { reverseRelu } from './rules/relu.ts'
import { reverseReshape } from './rules/reshape.ts'
import { reverseResize } from './rules/resize.ts'
import { reverseGatherElements, reverseScatterElements, reverseScatterNd, reverseTopK } from './rules/scatter.ts'
import { reverseSigmoid } from './rules/sigmoid.ts'
import { reverseSlice } from './rules/slice.ts'
import { reverseLogSoftmax, reverseSoftmax } from './rules/softmax.ts'
import { reverseSplit } from './rules/split.ts'
import { reverseSub } from './rules/sub.ts'
import { reverseTanh } from './rules/tanh.ts'
import { reverseTranspose } from './rules/transpose.ts'
import { reverseTrilu } from './rules/trilu.ts'
import { unaryRules } from './rules/unary.ts'
import { reverseExtreme, reverseMean, reverseSum } from './rules/variadic.ts'
import { reverseWhere } from './rules/where.ts'

/** The rule of each operator of ONNX's own domain. A new one is a function in a file of its own and a line here. */
export const reverseRules: ReadonlyMap<string, ReverseRule> = new Map([
  ...flatRules,
  ...reduceRules,
  ...unaryRules,
  ['Add', reverseAdd],
  ['AveragePool', reverseAveragePool],
  ['BatchNormalization', reverseBatchNormalization],
  ['Cast', reverseCast],
  ['Clip', reverseClip],
  ['Compress', reverseMoved],
  ['Concat', reverseConcat],
  ['Conv', reverseConv],
  ['ConvTranspose', reverseConvTranspose],
  ['CumSum', reverseCumSum],
  ['DepthToSpace', reverseDepthToSpace],
  ['DequantizeLinear', reverseDequantizeLinear],
  ['Div', reverseDiv],
  ['Dropout', reverseDropout],
  ['Einsum', reverseEinsum],
  ['Expand', reverseExpand],
  ['Flatten', reverseReshape],
  ['Gather', reverseGather],
  ['GatherElements', reverseGatherElements],
  ['GatherND', reverseMoved],
  ['Gemm', reverseGemm],
  ['GlobalAveragePool', reverseGlobalAveragePool],
  ['GlobalLpPool', reverseGlobalLpPool],
  ['GlobalMaxPool', reverseGlobalMaxPool],
  ['GroupNormalization', reverseGroupNormalization],
  ['Identity', reverseIdentity],
  ['InstanceNormalization', reverseInstanceNormalization],
  ['LRN', reverseLocalResponse],
  ['LayerNormalization', reverseLayerNormalization],
  ['LeakyRelu', reverseLeakyRelu],
  ['LogSoftmax', reverseLogSoftmax],
  ['LpNormalization', reverseLpNormalization],
  ['LpPool', reverseLpPool],
  ['MatMul', reverseMatMul],
  ['Max', reverseExtreme],
  ['MaxPool', reverseMaxPool],
  ['Mean', reverseMean],
  ['MeanVarianceNormalization', reverseMeanVarianceNormalization],
  ['Min', reverseExtreme],
  ['Mul', reverseMul],
  ['Neg', reverseNeg],
  ['OneHot', reverseOneHot],
  ['PRelu', reversePRelu],
  ['Pad', reversePad],
  ['Pow', reversePow],
  ['RMSNormalization', reverseRootMeanSquareNormalization],
  ['Range', reverseRange],
  ['Relu', reverseRelu],
  ['Reshape', reverseReshape],
  ['Resize', reverseResize],
  ['ReverseSequence', reverseMoved],
  ['ScatterElements', reverseScatterElements],
  ['ScatterND', reverseScatterNd],
  ['Sigmoid', reverseSigmoid],
  ['SimplifiedLayerNormalization', reverseRootMeanSquareNormalization],
  ['Slice', reverseSlice],
  ['Softmax', reverseSoftmax],
  ['SpaceToDepth', reverseSpaceToDepth],
  ['Split', reverseSplit],
  ['Squeeze', reverseReshape],
  ['Sub', reverseSub],
  ['Sum', reverseSum],
  ['Tanh', reverseTanh],
  ['Tile', reverseMoved],
  ['TopK', reverseTopK],
  ['Transpose', reverseTranspose],
  ['Trilu', reverseTrilu],
  ['Unsqueeze', reverseReshape],
  ['Where', reverseWhere],
])

/** The operators whose rules read the slopes of all outputs; of all others only the first output may have one. */
export const severalOutputs: ReadonlySet<string> = new Set(['Split'])
