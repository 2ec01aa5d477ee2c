// Written by `pnpm observe-pickles`: change its review or its objects, not this file.
import { type AllowedGroup, allow } from '../globals.ts'

/** Names of the family `tables` that may stand in a pickle. */
export const tablesGlobals: readonly AllowedGroup[] = [
  ...allow('pandas 1.5.3', 'any', 'makes a date, a period, an interval or a part of a table', {
    'pandas._libs.internals': '_unpickle_block',
    'pandas._libs.interval': 'Interval',
    'pandas._libs.sparse': 'BlockIndex IntIndex',
    'pandas._libs.tslibs.nattype': '__nat_unpickle',
    'pandas._libs.tslibs.offsets': `
      BQuarterBegin BQuarterEnd BYearBegin BYearEnd BusinessDay BusinessHour BusinessMonthBegin BusinessMonthEnd
      CustomBusinessDay CustomBusinessHour CustomBusinessMonthBegin CustomBusinessMonthEnd DateOffset Day Easter FY5253
      FY5253Quarter Hour LastWeekOfMonth Micro Milli Minute MonthBegin MonthEnd Nano QuarterBegin QuarterEnd Second
      SemiMonthBegin SemiMonthEnd Tick Week WeekOfMonth YearBegin YearEnd
    `,
    'pandas._libs.tslibs.period': 'Period',
    'pandas._libs.tslibs.timedeltas': '_timedelta_unpickle',
    'pandas._libs.tslibs.timestamps': '_unpickle_timestamp',
    'pandas.core.dtypes.dtypes': 'PeriodDtype',
    'pandas.core.internals.managers': 'BlockManager',
  }),
  ...allow('pandas 1.5.3', 'class', 'makes an instance without its constructor', {
    'pandas._libs.arrays': '__pyx_unpickle_NDArrayBacked',
    'pandas._libs.interval': '__pyx_unpickle_IntervalMixin',
    'pandas.core.indexes.base': '_new_Index',
    'pandas.core.indexes.datetimes': '_new_DatetimeIndex',
    'pandas.core.indexes.interval': '_new_IntervalIndex',
  }),
  ...allow('pandas 1.5.3', 'constants', 'makes a value of numbers and texts', {
    pytz: 'FixedOffset _UTC _p',
  }),
  ...allow('pandas 1.5.3', 'instance', 'made without its constructor; its state is assigned', {
    'pandas._libs.tslibs.offsets': 'BaseOffset',
    'pandas.core.arrays.boolean': 'BooleanArray BooleanDtype',
    'pandas.core.arrays.categorical': 'Categorical',
    'pandas.core.arrays.datetimes': 'DatetimeArray',
    'pandas.core.arrays.floating': 'Float32Dtype Float64Dtype FloatingArray',
    'pandas.core.arrays.integer': `
      Int16Dtype Int32Dtype Int64Dtype Int8Dtype IntegerArray UInt16Dtype UInt32Dtype UInt64Dtype UInt8Dtype
    `,
    'pandas.core.arrays.interval': 'IntervalArray',
    'pandas.core.arrays.numpy_': 'PandasArray',
    'pandas.core.arrays.period': 'PeriodArray',
    'pandas.core.arrays.sparse.array': 'SparseArray',
    'pandas.core.arrays.sparse.dtype': 'SparseDtype',
    'pandas.core.arrays.string_': 'StringArray StringDtype',
    'pandas.core.arrays.timedeltas': 'TimedeltaArray',
    'pandas.core.dtypes.dtypes': 'CategoricalDtype DatetimeTZDtype IntervalDtype PandasDtype',
    'pandas.core.frame': 'DataFrame',
    'pandas.core.indexes.base': 'Index',
    'pandas.core.indexes.category': 'CategoricalIndex',
    'pandas.core.indexes.datetimes': 'DatetimeIndex',
    'pandas.core.indexes.interval': 'IntervalIndex',
    'pandas.core.indexes.multi': 'MultiIndex',
    'pandas.core.indexes.numeric': 'Float64Index Int64Index UInt64Index',
    'pandas.core.indexes.period': 'PeriodIndex',
    'pandas.core.indexes.range': 'RangeIndex',
    'pandas.core.indexes.timedeltas': 'TimedeltaIndex',
    'pandas.core.internals.managers': 'SingleBlockManager',
    'pandas.core.series': 'Series',
  }),
  ...allow('pandas 1.5.3', 'none', 'a value that stands for itself', {
    'pandas._libs.missing': 'NA',
  }),
  ...allow('reviewed: dateutil 2.8', 'instance', 'made without its constructor; its state is assigned', {
    'dateutil.relativedelta': 'relativedelta',
    'dateutil.tz.tz': 'tzoffset tzutc',
  }),
  ...allow('reviewed: pandas 2', 'any', 'makes a date, a period, an interval or a part of a table', {
    'pandas._libs.internals': 'BlockPlacement',
    'pandas._libs.tslibs.nattype': '_nat_unpickle',
    'pandas._libs.tslibs.offsets': 'BHalfYearBegin BHalfYearEnd HalfYearBegin HalfYearEnd',
    'pandas._libs.tslibs.period': '_unpickle_period',
  }),
  ...allow('reviewed: pandas 2', 'class', 'makes an instance without its constructor', {
    'pandas._libs.tslibs.offsets': '__pyx_unpickle_BaseOffset',
    'pandas.core.indexes.period': '_new_PeriodIndex',
  }),
  ...allow('reviewed: pandas 2', 'instance', 'made without its constructor; its state is assigned', {
    'pandas.core.arrays.numpy_': 'NumpyExtensionArray',
    'pandas.core.categorical': 'Categorical CategoricalDtype',
    'pandas.core.dtypes.dtypes': 'NumpyEADtype SparseDtype',
    'pandas.core.flags': 'Flags',
    'pandas.core.index': 'Index Int64Index MultiIndex',
    'pandas.core.indexes.frozen': 'FrozenList',
    'pandas.core.indexes.numeric': 'NumericIndex',
    'pandas.core.internals': 'BlockManager SingleBlockManager',
    'pandas.core.internals.blocks': `
      Block BoolBlock CategoricalBlock DatetimeBlock DatetimeLikeBlock DatetimeTZBlock ExtensionBlock FloatBlock
      IntBlock NumericBlock ObjectBlock TimeDeltaBlock
    `,
    'pandas.indexes.base': 'Index',
    'pandas.indexes.range': 'RangeIndex',
  }),
  ...allow('reviewed: pandas before 1.0', 'instance', 'made without its constructor; its state is assigned', {
    'pandas.core.base': 'FrozenList FrozenNDArray',
    'pandas.core.indexes.frozen': 'FrozenNDArray',
  }),
]
