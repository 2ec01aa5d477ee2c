"""Names of libraries and versions that this machine does not have, written down by hand from their public sources.

They were not observed: each group's library begins with `reviewed:`. A class stands here only when neither it nor what it
inherits runs more on loading than the classes of the review do (a plain object, a `torch.nn.Module`, a scikit-learn
`BaseEstimator`, a mapping). Left out on purpose, because their state runs code or opens files: statsmodels data (formulas),
scipy.stats distributions (text), sentencepiece tokenizers (files), spaCy and skorch (pickles inside), keras (models inside),
torchmetrics (wraps a method that its state may replace);
or because their constructor, which another name could call, downloads or unpickles: SentenceTransformer, PerceptronTagger.
"""

STATE = 'made without its constructor; its state is assigned'
MODULE = 'a part of a network, made without its constructor; its state is assigned'
ENUMERATION = 'one value of an enumeration'
VALUE = 'a value that stands for itself'
STORAGE = 'names the kind of a storage that the file holds'
ARRAY = 'makes an array, a number or a type of numbers from bytes'
KIND = 'names the kind of a tensor that the file holds'
TENSOR = 'makes a tensor of a storage that the file holds'
FUNCTION = 'a function on arrays as a value; never called while loading'
EMPTY = 'makes an instance without its constructor'

DATA_TYPES = (
    'BoolDType ByteDType BytesDType CLongDoubleDType Complex128DType Complex64DType DateTime64DType Float16DType '
    'Float32DType Float64DType Int16DType Int32DType Int64DType Int8DType IntDType LongDType LongDoubleDType '
    'LongLongDType ObjectDType ShortDType StrDType StringDType TimeDelta64DType UByteDType UInt16DType UInt32DType '
    'UInt64DType UInt8DType UIntDType ULongDType ULongLongDType UShortDType VoidDType'
)
SCALARS = (
    'bool bool_ byte bytes_ cdouble clongdouble complex128 complex256 complex64 csingle datetime64 double float128 float16 '
    'float32 float64 generic half int16 int32 int64 int8 int_ intc intp long longdouble longlong number object_ short '
    'single str_ timedelta64 ubyte uint uint16 uint32 uint64 uint8 uintc uintp ulong ulonglong unicode_ ushort void'
)

TENSORS = 'ByteTensor CharTensor DoubleTensor FloatTensor HalfTensor IntTensor LongTensor ShortTensor'


def convolutions(names, sizes='1d 2d 3d'):
    return ' '.join(f'{name}{size}' for name in names.split() for size in sizes.split())


def transformer(model, prefix, *parts):
    """The network classes of one transformers model."""
    return {f'transformers.models.{model}.modeling_{model}': ' '.join(prefix + part for name in parts for part in name.split())}


ENCODER = (
    'Attention Embeddings Encoder ForMaskedLM ForQuestionAnswering ForSequenceClassification ForTokenClassification '
    'Intermediate Layer LMPredictionHead Model Output Pooler PredictionHeadTransform SelfAttention SelfOutput'
)

CONFIGURATIONS = {
    'albert': 'Albert', 'bart': 'Bart', 'beit': 'Beit', 'bert': 'Bert', 'big_bird': 'BigBird', 'blenderbot': 'Blenderbot',
    'bloom': 'Bloom', 'camembert': 'Camembert', 'clip': 'CLIP', 'codegen': 'CodeGen', 'convbert': 'ConvBert',
    'convnext': 'ConvNext', 'ctrl': 'CTRL', 'deberta': 'Deberta', 'deberta_v2': 'DebertaV2', 'deit': 'DeiT',
    'detr': 'Detr', 'distilbert': 'DistilBert', 'dpr': 'DPR', 'electra': 'Electra', 'falcon': 'Falcon',
    'flaubert': 'Flaubert', 'fnet': 'FNet', 'funnel': 'Funnel', 'gemma': 'Gemma', 'gemma2': 'Gemma2', 'gpt2': 'GPT2',
    'gpt_bigcode': 'GPTBigCode', 'gpt_neo': 'GPTNeo', 'gpt_neox': 'GPTNeoX', 'gptj': 'GPTJ', 'hubert': 'Hubert',
    'ibert': 'IBert', 'layoutlm': 'LayoutLM', 'layoutlmv2': 'LayoutLMv2', 'layoutlmv3': 'LayoutLMv3', 'led': 'LED',
    'llama': 'Llama', 'longformer': 'Longformer', 'longt5': 'LongT5', 'luke': 'Luke', 'lxmert': 'Lxmert',
    'm2m_100': 'M2M100', 'marian': 'Marian', 'mbart': 'MBart', 'mistral': 'Mistral', 'mixtral': 'Mixtral',
    'mobilebert': 'MobileBert', 'mobilevit': 'MobileViT', 'mpnet': 'MPNet', 'mpt': 'Mpt', 'mt5': 'MT5',
    'nystromformer': 'Nystromformer', 'openai': 'OpenAIGPT', 'opt': 'OPT', 'pegasus': 'Pegasus', 'perceiver': 'Perceiver',
    'phi': 'Phi', 'phi3': 'Phi3', 'prophetnet': 'ProphetNet', 'qwen2': 'Qwen2', 'reformer': 'Reformer', 'regnet': 'RegNet',
    'rembert': 'RemBert', 'resnet': 'ResNet', 'roberta': 'Roberta', 'roformer': 'RoFormer', 'segformer': 'Segformer',
    'squeezebert': 'SqueezeBert', 'stablelm': 'StableLm', 'starcoder2': 'Starcoder2', 'swin': 'Swin', 'swinv2': 'Swinv2',
    't5': 'T5', 'transfo_xl': 'TransfoXL', 'vilt': 'Vilt', 'vit': 'ViT', 'vit_mae': 'ViTMAE', 'wav2vec2': 'Wav2Vec2',
    'wavlm': 'WavLM', 'whisper': 'Whisper', 'xglm': 'XGLM', 'xlm': 'XLM', 'xlm_roberta': 'XLMRoberta', 'xlnet': 'XLNet',
    'yolos': 'Yolos',
}  # fmt: skip

# The tokenizers that keep their words in themselves; those of sentencepiece open a file on loading.
FAST_TOKENIZERS = {
    'albert': 'Albert', 'bart': 'Bart', 'bert': 'Bert', 'big_bird': 'BigBird', 'bloom': 'Bloom', 'clip': 'CLIP',
    'deberta': 'Deberta', 'deberta_v2': 'DebertaV2', 'distilbert': 'DistilBert', 'dpr': 'DPRQuestionEncoder',
    'electra': 'Electra', 'funnel': 'Funnel', 'gpt2': 'GPT2', 'gpt_neox': 'GPTNeoX', 'layoutlm': 'LayoutLM',
    'led': 'LED', 'longformer': 'Longformer', 'lxmert': 'Lxmert', 'mobilebert': 'MobileBert', 'mpnet': 'MPNet',
    'roberta': 'Roberta', 'squeezebert': 'SqueezeBert', 'whisper': 'Whisper',
}  # fmt: skip

ULTRALYTICS_BLOCKS = (
    'A2C2f AAttn ABlock AConv ADown Attention BNContrastiveHead Bottleneck BottleneckCSP C1 C2 C2PSA C2f C2fAttn C2fCIB '
    'C2fPSA C3 C3Ghost C3TR C3k C3k2 C3x CBFuse CBLinear CIB ContrastiveHead DFL ELAN1 GhostBottleneck HGBlock HGStem '
    'ImagePoolingAttn MaxSigmoidAttnBlock PSA PSABlock Proto RepBottleneck RepC3 RepCSP RepNCSPELAN4 RepVGGDW Residual '
    'ResNetBlock ResNetLayer SAVPE SCDown SPP SPPELAN SPPF SwiGLUFFN TorchVision'
)
ULTRALYTICS_CONVOLUTIONS = (
    'CBAM ChannelAttention Concat Conv Conv2 ConvTranspose DSConv DWConv DWConvTranspose2d Focus GhostConv Index LightConv '
    'RepConv SpatialAttention'
)
ULTRALYTICS_HEADS = (
    'Classify Detect LRPCHead OBB Pose RTDETRDecoder Segment WorldDetect YOLOEDetect YOLOESegment v10Detect'
)
ULTRALYTICS_TRANSFORMERS = (
    'AIFI DeformableTransformerDecoder DeformableTransformerDecoderLayer LayerNorm2d MLP MLPBlock MSDeformAttn '
    'TransformerBlock TransformerEncoderLayer TransformerLayer'
)
YOLO_COMMON = (
    'AutoShape Bottleneck BottleneckCSP C3 C3Ghost C3SPP C3TR C3x CBAM CBFuse CBLinear Chuncat Classify Concat Contract '
    'Conv CrossConv DWConv DWConvTranspose2d DownC Expand Focus Foldcut GhostBottleneck GhostConv ImplicitA ImplicitM '
    'MP Proto RepConv ReOrg Res SP SPP SPPCSPC SPPF Shortcut Stem TransformerBlock TransformerLayer'
)

BY_HAND = [
    # --- NumPy -----------------------------------------------------------------------------------------------------
    ('reviewed: numpy 2', 'instance', STATE, {'numpy.rec': 'recarray record', 'numpy.ma': 'MaskedArray'}),
    ('reviewed: numpy 2', 'instance', 'a type of numbers', {'numpy.dtypes': DATA_TYPES}),
    ('reviewed: numpy 2', 'none', 'a type of numbers as a value; numbers come as numpy.*.scalar', {'numpy': SCALARS}),
    ('reviewed: numpy 2', 'any', ARRAY, {
        'numpy._core.multiarray': 'scalar', 'numpy._core.numeric': '_frombuffer',
    }),
    ('reviewed: numpy 2', 'class', EMPTY, {
        'numpy._core.multiarray': '_reconstruct',
        'numpy.ma.mrecords': '_mrreconstruct',
    }),
    ('reviewed: numpy 1 and 2', 'instance', STATE, {
        'numpy.core.records': 'recarray record', 'numpy._core.records': 'recarray record',
        'numpy.core.defchararray': 'chararray', 'numpy._core.defchararray': 'chararray',
        'numpy.matrixlib.defmatrix': 'matrix', 'numpy.lib.polynomial': 'poly1d', 'numpy.lib._polynomial_impl': 'poly1d',
        'numpy.ma.mrecords': 'MaskedRecords',
        'numpy.random._mt19937': 'MT19937', 'numpy.random._pcg64': 'PCG64 PCG64DXSM', 'numpy.random._philox': 'Philox',
        'numpy.random._sfc64': 'SFC64', 'numpy.random._generator': 'Generator', 'numpy.random.mtrand': 'RandomState',
    }),
    ('reviewed: numpy 1', 'constants', 'makes a random generator of a known kind', {'numpy.random': '__RandomState_ctor'}),
    ('reviewed: numpy 2', 'constants', 'an error as a value; nothing is raised', {
        'numpy.exceptions': 'AxisError ComplexWarning DTypePromotionError RankWarning TooHardError VisibleDeprecationWarning',
    }),
    # --- SciPy -----------------------------------------------------------------------------------------------------
    ('reviewed: scipy before 1.8', 'instance', STATE, {
        **{f'scipy.sparse.{kind}': f'{kind}_matrix' for kind in 'bsr coo csc csr dia dok lil'.split()},
        'scipy.sparse.base': 'spmatrix',
        'scipy.spatial.ckdtree': 'cKDTree', 'scipy.spatial.kdtree': 'KDTree',
        'scipy.interpolate.interpolate': 'interp1d PPoly BPoly RegularGridInterpolator',
        'scipy.interpolate.fitpack2': 'InterpolatedUnivariateSpline LSQUnivariateSpline RectBivariateSpline UnivariateSpline',
        'scipy.interpolate._fitpack2': 'UnivariateSpline SmoothBivariateSpline LSQBivariateSpline',
        'scipy.interpolate._cubic': 'CubicSpline', 'scipy.interpolate.polyint': 'BarycentricInterpolator KroghInterpolator',
        'scipy.interpolate.ndgriddata': 'NearestNDInterpolator',
        'scipy.optimize.optimize': 'OptimizeResult', 'scipy.spatial.transform.rotation': 'Rotation Slerp',
        'scipy.stats.kde': 'gaussian_kde', 'scipy.stats._kde': 'gaussian_kde',
    }),
    # --- pandas ----------------------------------------------------------------------------------------------------
    ('reviewed: pandas 2', 'instance', STATE, {
        'pandas.core.arrays.numpy_': 'NumpyExtensionArray', 'pandas.core.dtypes.dtypes': 'NumpyEADtype SparseDtype',
        'pandas.core.flags': 'Flags', 'pandas.core.indexes.frozen': 'FrozenList',
        'pandas.core.internals.blocks': (
            'Block BoolBlock CategoricalBlock DatetimeBlock DatetimeLikeBlock DatetimeTZBlock ExtensionBlock FloatBlock '
            'IntBlock NumericBlock ObjectBlock TimeDeltaBlock'
        ),
        'pandas.core.internals': 'BlockManager SingleBlockManager',
        'pandas.core.indexes.numeric': 'NumericIndex',
        'pandas.core.categorical': 'Categorical CategoricalDtype', 'pandas.indexes.base': 'Index',
        'pandas.indexes.range': 'RangeIndex', 'pandas.core.index': 'Index Int64Index MultiIndex',
    }),
    ('reviewed: pandas 2', 'class', EMPTY, {
        'pandas._libs.tslibs.offsets': '__pyx_unpickle_BaseOffset', 'pandas.core.indexes.period': '_new_PeriodIndex',
    }),
    ('reviewed: pandas 2', 'any', 'makes a date, a period, an interval or a part of a table', {
        'pandas._libs.tslibs.nattype': '_nat_unpickle', 'pandas._libs.tslibs.period': '_unpickle_period',
        'pandas._libs.internals': 'BlockPlacement',
        'pandas._libs.tslibs.offsets': 'BHalfYearBegin BHalfYearEnd HalfYearBegin HalfYearEnd',
    }),
    ('reviewed: dateutil 2.8', 'instance', STATE, {'dateutil.tz.tz': 'tzutc tzoffset', 'dateutil.relativedelta': 'relativedelta'}),
    # --- scikit-learn ----------------------------------------------------------------------------------------------
    ('reviewed: scikit-learn before 0.24', 'instance', STATE, {
        'sklearn.cluster.k_means_': 'KMeans MiniBatchKMeans', 'sklearn.cluster.dbscan_': 'DBSCAN',
        'sklearn.cluster.hierarchical': 'AgglomerativeClustering FeatureAgglomeration',
        'sklearn.cluster.spectral': 'SpectralClustering', 'sklearn.cluster.mean_shift_': 'MeanShift',
        'sklearn.cluster.birch': 'Birch _CFNode _CFSubcluster',
        'sklearn.decomposition.pca': 'PCA', 'sklearn.decomposition.nmf': 'NMF', 'sklearn.decomposition.fastica_': 'FastICA',
        'sklearn.decomposition.truncated_svd': 'TruncatedSVD', 'sklearn.decomposition.kernel_pca': 'KernelPCA',
        'sklearn.decomposition.online_lda': 'LatentDirichletAllocation',
        'sklearn.decomposition.incremental_pca': 'IncrementalPCA', 'sklearn.decomposition.factor_analysis': 'FactorAnalysis',
        'sklearn.dummy': 'DummyClassifier DummyRegressor',
        'sklearn.ensemble.forest': (
            'ExtraTreesClassifier ExtraTreesRegressor RandomForestClassifier RandomForestRegressor RandomTreesEmbedding'
        ),
        'sklearn.ensemble.gradient_boosting': (
            'BinomialDeviance ExponentialLoss GradientBoostingClassifier GradientBoostingRegressor HuberLossFunction '
            'LeastAbsoluteError LeastSquaresError LogOddsEstimator MeanEstimator MultinomialDeviance '
            'PriorProbabilityEstimator QuantileEstimator QuantileLossFunction ScaledLogOddsEstimator ZeroEstimator'
        ),
        'sklearn.ensemble._gb_losses': (
            'BinomialDeviance ExponentialLoss HuberLossFunction LeastAbsoluteError LeastSquaresError MultinomialDeviance '
            'QuantileLossFunction'
        ),
        'sklearn.ensemble.bagging': 'BaggingClassifier BaggingRegressor',
        'sklearn.ensemble.weight_boosting': 'AdaBoostClassifier AdaBoostRegressor',
        'sklearn.ensemble.iforest': 'IsolationForest', 'sklearn.ensemble.voting_classifier': 'VotingClassifier',
        'sklearn.ensemble.voting': 'VotingClassifier VotingRegressor',
        'sklearn.feature_extraction.dict_vectorizer': 'DictVectorizer', 'sklearn.feature_extraction.hashing': 'FeatureHasher',
        'sklearn.feature_selection.univariate_selection': 'SelectFpr SelectKBest SelectPercentile GenericUnivariateSelect',
        'sklearn.feature_selection.rfe': 'RFE RFECV', 'sklearn.feature_selection.from_model': 'SelectFromModel',
        'sklearn.feature_selection.variance_threshold': 'VarianceThreshold',
        'sklearn.gaussian_process.gpr': 'GaussianProcessRegressor',
        'sklearn.gaussian_process.gpc': 'GaussianProcessClassifier _BinaryGaussianProcessClassifierLaplace',
        'sklearn.impute': 'SimpleImputer MissingIndicator', 'sklearn.preprocessing.imputation': 'Imputer',
        'sklearn.linear_model.base': 'LinearRegression', 'sklearn.linear_model.bayes': 'ARDRegression BayesianRidge',
        'sklearn.linear_model.coordinate_descent': (
            'ElasticNet ElasticNetCV Lasso LassoCV MultiTaskElasticNet MultiTaskElasticNetCV MultiTaskLasso MultiTaskLassoCV'
        ),
        'sklearn.linear_model.huber': 'HuberRegressor', 'sklearn.linear_model.logistic': 'LogisticRegression LogisticRegressionCV',
        'sklearn.linear_model.least_angle': 'Lars LarsCV LassoLars LassoLarsCV LassoLarsIC',
        'sklearn.linear_model.omp': 'OrthogonalMatchingPursuit OrthogonalMatchingPursuitCV',
        'sklearn.linear_model.passive_aggressive': 'PassiveAggressiveClassifier PassiveAggressiveRegressor',
        'sklearn.linear_model.perceptron': 'Perceptron', 'sklearn.linear_model.ransac': 'RANSACRegressor',
        'sklearn.linear_model.ridge': 'Ridge RidgeCV RidgeClassifier RidgeClassifierCV',
        'sklearn.linear_model.stochastic_gradient': 'SGDClassifier SGDRegressor',
        'sklearn.linear_model.theil_sen': 'TheilSenRegressor', 'sklearn.manifold.t_sne': 'TSNE',
        'sklearn.manifold.isomap': 'Isomap', 'sklearn.manifold.mds': 'MDS', 'sklearn.manifold.locally_linear': 'LocallyLinearEmbedding',
        'sklearn.mixture.gaussian_mixture': 'GaussianMixture', 'sklearn.mixture.bayesian_mixture': 'BayesianGaussianMixture',
        'sklearn.neighbors.classification': 'KNeighborsClassifier RadiusNeighborsClassifier',
        'sklearn.neighbors.regression': 'KNeighborsRegressor RadiusNeighborsRegressor',
        'sklearn.neighbors.unsupervised': 'NearestNeighbors', 'sklearn.neighbors.lof': 'LocalOutlierFactor',
        'sklearn.neighbors.kde': 'KernelDensity', 'sklearn.neighbors.nearest_centroid': 'NearestCentroid',
        'sklearn.neighbors.kd_tree': 'KDTree', 'sklearn.neighbors.ball_tree': 'BallTree',
        'sklearn.neighbors.dist_metrics': 'EuclideanDistance MinkowskiDistance ManhattanDistance ChebyshevDistance',
        'sklearn.neighbors._dist_metrics': 'EuclideanDistance MinkowskiDistance ManhattanDistance ChebyshevDistance',
        'sklearn.neural_network.multilayer_perceptron': 'MLPClassifier MLPRegressor',
        'sklearn.neural_network._stochastic_optimizers': 'AdamOptimizer SGDOptimizer', 'sklearn.neural_network.rbm': 'BernoulliRBM',
        'sklearn.preprocessing.data': (
            'Binarizer KernelCenterer MaxAbsScaler MinMaxScaler Normalizer OneHotEncoder PolynomialFeatures '
            'PowerTransformer QuantileTransformer RobustScaler StandardScaler'
        ),
        'sklearn.preprocessing.label': 'LabelBinarizer LabelEncoder MultiLabelBinarizer',
        'sklearn.preprocessing._function_transformer': 'FunctionTransformer',
        'sklearn.semi_supervised.label_propagation': 'LabelPropagation LabelSpreading',
        'sklearn.svm.classes': 'LinearSVC LinearSVR NuSVC NuSVR OneClassSVM SVC SVR',
        'sklearn.tree.tree': 'DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier ExtraTreeRegressor',
        'sklearn.utils': 'Bunch', 'sklearn.utils.deprecation': 'DeprecationDict',
        'sklearn.grid_search': 'GridSearchCV RandomizedSearchCV', 'sklearn.cross_validation': 'KFold StratifiedKFold',
        'sklearn.lda': 'LDA', 'sklearn.qda': 'QDA', 'sklearn.metrics.scorer': '_PredictScorer _ProbaScorer _ThresholdScorer',
        'sklearn.externals.joblib.numpy_pickle': 'NDArrayWrapper NumpyArrayWrapper ZNDArrayWrapper',
        'sklearn.externals.joblib.numpy_pickle_compat': 'NDArrayWrapper ZNDArrayWrapper',
    }),
    ('reviewed: scikit-learn before 0.24', 'any', 'makes a part of a fitted model from numbers and arrays', {
        'sklearn.linear_model.sgd_fast': (
            'EpsilonInsensitive Hinge Huber Log ModifiedHuber SquaredEpsilonInsensitive SquaredHinge SquaredLoss'
        ),
    }),
    ('reviewed: scikit-learn before 0.24', 'class', EMPTY, {
        'sklearn.neighbors.kd_tree': 'newObj', 'sklearn.neighbors.ball_tree': 'newObj',
        'sklearn.neighbors.dist_metrics': 'newObj', 'sklearn.neighbors._dist_metrics': 'newObj',
    }),
    ('reviewed: scikit-learn 1.3 to 1.7', 'instance', STATE, {
        'sklearn.cluster._hdbscan.hdbscan': 'HDBSCAN', 'sklearn.cluster._bisect_k_means': 'BisectingKMeans _BisectingTree',
        'sklearn.frozen._frozen': 'FrozenEstimator', 'sklearn.preprocessing._target_encoder': 'TargetEncoder',
        'sklearn.model_selection._classification_threshold': 'FixedThresholdClassifier TunedThresholdClassifierCV',
        'sklearn.utils._metadata_requests': 'MetadataRequest MethodMetadataRequest MetadataRouter MethodMapping',
        'sklearn.metrics._scorer': '_BaseScorer _CurveScorer _MultimetricScorer _PassthroughScorer _Scorer',
        'sklearn.compose._column_transformer': '_RemainderColsList',
        'sklearn._loss.loss': (
            'AbsoluteError ExponentialLoss HalfBinomialLoss HalfGammaLoss HalfMultinomialLoss HalfPoissonLoss '
            'HalfSquaredError HalfTweedieLoss HalfTweedieLossIdentity HuberLoss PinballLoss'
        ),
        'sklearn._loss.link': 'HalfLogitLink IdentityLink Interval LogLink LogitLink MultinomialLogit',
        'sklearn.metrics._dist_metrics': ' '.join(
            f'{name}Distance{size}'
            for name in (
                'BrayCurtis Canberra Chebyshev Dice Euclidean Hamming Haversine Jaccard Mahalanobis Manhattan Minkowski '
                'RogersTanimoto RussellRao SEuclidean SokalMichener SokalSneath'
            ).split()
            for size in ('', '32', '64')
        ),
        'sklearn.neighbors._kd_tree': 'KDTree32 KDTree64', 'sklearn.neighbors._ball_tree': 'BallTree32 BallTree64',
        'sklearn.tree._tree': 'Tree',
        'sklearn.utils._bunch': 'Bunch',
        'sklearn.ensemble._hist_gradient_boosting.predictor': 'TreePredictor',
        'sklearn.ensemble._hist_gradient_boosting.binning': '_BinMapper',
    }),
    ('reviewed: scikit-learn 1.3 to 1.7', 'class', EMPTY, {
        'sklearn.metrics._dist_metrics': 'newObj32 newObj64',
        'sklearn.neighbors._kd_tree': 'newObj32 newObj64', 'sklearn.neighbors._ball_tree': 'newObj32 newObj64',
        'sklearn._loss._loss': '__pyx_unpickle_CyExponentialLoss __pyx_unpickle_CyHuberLoss __pyx_unpickle_CyLossFunction',
    }),
    ('reviewed: scikit-learn 1.6', 'any', 'makes a part of a fitted model from numbers and arrays', {
        'sklearn._loss._loss': (
            'CyAbsoluteError CyExponentialLoss CyHalfBinomialLoss CyHalfGammaLoss CyHalfMultinomialLoss CyHalfPoissonLoss '
            'CyHalfSquaredError CyHalfTweedieLoss CyHalfTweedieLossIdentity CyHuberLoss CyPinballLoss'
        ),
    }),
    ('reviewed: scikit-learn', 'none', FUNCTION, {
        'sklearn.feature_selection._univariate_selection': 'chi2 f_oneway f_regression r_regression',
        'sklearn.feature_selection._mutual_info': 'mutual_info_classif mutual_info_regression',
        'sklearn.feature_selection.univariate_selection': 'chi2 f_classif f_regression',
        'sklearn.feature_selection.mutual_info_': 'mutual_info_classif mutual_info_regression',
        'sklearn.metrics.pairwise': 'cosine_distances cosine_similarity linear_kernel manhattan_distances rbf_kernel',
        'sklearn.metrics.classification': 'accuracy_score f1_score log_loss precision_score recall_score',
        'sklearn.metrics.ranking': 'average_precision_score roc_auc_score',
        'sklearn.metrics.regression': 'mean_absolute_error mean_squared_error r2_score',
        'sklearn.metrics._regression': 'root_mean_squared_error root_mean_squared_log_error',
        'sklearn.cluster._kmeans': '_kmeans_single_elkan', 'sklearn.preprocessing._data': 'normalize scale',
        'numpy': 'abs max min nanmean prod ravel round std var', 'numpy.linalg': 'norm',
    }),
    ('reviewed: imbalanced-learn 0.12', 'instance', STATE, {
        'imblearn.pipeline': 'Pipeline', 'imblearn.over_sampling._adasyn': 'ADASYN',
        'imblearn.over_sampling._random_over_sampler': 'RandomOverSampler',
        'imblearn.over_sampling._smote.base': 'SMOTE SMOTEN SMOTENC',
        'imblearn.over_sampling._smote.filter': 'BorderlineSMOTE SVMSMOTE', 'imblearn.over_sampling._smote.cluster': 'KMeansSMOTE',
        'imblearn.under_sampling._prototype_selection._random_under_sampler': 'RandomUnderSampler',
        'imblearn.under_sampling._prototype_selection._tomek_links': 'TomekLinks',
        'imblearn.under_sampling._prototype_selection._edited_nearest_neighbours': 'EditedNearestNeighbours',
        'imblearn.under_sampling._prototype_selection._nearmiss': 'NearMiss',
        'imblearn.combine._smote_enn': 'SMOTEENN', 'imblearn.combine._smote_tomek': 'SMOTETomek',
        'imblearn.ensemble._forest': 'BalancedRandomForestClassifier', 'imblearn.ensemble._bagging': 'BalancedBaggingClassifier',
        'imblearn.ensemble._easy_ensemble': 'EasyEnsembleClassifier', 'imblearn.ensemble._weight_boosting': 'RUSBoostClassifier',
    }),
    ('reviewed: category-encoders 2.6', 'instance', STATE, {
        f'category_encoders.{module}': name
        for module, name in {
            'backward_difference': 'BackwardDifferenceEncoder', 'basen': 'BaseNEncoder', 'binary': 'BinaryEncoder',
            'cat_boost': 'CatBoostEncoder', 'count': 'CountEncoder', 'glmm': 'GLMMEncoder', 'hashing': 'HashingEncoder',
            'helmert': 'HelmertEncoder', 'james_stein': 'JamesSteinEncoder', 'leave_one_out': 'LeaveOneOutEncoder',
            'm_estimate': 'MEstimateEncoder', 'one_hot': 'OneHotEncoder', 'ordinal': 'OrdinalEncoder',
            'sum_coding': 'SumEncoder', 'target_encoder': 'TargetEncoder', 'woe': 'WOEEncoder',
        }.items()
    }),
    # --- Boosters --------------------------------------------------------------------------------------------------
    ('reviewed: lightgbm 4', 'instance', 'a model that the library reads from the text in its state', {
        'lightgbm.basic': 'Booster', 'lightgbm.sklearn': 'LGBMClassifier LGBMModel LGBMRanker LGBMRegressor',
        'lightgbm.callback': '_EarlyStoppingCallback _LogEvaluationCallback _RecordEvaluationCallback',
    }),
    ('reviewed: catboost 1.2', 'instance', 'a model that the library reads from the bytes in its state', {
        'catboost.core': 'CatBoost CatBoostClassifier CatBoostRanker CatBoostRegressor',
    }),
    ('reviewed: xgboost 2', 'instance', 'a model that the library reads from the bytes in its state', {
        'xgboost.sklearn': 'XGBModel XGBRankerMixIn', 'xgboost.callback': 'LearningRateScheduler TrainingCheckPoint',
    }),
    # --- PyTorch ---------------------------------------------------------------------------------------------------
    ('reviewed: torch 2', 'instance', STATE, {
        'torch': 'Tensor', 'torch._tensor': 'Tensor', 'torch.nn.parameter': 'Buffer',
        'torch.optim.adafactor': 'Adafactor', 'torch.optim._adafactor': 'Adafactor', 'torch.optim.optimizer': 'Optimizer',
        'torch.optim.swa_utils': 'AveragedModel SWALR',
        'torch.optim.lr_scheduler': (
            'ChainedScheduler CyclicLR LRScheduler LambdaLR MultiplicativeLR SequentialLR _LRScheduler'
        ),
        'torch.distributions.normal': 'Normal', 'torch.distributions.constraints': (
            '_Boolean _GreaterThan _GreaterThanEq _IndependentConstraint _IntegerInterval _Interval _Real _Simplex'
        ),
        'torch.utils.data.dataset': 'Dataset IterableDataset',
        # Loading sets its attributes; workers start when it is iterated.
        'torch.utils.data.dataloader': 'DataLoader', 'torch.utils.data.sampler': 'Sampler SubsetRandomSampler',
        'torch.ao.nn.quantized.dynamic.modules.linear': 'Linear', 'torch.nn.quantized.dynamic.modules.linear': 'Linear',
    }),
    ('reviewed: torch 2', 'any', TENSOR, {
        'torch._utils': (
            '_rebuild_device_tensor_from_cpu_tensor _rebuild_device_tensor_from_numpy _rebuild_nested_tensor '
            '_rebuild_parameter_with_state _rebuild_tensor _rebuild_tensor_v3'
        ),
        'torch.nn.parameter': 'Parameter',
    }),
    ('reviewed: torch 2', 'class', TENSOR, {'torch._utils': '_rebuild_wrapper_subclass'}),
    ('reviewed: torch 2', 'callable', 'rebuilds a tensor by a function of this table', {
        'torch._tensor': '_rebuild_from_type _rebuild_from_type_v2',
    }),
    ('reviewed: torch 2', 'none', VALUE, {
        'torch': (
            'bit bits16 bits1x8 bits2x4 bits4x2 bits8 cdouble cfloat chalf channels_last channels_last_3d contiguous_format '
            'double float float4_e2m1fn_x2 float8_e4m3fn float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz float8_e8m0fnu half '
            'int int1 int2 int3 int4 int5 int6 int7 jagged long per_channel_affine_float_qparams per_channel_symmetric '
            'per_tensor_symmetric preserve_format short sparse_bsc sparse_bsr sparse_coo sparse_csc sparse_csr strided '
            'uint1 uint16 uint2 uint3 uint32 uint4 uint5 uint6 uint64 uint7'
        ),
    }),
    ('reviewed: torch 2', 'none', STORAGE, {
        'torch': 'Float8_e4m3fnStorage Float8_e5m2Storage UntypedStorage',
        'torch.storage': 'TypedStorage UntypedStorage _TypedStorage _UntypedStorage',
        'torch.cuda': (
            'BFloat16Storage BoolStorage ByteStorage CharStorage ComplexDoubleStorage ComplexFloatStorage DoubleStorage '
            'FloatStorage HalfStorage IntStorage LongStorage ShortStorage'
        ),
    }),
    ('reviewed: torch 2', 'none', FUNCTION, {
        'torch.nn.functional': (
            'celu elu gelu glu hardsigmoid hardswish hardtanh leaky_relu log_softmax logsigmoid mish relu6 rrelu selu '
            'sigmoid silu softmax softplus softsign tanh tanhshrink'
        ),
        'torch': 'relu sigmoid softmax tanh', 'torch._C._nn': 'elu_ hardtanh log_sigmoid mish relu6 silu softplus',
        'torch._C._VariableFunctions': 'relu sigmoid tanh',
    }),
    # What its tar says of each tensor beside its key; no loader calls it.
    ('reviewed: torch 0.1', 'none', KIND, {
        'torch': TENSORS, 'torch.cuda': TENSORS, 'torch.cuda.sparse': TENSORS, 'torch.sparse': TENSORS,
    }),
    ('reviewed: torch 1 and 2', 'instance', MODULE, {
        'torch.nn.modules.activation': 'GELU Hardsigmoid Hardswish Mish ReLU6 SiLU Softmax2d Threshold',
        'torch.nn.modules.normalization': 'RMSNorm', 'torch.nn.modules.padding': convolutions('CircularPad ZeroPad'),
        'torch.nn.modules.linear': 'NonDynamicallyQuantizableLinear _LinearWithBias Identity',
        'torch.nn.modules.pooling': convolutions('FractionalMaxPool', '2d 3d') + ' LPPool3d',
        'torch.nn.modules.batchnorm': '_BatchNorm _NormBase', 'torch.nn.modules.module': 'Module',
        'torch.nn.modules.instancenorm': '_InstanceNorm', 'torch.nn.modules.conv': '_ConvNd',
        'torch.nn.modules.upsampling': 'Upsample UpsamplingBilinear2d UpsamplingNearest2d',
        'torch.nn.modules.rnn': 'RNNBase RNNCellBase', 'torch.nn.modules.transformer': (
            'Transformer TransformerDecoder TransformerDecoderLayer TransformerEncoder TransformerEncoderLayer'
        ),
        'torch.nn.parallel.data_parallel': 'DataParallel', 'torch.nn.utils.spectral_norm': 'SpectralNorm SpectralNormLoadStateDictPreHook SpectralNormStateDictHook',
        'torch.nn.utils.weight_norm': 'WeightNorm', 'torch.nn.utils.parametrizations': '_Orthogonal _SpectralNorm _WeightNorm',
        'torch.nn.utils.parametrize': 'ParametrizationList',
        'torch.ao.quantization.stubs': 'DeQuantStub QuantStub QuantWrapper',
    }),
    ('reviewed: torch 1 and 2', 'instance', MODULE, {
        'torch.ao.quantization.fake_quantize': 'FakeQuantize FusedMovingAvgObsFakeQuantize',
        'torch.ao.quantization.observer': (
            'HistogramObserver MinMaxObserver MovingAverageMinMaxObserver MovingAveragePerChannelMinMaxObserver '
            'NoopObserver PerChannelMinMaxObserver PlaceholderObserver'
        ),
        'torch.ao.quantization.qconfig': 'QConfig',
    }),
    # --- torchvision, timm -----------------------------------------------------------------------------------------
    ('reviewed: torchvision 0.19', 'instance', MODULE, {
        'torchvision.models.alexnet': 'AlexNet', 'torchvision.models.vgg': 'VGG',
        'torchvision.models.resnet': 'BasicBlock Bottleneck ResNet',
        'torchvision.models.densenet': 'DenseNet _DenseBlock _DenseLayer _Transition',
        'torchvision.models.inception': (
            'BasicConv2d Inception3 InceptionA InceptionAux InceptionB InceptionC InceptionD InceptionE'
        ),
        'torchvision.models.googlenet': 'BasicConv2d GoogLeNet Inception InceptionAux',
        'torchvision.models.squeezenet': 'Fire SqueezeNet', 'torchvision.models.mnasnet': 'MNASNet _InvertedResidual',
        'torchvision.models.mobilenet': 'ConvBNReLU InvertedResidual MobileNetV2',
        'torchvision.models.mobilenetv2': 'ConvBNReLU InvertedResidual MobileNetV2',
        'torchvision.models.mobilenetv3': 'InvertedResidual InvertedResidualConfig MobileNetV3 SqueezeExcitation',
        'torchvision.models.shufflenetv2': 'InvertedResidual ShuffleNetV2',
        'torchvision.models.efficientnet': 'EfficientNet FusedMBConv FusedMBConvConfig MBConv MBConvConfig',
        'torchvision.models.regnet': (
            'AnyStage BlockParams BottleneckTransform RegNet ResBottleneckBlock SimpleStemIN'
        ),
        'torchvision.models.convnext': 'CNBlock CNBlockConfig ConvNeXt LayerNorm2d',
        'torchvision.models.swin_transformer': (
            'PatchMerging PatchMergingV2 ShiftedWindowAttention ShiftedWindowAttentionV2 SwinTransformer '
            'SwinTransformerBlock SwinTransformerBlockV2'
        ),
        'torchvision.models.vision_transformer': 'Encoder EncoderBlock MLPBlock VisionTransformer',
        'torchvision.models.maxvit': 'MBConv MaxVit MaxVitBlock MaxVitLayer PartitionAttentionLayer',
        'torchvision.models._utils': 'IntermediateLayerGetter',
        'torchvision.models.segmentation.fcn': 'FCN FCNHead', 'torchvision.models.segmentation.lraspp': 'LRASPP LRASPPHead',
        'torchvision.models.segmentation.deeplabv3': 'ASPP ASPPConv ASPPPooling DeepLabHead DeepLabV3',
        'torchvision.models.detection.faster_rcnn': 'FastRCNNConvFCHead FastRCNNPredictor FasterRCNN TwoMLPHead',
        'torchvision.models.detection.mask_rcnn': 'MaskRCNN MaskRCNNHeads MaskRCNNPredictor',
        'torchvision.models.detection.keypoint_rcnn': 'KeypointRCNN KeypointRCNNHeads KeypointRCNNPredictor',
        'torchvision.models.detection.retinanet': (
            'RetinaNet RetinaNetClassificationHead RetinaNetHead RetinaNetRegressionHead'
        ),
        'torchvision.models.detection.ssd': 'SSD SSDClassificationHead SSDFeatureExtractorVGG SSDHead SSDRegressionHead',
        'torchvision.models.detection.fcos': 'FCOS FCOSClassificationHead FCOSHead FCOSRegressionHead',
        'torchvision.models.detection.rpn': 'RPNHead RegionProposalNetwork', 'torchvision.models.detection.roi_heads': 'RoIHeads',
        'torchvision.models.detection.anchor_utils': 'AnchorGenerator DefaultBoxGenerator',
        'torchvision.models.detection.backbone_utils': 'BackboneWithFPN',
        'torchvision.models.detection.transform': 'GeneralizedRCNNTransform',
        'torchvision.models.detection._utils': 'BalancedPositiveNegativeSampler BoxCoder BoxLinearCoder Matcher SSDMatcher',
        'torchvision.models.detection.image_list': 'ImageList',
        'torchvision.ops.feature_pyramid_network': 'FeaturePyramidNetwork LastLevelMaxPool LastLevelP6P7',
        'torchvision.ops.misc': (
            'Conv2dNormActivation Conv3dNormActivation ConvNormActivation FrozenBatchNorm2d MLP Permute SqueezeExcitation'
        ),
        'torchvision.ops.poolers': 'MultiScaleRoIAlign', 'torchvision.ops.stochastic_depth': 'StochasticDepth',
        'torchvision.ops.deform_conv': 'DeformConv2d', 'torchvision.ops.roi_align': 'RoIAlign',
        'torchvision.models.video.resnet': (
            'BasicBlock BasicStem Bottleneck Conv2Plus1D Conv3DNoTemporal Conv3DSimple R2Plus1dStem VideoResNet'
        ),
        'torchvision.transforms.transforms': (
            'CenterCrop ColorJitter Compose ConvertImageDtype FiveCrop GaussianBlur Grayscale Normalize PILToTensor Pad '
            'RandomAdjustSharpness RandomAffine RandomApply RandomAutocontrast RandomCrop RandomEqualize RandomErasing '
            'RandomGrayscale RandomHorizontalFlip RandomOrder RandomPerspective RandomResizedCrop RandomRotation '
            'RandomVerticalFlip Resize TenCrop ToPILImage ToTensor'
        ),
    }),
    ('reviewed: torchvision 0.19', 'constants', ENUMERATION, {'torchvision.transforms.functional': 'InterpolationMode'}),
    ('reviewed: timm 1.0', 'instance', MODULE, {
        'timm.models.vision_transformer': 'Attention Block LayerScale ParallelScalingBlock ResPostBlock VisionTransformer',
        'timm.models.resnet': 'BasicBlock Bottleneck ResNet', 'timm.models.convnext': 'ConvNeXt ConvNeXtBlock ConvNeXtStage',
        'timm.models.efficientnet': 'EfficientNet EfficientNetFeatures',
        'timm.models._efficientnet_blocks': (
            'ConvBnAct DepthwiseSeparableConv EdgeResidual InvertedResidual SqueezeExcite UniversalInvertedResidual'
        ),
        'timm.models.efficientnet_blocks': 'ConvBnAct DepthwiseSeparableConv EdgeResidual InvertedResidual SqueezeExcite',
        'timm.models.swin_transformer': 'BasicLayer PatchMerging SwinTransformer SwinTransformerBlock SwinTransformerStage WindowAttention',
        'timm.models.mobilenetv3': 'MobileNetV3 MobileNetV3Features', 'timm.models.densenet': 'DenseBlock DenseLayer DenseNet DenseTransition',
        'timm.models.deit': 'VisionTransformerDistilled', 'timm.models.beit': 'Attention Beit Block RelativePositionBias',
        'timm.models.regnet': 'Bottleneck RegNet RegStage', 'timm.models.mlp_mixer': 'MixerBlock MlpMixer ResBlock',
        'timm.models.vgg': 'ConvMlp VGG', 'timm.models.xception': 'Block SeparableConv2d Xception',
        **{
            f'timm.{folder}.{module}': names
            for folder in ('layers', 'models.layers')
            for module, names in {
                'adaptive_avgmax_pool': 'AdaptiveAvgMaxPool2d AdaptiveCatAvgMaxPool2d FastAdaptiveAvgPool2d SelectAdaptivePool2d',
                'activations': 'HardMish HardSigmoid HardSwish Mish PReLU Sigmoid Swish Tanh',
                'activations_me': 'HardMishMe HardSigmoidMe HardSwishMe MishMe SwishMe',
                'blur_pool': 'BlurPool2d', 'cbam': 'CbamModule ChannelAttn SpatialAttn', 'classifier': 'ClassifierHead NormMlpClassifierHead',
                'conv_bn_act': 'ConvBnAct ConvNormAct', 'create_act': 'Identity', 'drop': 'DropBlock2d DropPath',
                'eca': 'EcaModule CecaModule', 'mlp': 'ConvMlp GatedMlp GlobalResponseNormMlp GluMlp Mlp SwiGLU',
                'norm': 'GroupNorm GroupNorm1 LayerNorm LayerNorm2d LayerNormExp2d RmsNorm',
                'norm_act': 'BatchNormAct2d GroupNormAct LayerNormAct LayerNormAct2d', 'patch_embed': 'HybridEmbed PatchEmbed',
                'pool2d_same': 'AvgPool2dSame MaxPool2dSame', 'conv2d_same': 'Conv2dSame', 'std_conv': 'ScaledStdConv2d StdConv2d',
                'squeeze_excite': 'EffectiveSEModule SEModule SqueezeExciteCl', 'separable_conv': 'SeparableConv2d SeparableConvNormAct',
                'space_to_depth': 'SpaceToDepth', 'split_attn': 'RadixSoftmax SplitAttn', 'linear': 'Linear', 'grn': 'GlobalResponseNorm',
            }.items()
        },
    }),
    # --- YOLO ------------------------------------------------------------------------------------------------------
    ('reviewed: ultralytics 8', 'instance', MODULE, {
        **{
            f'ultralytics.nn.{module}': names
            for module, names in {
                'tasks': (
                    'BaseModel ClassificationModel DetectionModel Ensemble OBBModel PoseModel RTDETRDetectionModel '
                    'SegmentationModel WorldModel YOLOEModel YOLOESegModel'
                ),
                'modules.block': ULTRALYTICS_BLOCKS, 'modules.conv': ULTRALYTICS_CONVOLUTIONS, 'modules.head': ULTRALYTICS_HEADS,
                'modules.transformer': ULTRALYTICS_TRANSFORMERS,
                'modules': 'Bottleneck C2f Concat Conv DFL Detect Proto SPPF Segment',
            }.items()
        },
        'ultralytics.utils.loss': (
            'BboxLoss DFLoss E2EDetectLoss FocalLoss KeypointLoss RotatedBboxLoss VarifocalLoss v8ClassificationLoss '
            'v8DetectionLoss v8OBBLoss v8PoseLoss v8SegmentationLoss'
        ),
        'ultralytics.utils.tal': 'RotatedTaskAlignedAssigner TaskAlignedAssigner',
        'ultralytics.utils': 'IterableSimpleNamespace', 'ultralytics.yolo.utils': 'IterableSimpleNamespace',
        'ultralytics.yolo.utils.loss': 'BboxLoss VarifocalLoss', 'ultralytics.yolo.utils.tal': 'TaskAlignedAssigner',
        'ultralytics.yolo.v8.detect.train': 'Loss', 'ultralytics.yolo.v8.segment.train': 'SegLoss',
    }),
    ('reviewed: yolov5, yolov7', 'instance', MODULE, {
        'models.common': YOLO_COMMON, 'models.experimental': 'CrossConv Ensemble MixConv2d Sum',
        'models.yolo': (
            'BaseModel ClassificationModel Detect DetectionModel IAuxDetect IBin IDetect IKeypoint Model Segment '
            'SegmentationModel'
        ),
    }),
    # --- Hugging Face ----------------------------------------------------------------------------------------------
    ('reviewed: transformers 4', 'instance', STATE, {
        **{
            f'transformers.models.{model}.configuration_{model}': f'{name}Config'
            for model, name in CONFIGURATIONS.items()
        },
        'transformers.models.clip.configuration_clip': 'CLIPConfig CLIPTextConfig CLIPVisionConfig',
        'transformers.configuration_utils': 'PretrainedConfig PreTrainedConfig',
        'transformers.generation.configuration_utils': 'GenerationConfig',
        'transformers.training_args': 'TrainingArguments', 'transformers.training_args_seq2seq': 'Seq2SeqTrainingArguments',
        'transformers.trainer_pt_utils': 'AcceleratorConfig LabelSmoother', 'transformers.trainer_callback': 'TrainerState TrainerControl',
        'transformers.tokenization_utils_base': 'BatchEncoding AddedToken', 'transformers.tokenization_utils': 'Trie',
        'transformers.tokenization_utils_fast': 'PreTrainedTokenizerFast',
        **{
            f'transformers.models.{model}.tokenization_{model}_fast': f'{name}TokenizerFast'
            for model, name in FAST_TOKENIZERS.items()
        },
        'transformers.models.bert.tokenization_bert': 'BasicTokenizer BertTokenizer WordpieceTokenizer',
        'transformers.models.distilbert.tokenization_distilbert': 'DistilBertTokenizer',
        'transformers.models.electra.tokenization_electra': 'ElectraTokenizer',
        'transformers.models.gpt2.tokenization_gpt2': 'GPT2Tokenizer',
        'transformers.models.roberta.tokenization_roberta': 'RobertaTokenizer',
        'transformers.modeling_outputs': (
            'BaseModelOutput BaseModelOutputWithPooling CausalLMOutput MaskedLMOutput SequenceClassifierOutput'
        ),
        'transformers.utils.generic': 'ModelOutput',
    }),
    ('reviewed: transformers 4', 'constants', ENUMERATION, {
        'transformers.trainer_utils': 'EvaluationStrategy FSDPOption HubStrategy IntervalStrategy SaveStrategy SchedulerType',
        'transformers.training_args': 'OptimizerNames ParallelMode', 'transformers.utils.generic': 'ExplicitEnum PaddingStrategy TensorType',
        'transformers.debug_utils': 'DebugOption', 'accelerate.utils.dataclasses': 'DistributedType PrecisionType',
    }),
    ('reviewed: transformers 4', 'instance', MODULE, {
        **transformer('bert', 'Bert', ENCODER, 'ForNextSentencePrediction ForPreTraining OnlyMLMHead SdpaSelfAttention'),
        **transformer('roberta', 'Roberta', ENCODER, 'ClassificationHead LMHead SdpaSelfAttention'),
        **transformer('electra', 'Electra', ENCODER, 'ClassificationHead DiscriminatorPredictions GeneratorPredictions'),
        **transformer(
            'distilbert',
            '',
            'Embeddings FFN MultiHeadSelfAttention Transformer TransformerBlock DistilBertForMaskedLM '
            'DistilBertForQuestionAnswering DistilBertForSequenceClassification DistilBertForTokenClassification '
            'DistilBertModel DistilBertSdpaAttention',
        ),
        **transformer('gpt2', 'GPT2', 'Attention Block LMHeadModel MLP Model ForSequenceClassification'),
        **transformer(
            't5', 'T5', 'Attention Block DenseActDense DenseGatedActDense EncoderModel ForConditionalGeneration LayerCrossAttention '
            'LayerFF LayerNorm LayerSelfAttention Model Stack'
        ),
        **transformer('vit', 'ViT', 'Attention Embeddings Encoder ForImageClassification Intermediate Layer Model Output PatchEmbeddings Pooler SelfAttention SelfOutput'),
        **transformer('llama', 'Llama', 'Attention DecoderLayer ForCausalLM ForSequenceClassification MLP Model RMSNorm RotaryEmbedding'),
        **transformer('mistral', 'Mistral', 'Attention DecoderLayer ForCausalLM MLP Model RMSNorm RotaryEmbedding'),
        **transformer('qwen2', 'Qwen2', 'Attention DecoderLayer ForCausalLM MLP Model RMSNorm RotaryEmbedding'),
        'transformers.activations': 'ClippedGELUActivation FastGELUActivation GELUActivation NewGELUActivation QuickGELUActivation SiLUActivation',
        'transformers.pytorch_utils': 'Conv1D',
    }),
    ('reviewed: tokenizers 0.19', 'instance', 'a tokenizer that the library reads from the text in its state', {
        'tokenizers': 'AddedToken Tokenizer',
        'tokenizers.models': 'BPE Model Unigram WordLevel WordPiece',
        'tokenizers.normalizers': (
            'BertNormalizer Lowercase NFC NFD NFKC NFKD Normalizer Prepend Replace Sequence Strip StripAccents'
        ),
        'tokenizers.pre_tokenizers': (
            'BertPreTokenizer ByteLevel CharDelimiterSplit Digits Metaspace PreTokenizer Punctuation Sequence Split '
            'UnicodeScripts Whitespace WhitespaceSplit'
        ),
        'tokenizers.processors': 'BertProcessing ByteLevel PostProcessor RobertaProcessing Sequence TemplateProcessing',
        'tokenizers.decoders': 'BPEDecoder ByteFallback ByteLevel CTC Decoder Fuse Metaspace Replace Sequence Strip WordPiece',
    }),
    ('reviewed: peft 0.11', 'instance', STATE, {
        'peft.config': 'PeftConfig PromptLearningConfig', 'peft.tuners.lora.config': 'LoftQConfig LoraConfig',
        'peft.tuners.lora': 'LoraConfig', 'peft.tuners.ia3.config': 'IA3Config', 'peft.tuners.adalora.config': 'AdaLoraConfig',
        'peft.tuners.prefix_tuning.config': 'PrefixTuningConfig', 'peft.tuners.p_tuning.config': 'PromptEncoderConfig',
        'peft.tuners.prompt_tuning.config': 'PromptTuningConfig', 'peft.tuners.loha.config': 'LoHaConfig',
        'peft.tuners.lokr.config': 'LoKrConfig', 'peft.tuners.oft.config': 'OFTConfig',
    }),
    ('reviewed: peft 0.11', 'constants', ENUMERATION, {'peft.utils.peft_types': 'PeftType TaskType'}),
    ('reviewed: sentence-transformers 3', 'instance', MODULE, {
        **{
            f'sentence_transformers.models.{name}': name
            for name in 'Dense Dropout LayerNorm Normalize Pooling WeightedLayerPooling'.split()
        },
    }),
    ('reviewed: diffusers 0.29', 'instance', MODULE, {
        'diffusers.configuration_utils': 'FrozenDict',
        'diffusers.models.unets.unet_2d': 'UNet2DModel', 'diffusers.models.unets.unet_2d_condition': 'UNet2DConditionModel',
        'diffusers.models.unet_2d': 'UNet2DModel', 'diffusers.models.unet_2d_condition': 'UNet2DConditionModel',
        'diffusers.models.autoencoders.autoencoder_kl': 'AutoencoderKL', 'diffusers.models.autoencoder_kl': 'AutoencoderKL',
        'diffusers.models.attention': 'BasicTransformerBlock FeedForward', 'diffusers.models.attention_processor': 'Attention AttnProcessor AttnProcessor2_0',
        'diffusers.models.embeddings': 'ImagePositionalEmbeddings PatchEmbed TimestepEmbedding Timesteps',
        'diffusers.models.resnet': 'Downsample2D ResnetBlock2D Upsample2D',
        'diffusers.schedulers.scheduling_ddpm': 'DDPMScheduler', 'diffusers.schedulers.scheduling_ddim': 'DDIMScheduler',
        'diffusers.schedulers.scheduling_pndm': 'PNDMScheduler', 'diffusers.schedulers.scheduling_euler_discrete': 'EulerDiscreteScheduler',
    }),
    # --- Training ----------------------------------------------------------------------------------------------------
    *(
        (f'reviewed: {package} 2', 'instance', STATE, {
            f'{root}.callbacks.early_stopping': 'EarlyStopping', f'{root}.callbacks.model_checkpoint': 'ModelCheckpoint',
            f'{root}.callbacks.lr_monitor': 'LearningRateMonitor', f'{root}.callbacks.stochastic_weight_avg': 'StochasticWeightAveraging',
            f'{root}.callbacks.gradient_accumulation_scheduler': 'GradientAccumulationScheduler',
            f'{root}.utilities.parsing': 'AttributeDict', f'{root}.core.mixins.hparams_mixin': 'HyperparametersMixin',
        })
        for package, root in (('pytorch-lightning', 'pytorch_lightning'), ('lightning', 'lightning.pytorch'))
    ),
    ('reviewed: lightning 2', 'instance', STATE, {
        'lightning_fabric.utilities.data': 'AttributeDict', 'lightning.fabric.utilities.data': 'AttributeDict',
    }),
    ('reviewed: omegaconf 2.3', 'instance', STATE, {
        'omegaconf.dictconfig': 'DictConfig', 'omegaconf.listconfig': 'ListConfig', 'omegaconf.base': 'ContainerMetadata Metadata',
        'omegaconf.nodes': 'AnyNode BooleanNode BytesNode EnumNode FloatNode IntegerNode PathNode StringNode',
    }),
    ('reviewed: yacs 0.1, easydict 1', 'instance', STATE, {
        'yacs.config': 'CfgNode', 'easydict': 'EasyDict',
    }),
    ('reviewed: python 3.13', 'constants', 'makes a value of numbers and texts', {
        'pathlib': 'Path PurePath WindowsPath', 'pathlib._local': 'Path PosixPath PurePath PurePosixPath PureWindowsPath WindowsPath',
    }),
    # The file that its state names is judged by the policy.
    ('reviewed: joblib 0.9', 'instance', STATE, {
        'joblib.numpy_pickle': 'NDArrayWrapper ZNDArrayWrapper', 'joblib.numpy_pickle_compat': 'NDArrayWrapper ZNDArrayWrapper',
    }),
    ('reviewed: torch 1 and 2', 'none', FUNCTION, {'torch.utils.data._utils.collate': 'default_collate default_convert'}),
    ('reviewed: scikit-learn', 'instance', STATE, {'sklearn.multiclass': '_ConstantPredictor'}),
    # An array that cannot be written; pandas since 1.0 makes a plain one in its place.
    ('reviewed: pandas before 1.0', 'instance', STATE, {
        'pandas.core.base': 'FrozenNDArray FrozenList', 'pandas.core.indexes.frozen': 'FrozenNDArray',
    }),
    # Their __setstate__ runs a text of the state, which the policy holds to what scipy writes.
    ('reviewed: scipy 1.6 to 1.16', 'distribution', 'a distribution, made without its constructor; the policy reads its state', {
        'scipy.stats._continuous_distns': (
            'alpha_gen anglit_gen arcsine_gen argus_gen beta_gen betaprime_gen bradford_gen burr12_gen burr_gen '
            'cauchy_gen chi2_gen chi_gen cosine_gen crystalball_gen dgamma_gen dweibull_gen erlang_gen expon_gen '
            'exponnorm_gen exponpow_gen exponweib_gen f_gen fatiguelife_gen fisk_gen foldcauchy_gen foldnorm_gen '
            'gamma_gen gausshyper_gen genexpon_gen genextreme_gen gengamma_gen genhalflogistic_gen '
            'genhyperbolic_gen geninvgauss_gen genlogistic_gen gennorm_gen genpareto_gen gibrat_gen gilbrat_gen '
            'gompertz_gen gumbel_l_gen gumbel_r_gen halfcauchy_gen halfgennorm_gen halflogistic_gen halfnorm_gen '
            'hypsecant_gen invgamma_gen invgauss_gen invweibull_gen johnsonsb_gen johnsonsu_gen kappa3_gen '
            'kappa4_gen ksone_gen kstwo_gen kstwobign_gen laplace_asymmetric_gen laplace_gen levy_gen levy_l_gen '
            'loggamma_gen logistic_gen loglaplace_gen lognorm_gen lomax_gen maxwell_gen mielke_gen moyal_gen '
            'nakagami_gen ncf_gen nct_gen ncx2_gen norm_gen norminvgauss_gen pareto_gen pearson3_gen '
            'powerlaw_gen powerlognorm_gen powernorm_gen rayleigh_gen rdist_gen recipinvgauss_gen reciprocal_gen '
            'rice_gen semicircular_gen skew_norm_gen skewcauchy_gen studentized_range_gen t_gen trapezoid_gen '
            'triang_gen truncexpon_gen truncnorm_gen truncpareto_gen truncweibull_min_gen tukeylambda_gen '
            'uniform_gen vonmises_gen wald_gen weibull_max_gen weibull_min_gen wrapcauchy_gen'
        ),
        'scipy.stats._discrete_distns': (
            'bernoulli_gen betabinom_gen binom_gen boltzmann_gen dlaplace_gen geom_gen hypergeom_gen logser_gen '
            'nbinom_gen nchypergeom_fisher_gen nchypergeom_wallenius_gen nhypergeom_gen planck_gen poisson_gen '
            'randint_gen skellam_gen yulesimon_gen zipf_gen zipfian_gen'
        ),
    }),
    ('reviewed: scipy 1.6 to 1.16', 'instance', STATE, {
        'scipy.stats._distn_infrastructure': 'rv_continuous_frozen rv_discrete_frozen rv_frozen',
    }),
    # Its __setstate__ copies bytes and updates its attributes (Modules/_io/bytesio.c).
    ('reviewed: python', 'instance', STATE, {'_io': 'BytesIO', 'io': 'BytesIO'}),
    ('reviewed: python', 'none', VALUE, {'collections.abc': 'Callable Iterable Mapping Sequence'}),
    ('reviewed: python', 'none', VALUE, {'typing': 'Any Dict List Optional Tuple Union'}),
    ('reviewed: fairseq 0.12', 'instance', STATE, {'fairseq.data.dictionary': 'Dictionary'}),
    # --- Text and graphs ---------------------------------------------------------------------------------------------
    ('reviewed: gensim 4', 'instance', STATE, {
        'gensim.models.word2vec': 'Word2Vec Word2VecTrainables Word2VecVocab', 'gensim.models.doc2vec': 'Doc2Vec Doctag TaggedDocument',
        'gensim.models.keyedvectors': 'CompatVocab Doc2VecKeyedVectors FastTextKeyedVectors KeyedVectors Vocab Word2VecKeyedVectors WordEmbeddingsKeyedVectors',
        'gensim.models.fasttext': 'FastText FastTextKeyedVectors', 'gensim.models.tfidfmodel': 'TfidfModel',
        'gensim.models.ldamodel': 'LdaModel LdaState', 'gensim.models.lsimodel': 'LsiModel Projection',
        'gensim.models.phrases': 'FrozenPhrases Phraser Phrases', 'gensim.corpora.dictionary': 'Dictionary',
        'gensim.similarities.docsim': 'MatrixSimilarity SparseMatrixSimilarity',
    }),
    ('reviewed: gensim 4', 'none', FUNCTION, {
        'gensim.models.tfidfmodel': 'df2idf', 'gensim.utils': 'identity', 'gensim.models.phrases': 'original_scorer npmi_scorer',
    }),
    ('reviewed: nltk 3.8', 'instance', STATE, {
        'nltk.tokenize.punkt': 'PunktLanguageVars PunktParameters PunktSentenceTokenizer PunktToken',
        'nltk.probability': 'ConditionalFreqDist FreqDist', 'nltk.stem.porter': 'PorterStemmer', 'nltk.stem.wordnet': 'WordNetLemmatizer',
        'nltk.tokenize.treebank': 'TreebankWordTokenizer', 'nltk.tokenize.regexp': 'RegexpTokenizer',
        'nltk.classify.naivebayes': 'NaiveBayesClassifier',
    }),
    ('reviewed: networkx 3', 'instance', STATE, {
        'networkx.classes.graph': 'Graph', 'networkx.classes.digraph': 'DiGraph', 'networkx.classes.multigraph': 'MultiGraph',
        'networkx.classes.multidigraph': 'MultiDiGraph',
    }),
]  # fmt: skip
