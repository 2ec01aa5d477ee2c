import type { ReverseRule } from './rule.ts'
import { reverseAdd } from './rules/add.ts'
import { reverseAveragePool, reverseGlobalAveragePool } from './rules/average-pool.ts'
import { reverseBatchNormalization } from './rules/batch-normalization.ts'
import { reverseClip } from './rules/clip.ts'
import { reverseConcat } from './rules/concat.ts'
import { reverseConv } from './rules/conv.ts'
import { reverseDiv } from './rules/div.ts'
import { reverseGemm } from './rules/gemm.ts'
import { reverseDropout, reverseIdentity } from './rules/identity.ts'
import { reverseLeakyRelu } from './rules/leaky-relu.ts'
import { reverseMatMul } from './rules/matmul.ts'
import { reverseMaxPool } from './rules/max-pool.ts'
import { reverseMul } from './rules/mul.ts'
import { reverseNeg } from './rules/neg.ts'
import { reverseReduceMax, reverseReduceMean, reverseReduceSum } from './rules/reduce.ts'
import { reverseRelu } from './rules/relu.ts'
import { reverseReshape } from './rules/reshape.ts'
import { reverseSigmoid } from './rules/sigmoid.ts'
import { reverseLogSoftmax, reverseSoftmax } from './rules/softmax.ts'
import { reverseSub } from './rules/sub.ts'
import { reverseTanh } from './rules/tanh.ts'
import { reverseTranspose } from './rules/transpose.ts'

/** The rule of each operator of ONNX's own domain. A new one is a function in a file of its own and a line here. */
export const reverseRules: ReadonlyMap<string, ReverseRule> = new Map([
  ['Add', reverseAdd],
  ['AveragePool', reverseAveragePool],
  ['BatchNormalization', reverseBatchNormalization],
  ['Clip', reverseClip],
  ['Concat', reverseConcat],
  ['Conv', reverseConv],
  ['Div', reverseDiv],
  ['Dropout', reverseDropout],
  ['Flatten', reverseReshape],
  ['Gemm', reverseGemm],
  ['GlobalAveragePool', reverseGlobalAveragePool],
  ['Identity', reverseIdentity],
  ['LeakyRelu', reverseLeakyRelu],
  ['LogSoftmax', reverseLogSoftmax],
  ['MatMul', reverseMatMul],
  ['MaxPool', reverseMaxPool],
  ['Mul', reverseMul],
  ['Neg', reverseNeg],
  ['ReduceMax', reverseReduceMax],
  ['ReduceMean', reverseReduceMean],
  ['ReduceSum', reverseReduceSum],
  ['Relu', reverseRelu],
  ['Reshape', reverseReshape],
  ['Sigmoid', reverseSigmoid],
  ['Softmax', reverseSoftmax],
  ['Squeeze', reverseReshape],
  ['Sub', reverseSub],
  ['Tanh', reverseTanh],
  ['Transpose', reverseTranspose],
  ['Unsqueeze', reverseReshape],
])
