"""NumPy and SciPy."""

import collections
import datetime

import numpy
import scipy
import scipy.interpolate
import scipy.optimize
import scipy.signal
import scipy.sparse
import scipy.spatial
import scipy.stats

LIBRARY = f'numpy {numpy.__version__}, scipy {scipy.__version__}'

NUMERIC = '? b B h H i I l L q Q e f d g F D G'.split()


def arrays():
    for code in NUMERIC:
        yield f'array {code}', numpy.arange(6).astype(code).reshape(2, 3)
        yield f'scalar {code}', numpy.dtype(code).type(1)
        yield f'big-endian {code}', numpy.arange(3).astype(numpy.dtype(code).newbyteorder('>'))
        yield f'type {code}', [numpy.dtype(code), numpy.dtype(code).type]
    yield 'fortran', numpy.asfortranarray(numpy.eye(3))
    yield 'strided', numpy.arange(10)[::2]
    yield 'empty', numpy.zeros((0, 3))
    yield 'scalar array', numpy.array(5.0)
    yield 'strings', numpy.array(['a', 'bc'])
    yield 'bytes', numpy.array([b'a', b'bc'])
    yield 'string scalars', [numpy.str_('a'), numpy.bytes_(b'a')]
    yield 'objects', numpy.array([1, 'a', None, [2]], dtype=object)
    yield 'dates', numpy.array(['2020-01-01', 'NaT'], dtype='datetime64[D]')
    yield 'date scalars', [numpy.datetime64('2020-01-01'), numpy.timedelta64(5, 's')]
    yield 'times', numpy.array([1, 2], dtype='timedelta64[ns]')
    yield 'void', numpy.void(b'abc')
    yield 'structured', numpy.array([(1, 2.0, 'a')], dtype=[('a', 'i4'), ('b', 'f8'), ('c', 'U3')])
    yield 'record', numpy.rec.array([(1, 2.0)], dtype=[('a', 'i4'), ('b', 'f8')])
    yield 'record scalar', numpy.rec.array([(1, 2.0)], dtype=[('a', 'i4'), ('b', 'f8')])[0]
    yield 'masked', numpy.ma.array([1.0, 2.0], mask=[True, False])
    yield 'masked structured', numpy.ma.array([(1, 2.0)], mask=[(True, False)], dtype=[('a', 'i4'), ('b', 'f8')])
    yield 'masked constant', numpy.ma.masked
    yield 'masked records', numpy.ma.mrecords.fromarrays([[1, 2], [3.0, 4.0]]) if hasattr(numpy.ma, 'mrecords') else None
    yield 'matrix', numpy.matrix([[1, 2]])
    yield 'chararray', numpy.char.array(['a', 'b'])
    yield 'memmap view', numpy.asarray(numpy.arange(3))
    yield 'polynomials', [
        numpy.poly1d([1, 2]),
        *(
            getattr(numpy.polynomial, name)([1, 2, 3])
            for name in ('Polynomial', 'Chebyshev', 'Legendre', 'Laguerre', 'Hermite', 'HermiteE')
        ),
    ]
    yield 'generators', [
        numpy.random.RandomState(1),
        numpy.random.default_rng(1),
        *(
            numpy.random.Generator(getattr(numpy.random, name)(1))
            for name in ('MT19937', 'PCG64', 'PCG64DXSM', 'Philox', 'SFC64')
        ),
        numpy.random.SeedSequence(1),
        numpy.random.MT19937(1),
    ]
    yield 'functions', [numpy.log1p, numpy.expm1, numpy.sqrt, numpy.exp, numpy.mean, numpy.sum, numpy.median, numpy.add]
    yield 'all ufuncs', [value for value in vars(numpy).values() if isinstance(value, numpy.ufunc)]
    yield 'errors', [numpy.AxisError('x'), numpy.linalg.LinAlgError('y')]
    yield 'info', [numpy.finfo(numpy.float32).dtype, numpy.nan, numpy.inf, numpy.newaxis]
    yield 'ndenumerate', [numpy.s_[1:2], numpy.index_exp[1:2]]
    yield 'busday', numpy.busdaycalendar()
    yield 'dict of arrays', collections.OrderedDict(w=numpy.eye(2), b=numpy.zeros(2), at=datetime.date(2020, 1, 1))


def distributions():
    import warnings

    warnings.simplefilter('ignore')
    yield 'uniform', scipy.stats.uniform(0, 1)
    yield 'multivariate', scipy.stats.multivariate_normal([0, 0])
    yield 'kde', scipy.stats.gaussian_kde([[1, 2, 3, 4.5]])
    yield 'test result', [scipy.stats.ttest_ind([1, 2, 3], [2, 3, 5]), scipy.stats.linregress([1, 2, 3], [1, 2, 4])]
    yield 'ecdf', scipy.stats.cumfreq([1, 2, 3])


def science():
    for kind in 'bsr coo csc csr dia dok lil'.split():
        yield f'sparse {kind}', getattr(scipy.sparse, f'{kind}_matrix')(numpy.eye(4))
        if hasattr(scipy.sparse, f'{kind}_array'):
            yield f'sparse array {kind}', getattr(scipy.sparse, f'{kind}_array')(numpy.eye(4))
    x = numpy.linspace(0, 1, 8)
    y = x**2
    grid = numpy.outer(x, y)
    interpolate = scipy.interpolate
    yield 'interpolators', [
        interpolate.interp1d(x, y),
        interpolate.interp1d(x, y, kind='nearest'),
        interpolate.BSpline(*interpolate.splrep(x, y)),
        interpolate.PPoly(numpy.eye(4), numpy.arange(5.0)),
        interpolate.BPoly(numpy.eye(4), numpy.arange(5.0)),
        interpolate.CubicSpline(x, y),
        interpolate.PchipInterpolator(x, y),
        interpolate.Akima1DInterpolator(x, y),
        interpolate.UnivariateSpline(x, y),
        interpolate.InterpolatedUnivariateSpline(x, y),
        interpolate.LSQUnivariateSpline(x, y, [0.5]),
        interpolate.RegularGridInterpolator((x, x), grid),
        interpolate.RectBivariateSpline(x, x, grid),
        interpolate.BarycentricInterpolator(x, y),
        interpolate.KroghInterpolator(x, y),
        interpolate.CubicHermiteSpline(x, y, y),
        interpolate.NearestNDInterpolator(numpy.random.RandomState(0).rand(9, 2), numpy.arange(9)),
        interpolate.RBFInterpolator(numpy.random.RandomState(0).rand(9, 2), numpy.arange(9.0)),
    ]
    points = numpy.random.RandomState(0).rand(10, 2)
    yield 'rotation', scipy.spatial.transform.Rotation.from_euler('x', 1)
    for name, make in {
        'cKDTree': lambda: scipy.spatial.cKDTree(points),
        'KDTree': lambda: scipy.spatial.KDTree(points),
        'Delaunay': lambda: scipy.spatial.Delaunay(points),
        'ConvexHull': lambda: scipy.spatial.ConvexHull(points),
        'Voronoi': lambda: scipy.spatial.Voronoi(points),
        'LinearND': lambda: interpolate.LinearNDInterpolator(points, numpy.arange(10.0)),
        'Slerp': lambda: scipy.spatial.transform.Slerp([0, 1], scipy.spatial.transform.Rotation.identity(2)),
    }.items():
        yield name, make()
    yield 'distances', [scipy.spatial.distance.euclidean, scipy.spatial.distance.cosine]
    yield 'special', [value for value in vars(scipy.special).values() if isinstance(value, numpy.ufunc)]
    yield 'optimise', [
        scipy.optimize.minimize(lambda v: float((v**2).sum()), [1.0]),
        scipy.optimize.OptimizeResult(x=1),
        scipy.optimize.Bounds(0, 1),
        scipy.optimize.LinearConstraint(numpy.eye(2), 0, 1),
        scipy.optimize.root_scalar(lambda v: v - 1, bracket=[0, 3]),
        scipy.optimize.linprog([1, 1], bounds=[(0, 1), (0, 1)]),
    ]
    yield 'signal', [
        scipy.signal.TransferFunction([1], [1, 1]),
        scipy.signal.StateSpace([[1]], [[1]], [[1]], [[0]]),
        scipy.signal.ZerosPolesGain([1], [2], 1),
        scipy.signal.dlti([1], [1, 1]),
    ]


def objects():
    yield from arrays()
    yield from distributions()
    yield from science()
