/** `''` and `ai.onnx` are one domain. */
export const canonicalDomain = (domain: string): string => (domain === 'ai.onnx' ? '' : domain)

/** The newest version of each operator set whose operators are listed here. */
export const newestVersions: ReadonlyMap<string, number> = new Map([
  ['', 24],
  ['ai.onnx.ml', 5],
])

/** The newest version of the format itself that is read here (onnx 1.21). */
export const newestIrVersion = 13

const names = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

// Every operator that has been in a released set, removed ones too: by `onnx.defs.get_all_schemas_with_history()` of onnx
// 1.12 up to version 17, by the change log of the operators after that.
const standardOperators: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    '',
    names(`
Abs Acos Acosh Add AffineGrid And ArgMax ArgMin Asin Asinh Atan Atanh Attention AveragePool BatchNormalization Bernoulli
BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor BlackmanWindow Cast CastLike Ceil Celu CenterCropPad Clip Col2Im
Compress Concat ConcatFromSequence Constant ConstantFill ConstantOfShape Conv ConvInteger ConvTranspose Cos Cosh Crop
CumSum DFT DeformConv DepthToSpace DequantizeLinear Det Div Dropout DynamicQuantizeLinear DynamicSlice Einsum Elu Equal Erf
Exp Expand EyeLike Flatten Floor GRU GRUUnit Gather GatherElements GatherND Gelu Gemm GivenTensorFill GlobalAveragePool
GlobalLpPool GlobalMaxPool Greater GreaterOrEqual GridSample GroupNormalization HammingWindow HannWindow HardSigmoid
HardSwish Hardmax Identity If ImageDecoder ImageScaler InstanceNormalization IsInf IsNaN LRN LSTM LayerNormalization
LeakyRelu Less LessOrEqual Log LogSoftmax Loop LpNormalization LpPool MatMul MatMulInteger Max MaxPool MaxRoiPool MaxUnpool
Mean MeanVarianceNormalization MelWeightMatrix Min Mish Mod Mul Multinomial Neg NegativeLogLikelihoodLoss
NonMaxSuppression NonZero Not OneHot Optional OptionalGetElement OptionalHasElement Or PRelu Pad ParametricSoftplus Pow
QLinearConv QLinearMatMul QuantizeLinear RMSNormalization RNN RandomNormal RandomNormalLike RandomUniform
RandomUniformLike Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin
ReduceProd ReduceSum ReduceSumSquare RegexFullMatch Relu Reshape Resize ReverseSequence RoiAlign RotaryEmbedding Round
STFT Scale ScaledTanh Scan Scatter ScatterElements ScatterND Selu SequenceAt SequenceConstruct SequenceEmpty
SequenceErase SequenceInsert SequenceLength SequenceMap Shape Shrink Sigmoid Sign Sin Sinh Size Slice Softmax
SoftmaxCrossEntropyLoss Softplus Softsign SpaceToDepth Split SplitToSequence Sqrt Squeeze StringConcat StringNormalizer
StringSplit Sub Sum Swish Tan Tanh TensorScatter TfIdfVectorizer ThresholdedRelu Tile TopK Transpose Trilu Unique
Unsqueeze Upsample Where Xor Affine ATen LoopIndexTensor
`),
  ],
  [
    'ai.onnx.ml',
    names(`
ArrayFeatureExtractor Binarizer CastMap CategoryMapper DictVectorizer FeatureVectorizer Imputer LabelEncoder
LinearClassifier LinearRegressor Normalizer OneHotEncoder SVMClassifier SVMRegressor Scaler TreeEnsemble
TreeEnsembleClassifier TreeEnsembleRegressor ZipMap
`),
  ],
])

// Operators that onnxruntime has put into ONNX's own domain before ONNX had them, or while it optimises a model.
const runtimeOperators = names(`
FusedConv FusedGemm FusedMatMul LayerNormalization MemcpyFromHost MemcpyToHost Optional SimplifiedLayerNormalization
SkipLayerNormalization`)

/** Whether ONNX has, or has had, an operator of this name. */
export const isStandardOperator = (domain: string, opType: string): boolean =>
  standardOperators.get(domain)?.has(opType) === true || (domain === '' && runtimeOperators.has(opType))
