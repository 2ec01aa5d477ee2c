"""The review: what an observed name must be before it may stand in a pickle. Observation alone admits nothing.

Three ways lead into the table:
1. a function, or a class that is called with arguments, that is named below with its rule and its reason;
2. a class that is made without its constructor and whose hooks (what loading runs: `__new__`, `__setstate__`, …) are
   inherited from `object` or named in HOOKS, each read by a person;
3. a value of a type in PLAIN_VALUES.

What neither leads in is refused and printed. REFUSED names what was looked at and must never come in.
"""

# Read in numpy 1.24, scipy 1.10, pandas 1.5, scikit-learn 1.2, torch 1.13, xgboost 1.7. "Read" means: for every state or
# argument, it assigns attributes, copies bytes into memory of its own or checks, and calls nothing that the pickle names,
# beyond what CALLED_ON_LOAD of globals.ts names.
HOOKS = {
    '__new__': """
        _random.Random array.array collections.deque datetime.* decimal.Decimal enum.* fractions.Fraction http.HTTPStatus
        builtins.* numpy.* pandas._libs.* pandas.core.arrays.interval.IntervalArray pandas.core.dtypes.dtypes.*
        pandas.core.indexes.* pathlib.* re.RegexFlag scipy.signal._ltisys.* scipy.spatial._ckdtree.cKDTree
        scipy.spatial.transform._rotation.Rotation scipy.stats._stats_mstats_common.LinregressResult
        scipy.stats._stats_py.* sklearn._loss._loss.* sklearn.impute._iterative._ImputerTriplet
        sklearn.linear_model._sgd_fast.* sklearn.metrics._dist_metrics.* sklearn.neighbors._ball_tree.BallTree
        sklearn.neighbors._kd_tree.KDTree sklearn.tree._tree.Tree time.struct_time torch.Size torch.device
        torch.nn.parameter.* torch.nn.utils.rnn.PackedSequence torch.return_types.* torch.storage.TypedStorage
        types.SimpleNamespace
    """,
    '__setstate__': """
        builtins.BaseException numpy.dtype numpy.generic numpy.ma.core.MaskedArray numpy.ndarray
        numpy.polynomial._polybase.ABCPolyBase numpy.random.bit_generator.SeedSequence pandas._libs.*
        pandas.core.arrays.categorical.Categorical pandas.core.arrays.sparse.array.SparseArray pandas.core.dtypes.dtypes.*
        pandas.core.generic.NDFrame pandas.core.internals.managers.SingleBlockManager random.Random
        scipy.spatial._ckdtree.cKDTree scipy.spatial.transform._rotation.Rotation sklearn._loss._loss.*
        sklearn.base.BaseEstimator sklearn.isotonic.IsotonicRegression sklearn.linear_model._sgd_fast.*
        sklearn.metrics._dist_metrics.DistanceMetric sklearn.neighbors._ball_tree.BinaryTree
        sklearn.neighbors._kd_tree.BinaryTree sklearn.tree._tree.Tree sklearn.utils._bunch.Bunch torch.Tensor
        torch.ao.nn.quantized.modules.conv._ConvNd torch.nn.modules.* torch.optim.* torch.utils.hooks.RemovableHandle
        uuid.UUID xgboost.core.Booster
    """,
    '__setattr__': """
        builtins.BaseException builtins.type numpy.ma.core.MaskedConstant numpy.recarray numpy.record
        pandas._libs.tslibs.offsets.DateOffset pandas.core.generic.NDFrame scipy.optimize._optimize.OptimizeResult
        scipy.stats._stats_mstats_common.LinregressResult sklearn.utils._bunch.Bunch torch.nn.modules.module.Module
        torch.nn.modules.rnn.RNNBase types.SimpleNamespace uuid.UUID
    """,
    '__del__': 'scipy.spatial._qhull._QhullUser xgboost.core.Booster',
    '__getattr__': """
        pandas.core.generic.NDFrame scipy.optimize._optimize.OptimizeResult scipy.sparse._base.spmatrix
        sklearn.utils._bunch.Bunch torch.nn.modules.module.Module
    """,
    '__getattribute__': """
        array.array builtins.* collections.defaultdict collections.deque datetime.* decimal.Decimal numpy.recarray
        numpy.record types.SimpleNamespace
    """,
    '__setitem__': """
        array.array builtins.* collections.* numpy.* pandas.core.* scipy.sparse.* scipy.spatial.transform._rotation.Rotation
        torch._C._TensorBase torch.nn.modules.container.* torch.storage.TypedStorage
    """,
}

# Plain values that stand for themselves.
PLAIN_VALUES = {
    'ellipsis', 'NotImplementedType', 'NAType', 'memory_format', 'dtype', 'layout', 'qscheme', 'ufunc',
}  # fmt: skip

# Rule 1: (rule, reason, {module: names}).
CALLABLES = [
    (
        'any',
        'makes a value of its arguments',
        {
            'builtins': 'bytearray dict frozenset list object range set slice tuple',
            'collections': 'OrderedDict Counter deque',
            'datetime': 'date datetime time timedelta timezone',
            'time': 'struct_time',
        },
    ),
    (
        'constants',
        'an error as a value; nothing is raised',
        {
            'builtins': (
                'ArithmeticError AssertionError AttributeError BaseException BufferError DeprecationWarning EOFError '
                'Exception FloatingPointError FutureWarning IndexError KeyError LookupError MemoryError NameError '
                'NotImplementedError OverflowError RecursionError ReferenceError RuntimeError RuntimeWarning '
                'StopAsyncIteration StopIteration SyntaxWarning TypeError UnicodeWarning UserWarning ValueError Warning '
                'ZeroDivisionError'
            ),
            'numpy': 'AxisError',
            'numpy.linalg': 'LinAlgError',
            'sklearn.exceptions': 'ConvergenceWarning NotFittedError',
        },
    ),
    (
        'constants',
        'makes a value of numbers and texts',
        {
            'builtins': 'bool bytes complex float int str',
            'collections': 'UserString',
            'decimal': 'Decimal',
            'fractions': 'Fraction',
            'random': 'Random',
            'types': 'SimpleNamespace',
            'uuid': 'UUID',
            'numpy.ma.core': 'MaskedConstant',
            'ipaddress': 'IPv4Address IPv4Interface IPv4Network IPv6Address IPv6Interface IPv6Network',
            'pathlib': 'PosixPath PurePosixPath PureWindowsPath',
            're': '_compile',
            'pytz': 'FixedOffset _UTC _p',
            'torch': 'device Size',
            'torch.serialization': '_get_layout',
        },
    ),
    ('latin1', 'bytes written as a text by protocols 0 to 2', {'_codecs': 'encode'}),
    (
        'class',
        'makes an instance without its constructor',
        {
            'copyreg': '_reconstructor',
            'numpy.core.multiarray': '_reconstruct',
            'numpy.ma.core': '_mareconstruct',
            'numpy.random.bit_generator': '__pyx_unpickle_SeedSequence',
            'pandas._libs.arrays': '__pyx_unpickle_NDArrayBacked',
            'pandas._libs.interval': '__pyx_unpickle_IntervalMixin',
            'pandas.core.indexes.base': '_new_Index',
            'pandas.core.indexes.datetimes': '_new_DatetimeIndex',
            'pandas.core.indexes.interval': '_new_IntervalIndex',
            'sklearn._loss._loss': ' '.join(
                f'__pyx_unpickle_Cy{name}'
                for name in (
                    'AbsoluteError HalfBinomialLoss HalfGammaLoss HalfMultinomialLoss HalfPoissonLoss HalfSquaredError '
                    'HalfTweedieLoss HalfTweedieLossIdentity PinballLoss'
                ).split()
            ),
            'sklearn.metrics._dist_metrics': 'newObj',
            'sklearn.neighbors._ball_tree': 'newObj',
            'sklearn.neighbors._kd_tree': 'newObj',
        },
    ),
    (
        'callable',
        'keeps a callable of this table and its arguments',
        {'collections': 'defaultdict', 'functools': 'partial'},
    ),
    ('pickle', 'reads the pickle in its argument', {'torch.storage': '_load_from_bytes'}),
    (
        'any',
        'makes an array, a number or a type of numbers from bytes',
        {
            'numpy': 'dtype',
            'numpy.core.multiarray': 'scalar',
            'numpy.core.numeric': '_frombuffer',
        },
    ),
    (
        'generator',
        'makes a random generator by calling its second argument',
        {'numpy.random._pickle': '__bit_generator_ctor __generator_ctor __randomstate_ctor'},
    ),
    (
        'any',
        'makes a date, a period, an interval or a part of a table',
        {
            'pandas._libs.internals': '_unpickle_block',
            'pandas._libs.interval': 'Interval',
            'pandas._libs.sparse': 'BlockIndex IntIndex',
            'pandas._libs.tslibs.nattype': '__nat_unpickle',
            'pandas._libs.tslibs.period': 'Period',
            'pandas._libs.tslibs.timedeltas': '_timedelta_unpickle',
            'pandas._libs.tslibs.timestamps': '_unpickle_timestamp',
            'pandas.core.dtypes.dtypes': 'PeriodDtype',
            'pandas.core.internals.managers': 'BlockManager',
            'pandas._libs.tslibs.offsets': (
                'BQuarterBegin BQuarterEnd BYearBegin BYearEnd BusinessDay BusinessHour BusinessMonthBegin '
                'BusinessMonthEnd CustomBusinessDay CustomBusinessHour CustomBusinessMonthBegin CustomBusinessMonthEnd '
                'DateOffset Day Easter FY5253 FY5253Quarter Hour LastWeekOfMonth Micro Milli Minute MonthBegin MonthEnd '
                'Nano QuarterBegin QuarterEnd Second SemiMonthBegin SemiMonthEnd Tick Week WeekOfMonth YearBegin YearEnd'
            ),
        },
    ),
    (
        'any',
        'makes a part of a fitted model from numbers and arrays',
        {
            'sklearn.tree._tree': 'Tree',
            'sklearn.linear_model._sgd_fast': (
                'EpsilonInsensitive Hinge Huber Log ModifiedHuber SquaredEpsilonInsensitive SquaredHinge SquaredLoss'
            ),
            'sklearn.impute._iterative': '_ImputerTriplet',
            'scipy.stats._stats_mstats_common': 'LinregressResult',
            'scipy.stats._stats_py': 'CumfreqResult Ttest_indResult',
        },
    ),
    (
        'any',
        'makes a tensor of a storage that the file holds',
        {
            'torch._utils': (
                '_rebuild_meta_tensor_no_storage _rebuild_parameter _rebuild_qtensor _rebuild_sparse_csr_tensor '
                '_rebuild_sparse_tensor _rebuild_tensor_v2'
            ),
            'torch.nn.parameter': 'UninitializedBuffer UninitializedParameter',
            'torch.nn.utils.rnn': 'PackedSequence',
            'torch.return_types': 'max',
        },
    ),
    (
        'constants',
        'an array of numbers of the standard library',
        {'array': 'array'},
    ),
    (
        'class',
        'an array of numbers of the standard library, of a class of this table',
        {'array': '_array_reconstructor'},
    ),
    (
        'none',
        'a type or a function of the standard library as a value; never called while loading',
        {
            'builtins': 'abs all any divmod hash len max min pow repr round sorted sum',
            '_operator': 'add eq lt mul neg sub truediv',
            'enum': 'Enum IntEnum',
        },
    ),
    (
        'none',
        'a function on arrays as a value; never called while loading',
        {
            'numpy': 'mean median sum',
            'scipy.interpolate._interpolate': 'interp1d._call_linear_np interp1d._call_nearest',
            'scipy.spatial.distance': 'cosine euclidean',
            'sklearn.cluster._kmeans': '_kmeans_single_lloyd',
            'sklearn.feature_selection._univariate_selection': 'f_classif',
            'torch._C._nn': 'gelu',
            'torch.nn.functional': 'relu',
        },
    ),
    (
        'none',
        'names the kind of a storage that the file holds',
        {
            'torch': (
                'BFloat16Storage BoolStorage ByteStorage CharStorage ComplexDoubleStorage ComplexFloatStorage '
                'DoubleStorage FloatStorage HalfStorage IntStorage LongStorage QInt32Storage QInt8Storage '
                'QUInt2x4Storage QUInt4x2Storage QUInt8Storage ShortStorage'
            )
        },
    ),
]

# Modules whose functions are kept as values by estimators (a scorer's metric); none is called while loading.
METRIC_MODULES = (
    'sklearn.metrics._classification',
    'sklearn.metrics._ranking',
    'sklearn.metrics._regression',
    'sklearn.metrics._scorer',
    'sklearn.metrics.cluster._bicluster',
    'sklearn.metrics.cluster._supervised',
    'sklearn.metrics.cluster._unsupervised',
    'sklearn.metrics.pairwise',
)

# Looked at and kept out, with the reason.
REFUSED = {
    ('builtins', 'getattr'): 'reaches any attribute of any value',
    ('builtins', 'type'): 'makes classes, whose methods the interpreter then calls',
    ('builtins', 'isinstance'): 'asks a class that the pickle chooses',
    ('_operator', 'or_'): 'called on values of any kind',
    ('zoneinfo', 'ZoneInfo'): 'opens a file of the time zone database',
    ('types', 'GenericAlias'): 'passes attributes on to what it stands for',
    ('http', 'HTTPStatus'): 'no part of a model',
    ('string', 'Template'): 'no part of a model',
    ('scipy.stats._multivariate', 'multivariate_normal_gen'): 'rewrites its documentation by functions of its state',
    ('sklearn.metrics._scorer', 'get_scorer'): 'no value of an estimator',
    ('torch', 'ScriptObject'): 'native objects of TorchScript read their state themselves',
    ('torch._C', '_VariableFunctionsClass'): 'reached through getattr only',
    ('joblib.hashing', 'Hasher'): 'a pickler',
    ('joblib.func_inspect', 'get_func_name'): 'no value of a model',
}
