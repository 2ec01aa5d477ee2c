// Written by `pnpm observe-pickles`: change its review or its objects, not this file.
import { type AllowedGroup, allow } from '../globals.ts'

/** Names of the family `estimators` that may stand in a pickle. */
export const estimatorsGlobals: readonly AllowedGroup[] = [
  ...allow('numpy 1.24.2, scipy 1.10.1', 'instance', 'made without its constructor; its state is assigned', {
    'joblib.numpy_pickle': 'NumpyArrayWrapper',
  }),
  ...allow('scikit-learn 1.2.1', 'any', 'makes a part of a fitted model from numbers and arrays', {
    'sklearn.impute._iterative': '_ImputerTriplet',
    'sklearn.linear_model._sgd_fast': 'Hinge Huber Log ModifiedHuber SquaredHinge SquaredLoss',
    'sklearn.tree._tree': 'Tree',
  }),
  ...allow('scikit-learn 1.2.1', 'class', 'makes an instance without its constructor', {
    'sklearn._loss._loss': `
      __pyx_unpickle_CyAbsoluteError __pyx_unpickle_CyHalfBinomialLoss __pyx_unpickle_CyHalfGammaLoss
      __pyx_unpickle_CyHalfMultinomialLoss __pyx_unpickle_CyHalfPoissonLoss __pyx_unpickle_CyHalfSquaredError
      __pyx_unpickle_CyHalfTweedieLossIdentity __pyx_unpickle_CyPinballLoss
    `,
    'sklearn.metrics._dist_metrics': 'newObj',
    'sklearn.neighbors._ball_tree': 'newObj',
    'sklearn.neighbors._kd_tree': 'newObj',
  }),
  ...allow('scikit-learn 1.2.1', 'constants', 'an error as a value; nothing is raised', {
    'sklearn.exceptions': 'ConvergenceWarning NotFittedError',
  }),
  ...allow('scikit-learn 1.2.1', 'instance', 'made without its constructor; its state is assigned', {
    'sklearn._loss._loss': `
      CyAbsoluteError CyHalfBinomialLoss CyHalfGammaLoss CyHalfMultinomialLoss CyHalfPoissonLoss CyHalfSquaredError
      CyHalfTweedieLossIdentity CyPinballLoss
    `,
    'sklearn._loss.link': 'IdentityLink Interval LogLink LogitLink MultinomialLogit',
    'sklearn._loss.loss': `
      AbsoluteError HalfBinomialLoss HalfGammaLoss HalfMultinomialLoss HalfPoissonLoss HalfSquaredError
      HalfTweedieLossIdentity PinballLoss
    `,
    'sklearn.calibration': 'CalibratedClassifierCV _CalibratedClassifier _SigmoidCalibration',
    'sklearn.cluster._affinity_propagation': 'AffinityPropagation',
    'sklearn.cluster._agglomerative': 'AgglomerativeClustering FeatureAgglomeration',
    'sklearn.cluster._bicluster': 'SpectralBiclustering SpectralCoclustering',
    'sklearn.cluster._birch': 'Birch _CFNode _CFSubcluster',
    'sklearn.cluster._bisect_k_means': 'BisectingKMeans _BisectingTree',
    'sklearn.cluster._dbscan': 'DBSCAN',
    'sklearn.cluster._kmeans': 'KMeans MiniBatchKMeans',
    'sklearn.cluster._mean_shift': 'MeanShift',
    'sklearn.cluster._optics': 'OPTICS',
    'sklearn.cluster._spectral': 'SpectralClustering',
    'sklearn.compose._column_transformer': 'ColumnTransformer make_column_selector',
    'sklearn.compose._target': 'TransformedTargetRegressor',
    'sklearn.covariance._elliptic_envelope': 'EllipticEnvelope',
    'sklearn.covariance._empirical_covariance': 'EmpiricalCovariance',
    'sklearn.covariance._graph_lasso': 'GraphicalLasso GraphicalLassoCV',
    'sklearn.covariance._robust_covariance': 'MinCovDet',
    'sklearn.covariance._shrunk_covariance': 'LedoitWolf OAS ShrunkCovariance',
    'sklearn.cross_decomposition._pls': 'CCA PLSCanonical PLSRegression PLSSVD',
    'sklearn.decomposition._dict_learning': 'DictionaryLearning MiniBatchDictionaryLearning SparseCoder',
    'sklearn.decomposition._factor_analysis': 'FactorAnalysis',
    'sklearn.decomposition._fastica': 'FastICA',
    'sklearn.decomposition._incremental_pca': 'IncrementalPCA',
    'sklearn.decomposition._kernel_pca': 'KernelPCA',
    'sklearn.decomposition._lda': 'LatentDirichletAllocation',
    'sklearn.decomposition._nmf': 'MiniBatchNMF NMF',
    'sklearn.decomposition._pca': 'PCA',
    'sklearn.decomposition._sparse_pca': 'MiniBatchSparsePCA SparsePCA',
    'sklearn.decomposition._truncated_svd': 'TruncatedSVD',
    'sklearn.discriminant_analysis': 'LinearDiscriminantAnalysis QuadraticDiscriminantAnalysis',
    'sklearn.dummy': 'DummyClassifier DummyRegressor',
    'sklearn.ensemble._bagging': 'BaggingClassifier BaggingRegressor',
    'sklearn.ensemble._forest': `
      ExtraTreesClassifier ExtraTreesRegressor RandomForestClassifier RandomForestRegressor RandomTreesEmbedding
    `,
    'sklearn.ensemble._gb': 'GradientBoostingClassifier GradientBoostingRegressor',
    'sklearn.ensemble._gb_losses': `
      BinomialDeviance HuberLossFunction LeastAbsoluteError LeastSquaresError QuantileLossFunction
    `,
    'sklearn.ensemble._hist_gradient_boosting.binning': '_BinMapper',
    'sklearn.ensemble._hist_gradient_boosting.gradient_boosting': `
      HistGradientBoostingClassifier HistGradientBoostingRegressor
    `,
    'sklearn.ensemble._hist_gradient_boosting.predictor': 'TreePredictor',
    'sklearn.ensemble._iforest': 'IsolationForest',
    'sklearn.ensemble._stacking': 'StackingClassifier StackingRegressor',
    'sklearn.ensemble._voting': 'VotingClassifier VotingRegressor',
    'sklearn.ensemble._weight_boosting': 'AdaBoostClassifier AdaBoostRegressor',
    'sklearn.feature_extraction._dict_vectorizer': 'DictVectorizer',
    'sklearn.feature_extraction._hash': 'FeatureHasher',
    'sklearn.feature_extraction.image': 'PatchExtractor',
    'sklearn.feature_extraction.text': 'CountVectorizer HashingVectorizer TfidfTransformer TfidfVectorizer',
    'sklearn.feature_selection._from_model': 'SelectFromModel',
    'sklearn.feature_selection._rfe': 'RFE RFECV',
    'sklearn.feature_selection._sequential': 'SequentialFeatureSelector',
    'sklearn.feature_selection._univariate_selection': `
      GenericUnivariateSelect SelectFdr SelectFpr SelectFwe SelectKBest SelectPercentile
    `,
    'sklearn.feature_selection._variance_threshold': 'VarianceThreshold',
    'sklearn.gaussian_process._gpc': 'GaussianProcessClassifier _BinaryGaussianProcessClassifierLaplace',
    'sklearn.gaussian_process._gpr': 'GaussianProcessRegressor',
    'sklearn.gaussian_process.kernels': `
      CompoundKernel ConstantKernel DotProduct ExpSineSquared Exponentiation GenericKernelMixin Matern
      NormalizedKernelMixin PairwiseKernel Product RBF RationalQuadratic StationaryKernelMixin Sum WhiteKernel
    `,
    'sklearn.impute._base': 'MissingIndicator SimpleImputer',
    'sklearn.impute._iterative': 'IterativeImputer',
    'sklearn.impute._knn': 'KNNImputer',
    'sklearn.isotonic': 'IsotonicRegression',
    'sklearn.kernel_approximation': 'AdditiveChi2Sampler Nystroem PolynomialCountSketch RBFSampler SkewedChi2Sampler',
    'sklearn.kernel_ridge': 'KernelRidge',
    'sklearn.linear_model._base': 'LinearRegression',
    'sklearn.linear_model._bayes': 'ARDRegression BayesianRidge',
    'sklearn.linear_model._coordinate_descent': `
      ElasticNet ElasticNetCV Lasso LassoCV MultiTaskElasticNet MultiTaskElasticNetCV MultiTaskLasso MultiTaskLassoCV
    `,
    'sklearn.linear_model._glm.glm': 'GammaRegressor PoissonRegressor TweedieRegressor',
    'sklearn.linear_model._huber': 'HuberRegressor',
    'sklearn.linear_model._least_angle': 'Lars LarsCV LassoLars LassoLarsCV LassoLarsIC',
    'sklearn.linear_model._logistic': 'LogisticRegression LogisticRegressionCV',
    'sklearn.linear_model._omp': 'OrthogonalMatchingPursuit OrthogonalMatchingPursuitCV',
    'sklearn.linear_model._passive_aggressive': 'PassiveAggressiveClassifier PassiveAggressiveRegressor',
    'sklearn.linear_model._perceptron': 'Perceptron',
    'sklearn.linear_model._quantile': 'QuantileRegressor',
    'sklearn.linear_model._ransac': 'RANSACRegressor',
    'sklearn.linear_model._ridge': 'Ridge RidgeCV RidgeClassifier RidgeClassifierCV',
    'sklearn.linear_model._stochastic_gradient': 'SGDClassifier SGDOneClassSVM SGDRegressor',
    'sklearn.linear_model._theil_sen': 'TheilSenRegressor',
    'sklearn.manifold._isomap': 'Isomap',
    'sklearn.manifold._locally_linear': 'LocallyLinearEmbedding',
    'sklearn.manifold._mds': 'MDS',
    'sklearn.manifold._spectral_embedding': 'SpectralEmbedding',
    'sklearn.manifold._t_sne': 'TSNE',
    'sklearn.metrics._dist_metrics': `
      BrayCurtisDistance CanberraDistance ChebyshevDistance DiceDistance EuclideanDistance HammingDistance
      HaversineDistance JaccardDistance MahalanobisDistance ManhattanDistance MatchingDistance MinkowskiDistance
      RogersTanimotoDistance RussellRaoDistance SEuclideanDistance SokalMichenerDistance SokalSneathDistance
    `,
    'sklearn.metrics._plot.confusion_matrix': 'ConfusionMatrixDisplay',
    'sklearn.metrics._scorer': '_PredictScorer _ProbaScorer _ThresholdScorer',
    'sklearn.mixture._bayesian_mixture': 'BayesianGaussianMixture',
    'sklearn.mixture._gaussian_mixture': 'GaussianMixture',
    'sklearn.model_selection._search': 'GridSearchCV ParameterGrid ParameterSampler RandomizedSearchCV',
    'sklearn.model_selection._search_successive_halving': 'HalvingGridSearchCV HalvingRandomSearchCV',
    'sklearn.model_selection._split': `
      BaseShuffleSplit GroupKFold GroupShuffleSplit KFold LeaveOneGroupOut LeaveOneOut LeavePGroupsOut LeavePOut
      PredefinedSplit RepeatedKFold RepeatedStratifiedKFold ShuffleSplit StratifiedGroupKFold StratifiedKFold
      StratifiedShuffleSplit TimeSeriesSplit
    `,
    'sklearn.multiclass': 'OneVsOneClassifier OneVsRestClassifier OutputCodeClassifier',
    'sklearn.multioutput': 'ClassifierChain MultiOutputClassifier MultiOutputRegressor RegressorChain',
    'sklearn.naive_bayes': 'BernoulliNB CategoricalNB ComplementNB GaussianNB MultinomialNB',
    'sklearn.neighbors._ball_tree': 'BallTree',
    'sklearn.neighbors._classification': 'KNeighborsClassifier RadiusNeighborsClassifier',
    'sklearn.neighbors._graph': 'KNeighborsTransformer RadiusNeighborsTransformer',
    'sklearn.neighbors._kd_tree': 'KDTree',
    'sklearn.neighbors._kde': 'KernelDensity',
    'sklearn.neighbors._lof': 'LocalOutlierFactor',
    'sklearn.neighbors._nca': 'NeighborhoodComponentsAnalysis',
    'sklearn.neighbors._nearest_centroid': 'NearestCentroid',
    'sklearn.neighbors._regression': 'KNeighborsRegressor RadiusNeighborsRegressor',
    'sklearn.neighbors._unsupervised': 'NearestNeighbors',
    'sklearn.neural_network._multilayer_perceptron': 'MLPClassifier MLPRegressor',
    'sklearn.neural_network._rbm': 'BernoulliRBM',
    'sklearn.neural_network._stochastic_optimizers': 'AdamOptimizer',
    'sklearn.pipeline': 'FeatureUnion Pipeline',
    'sklearn.preprocessing._data': `
      Binarizer KernelCenterer MaxAbsScaler MinMaxScaler Normalizer PowerTransformer QuantileTransformer RobustScaler
      StandardScaler
    `,
    'sklearn.preprocessing._discretization': 'KBinsDiscretizer',
    'sklearn.preprocessing._encoders': 'OneHotEncoder OrdinalEncoder',
    'sklearn.preprocessing._function_transformer': 'FunctionTransformer',
    'sklearn.preprocessing._label': 'LabelBinarizer LabelEncoder MultiLabelBinarizer',
    'sklearn.preprocessing._polynomial': 'PolynomialFeatures SplineTransformer',
    'sklearn.random_projection': 'GaussianRandomProjection SparseRandomProjection',
    'sklearn.semi_supervised._label_propagation': 'LabelPropagation LabelSpreading',
    'sklearn.semi_supervised._self_training': 'SelfTrainingClassifier',
    'sklearn.svm._classes': 'LinearSVC LinearSVR NuSVC NuSVR OneClassSVM SVC SVR',
    'sklearn.tree._classes': 'DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier ExtraTreeRegressor',
    'sklearn.utils._bunch': 'Bunch',
  }),
  ...allow('scikit-learn 1.2.1', 'none', 'a function on arrays as a value; never called while loading', {
    'sklearn.cluster._kmeans': '_kmeans_single_lloyd',
    'sklearn.feature_selection._univariate_selection': 'f_classif',
    'sklearn.metrics._classification': `
      accuracy_score balanced_accuracy_score brier_score_loss class_likelihood_ratios classification_report
      cohen_kappa_score confusion_matrix f1_score fbeta_score hamming_loss hinge_loss jaccard_score log_loss
      matthews_corrcoef multilabel_confusion_matrix precision_recall_fscore_support precision_score recall_score
      zero_one_loss
    `,
    'sklearn.metrics._ranking': `
      auc average_precision_score coverage_error dcg_score det_curve label_ranking_average_precision_score
      label_ranking_loss ndcg_score precision_recall_curve roc_auc_score roc_curve top_k_accuracy_score
    `,
    'sklearn.metrics._regression': `
      d2_absolute_error_score d2_pinball_score d2_tweedie_score explained_variance_score max_error mean_absolute_error
      mean_absolute_percentage_error mean_gamma_deviance mean_pinball_loss mean_poisson_deviance mean_squared_error
      mean_squared_log_error mean_tweedie_deviance median_absolute_error r2_score
    `,
    'sklearn.metrics._scorer': `
      _passthrough_scorer check_scoring get_scorer_names make_scorer negative_likelihood_ratio positive_likelihood_ratio
    `,
    'sklearn.metrics.cluster._bicluster': 'consensus_score',
    'sklearn.metrics.cluster._supervised': `
      adjusted_mutual_info_score adjusted_rand_score completeness_score fowlkes_mallows_score
      homogeneity_completeness_v_measure homogeneity_score mutual_info_score normalized_mutual_info_score
      pair_confusion_matrix rand_score v_measure_score
    `,
    'sklearn.metrics.cluster._unsupervised': `
      calinski_harabasz_score davies_bouldin_score silhouette_samples silhouette_score
    `,
    'sklearn.metrics.pairwise': `
      euclidean_distances nan_euclidean_distances pairwise_distances pairwise_distances_argmin
      pairwise_distances_argmin_min pairwise_distances_chunked pairwise_kernels
    `,
  }),
  ...allow('xgboost 1.7.4, joblib 1.2.0', 'instance', 'made without its constructor; its state is assigned', {
    'joblib.logger': 'Logger',
    'xgboost.callback': 'EarlyStopping EvaluationMonitor',
    'xgboost.core': 'Booster',
    'xgboost.sklearn': 'XGBClassifier XGBRFClassifier XGBRFRegressor XGBRanker XGBRegressor',
  }),
  ...allow('reviewed: catboost 1.2', 'instance', 'a model that the library reads from the bytes in its state', {
    'catboost.core': 'CatBoost CatBoostClassifier CatBoostRanker CatBoostRegressor',
  }),
  ...allow('reviewed: category-encoders 2.6', 'instance', 'made without its constructor; its state is assigned', {
    'category_encoders.backward_difference': 'BackwardDifferenceEncoder',
    'category_encoders.basen': 'BaseNEncoder',
    'category_encoders.binary': 'BinaryEncoder',
    'category_encoders.cat_boost': 'CatBoostEncoder',
    'category_encoders.count': 'CountEncoder',
    'category_encoders.glmm': 'GLMMEncoder',
    'category_encoders.hashing': 'HashingEncoder',
    'category_encoders.helmert': 'HelmertEncoder',
    'category_encoders.james_stein': 'JamesSteinEncoder',
    'category_encoders.leave_one_out': 'LeaveOneOutEncoder',
    'category_encoders.m_estimate': 'MEstimateEncoder',
    'category_encoders.one_hot': 'OneHotEncoder',
    'category_encoders.ordinal': 'OrdinalEncoder',
    'category_encoders.sum_coding': 'SumEncoder',
    'category_encoders.target_encoder': 'TargetEncoder',
    'category_encoders.woe': 'WOEEncoder',
  }),
  ...allow('reviewed: imbalanced-learn 0.12', 'instance', 'made without its constructor; its state is assigned', {
    'imblearn.combine._smote_enn': 'SMOTEENN',
    'imblearn.combine._smote_tomek': 'SMOTETomek',
    'imblearn.ensemble._bagging': 'BalancedBaggingClassifier',
    'imblearn.ensemble._easy_ensemble': 'EasyEnsembleClassifier',
    'imblearn.ensemble._forest': 'BalancedRandomForestClassifier',
    'imblearn.ensemble._weight_boosting': 'RUSBoostClassifier',
    'imblearn.over_sampling._adasyn': 'ADASYN',
    'imblearn.over_sampling._random_over_sampler': 'RandomOverSampler',
    'imblearn.over_sampling._smote.base': 'SMOTE SMOTEN SMOTENC',
    'imblearn.over_sampling._smote.cluster': 'KMeansSMOTE',
    'imblearn.over_sampling._smote.filter': 'BorderlineSMOTE SVMSMOTE',
    'imblearn.pipeline': 'Pipeline',
    'imblearn.under_sampling._prototype_selection._edited_nearest_neighbours': 'EditedNearestNeighbours',
    'imblearn.under_sampling._prototype_selection._nearmiss': 'NearMiss',
    'imblearn.under_sampling._prototype_selection._random_under_sampler': 'RandomUnderSampler',
    'imblearn.under_sampling._prototype_selection._tomek_links': 'TomekLinks',
  }),
  ...allow('reviewed: joblib 0.9', 'instance', 'made without its constructor; its state is assigned', {
    'joblib.numpy_pickle': 'NDArrayWrapper ZNDArrayWrapper',
    'joblib.numpy_pickle_compat': 'NDArrayWrapper ZNDArrayWrapper',
  }),
  ...allow('reviewed: lightgbm 4', 'instance', 'a model that the library reads from the text in its state', {
    'lightgbm.basic': 'Booster',
    'lightgbm.callback': '_EarlyStoppingCallback _LogEvaluationCallback _RecordEvaluationCallback',
    'lightgbm.sklearn': 'LGBMClassifier LGBMModel LGBMRanker LGBMRegressor',
  }),
  ...allow('reviewed: scikit-learn', 'instance', 'made without its constructor; its state is assigned', {
    'sklearn.multiclass': '_ConstantPredictor',
  }),
  ...allow('reviewed: scikit-learn', 'none', 'a function on arrays as a value; never called while loading', {
    'sklearn.cluster._kmeans': '_kmeans_single_elkan',
    'sklearn.feature_selection._mutual_info': 'mutual_info_classif mutual_info_regression',
    'sklearn.feature_selection._univariate_selection': 'chi2 f_oneway f_regression r_regression',
    'sklearn.feature_selection.mutual_info_': 'mutual_info_classif mutual_info_regression',
    'sklearn.feature_selection.univariate_selection': 'chi2 f_classif f_regression',
    'sklearn.metrics._regression': 'root_mean_squared_error root_mean_squared_log_error',
    'sklearn.metrics.classification': 'accuracy_score f1_score log_loss precision_score recall_score',
    'sklearn.metrics.pairwise': 'cosine_distances cosine_similarity linear_kernel manhattan_distances rbf_kernel',
    'sklearn.metrics.ranking': 'average_precision_score roc_auc_score',
    'sklearn.metrics.regression': 'mean_absolute_error mean_squared_error r2_score',
    'sklearn.preprocessing._data': 'normalize scale',
  }),
  ...allow('reviewed: scikit-learn 1.3 to 1.7', 'class', 'makes an instance without its constructor', {
    'sklearn._loss._loss': '__pyx_unpickle_CyExponentialLoss __pyx_unpickle_CyHuberLoss __pyx_unpickle_CyLossFunction',
    'sklearn.metrics._dist_metrics': 'newObj32 newObj64',
    'sklearn.neighbors._ball_tree': 'newObj32 newObj64',
    'sklearn.neighbors._kd_tree': 'newObj32 newObj64',
  }),
  ...allow('reviewed: scikit-learn 1.3 to 1.7', 'instance', 'made without its constructor; its state is assigned', {
    'sklearn._loss.link': 'HalfLogitLink',
    'sklearn._loss.loss': 'ExponentialLoss HalfTweedieLoss HuberLoss',
    'sklearn.cluster._hdbscan.hdbscan': 'HDBSCAN',
    'sklearn.compose._column_transformer': '_RemainderColsList',
    'sklearn.frozen._frozen': 'FrozenEstimator',
    'sklearn.metrics._dist_metrics': `
      BrayCurtisDistance32 BrayCurtisDistance64 CanberraDistance32 CanberraDistance64 ChebyshevDistance32
      ChebyshevDistance64 DiceDistance32 DiceDistance64 EuclideanDistance32 EuclideanDistance64 HammingDistance32
      HammingDistance64 HaversineDistance32 HaversineDistance64 JaccardDistance32 JaccardDistance64
      MahalanobisDistance32 MahalanobisDistance64 ManhattanDistance32 ManhattanDistance64 MinkowskiDistance32
      MinkowskiDistance64 RogersTanimotoDistance32 RogersTanimotoDistance64 RussellRaoDistance32 RussellRaoDistance64
      SEuclideanDistance32 SEuclideanDistance64 SokalMichenerDistance32 SokalMichenerDistance64 SokalSneathDistance32
      SokalSneathDistance64
    `,
    'sklearn.metrics._scorer': '_BaseScorer _CurveScorer _MultimetricScorer _PassthroughScorer _Scorer',
    'sklearn.model_selection._classification_threshold': 'FixedThresholdClassifier TunedThresholdClassifierCV',
    'sklearn.neighbors._ball_tree': 'BallTree32 BallTree64',
    'sklearn.neighbors._kd_tree': 'KDTree32 KDTree64',
    'sklearn.preprocessing._target_encoder': 'TargetEncoder',
    'sklearn.utils._metadata_requests': 'MetadataRequest MetadataRouter MethodMapping MethodMetadataRequest',
  }),
  ...allow('reviewed: scikit-learn 1.6', 'any', 'makes a part of a fitted model from numbers and arrays', {
    'sklearn._loss._loss': 'CyExponentialLoss CyHalfTweedieLoss CyHuberLoss',
  }),
  ...allow('reviewed: scikit-learn before 0.24', 'any', 'makes a part of a fitted model from numbers and arrays', {
    'sklearn.linear_model.sgd_fast': `
      EpsilonInsensitive Hinge Huber Log ModifiedHuber SquaredEpsilonInsensitive SquaredHinge SquaredLoss
    `,
  }),
  ...allow('reviewed: scikit-learn before 0.24', 'class', 'makes an instance without its constructor', {
    'sklearn.neighbors._dist_metrics': 'newObj',
    'sklearn.neighbors.ball_tree': 'newObj',
    'sklearn.neighbors.dist_metrics': 'newObj',
    'sklearn.neighbors.kd_tree': 'newObj',
  }),
  ...allow('reviewed: scikit-learn before 0.24', 'instance', 'made without its constructor; its state is assigned', {
    'sklearn.cluster.birch': 'Birch _CFNode _CFSubcluster',
    'sklearn.cluster.dbscan_': 'DBSCAN',
    'sklearn.cluster.hierarchical': 'AgglomerativeClustering FeatureAgglomeration',
    'sklearn.cluster.k_means_': 'KMeans MiniBatchKMeans',
    'sklearn.cluster.mean_shift_': 'MeanShift',
    'sklearn.cluster.spectral': 'SpectralClustering',
    'sklearn.cross_validation': 'KFold StratifiedKFold',
    'sklearn.decomposition.factor_analysis': 'FactorAnalysis',
    'sklearn.decomposition.fastica_': 'FastICA',
    'sklearn.decomposition.incremental_pca': 'IncrementalPCA',
    'sklearn.decomposition.kernel_pca': 'KernelPCA',
    'sklearn.decomposition.nmf': 'NMF',
    'sklearn.decomposition.online_lda': 'LatentDirichletAllocation',
    'sklearn.decomposition.pca': 'PCA',
    'sklearn.decomposition.truncated_svd': 'TruncatedSVD',
    'sklearn.ensemble._gb_losses': 'ExponentialLoss MultinomialDeviance',
    'sklearn.ensemble.bagging': 'BaggingClassifier BaggingRegressor',
    'sklearn.ensemble.forest': `
      ExtraTreesClassifier ExtraTreesRegressor RandomForestClassifier RandomForestRegressor RandomTreesEmbedding
    `,
    'sklearn.ensemble.gradient_boosting': `
      BinomialDeviance ExponentialLoss GradientBoostingClassifier GradientBoostingRegressor HuberLossFunction
      LeastAbsoluteError LeastSquaresError LogOddsEstimator MeanEstimator MultinomialDeviance PriorProbabilityEstimator
      QuantileEstimator QuantileLossFunction ScaledLogOddsEstimator ZeroEstimator
    `,
    'sklearn.ensemble.iforest': 'IsolationForest',
    'sklearn.ensemble.voting': 'VotingClassifier VotingRegressor',
    'sklearn.ensemble.voting_classifier': 'VotingClassifier',
    'sklearn.ensemble.weight_boosting': 'AdaBoostClassifier AdaBoostRegressor',
    'sklearn.externals.joblib.numpy_pickle': 'NDArrayWrapper NumpyArrayWrapper ZNDArrayWrapper',
    'sklearn.externals.joblib.numpy_pickle_compat': 'NDArrayWrapper ZNDArrayWrapper',
    'sklearn.feature_extraction.dict_vectorizer': 'DictVectorizer',
    'sklearn.feature_extraction.hashing': 'FeatureHasher',
    'sklearn.feature_selection.from_model': 'SelectFromModel',
    'sklearn.feature_selection.rfe': 'RFE RFECV',
    'sklearn.feature_selection.univariate_selection': 'GenericUnivariateSelect SelectFpr SelectKBest SelectPercentile',
    'sklearn.feature_selection.variance_threshold': 'VarianceThreshold',
    'sklearn.gaussian_process.gpc': 'GaussianProcessClassifier _BinaryGaussianProcessClassifierLaplace',
    'sklearn.gaussian_process.gpr': 'GaussianProcessRegressor',
    'sklearn.grid_search': 'GridSearchCV RandomizedSearchCV',
    'sklearn.impute': 'MissingIndicator SimpleImputer',
    'sklearn.lda': 'LDA',
    'sklearn.linear_model.base': 'LinearRegression',
    'sklearn.linear_model.bayes': 'ARDRegression BayesianRidge',
    'sklearn.linear_model.coordinate_descent': `
      ElasticNet ElasticNetCV Lasso LassoCV MultiTaskElasticNet MultiTaskElasticNetCV MultiTaskLasso MultiTaskLassoCV
    `,
    'sklearn.linear_model.huber': 'HuberRegressor',
    'sklearn.linear_model.least_angle': 'Lars LarsCV LassoLars LassoLarsCV LassoLarsIC',
    'sklearn.linear_model.logistic': 'LogisticRegression LogisticRegressionCV',
    'sklearn.linear_model.omp': 'OrthogonalMatchingPursuit OrthogonalMatchingPursuitCV',
    'sklearn.linear_model.passive_aggressive': 'PassiveAggressiveClassifier PassiveAggressiveRegressor',
    'sklearn.linear_model.perceptron': 'Perceptron',
    'sklearn.linear_model.ransac': 'RANSACRegressor',
    'sklearn.linear_model.ridge': 'Ridge RidgeCV RidgeClassifier RidgeClassifierCV',
    'sklearn.linear_model.stochastic_gradient': 'SGDClassifier SGDRegressor',
    'sklearn.linear_model.theil_sen': 'TheilSenRegressor',
    'sklearn.manifold.isomap': 'Isomap',
    'sklearn.manifold.locally_linear': 'LocallyLinearEmbedding',
    'sklearn.manifold.mds': 'MDS',
    'sklearn.manifold.t_sne': 'TSNE',
    'sklearn.metrics.scorer': '_PredictScorer _ProbaScorer _ThresholdScorer',
    'sklearn.mixture.bayesian_mixture': 'BayesianGaussianMixture',
    'sklearn.mixture.gaussian_mixture': 'GaussianMixture',
    'sklearn.neighbors._dist_metrics': 'ChebyshevDistance EuclideanDistance ManhattanDistance MinkowskiDistance',
    'sklearn.neighbors.ball_tree': 'BallTree',
    'sklearn.neighbors.classification': 'KNeighborsClassifier RadiusNeighborsClassifier',
    'sklearn.neighbors.dist_metrics': 'ChebyshevDistance EuclideanDistance ManhattanDistance MinkowskiDistance',
    'sklearn.neighbors.kd_tree': 'KDTree',
    'sklearn.neighbors.kde': 'KernelDensity',
    'sklearn.neighbors.lof': 'LocalOutlierFactor',
    'sklearn.neighbors.nearest_centroid': 'NearestCentroid',
    'sklearn.neighbors.regression': 'KNeighborsRegressor RadiusNeighborsRegressor',
    'sklearn.neighbors.unsupervised': 'NearestNeighbors',
    'sklearn.neural_network._stochastic_optimizers': 'SGDOptimizer',
    'sklearn.neural_network.multilayer_perceptron': 'MLPClassifier MLPRegressor',
    'sklearn.neural_network.rbm': 'BernoulliRBM',
    'sklearn.preprocessing.data': `
      Binarizer KernelCenterer MaxAbsScaler MinMaxScaler Normalizer OneHotEncoder PolynomialFeatures PowerTransformer
      QuantileTransformer RobustScaler StandardScaler
    `,
    'sklearn.preprocessing.imputation': 'Imputer',
    'sklearn.preprocessing.label': 'LabelBinarizer LabelEncoder MultiLabelBinarizer',
    'sklearn.qda': 'QDA',
    'sklearn.semi_supervised.label_propagation': 'LabelPropagation LabelSpreading',
    'sklearn.svm.classes': 'LinearSVC LinearSVR NuSVC NuSVR OneClassSVM SVC SVR',
    'sklearn.tree.tree': 'DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier ExtraTreeRegressor',
    'sklearn.utils': 'Bunch',
    'sklearn.utils.deprecation': 'DeprecationDict',
  }),
  ...allow('reviewed: sklearn', 'any', 'makes a part of a fitted model from numbers and arrays', {
    'sklearn.linear_model._sgd_fast': 'EpsilonInsensitive SquaredEpsilonInsensitive',
  }),
  ...allow('reviewed: sklearn', 'class', 'makes an instance without its constructor', {
    'sklearn._loss._loss': '__pyx_unpickle_CyHalfTweedieLoss',
  }),
  ...allow('reviewed: xgboost 2', 'instance', 'a model that the library reads from the bytes in its state', {
    'xgboost.callback': 'LearningRateScheduler TrainingCheckPoint',
    'xgboost.sklearn': 'XGBModel XGBRankerMixIn',
  }),
]
