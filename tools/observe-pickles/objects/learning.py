"""scikit-learn: every estimator, fitted where small data allows it, and what stands inside."""

import inspect
import itertools
import warnings

import numpy
import sklearn
import sklearn.compose
import sklearn.datasets
import sklearn.ensemble
import sklearn.feature_extraction.text
import sklearn.gaussian_process.kernels
import sklearn.linear_model
import sklearn.metrics
import sklearn.model_selection
import sklearn.neighbors
import sklearn.pipeline
import sklearn.preprocessing
from sklearn.experimental import enable_halving_search_cv, enable_iterative_imputer  # noqa: F401
from sklearn.utils import all_estimators

LIBRARY = f'scikit-learn {sklearn.__version__}'

X, Y = sklearn.datasets.make_classification(n_samples=40, n_features=6, random_state=0)
POSITIVE = numpy.abs(X)
TEXTS = ['one two three', 'two three four', 'five six', 'one six five four'] * 10

SMALL = {'n_estimators': 3, 'max_iter': 20, 'n_init': 1, 'max_depth': 3, 'n_quantiles': 10}


def construct(kind):
    """An instance with small parameters; composite ones get a simple member."""
    needed = [
        parameter
        for parameter in inspect.signature(kind).parameters.values()
        if parameter.default is inspect.Parameter.empty and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]
    simple = sklearn.linear_model.LogisticRegression()
    offered = {
        'estimator': simple,
        'base_estimator': simple,
        'estimators': [('a', simple), ('b', sklearn.linear_model.Ridge() if 'Regressor' in kind.__name__ else simple)],
        'transformers': [('a', sklearn.preprocessing.StandardScaler(), [0, 1])],
        'transformer_list': [('a', sklearn.preprocessing.StandardScaler())],
        'steps': [('a', sklearn.preprocessing.StandardScaler()), ('b', simple)],
        'param_grid': {'C': [1.0, 2.0]},
        'param_distributions': {'C': [1.0, 2.0]},
        'dictionary': numpy.eye(6),
        'n_components': 2,
    }
    if kind.__name__ in ('RegressorChain', 'MultiOutputRegressor'):
        offered['estimator'] = offered['base_estimator'] = sklearn.linear_model.Ridge()
    if kind.__name__ in ('VotingRegressor', 'StackingRegressor'):
        offered['estimators'] = [('a', sklearn.linear_model.Ridge())]
    made = kind(**{parameter.name: offered[parameter.name] for parameter in needed})
    settable = made.get_params(deep=False)
    return made.set_params(**{name: value for name, value in SMALL.items() if name in settable})


def fitted(made):
    for x, y in (
        (X, Y),
        (POSITIVE, Y),
        (X, numpy.stack([Y, 1 - Y], axis=1)),
        (X[:, 0], Y),
        (TEXTS, Y),
        ([{'a': 1, 'b': 'c'}] * 3, None),
        ([['a', 'b'], ['c']], None),
        (X, X),
        (X, X[:, :2]),
    ):
        try:
            return made.fit(x, y)
        except Exception:
            continue
    return made


def estimators():
    for name, kind in all_estimators():
        try:
            made = construct(kind)
        except Exception:
            continue
        yield f'{name} unfitted', kind(**made.get_params(deep=False))
        yield name, fitted(made)


def compositions():
    pipeline = sklearn.pipeline.make_pipeline
    text = sklearn.feature_extraction.text
    linear = sklearn.linear_model
    yield 'pipeline', pipeline(sklearn.preprocessing.StandardScaler(), linear.LogisticRegression()).fit(X, Y)
    yield 'text pipeline', pipeline(text.TfidfVectorizer(), linear.SGDClassifier()).fit(TEXTS, Y)
    yield 'hashing pipeline', pipeline(text.HashingVectorizer(n_features=16), linear.SGDClassifier()).fit(TEXTS, Y)
    yield 'columns', sklearn.compose.make_column_transformer(
        (sklearn.preprocessing.OneHotEncoder(handle_unknown='ignore'), [0]),
        (sklearn.preprocessing.FunctionTransformer(numpy.log1p), [1]),
        remainder='passthrough',
    ).fit(POSITIVE)
    import pandas

    frame = pandas.DataFrame(X, columns=list('abcdef'))
    yield 'selected columns', sklearn.compose.make_column_transformer(
        (sklearn.preprocessing.StandardScaler(), sklearn.compose.make_column_selector(dtype_include=float))
    ).fit(frame)
    yield 'search', sklearn.model_selection.GridSearchCV(
        linear.LogisticRegression(), {'C': [1, 2]}, scoring=sklearn.metrics.make_scorer(sklearn.metrics.f1_score)
    ).fit(X, Y)
    yield 'searched pipeline', sklearn.model_selection.GridSearchCV(
        pipeline(sklearn.preprocessing.StandardScaler(), sklearn.ensemble.RandomForestClassifier(3)),
        {'randomforestclassifier__max_depth': [2, 3]},
        cv=sklearn.model_selection.StratifiedKFold(2),
    ).fit(X, Y)
    for loss in ('hinge', 'log_loss', 'modified_huber', 'squared_hinge', 'perceptron', 'squared_error', 'huber'):
        yield f'descent {loss}', linear.SGDClassifier(loss=loss).fit(X, Y)
    for loss in ('squared_error', 'absolute_error', 'huber', 'quantile'):
        yield f'boosting {loss}', sklearn.ensemble.GradientBoostingRegressor(loss=loss, n_estimators=2).fit(X, Y)
    for loss in ('squared_error', 'absolute_error', 'poisson', 'quantile'):
        extra = {'quantile': 0.5} if loss == 'quantile' else {}
        yield f'histogram boosting {loss}', sklearn.ensemble.HistGradientBoostingRegressor(
            loss=loss, max_iter=2, **extra
        ).fit(X, Y)
    yield 'three classes', [
        kind(max_depth=2).fit(X, numpy.arange(40) % 3)
        for kind in (sklearn.ensemble.RandomForestClassifier, sklearn.ensemble.HistGradientBoostingClassifier)
    ]
    yield 'isotonic', sklearn.model_selection.cross_validate(linear.Ridge(), X, Y, return_estimator=True)
    for algorithm in ('kd_tree', 'ball_tree', 'brute'):
        yield f'neighbours {algorithm}', sklearn.neighbors.KNeighborsClassifier(algorithm=algorithm).fit(X, Y)


def inner_parts():
    metrics = sklearn.metrics
    kinds = [kind for _, kind in inspect.getmembers(sklearn.gaussian_process.kernels, inspect.isclass)]
    for kind in sorted(kinds, key=lambda kind: kind.__name__):
        for arguments in ((), (sklearn.gaussian_process.kernels.RBF(),), (sklearn.gaussian_process.kernels.RBF(), 2.0)):
            try:
                yield f'kernel {kind.__name__}', kind(*arguments)
                break
            except Exception:
                continue
    rbf, white = sklearn.gaussian_process.kernels.RBF(), sklearn.gaussian_process.kernels.WhiteKernel()
    yield 'kernel sum', sklearn.gaussian_process.GaussianProcessRegressor(1.0 * rbf + white).fit(X, Y)
    distance = sklearn.metrics.DistanceMetric
    for name in (
        'euclidean manhattan chebyshev hamming canberra braycurtis jaccard matching dice rogerstanimoto '
        'russellrao sokalmichener sokalsneath haversine'
    ).split():
        yield f'distance {name}', distance.get_metric(name)
    yield 'distance minkowski', [distance.get_metric('minkowski', p=3)]
    yield 'distance seuclidean', distance.get_metric('seuclidean', V=numpy.ones(6))
    yield 'distance mahalanobis', distance.get_metric('mahalanobis', V=numpy.eye(6))
    yield 'trees', [sklearn.neighbors.KDTree(X), sklearn.neighbors.BallTree(X)]
    for name in metrics.get_scorer_names():
        yield f'scorer {name}', metrics.get_scorer(name)
    yield 'metrics', [value for name, value in sorted(vars(metrics).items()) if inspect.isfunction(value)]
    yield 'splitters', [
        value for name, value in sorted(vars(sklearn.model_selection).items()) if name.endswith(('Fold', 'Split', 'Out'))
    ]
    for name, kind in sorted(vars(sklearn.model_selection).items()):
        if inspect.isclass(kind) and name.endswith(('Fold', 'Split', 'Out')):
            for arguments in ((), (2,), ([0, 1],)):
                try:
                    yield f'splitter {name}', kind(*arguments)
                    break
                except Exception:
                    continue
    yield 'bunch', sklearn.datasets.load_iris()
    yield 'parameters', [
        sklearn.model_selection.ParameterGrid({'a': [1]}),
        sklearn.model_selection.ParameterSampler({'a': [1]}, 1),
    ]
    yield 'display', sklearn.metrics.ConfusionMatrixDisplay(numpy.eye(2))
    yield 'exceptions', [sklearn.exceptions.NotFittedError('a'), sklearn.exceptions.ConvergenceWarning('b')]


def objects():
    warnings.simplefilter('ignore')
    numpy.random.seed(0)
    yield from itertools.chain(estimators(), compositions(), inner_parts())
