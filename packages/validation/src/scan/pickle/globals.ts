import type { Severity } from '@nootropic/core'

/**
 * What the arguments of an allowed callable must be:
 * - `any`: whatever it is given, it does no more than build a value.
 * - `instance`: a class that is made without its constructor (NEWOBJ, INST or OBJ without arguments, or a function of
 *   rule `class`) and then given its state. What it does with a state is reviewed; a call of it (REDUCE, or NEWOBJ with
 *   arguments) is refused. It may stand as a value.
 * - `class`: the first argument is an allowed class: a name whose rule is `any`, `instance` or `constants`. It is of the
 *   function's own library (`pandas.core.indexes.base._new_Index` makes a NumPy array of objects out of raw pointers),
 *   but for `copyreg._reconstructor`, whose second argument is a class of `builtins`: its constructor is called.
 * - `constants`: only numbers, texts, bytes and containers of them.
 * - `latin1`: a text and the name of the codec `latin1` (`_codecs.encode`).
 * - `callable`: the first argument, if there is one, is an allowed callable (or None, for a `defaultdict`), and the rest
 *   constants or values built so (`functools.partial`). Its own rule must be `any`, `instance` or `constants`: a name of
 *   another rule behind a partial would be called with arguments that nobody has looked at. The state of a partial is
 *   held to the same, for it replaces callable and arguments. Only a partial may keep a name of the rule `instance`, and
 *   is then no argument of any call: to call it is to run the constructor.
 * - `generator`: the name or the class of a bit generator of numpy, or one that is made, and
 *   `numpy.random._pickle.__bit_generator_ctor` beside it: it is called with the first argument.
 * - `distribution`: as `instance`, and its state is that of a distribution of scipy.
 * - `pickle`: the first argument is a pickle, which is read too (`torch.storage._load_from_bytes`).
 * - `identity`: it gives back its first argument, and is followed as that.
 * - `carried`: a class that the file brings along; its loader makes it of constants by an unpickler of its own, to which
 *   no attribute is special.
 * - `none`: it stands as a value and is never called (`numpy.float64` as a type, an enumeration).
 *
 * Names of the rules `class`, `latin1`, `callable`, `pickle` and `identity` are safe only where they are called at once:
 * standing in a state or among arguments (a `defaultdict`'s factory, {@link calledOnLoad}) something else would call
 * them. All others stay harmless when another name of the table calls them. What a call gives is itself never called.
 */
export type ArgumentRule =
  | 'any'
  | 'instance'
  | 'class'
  | 'constants'
  | 'latin1'
  | 'callable'
  | 'generator'
  | 'distribution'
  | 'pickle'
  | 'identity'
  | 'carried'
  | 'none'

/** Names of one module that may stand in a pickle, for one reason. */
export interface AllowedGroup {
  readonly module: string
  /** Qualified names, exactly; nothing else of the module is allowed by this. */
  readonly names: readonly string[]
  /** Where it was seen: library and version. */
  readonly library: string
  /** Why it does no harm. */
  readonly reason: string
  readonly arguments: ArgumentRule
}

/** Names of one library, rule and reason, by module; the names of a module stand in one text. */
export const allow = (
  library: string,
  rule: ArgumentRule,
  reason: string,
  modules: Readonly<Record<string, string>>,
): AllowedGroup[] =>
  Object.entries(modules).map(([module, names]) => ({
    module,
    names: names.trim().split(/\s+/),
    library,
    reason,
    arguments: rule,
  }))

/**
 * Attributes that loading calls on an instance: by an opcode (`append`, `extend`, `add`, `__setstate__`), or by the
 * `__setstate__` or `__del__` of a class of the table. A state that sets one of them, or an item of that name in a
 * mapping whose items are attributes, chooses what is called.
 */
export const calledOnLoad: readonly string[] = [
  '__class__',
  '__reduce__',
  '__reduce_ex__',
  '__setstate__',
  '_build_f', // sklearn.isotonic.IsotonicRegression
  '_deserialize_model', // catboost.core.CatBoost
  '_hook_for_profile', // torch.optim.Optimizer
  '_set_trained_model_attributes', // catboost.core.CatBoost
  'add',
  'append',
  'close', // scipy.spatial.Delaunay and its like, when they are let go
  'extend',
  'set_weight_bias', // torch.ao.nn.quantized convolutions
  'setstate', // random.Random
]

/** Names that are known to do harm. They explain and set the severity; what is in neither table is refused as well. */
export interface DangerousGroup {
  readonly module: string
  /** Whether submodules are meant too. */
  readonly withSubmodules: boolean
  /** Qualified names, or nothing for all of the module. */
  readonly names?: readonly string[]
  readonly severity: Severity
  /** What a call of it does, as the end of "loading calls X, which …". */
  readonly does: string
  /** CWE, CVE and GHSA ids of this very case. */
  readonly tags: readonly string[]
}
