// Written by `pnpm observe-pickles`: change its review or its objects, not this file.
import { type AllowedGroup, allow } from '../globals.ts'

/** Names of the family `tensors` that may stand in a pickle. */
export const tensorsGlobals: readonly AllowedGroup[] = [
  ...allow('torch 1.13.0', 'any', 'makes a tensor of a storage that the file holds', {
    'torch._utils': `
      _rebuild_meta_tensor_no_storage _rebuild_parameter _rebuild_qtensor _rebuild_sparse_csr_tensor
      _rebuild_sparse_tensor _rebuild_tensor_v2
    `,
    'torch.nn.parameter': 'UninitializedBuffer UninitializedParameter',
    'torch.nn.utils.rnn': 'PackedSequence',
    'torch.return_types': 'max',
  }),
  ...allow('torch 1.13.0', 'constants', 'makes a value of numbers and texts', {
    torch: 'Size device',
    'torch.serialization': '_get_layout',
  }),
  ...allow('torch 1.13.0', 'instance', 'made without its constructor; its state is assigned', {
    'torch.ao.nn.quantizable.modules.rnn': 'LSTMCell _LSTMLayer _LSTMSingleLayer',
    'torch.ao.nn.quantized.modules': 'DeQuantize Quantize',
    'torch.ao.nn.quantized.modules.activation': `
      ELU Hardswish LeakyReLU MultiheadAttention PReLU ReLU6 Sigmoid Softmax
    `,
    'torch.ao.nn.quantized.modules.batchnorm': 'BatchNorm2d BatchNorm3d',
    'torch.ao.nn.quantized.modules.conv': 'Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d',
    'torch.ao.nn.quantized.modules.dropout': 'Dropout',
    'torch.ao.nn.quantized.modules.embedding_ops': 'Embedding EmbeddingBag EmbeddingPackedParams',
    'torch.ao.nn.quantized.modules.functional_modules': 'FXFloatFunctional FloatFunctional QFunctional',
    'torch.ao.nn.quantized.modules.linear': 'Linear LinearPackedParams',
    'torch.ao.nn.quantized.modules.rnn': 'LSTM',
    'torch.ao.quantization.stubs': 'DeQuantStub QuantStub',
    'torch.distributions.categorical': 'Categorical',
    'torch.distributions.normal': 'Normal',
    'torch.distributions.uniform': 'Uniform',
    'torch.nn.modules.activation': `
      CELU ELU GELU GLU Hardshrink Hardsigmoid Hardswish Hardtanh LeakyReLU LogSigmoid LogSoftmax Mish
      MultiheadAttention PReLU RReLU ReLU ReLU6 SELU SiLU Sigmoid Softmax Softmax2d Softmin Softplus Softshrink Softsign
      Tanh Tanhshrink Threshold
    `,
    'torch.nn.modules.adaptive': 'AdaptiveLogSoftmaxWithLoss',
    'torch.nn.modules.batchnorm': `
      BatchNorm1d BatchNorm2d BatchNorm3d LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d SyncBatchNorm
    `,
    'torch.nn.modules.channelshuffle': 'ChannelShuffle',
    'torch.nn.modules.container': 'Container ModuleDict ModuleList ParameterDict ParameterList Sequential',
    'torch.nn.modules.conv': `
      Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d LazyConv1d LazyConv2d LazyConv3d
      LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d
    `,
    'torch.nn.modules.distance': 'CosineSimilarity PairwiseDistance',
    'torch.nn.modules.dropout': 'AlphaDropout Dropout Dropout1d Dropout2d Dropout3d FeatureAlphaDropout',
    'torch.nn.modules.flatten': 'Flatten Unflatten',
    'torch.nn.modules.fold': 'Fold Unfold',
    'torch.nn.modules.instancenorm': `
      InstanceNorm1d InstanceNorm2d InstanceNorm3d LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d
    `,
    'torch.nn.modules.linear': 'Bilinear Identity LazyLinear Linear NonDynamicallyQuantizableLinear',
    'torch.nn.modules.loss': `
      BCELoss BCEWithLogitsLoss CTCLoss CosineEmbeddingLoss CrossEntropyLoss GaussianNLLLoss HingeEmbeddingLoss
      HuberLoss KLDivLoss L1Loss MSELoss MarginRankingLoss MultiLabelMarginLoss MultiLabelSoftMarginLoss MultiMarginLoss
      NLLLoss NLLLoss2d PoissonNLLLoss SmoothL1Loss SoftMarginLoss TripletMarginLoss TripletMarginWithDistanceLoss
    `,
    'torch.nn.modules.module': 'Module _WrappedHook',
    'torch.nn.modules.normalization': 'CrossMapLRN2d GroupNorm LayerNorm LocalResponseNorm',
    'torch.nn.modules.padding': `
      ConstantPad1d ConstantPad2d ConstantPad3d ReflectionPad1d ReflectionPad2d ReflectionPad3d ReplicationPad1d
      ReplicationPad2d ReplicationPad3d ZeroPad2d
    `,
    'torch.nn.modules.pixelshuffle': 'PixelShuffle PixelUnshuffle',
    'torch.nn.modules.pooling': `
      AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d
      AvgPool1d AvgPool2d AvgPool3d FractionalMaxPool2d FractionalMaxPool3d LPPool1d LPPool2d MaxPool1d MaxPool2d
      MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d
    `,
    'torch.nn.modules.rnn': 'GRU GRUCell LSTM LSTMCell RNN RNNCell RNNCellBase',
    'torch.nn.modules.sparse': 'Embedding EmbeddingBag',
    'torch.nn.modules.transformer': `
      Transformer TransformerDecoder TransformerDecoderLayer TransformerEncoder TransformerEncoderLayer
    `,
    'torch.nn.modules.upsampling': 'Upsample UpsamplingBilinear2d UpsamplingNearest2d',
    'torch.nn.parallel.data_parallel': 'DataParallel',
    'torch.nn.utils.spectral_norm': 'SpectralNorm SpectralNormLoadStateDictPreHook SpectralNormStateDictHook',
    'torch.nn.utils.weight_norm': 'WeightNorm',
    'torch.optim.adadelta': 'Adadelta',
    'torch.optim.adagrad': 'Adagrad',
    'torch.optim.adam': 'Adam',
    'torch.optim.adamax': 'Adamax',
    'torch.optim.adamw': 'AdamW',
    'torch.optim.asgd': 'ASGD',
    'torch.optim.lbfgs': 'LBFGS',
    'torch.optim.lr_scheduler': `
      ConstantLR CosineAnnealingLR CosineAnnealingWarmRestarts ExponentialLR LinearLR MultiStepLR OneCycleLR
      PolynomialLR ReduceLROnPlateau StepLR
    `,
    'torch.optim.nadam': 'NAdam',
    'torch.optim.radam': 'RAdam',
    'torch.optim.rmsprop': 'RMSprop',
    'torch.optim.rprop': 'Rprop',
    'torch.optim.sgd': 'SGD',
    'torch.optim.sparse_adam': 'SparseAdam',
    'torch.utils.data.dataset': 'ConcatDataset Subset TensorDataset',
    'torch.utils.data.sampler': 'BatchSampler RandomSampler SequentialSampler',
    'torch.utils.hooks': 'RemovableHandle',
  }),
  ...allow('torch 1.13.0', 'none', 'a function on arrays as a value; never called while loading', {
    'torch._C._nn': 'gelu',
    'torch.nn.functional': 'relu',
  }),
  ...allow('torch 1.13.0', 'none', 'a value that stands for itself', {
    torch: `
      bfloat16 bool complex128 complex32 complex64 float16 float32 float64 int16 int32 int64 int8 per_channel_affine
      per_tensor_affine qint32 qint8 quint2x4 quint4x2 quint8 uint8
    `,
  }),
  ...allow('torch 1.13.0', 'none', 'names the kind of a storage that the file holds', {
    torch: `
      BFloat16Storage BoolStorage ByteStorage CharStorage ComplexDoubleStorage ComplexFloatStorage DoubleStorage
      FloatStorage HalfStorage IntStorage LongStorage QInt8Storage QUInt8Storage ShortStorage
    `,
  }),
  ...allow('torch 1.13.0', 'pickle', 'reads the pickle in its argument', {
    'torch.storage': '_load_from_bytes',
  }),
  ...allow('reviewed: torch', 'none', 'names the kind of a storage that the file holds', {
    torch: 'QInt32Storage QUInt2x4Storage QUInt4x2Storage',
  }),
  ...allow('reviewed: torch 0.1', 'none', 'names the kind of a tensor that the file holds', {
    torch: 'ByteTensor CharTensor DoubleTensor FloatTensor HalfTensor IntTensor LongTensor ShortTensor',
    'torch.cuda': 'ByteTensor CharTensor DoubleTensor FloatTensor HalfTensor IntTensor LongTensor ShortTensor',
    'torch.cuda.sparse': 'ByteTensor CharTensor DoubleTensor FloatTensor HalfTensor IntTensor LongTensor ShortTensor',
    'torch.sparse': 'ByteTensor CharTensor DoubleTensor FloatTensor HalfTensor IntTensor LongTensor ShortTensor',
  }),
  ...allow(
    'reviewed: torch 1 and 2',
    'instance',
    'a part of a network, made without its constructor; its state is assigned',
    {
      'torch.ao.quantization.stubs': 'QuantWrapper',
      'torch.nn.modules.batchnorm': '_BatchNorm _NormBase',
      'torch.nn.modules.conv': '_ConvNd',
      'torch.nn.modules.instancenorm': '_InstanceNorm',
      'torch.nn.modules.linear': '_LinearWithBias',
      'torch.nn.modules.normalization': 'RMSNorm',
      'torch.nn.modules.padding': 'CircularPad1d CircularPad2d CircularPad3d ZeroPad1d ZeroPad3d',
      'torch.nn.modules.pooling': 'LPPool3d',
      'torch.nn.modules.rnn': 'RNNBase',
      'torch.nn.utils.parametrizations': '_Orthogonal _SpectralNorm _WeightNorm',
      'torch.nn.utils.parametrize': 'ParametrizationList',
      'torch.ao.quantization.fake_quantize': 'FakeQuantize FusedMovingAvgObsFakeQuantize',
      'torch.ao.quantization.observer': `
        HistogramObserver MinMaxObserver MovingAverageMinMaxObserver MovingAveragePerChannelMinMaxObserver NoopObserver
        PerChannelMinMaxObserver PlaceholderObserver
      `,
      'torch.ao.quantization.qconfig': 'QConfig',
    },
  ),
  ...allow('reviewed: torch 1 and 2', 'none', 'a function on arrays as a value; never called while loading', {
    'torch.utils.data._utils.collate': 'default_collate default_convert',
  }),
  ...allow('reviewed: torch 2', 'any', 'makes a tensor of a storage that the file holds', {
    'torch._utils': `
      _rebuild_device_tensor_from_cpu_tensor _rebuild_device_tensor_from_numpy _rebuild_nested_tensor
      _rebuild_parameter_with_state _rebuild_tensor _rebuild_tensor_v3
    `,
    'torch.nn.parameter': 'Parameter',
  }),
  ...allow('reviewed: torch 2', 'callable', 'rebuilds a tensor by a function of this table', {
    'torch._tensor': '_rebuild_from_type _rebuild_from_type_v2',
  }),
  ...allow('reviewed: torch 2', 'class', 'makes a tensor of a storage that the file holds', {
    'torch._utils': '_rebuild_wrapper_subclass',
  }),
  ...allow('reviewed: torch 2', 'instance', 'made without its constructor; its state is assigned', {
    torch: 'Tensor',
    'torch._tensor': 'Tensor',
    'torch.ao.nn.quantized.dynamic.modules.linear': 'Linear',
    'torch.distributions.constraints': `
      _Boolean _GreaterThan _GreaterThanEq _IndependentConstraint _IntegerInterval _Interval _Real _Simplex
    `,
    'torch.nn.parameter': 'Buffer',
    'torch.nn.quantized.dynamic.modules.linear': 'Linear',
    'torch.optim._adafactor': 'Adafactor',
    'torch.optim.adafactor': 'Adafactor',
    'torch.optim.lr_scheduler': `
      ChainedScheduler CyclicLR LRScheduler LambdaLR MultiplicativeLR SequentialLR _LRScheduler
    `,
    'torch.optim.optimizer': 'Optimizer',
    'torch.optim.swa_utils': 'AveragedModel SWALR',
    'torch.utils.data.dataloader': 'DataLoader',
    'torch.utils.data.dataset': 'Dataset IterableDataset',
    'torch.utils.data.sampler': 'Sampler SubsetRandomSampler',
  }),
  ...allow('reviewed: torch 2', 'none', 'a function on arrays as a value; never called while loading', {
    torch: 'relu sigmoid softmax tanh',
    'torch._C._VariableFunctions': 'relu sigmoid tanh',
    'torch._C._nn': 'elu_ hardtanh log_sigmoid mish relu6 silu softplus',
    'torch.nn.functional': `
      celu elu gelu glu hardsigmoid hardswish hardtanh leaky_relu log_softmax logsigmoid mish relu6 rrelu selu sigmoid
      silu softmax softplus softsign tanh tanhshrink
    `,
  }),
  ...allow('reviewed: torch 2', 'none', 'a value that stands for itself', {
    torch: `
      bit bits16 bits1x8 bits2x4 bits4x2 bits8 cdouble cfloat chalf channels_last channels_last_3d contiguous_format
      double float float4_e2m1fn_x2 float8_e4m3fn float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz float8_e8m0fnu half int
      int1 int2 int3 int4 int5 int6 int7 jagged long per_channel_affine_float_qparams per_channel_symmetric
      per_tensor_symmetric preserve_format short sparse_bsc sparse_bsr sparse_coo sparse_csc sparse_csr strided uint1
      uint16 uint2 uint3 uint32 uint4 uint5 uint6 uint64 uint7
    `,
  }),
  ...allow('reviewed: torch 2', 'none', 'names the kind of a storage that the file holds', {
    torch: 'Float8_e4m3fnStorage Float8_e5m2Storage UntypedStorage',
    'torch.cuda': `
      BFloat16Storage BoolStorage ByteStorage CharStorage ComplexDoubleStorage ComplexFloatStorage DoubleStorage
      FloatStorage HalfStorage IntStorage LongStorage ShortStorage
    `,
    'torch.storage': 'TypedStorage UntypedStorage _TypedStorage _UntypedStorage',
  }),
]
