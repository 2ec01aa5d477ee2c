// Written by `pnpm observe-pickles`: change its review or its objects, not this file.
import { type AllowedGroup, allow } from '../globals.ts'

/** Names of the family `numeric` that may stand in a pickle. */
export const numericGlobals: readonly AllowedGroup[] = [
  ...allow('numpy 1.24.2, scipy 1.10.1', 'any', 'makes a part of a fitted model from numbers and arrays', {
    'scipy.stats._stats_mstats_common': 'LinregressResult',
    'scipy.stats._stats_py': 'CumfreqResult Ttest_indResult',
  }),
  ...allow('numpy 1.24.2, scipy 1.10.1', 'any', 'makes an array, a number or a type of numbers from bytes', {
    numpy: 'dtype',
    'numpy.core.multiarray': 'scalar',
    'numpy.core.numeric': '_frombuffer',
  }),
  ...allow('numpy 1.24.2, scipy 1.10.1', 'class', 'makes an instance without its constructor', {
    'numpy.core.multiarray': '_reconstruct',
    'numpy.ma.core': '_mareconstruct',
    'numpy.random.bit_generator': '__pyx_unpickle_SeedSequence',
  }),
  ...allow('numpy 1.24.2, scipy 1.10.1', 'constants', 'an error as a value; nothing is raised', {
    numpy: 'AxisError',
    'numpy.linalg': 'LinAlgError',
  }),
  ...allow('numpy 1.24.2, scipy 1.10.1', 'constants', 'makes a value of numbers and texts', {
    'numpy.ma.core': 'MaskedConstant',
  }),
  ...allow('numpy 1.24.2, scipy 1.10.1', 'generator', 'makes a random generator by calling its second argument', {
    'numpy.random._pickle': '__bit_generator_ctor __generator_ctor __randomstate_ctor',
  }),
  ...allow('numpy 1.24.2, scipy 1.10.1', 'instance', 'made without its constructor; its state is assigned', {
    numpy: `
      bool_ chararray complex128 complex256 complex64 float128 float16 float32 float64 int16 int32 int64 int8 longlong
      matrix ndarray poly1d recarray record uint16 uint32 uint64 uint8 ulonglong
    `,
    'numpy.ma.core': 'MaskedArray',
    'numpy.polynomial.chebyshev': 'Chebyshev',
    'numpy.polynomial.hermite': 'Hermite',
    'numpy.polynomial.hermite_e': 'HermiteE',
    'numpy.polynomial.laguerre': 'Laguerre',
    'numpy.polynomial.legendre': 'Legendre',
    'numpy.polynomial.polynomial': 'Polynomial',
    'numpy.random.bit_generator': 'SeedSequence',
    'scipy.interpolate._bsplines': 'BSpline',
    'scipy.interpolate._cubic': 'Akima1DInterpolator CubicHermiteSpline CubicSpline PchipInterpolator',
    'scipy.interpolate._fitpack2': 'InterpolatedUnivariateSpline LSQUnivariateSpline RectBivariateSpline',
    'scipy.interpolate._interpolate': 'BPoly PPoly interp1d',
    'scipy.interpolate._ndgriddata': 'NearestNDInterpolator',
    'scipy.interpolate._polyint': 'BarycentricInterpolator KroghInterpolator',
    'scipy.interpolate._rbfinterp': 'RBFInterpolator',
    'scipy.interpolate._rgi': 'RegularGridInterpolator',
    'scipy.interpolate.interpnd': 'LinearNDInterpolator',
    'scipy.optimize._constraints': 'Bounds LinearConstraint',
    'scipy.optimize._optimize': 'OptimizeResult',
    'scipy.optimize._zeros_py': 'RootResults',
    'scipy.signal._ltisys': `
      StateSpaceContinuous TransferFunctionContinuous TransferFunctionDiscrete ZerosPolesGainContinuous
    `,
    'scipy.sparse._arrays': 'bsr_array coo_array csc_array csr_array dia_array dok_array lil_array',
    'scipy.sparse._bsr': 'bsr_matrix',
    'scipy.sparse._coo': 'coo_matrix',
    'scipy.sparse._csc': 'csc_matrix',
    'scipy.sparse._csr': 'csr_matrix',
    'scipy.sparse._dia': 'dia_matrix',
    'scipy.sparse._dok': 'dok_matrix',
    'scipy.sparse._lil': 'lil_matrix',
    'scipy.spatial._ckdtree': 'cKDTree',
    'scipy.spatial._kdtree': 'KDTree',
    'scipy.spatial._qhull': 'ConvexHull Delaunay Voronoi',
    'scipy.spatial.transform._rotation': 'Rotation Slerp',
    'scipy.stats._covariance': 'CovViaPSD',
    'scipy.stats._distn_infrastructure': 'rv_continuous_frozen',
    'scipy.stats._kde': 'gaussian_kde',
    'scipy.stats._multivariate': '_PSD multivariate_normal_frozen',
  }),
  ...allow('numpy 1.24.2, scipy 1.10.1', 'none', 'a function on arrays as a value; never called while loading', {
    numpy: 'mean median sum',
    'scipy.interpolate._interpolate': 'interp1d._call_linear_np interp1d._call_nearest',
    'scipy.spatial.distance': 'cosine euclidean',
  }),
  ...allow('numpy 1.24.2, scipy 1.10.1', 'none', 'a value that stands for itself', {
    'numpy.core._multiarray_umath': `
      absolute add arccos arccosh arcsin arcsinh arctan arctan2 arctanh bitwise_and bitwise_or bitwise_xor cbrt ceil
      conjugate copysign cos cosh deg2rad degrees divide divmod equal exp exp2 expm1 fabs float_power floor floor_divide
      fmax fmin fmod frexp gcd greater greater_equal heaviside hypot invert isfinite isinf isnan isnat lcm ldexp
      left_shift less less_equal log log10 log1p log2 logaddexp logaddexp2 logical_and logical_not logical_or
      logical_xor matmul maximum minimum modf multiply negative nextafter not_equal positive power rad2deg radians
      reciprocal remainder right_shift rint sign signbit sin sinh spacing sqrt square subtract tan tanh trunc
    `,
    'scipy.special._ufuncs': `
      agm airy airye bdtr bdtrc bdtri bdtrik bdtrin bei beip ber berp besselpoly beta betainc betaincinv betaln binom
      boxcox boxcox1p btdtr btdtri btdtria btdtrib cbrt chdtr chdtrc chdtri chdtriv chndtr chndtridf chndtrinc chndtrix
      cosdg cosm1 cotdg dawsn ellipe ellipeinc ellipj ellipk ellipkinc ellipkm1 elliprc elliprd elliprf elliprg elliprj
      entr erf erfc erfcinv erfcx erfi erfinv eval_chebyc eval_chebys eval_chebyt eval_chebyu eval_gegenbauer
      eval_genlaguerre eval_hermite eval_hermitenorm eval_jacobi eval_laguerre eval_legendre eval_sh_chebyt
      eval_sh_chebyu eval_sh_jacobi eval_sh_legendre exp1 exp10 exp2 expi expit expm1 expn exprel fdtr fdtrc fdtri
      fdtridfd fresnel gamma gammainc gammaincc gammainccinv gammaincinv gammaln gammasgn gdtr gdtrc gdtria gdtrib
      gdtrix hankel1 hankel1e hankel2 hankel2e huber hyp0f1 hyp1f1 hyp2f1 hyperu i0 i0e i1 i1e inv_boxcox inv_boxcox1p
      it2i0k0 it2j0y0 it2struve0 itairy iti0k0 itj0y0 itmodstruve0 itstruve0 iv ive j0 j1 jv jve k0 k0e k1 k1e kei keip
      kelvin ker kerp kl_div kn kolmogi kolmogorov kv kve log1p log_expit log_ndtr loggamma logit lpmv mathieu_a
      mathieu_b mathieu_cem mathieu_modcem1 mathieu_modcem2 mathieu_modsem1 mathieu_modsem2 mathieu_sem modfresnelm
      modfresnelp modstruve nbdtr nbdtrc nbdtri nbdtrik nbdtrin ncfdtr ncfdtri ncfdtridfd ncfdtridfn ncfdtrinc nctdtr
      nctdtridf nctdtrinc nctdtrit ndtr ndtri ndtri_exp nrdtrimn nrdtrisd obl_ang1 obl_ang1_cv obl_cv obl_rad1
      obl_rad1_cv obl_rad2 obl_rad2_cv owens_t pbdv pbvv pbwa pdtr pdtrc pdtri pdtrik poch powm1 pro_ang1 pro_ang1_cv
      pro_cv pro_rad1 pro_rad1_cv pro_rad2 pro_rad2_cv pseudo_huber psi radian rel_entr rgamma round shichi sici sindg
      smirnov smirnovi spence sph_harm stdtr stdtridf stdtrit struve tandg tklmbda voigt_profile wofz wright_bessel
      wrightomega xlog1py xlogy y0 y1 yn yv yve zetac
    `,
  }),
  ...allow('reviewed: numpy 1', 'constants', 'makes a random generator of a known kind', {
    'numpy.random': '__RandomState_ctor',
  }),
  ...allow('reviewed: numpy 1 and 2', 'instance', 'made without its constructor; its state is assigned', {
    'numpy._core.defchararray': 'chararray',
    'numpy._core.records': 'recarray record',
    'numpy.core.defchararray': 'chararray',
    'numpy.core.records': 'recarray record',
    'numpy.lib._polynomial_impl': 'poly1d',
    'numpy.lib.polynomial': 'poly1d',
    'numpy.ma.mrecords': 'MaskedRecords',
    'numpy.matrixlib.defmatrix': 'matrix',
    'numpy.random._generator': 'Generator',
    'numpy.random._mt19937': 'MT19937',
    'numpy.random._pcg64': 'PCG64 PCG64DXSM',
    'numpy.random._philox': 'Philox',
    'numpy.random._sfc64': 'SFC64',
    'numpy.random.mtrand': 'RandomState',
  }),
  ...allow('reviewed: numpy 2', 'any', 'makes an array, a number or a type of numbers from bytes', {
    'numpy._core.multiarray': 'scalar',
    'numpy._core.numeric': '_frombuffer',
  }),
  ...allow('reviewed: numpy 2', 'class', 'makes an instance without its constructor', {
    'numpy._core.multiarray': '_reconstruct',
    'numpy.ma.mrecords': '_mrreconstruct',
  }),
  ...allow('reviewed: numpy 2', 'constants', 'an error as a value; nothing is raised', {
    'numpy.exceptions': `
      AxisError ComplexWarning DTypePromotionError RankWarning TooHardError VisibleDeprecationWarning
    `,
  }),
  ...allow('reviewed: numpy 2', 'instance', 'a type of numbers', {
    'numpy.dtypes': `
      BoolDType ByteDType BytesDType CLongDoubleDType Complex128DType Complex64DType DateTime64DType Float16DType
      Float32DType Float64DType Int16DType Int32DType Int64DType Int8DType IntDType LongDType LongDoubleDType
      LongLongDType ObjectDType ShortDType StrDType StringDType TimeDelta64DType UByteDType UInt16DType UInt32DType
      UInt64DType UInt8DType UIntDType ULongDType ULongLongDType UShortDType VoidDType
    `,
  }),
  ...allow('reviewed: numpy 2', 'instance', 'made without its constructor; its state is assigned', {
    'numpy.ma': 'MaskedArray',
    'numpy.rec': 'recarray record',
  }),
  ...allow('reviewed: numpy 2', 'none', 'a type of numbers as a value; numbers come as numpy.*.scalar', {
    numpy: `
      bool byte bytes_ cdouble clongdouble csingle datetime64 double generic half int_ intc intp long longdouble number
      object_ short single str_ timedelta64 ubyte uint uintc uintp ulong unicode_ ushort void
    `,
  }),
  ...allow('reviewed: scikit-learn', 'none', 'a function on arrays as a value; never called while loading', {
    numpy: 'abs max min nanmean prod ravel round std var',
    'numpy.linalg': 'norm',
  }),
  ...allow(
    'reviewed: scipy 1.6 to 1.16',
    'distribution',
    'a distribution, made without its constructor; the policy reads its state',
    {
      'scipy.stats._continuous_distns': `
        alpha_gen anglit_gen arcsine_gen argus_gen beta_gen betaprime_gen bradford_gen burr12_gen burr_gen cauchy_gen
        chi2_gen chi_gen cosine_gen crystalball_gen dgamma_gen dweibull_gen erlang_gen expon_gen exponnorm_gen
        exponpow_gen exponweib_gen f_gen fatiguelife_gen fisk_gen foldcauchy_gen foldnorm_gen gamma_gen gausshyper_gen
        genexpon_gen genextreme_gen gengamma_gen genhalflogistic_gen genhyperbolic_gen geninvgauss_gen genlogistic_gen
        gennorm_gen genpareto_gen gibrat_gen gilbrat_gen gompertz_gen gumbel_l_gen gumbel_r_gen halfcauchy_gen
        halfgennorm_gen halflogistic_gen halfnorm_gen hypsecant_gen invgamma_gen invgauss_gen invweibull_gen
        johnsonsb_gen johnsonsu_gen kappa3_gen kappa4_gen ksone_gen kstwo_gen kstwobign_gen laplace_asymmetric_gen
        laplace_gen levy_gen levy_l_gen loggamma_gen logistic_gen loglaplace_gen lognorm_gen lomax_gen maxwell_gen
        mielke_gen moyal_gen nakagami_gen ncf_gen nct_gen ncx2_gen norm_gen norminvgauss_gen pareto_gen pearson3_gen
        powerlaw_gen powerlognorm_gen powernorm_gen rayleigh_gen rdist_gen recipinvgauss_gen reciprocal_gen rice_gen
        semicircular_gen skew_norm_gen skewcauchy_gen studentized_range_gen t_gen trapezoid_gen triang_gen
        truncexpon_gen truncnorm_gen truncpareto_gen truncweibull_min_gen tukeylambda_gen uniform_gen vonmises_gen
        wald_gen weibull_max_gen weibull_min_gen wrapcauchy_gen
      `,
      'scipy.stats._discrete_distns': `
        bernoulli_gen betabinom_gen binom_gen boltzmann_gen dlaplace_gen geom_gen hypergeom_gen logser_gen nbinom_gen
        nchypergeom_fisher_gen nchypergeom_wallenius_gen nhypergeom_gen planck_gen poisson_gen randint_gen skellam_gen
        yulesimon_gen zipf_gen zipfian_gen
      `,
    },
  ),
  ...allow('reviewed: scipy 1.6 to 1.16', 'instance', 'made without its constructor; its state is assigned', {
    'scipy.stats._distn_infrastructure': 'rv_discrete_frozen rv_frozen',
  }),
  ...allow('reviewed: scipy before 1.8', 'instance', 'made without its constructor; its state is assigned', {
    'scipy.interpolate._fitpack2': 'LSQBivariateSpline SmoothBivariateSpline UnivariateSpline',
    'scipy.interpolate.fitpack2': `
      InterpolatedUnivariateSpline LSQUnivariateSpline RectBivariateSpline UnivariateSpline
    `,
    'scipy.interpolate.interpolate': 'BPoly PPoly RegularGridInterpolator interp1d',
    'scipy.interpolate.ndgriddata': 'NearestNDInterpolator',
    'scipy.interpolate.polyint': 'BarycentricInterpolator KroghInterpolator',
    'scipy.optimize.optimize': 'OptimizeResult',
    'scipy.sparse.base': 'spmatrix',
    'scipy.sparse.bsr': 'bsr_matrix',
    'scipy.sparse.coo': 'coo_matrix',
    'scipy.sparse.csc': 'csc_matrix',
    'scipy.sparse.csr': 'csr_matrix',
    'scipy.sparse.dia': 'dia_matrix',
    'scipy.sparse.dok': 'dok_matrix',
    'scipy.sparse.lil': 'lil_matrix',
    'scipy.spatial.ckdtree': 'cKDTree',
    'scipy.spatial.kdtree': 'KDTree',
    'scipy.spatial.transform.rotation': 'Rotation Slerp',
    'scipy.stats.kde': 'gaussian_kde',
  }),
]
