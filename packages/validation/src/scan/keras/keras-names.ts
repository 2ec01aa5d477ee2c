const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** Classes of Keras 2 and 3 that a configuration builds and that act on tensors only. */
const classes = words(`
  Sequential Functional Model Network Input InputLayer InputSpec Layer KerasTensor KerasHistory
  Dense EinsumDense Embedding ReversibleEmbedding Masking Identity Activation Flatten Reshape Permute RepeatVector
  Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D GaussianDropout GaussianNoise AlphaDropout
  ActivityRegularization
  Conv1D Conv2D Conv3D Convolution1D Convolution2D Convolution3D Conv1DTranspose Conv2DTranspose Conv3DTranspose
  Convolution1DTranspose Convolution2DTranspose Convolution3DTranspose Deconvolution2D Deconvolution3D
  SeparableConv1D SeparableConv2D SeparableConvolution1D SeparableConvolution2D DepthwiseConv1D DepthwiseConv2D
  AtrousConvolution1D AtrousConvolution2D LocallyConnected1D LocallyConnected2D
  MaxPooling1D MaxPooling2D MaxPooling3D MaxPool1D MaxPool2D MaxPool3D AveragePooling1D AveragePooling2D
  AveragePooling3D AvgPool1D AvgPool2D AvgPool3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D
  GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D GlobalAveragePooling1D GlobalAveragePooling2D
  GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D AdaptiveAveragePooling1D
  AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D
  ZeroPadding1D ZeroPadding2D ZeroPadding3D Cropping1D Cropping2D Cropping3D UpSampling1D UpSampling2D UpSampling3D
  Add Subtract Multiply Average Maximum Minimum Concatenate Dot Merge
  BatchNormalization BatchNormalizationV1 BatchNormalizationV2 SyncBatchNormalization LayerNormalization
  GroupNormalization UnitNormalization SpectralNormalization RMSNormalization
  LSTM GRU SimpleRNN RNN LSTMCell GRUCell SimpleRNNCell StackedRNNCells ConvLSTM1D ConvLSTM2D ConvLSTM3D ConvRecurrent2D
  ConvLSTM1DCell ConvLSTM2DCell ConvLSTM3DCell CuDNNGRU CuDNNLSTM LSTMV1 LSTMV2 GRUV1 GRUV2 PeepholeLSTMCell
  DropoutWrapper ResidualWrapper DeviceWrapper AttentionCellWrapper AbstractRNNCell
  Bidirectional TimeDistributed Wrapper
  Attention AdditiveAttention MultiHeadAttention GroupedQueryAttention GroupQueryAttention
  ReLU LeakyReLU PReLU ELU ThresholdedReLU Softmax Swish
  Normalization Discretization Hashing HashedCrossing CategoryEncoding CategoryCrossing StringLookup IntegerLookup
  TextVectorization IndexLookup FeatureSpace MelSpectrogram STFTSpectrogram Feature Cross Rescaling Resizing CenterCrop RandomCrop
  RandomFlip RandomRotation RandomTranslation RandomZoom RandomContrast RandomBrightness RandomHeight RandomWidth
  RandomApply RandomChoice RandomColorDegeneration RandomColorJitter RandomElasticTransform RandomErasing
  RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization RandomSaturation
  RandomSharpness RandomShear AutoContrast AugMix CutMix MixUp RandAugment Equalization Solarization MaxNumBoundingBoxes
  Pipeline RandomFourierFeatures ClassMethod SlicingOpLambda TFOpLambda InstanceMethod InstanceProperty
  TensorFlowOpLayer DenseFeatures SequenceFeatures KerasFeatureLayer LinearModel WideDeepModel
  NotEqual Equal Greater Less Operation Abs Cast Exp Log Power Sqrt Square Sum Mean Max Min Transpose Stack Matmul
  AddLoss AddMetric FlipLayer
  Adam AdamW Adamax Adadelta Adagrad Nadam NAdam RMSprop RMSProp SGD Ftrl Lion Lamb Adafactor Muon Optimizer
  LossScaleOptimizer LossScaleOptimizerV1 LossScaleOptimizerV3 TFOptimizer OptimizerV2 ScheduleFreeAdamW
  ExponentialDecay PiecewiseConstantDecay PolynomialDecay InverseTimeDecay CosineDecay CosineDecayRestarts
  LearningRateSchedule DynamicLossScale FixedLossScale
  Loss BinaryCrossentropy BinaryFocalCrossentropy CategoricalCrossentropy CategoricalFocalCrossentropy
  CategoricalGeneralizedCrossEntropy SparseCategoricalCrossentropy CategoricalHinge Hinge SquaredHinge CosineSimilarity
  Huber KLDivergence KullbackLeiblerDivergence LogCosh MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError
  MeanSquaredLogarithmicError Poisson CTC Dice Tversky Circle LossFunctionWrapper
  Metric MeanMetricWrapper MeanTensor MeanRelativeError SumOverBatchSize Reduce Accuracy BinaryAccuracy
  CategoricalAccuracy SparseCategoricalAccuracy TopKCategoricalAccuracy SparseTopKCategoricalAccuracy AUC Precision
  Recall PrecisionAtRecall RecallAtPrecision SensitivityAtSpecificity SpecificityAtSensitivity TruePositives
  TrueNegatives FalsePositives FalseNegatives F1Score FBetaScore R2Score IoU MeanIoU BinaryIoU OneHotIoU OneHotMeanIoU
  RootMeanSquaredError LogCoshError ConcordanceCorrelation PearsonCorrelation CompileMetrics MetricsList
  Zeros Ones Constant RandomNormal RandomUniform TruncatedNormal VarianceScaling Orthogonal OrthogonalInitializer
  GlorotNormal GlorotUniform HeNormal HeUniform LecunNormal LecunUniform IdentityInitializer STFTInitializer STFT
  Initializer
  L1 L2 L1L2 OrthogonalRegularizer Regularizer
  MaxNorm NonNeg UnitNorm MinMaxNorm RadialConstraint Constraint
  DTypePolicy DTypePolicyMap FloatDTypePolicy QuantizedDTypePolicy QuantizedFloat8DTypePolicy GPTQDTypePolicy
  AWQDTypePolicy Policy PolicyV1 SeedGenerator RandomGenerator StateSpec
  TensorShape TensorSpec RaggedTensorSpec SparseTensorSpec IndexedSlicesSpec VariableSpec BoundedTensorSpec NoneTensorSpec
  CrossentropyBatched ListWrapper DictWrapper _DictWrapper _TupleWrapper
`)

/** Functions of Keras on tensors: activations, losses, metrics, initialisers, operations. */
const functions = words(`
  abs absolute add all any argmax argmin average ceil clip concatenate cos cosh cumsum divide dot einsum elu
  celu exp exponential expand_dims flatten flip floor gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh
  l2_normalize leaky_relu linear log log1p log10 log2 log_sigmoid log_softmax logsumexp matmul max maximum mean mish
  min minimum mod moveaxis multiply negative norm normalize one_hot pad pow power prod reciprocal relu relu6 repeat
  reshape roll round rsqrt selu sigmoid sign silu sin sinh softmax softplus softsign soft_shrink sparse_plus sparse_sigmoid
  sparsemax split sqrt square squareplus squared_hinge squeeze stack std subtract sum swapaxes swish take tan tanh
  tanh_shrink threshold tile transpose var where zeros_like ones_like cast stop_gradient resize
  binary_crossentropy binary_focal_crossentropy categorical_crossentropy categorical_focal_crossentropy
  sparse_categorical_crossentropy categorical_hinge hinge huber huber_loss kl_divergence kullback_leibler_divergence kld
  KLD log_cosh logcosh mean_absolute_error mae MAE mean_absolute_percentage_error mape MAPE mean_squared_error mse MSE
  mean_squared_logarithmic_error msle MSLE poisson cosine_similarity cosine_proximity ctc dice tversky circle
  binary_accuracy categorical_accuracy sparse_categorical_accuracy top_k_categorical_accuracy
  sparse_top_k_categorical_accuracy accuracy acc
  zeros ones constant uniform normal random_normal random_uniform truncated_normal identity orthogonal glorot_normal
  glorot_uniform he_normal he_uniform lecun_normal lecun_uniform variance_scaling l1 l2 l1_l2 max_norm non_neg unit_norm
  min_max_norm
`)

/** Functions of Keras that reach beyond tensors, and let a configuration do what no bytecode could (CVE-2025-8747). */
const gadgets = words(`
  get_file load_model load_weights load_img save_img save_model save_weights export_archive model_from_json
  model_from_yaml model_from_config clone_model deserialize deserialize_keras_object func_load func_dump
  image_dataset_from_directory text_dataset_from_directory audio_dataset_from_directory
  get_registered_object get_custom_objects custom_object_scope CustomObjectScope register_keras_serializable extract_archive
  validate_file hash_file _extract_archive urlretrieve load_data set_backend set_image_data_format plot_model
  enable_interactive_logging disable_interactive_logging run_eagerly
`)

/** Modules of Keras whose functions work on tensors. */
const tensorModules = words(`
  activations losses metrics initializers regularizers constraints ops random nn numpy layers optimizers backend math
  image linalg dtype_policies applications
`)

/** Packages that Keras itself imports while it loads a file (serialization_lib, since 3.9). */
const kerasPackages = words('keras keras_hub keras_nlp keras_cv tf_keras')

/** Marks that Keras puts around values that JSON does not have. */
export const valueMarks = words(`
  __tensor__ __numpy__ __bytes__ __ellipsis__ __slice__ __keras_tensor__ __bool__ __complex__ __tuple__ __tf_tensor__
  CompositeTensor
`)

/** Whether a dotted module is Keras, wherever it was packed. */
export const isKerasModule = (module: string): boolean =>
  kerasPackages.has(module.split('.')[0] ?? '') ||
  /^(tensorflow|tensorflow\.python|tensorflow\._api\.v2)\.keras(\.|$)/.test(module)

/** Whether Keras has a class or a tensor function of this name. */
export const isKerasName = (name: string): boolean => classes.has(name) || functions.has(name)

export const isKerasFunction = (name: string): boolean => functions.has(name)

/** Modules of Keras whose classes do more than hold values: LazyModule imports whatever module it is given. */
const actingModules = words('utils saving callbacks config datasets distribution legacy trainers')

/** Whether a name in a module of Keras reaches files, the network or the settings of the loader. */
export const isKerasGadget = (module: string, name: string, isFunction: boolean): boolean => {
  if (gadgets.has(name)) return true
  if (/^keras_(hub|nlp|cv)\b/.test(module)) return false
  const [section = ''] = module.replace(/^.*?keras(\.|$)(src\.|api\.)?/, '').split('.')
  return isFunction ? section !== '' && !tensorModules.has(section) : actingModules.has(section)
}
