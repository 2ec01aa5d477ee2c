import { inferBroadcast, inferIdentity, inferSame } from './infer-arithmetic.ts'
import { generatorInference } from './infer-generators.ts'
import { productInference } from './infer-products.ts'
import { shapeInference } from './infer-shapes.ts'
import type { Infer, NodeView } from './node-view.ts'
import type { Value } from './value.ts'

const words = (text: string): readonly string[] => text.trim().split(/\s+/)

const table = (names: string, infer: Infer): Record<string, Infer> =>
  Object.fromEntries(words(names).map((name) => [name, infer]))

const inference: ReadonlyMap<string, Infer> = new Map(
  Object.entries({
    ...table(
      `Add Sub Mul Div Mod Pow Max Min Sum Mean And Or Xor Equal Greater GreaterOrEqual Less LessOrEqual Where PRelu
       BitShift BitwiseAnd BitwiseOr BitwiseXor`,
      inferBroadcast,
    ),
    ...table(
      `Abs Acos Acosh Asin Asinh Atan Atanh BatchNormalization Ceil Celu Clip Cos Cosh CumSum Dropout Elu Erf Exp
       FastGelu Floor Gelu HardSigmoid HardSwish Hardmax InstanceNormalization IsInf IsNaN LRN LayerNormalization
       LeakyRelu Log LogSoftmax Mish Neg Not QuickGelu Reciprocal Relu Round ScatterElements ScatterND Selu Shrink
       Sigmoid Sign Sin Sinh Softmax Softplus Softsign Sqrt Swish Tan Tanh ThresholdedRelu Trilu`,
      inferSame,
    ),
    ...table('Identity Cast CastLike QuantizeLinear DequantizeLinear', inferIdentity),
    ...shapeInference,
    ...generatorInference,
    ...productInference,
  }),
)

/** Operators whose constants say how much memory they take, whatever their data. */
export const generatorOperators: ReadonlySet<string> = new Set(Object.keys(generatorInference))

/** What is known of each output of a node; nothing for operators that are not followed. */
export const inferOutputs = (view: NodeView): readonly Value[] => {
  const outputs = inference.get(view.node.opType)?.(view)
  if (outputs === undefined) return []
  return 'isExact' in outputs ? [outputs] : outputs
}
