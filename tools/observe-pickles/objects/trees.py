"""XGBoost, joblib's own types, dill and cloudpickle."""

import joblib
import numpy
import xgboost

LIBRARY = f'xgboost {xgboost.__version__}, joblib {joblib.__version__}'


def objects():
    random = numpy.random.RandomState(0)
    x, y = random.rand(30, 4), random.randint(0, 2, 30)
    data = xgboost.DMatrix(x, y)
    yield 'Booster', xgboost.train({'max_depth': 2, 'verbosity': 0}, data, 2)
    for name, target in {
        'XGBClassifier': y,
        'XGBRegressor': y,
        'XGBRFClassifier': y,
        'XGBRFRegressor': y,
    }.items():
        yield name, getattr(xgboost, name)(n_estimators=2, max_depth=2).fit(x, target)
        yield f'{name} unfitted', getattr(xgboost, name)()
    yield 'XGBRanker', xgboost.XGBRanker(n_estimators=2).fit(x, y, group=[15, 15])
    yield 'callbacks', [xgboost.callback.EarlyStopping(3), xgboost.callback.EvaluationMonitor()]
    yield 'memory', joblib.hashing.Hasher
    yield 'joblib', [joblib.logger.Logger(), joblib.func_inspect.get_func_name]
