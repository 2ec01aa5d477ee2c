"""pandas."""

import datetime
import warnings

import numpy
import pandas

LIBRARY = f'pandas {pandas.__version__}'


def indexes():
    yield 'range', pandas.RangeIndex(3)
    yield 'index', pandas.Index(['a', 'b'], name='n')
    yield 'integers', pandas.Index([1, 2])
    yield 'floats', pandas.Index([1.5, 2])
    yield 'unsigned', pandas.Index(numpy.array([1, 2], dtype='uint64'))
    yield 'booleans', pandas.Index([True, False])
    yield 'dates', pandas.date_range('2020-01-01', periods=3)
    yield 'zoned', pandas.date_range('2020-01-01', periods=3, tz='Europe/Berlin')
    yield 'utc', pandas.date_range('2020-01-01', periods=3, tz='UTC')
    yield 'fixed zone', pandas.DatetimeIndex(['2020-01-01T00:00:00+02:00'])
    yield 'deltas', pandas.timedelta_range('1D', periods=3)
    yield 'periods', pandas.period_range('2020-01', periods=3, freq='M')
    yield 'intervals', pandas.interval_range(0, 3)
    yield 'categories', pandas.CategoricalIndex(['a', 'b', 'a'])
    yield 'multi', pandas.MultiIndex.from_product([['a', 'b'], [1, 2]], names=['x', 'y'])


def extension_arrays():
    yield 'categorical', pandas.Categorical(['a', 'b', None], ordered=True)
    for kind in 'Int8 Int16 Int32 Int64 UInt8 UInt16 UInt32 UInt64 Float32 Float64 boolean string'.split():
        content = ['a', None] if kind == 'string' else [1, None] if kind != 'boolean' else [True, None]
        yield kind, pandas.array(content, dtype=kind)
        yield f'{kind} type', pandas.api.types.pandas_dtype(kind)
    yield 'sparse', pandas.arrays.SparseArray([0, 0, 1])
    yield 'sparse block', pandas.arrays.SparseArray([0, 0, 1], kind='block')
    yield 'interval', pandas.arrays.IntervalArray.from_breaks([0, 1, 2])
    yield 'period', pandas.array(['2020-01'], dtype='period[M]')
    yield 'datetime', pandas.array(['2020-01-01'], dtype='datetime64[ns]')
    yield 'timedelta', pandas.array(['1D'], dtype='timedelta64[ns]')
    yield 'numpy', pandas.arrays.PandasArray(numpy.arange(3))
    yield 'types', [
        pandas.CategoricalDtype(['a']),
        pandas.DatetimeTZDtype('ns', 'UTC'),
        pandas.PeriodDtype('D'),
        pandas.IntervalDtype('int64'),
        pandas.SparseDtype('float64'),
        pandas.StringDtype(),
    ]


def scalars():
    yield 'scalars', [
        pandas.Timestamp('2020-01-01'),
        pandas.Timestamp('2020-01-01', tz='Europe/Berlin'),
        pandas.Timedelta('1D'),
        pandas.Period('2020-01', freq='M'),
        pandas.Interval(0, 1),
        pandas.NaT,
        pandas.NA,
    ]
    offsets = pandas.tseries.offsets
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        for name in sorted(offsets.__all__):
            try:
                yield f'offset {name}', getattr(offsets, name)()
            except Exception:
                continue
    yield 'holidays', offsets.CustomBusinessDay(holidays=['2020-01-01'])


def frames():
    frame = pandas.DataFrame({'a': [1, 2], 'b': ['x', None], 'c': [1.5, numpy.nan], 'd': [True, False]})
    yield 'frame', frame
    yield 'frame of kinds', frame.assign(
        category=pandas.Categorical(['u', 'v']),
        date=pandas.to_datetime(['2020-01-01', None]),
        zoned=pandas.date_range('2020-01-01', periods=2, tz='UTC'),
        whole=pandas.array([1, None], dtype='Int64'),
        text=pandas.array(['a', None], dtype='string'),
        thing=[{'a': 1}, datetime.date(2020, 1, 1)],
    ).set_index(['a', 'b'])
    yield 'empty frame', pandas.DataFrame()
    yield 'series', pandas.Series([1, 2], index=['a', 'b'], name='s')
    yield 'series of dates', pandas.Series(pandas.date_range('2020-01-01', periods=2), dtype='datetime64[ns]')
    yield 'sparse frame', pandas.DataFrame({'a': pandas.arrays.SparseArray([0, 1])})
    with_flags = pandas.DataFrame({'a': [1]})
    with_flags.attrs['source'] = 'here'
    with_flags.flags.allows_duplicate_labels = False
    yield 'flags', with_flags
    yield 'list', [frame, frame['a'], frame.dtypes, frame.columns]


def objects():
    yield from indexes()
    yield from extension_arrays()
    yield from scalars()
    yield from frames()
