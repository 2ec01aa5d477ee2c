import type { DangerousGroup } from '../globals.ts'
import { danger } from './danger.ts'

/** Names that run, make or import Python code. */
export const codeDangers: readonly DangerousGroup[] = [
  ...danger(
    {
      does: 'runs a text as Python code, or imports or opens what a text names',
      tags: ['CWE-94', 'GHSA-h4rm-mm56-xf63'],
    },
    {
      builtins: `
        eval exec execfile compile __import__ open file input raw_input breakpoint help reload __build_class__ __loader__
        __spec__
      `,
      __builtin__: 'eval exec execfile compile __import__ open file input raw_input breakpoint help reload',
    },
  ),
  ...danger(
    {
      does: 'reaches attributes and variables that the pickle names, or calls what it names',
      tags: ['CWE-94', 'GHSA-h4rm-mm56-xf63'],
    },
    {
      builtins: `
        getattr setattr delattr globals locals vars apply map filter exit quit memoryview super type classmethod property
        staticmethod callable dir id iter next isinstance issubclass
      `,
      __builtin__: 'getattr setattr delattr globals locals vars apply map filter exit quit intern coerce buffer type',
    },
  ),
  ...danger(
    {
      does: 'calls a method or reaches an attribute that the pickle names',
      tags: ['CWE-94', 'GHSA-955r-x9j8-7rhh', 'GHSA-46h3-79wf-xr6c'],
    },
    {
      operator:
        'attrgetter methodcaller itemgetter call __call__ setitem delitem __setitem__ __delitem__ or_ ior iconcat',
      _operator: 'attrgetter methodcaller itemgetter call setitem delitem or_ ior iconcat',
    },
  ),
  ...danger(
    { does: 'calls what the pickle names', tags: ['CWE-94'] },
    {
      functools:
        'reduce partialmethod cached_property singledispatch singledispatchmethod update_wrapper wraps lru_cache',
      _functools: 'reduce cmp_to_key',
      itertools: 'starmap accumulate dropwhile filterfalse groupby takewhile imap ifilter',
      threading: 'Thread Timer _Timer setprofile settrace excepthook',
      thread: 'start_new_thread start_new',
      _thread: 'start_new_thread start_new start_joinable_thread',
      _dummy_thread: 'start_new_thread',
      sched: 'scheduler',
      atexit: 'register _run_exitfuncs',
      signal: 'signal set_wakeup_fd setitimer alarm raise_signal pthread_kill',
      weakref: 'finalize',
      contextlib: 'ExitStack contextmanager closing',
      unittest: '*',
      'unittest.mock': '*',
      'unittest.loader': '*',
      pytest: 'main console_main',
      _pytest: '*',
      nose: '*',
      'concurrent.interpreters': '*',
      'asyncio.events': '*',
      tkinter: '*',
      turtle: '*',
      gc: 'get_objects get_referrers get_referents callbacks',
      inspect: 'currentframe stack getmodule unwrap getattr_static',
      dataclasses: 'make_dataclass _create_fn',
      enum: 'EnumMeta EnumType _make_class_unpicklable global_enum',
      copy: 'copy deepcopy _reconstruct',
      copyreg: 'add_extension pickle remove_extension clear_extension_cache __newobj_ex__',
      string: 'Formatter Template',
      typing: 'get_type_hints NamedTuple TypedDict ForwardRef _eval_type',
      annotationlib: '*',
      'xml.sax.saxutils': 'XMLGenerator',
      optparse: 'OptionParser Values._update',
      argparse: 'ArgumentParser FileType',
      ast: 'parse',
      pickle: '_Unpickler.find_class Unpickler.find_class',
    },
  ),
  ...danger(
    { does: 'imports a module or loads code that the pickle names', tags: ['CWE-94', 'CWE-829'] },
    {
      importlib: '*',
      imp: '*',
      _imp: '*',
      _frozen_importlib: '*',
      _frozen_importlib_external: '*',
      zipimport: '*',
      runpy: '*',
      modulefinder: '*',
      ihooks: '*',
      site: '*',
      sitecustomize: '*',
      usercustomize: '*',
      imputil: '*',
    },
  ),
  ...danger(
    { does: 'imports what a text names', tags: ['CWE-829', 'GHSA-vvpj-8cmc-gx39'] },
    {
      pkgutil:
        'resolve_name get_loader find_loader ImpImporter ImpLoader get_data walk_packages iter_modules extend_path read_code get_importer',
    },
  ),
  ...danger(
    { does: 'makes code or a function out of bytes', tags: ['CWE-94', 'GHSA-565g-hwwr-4pp3'] },
    {
      marshal: 'load loads dump dumps',
      types: `
        FunctionType CodeType LambdaType MethodType ModuleType BuiltinFunctionType BuiltinMethodType FrameType CellType
        TracebackType DynamicClassAttribute coroutine new_class prepare_class resolve_bases GeneratorType GenericAlias
      `,
      new: '*',
      dis: '*',
      opcode: '*',
      symtable: '*',
      py_compile: '*',
      cloudpickle: 'load loads',
      'cloudpickle.cloudpickle': `
        subimport dynamic_subimport _make_function _make_skel_func _fill_function _make_cell _make_empty_cell _builtin_type
        _make_skeleton_class _make_skeleton_enum _class_setstate _function_setstate _lookup_class_or_track _make_dict_items
        _make_dict_keys _make_dict_values _make_typevar _decompose_typevar _get_cell_contents _rebuild_tornado_coroutine
        _gen_ellipsis _gen_not_implemented _restore_attr _modules_to_main instance CloudPickler load loads
      `,
      'cloudpickle.cloudpickle_fast': '_class_setstate _function_setstate CloudPickler load loads dumps',
      'joblib.externals.cloudpickle': '*',
      'joblib.externals.cloudpickle.cloudpickle': '*',
      'pyspark.cloudpickle': '*',
      'pyspark.serializers': '_restore loads read_int _hijack_namedtuple',
      dill: 'load loads load_module load_session load_module_asdict Unpickler source',
      'dill._dill': `
        _create_function _create_code _create_type _import_module _get_attr _getattribute _eval_repr _create_cell _load_type
        _unmarshal _create_filehandle _create_stringi _create_stringo _create_lock _create_rlock _create_ftype _create_array
        _create_typemap _create_weakref _create_weakproxy _create_namedtuple _create_dtypemeta _setitems _shims load loads
        _create_capsule _setattr _delattr _create_typing_tuple _create_singleton Unpickler
      `,
      'dill.dill':
        '_create_function _create_code _create_type _import_module _get_attr _eval_repr _load_type _unmarshal',
      'dill._shims': '*',
      'dill.session': 'load_module load_session',
      'dill.source': 'importable getsource _importable',
      'torch.package': '*',
      'torch.package.package_importer': 'PackageImporter',
      'torch.fx.graph_module':
        'reduce_graph_module reduce_package_graph_module reduce_deploy_graph_module _forward_from_src _deserialize_graph_module',
      'torch.fx._symbolic_trace': '*',
      'torch._C':
        '_jit_pass_custom_pattern_based_rewrite_graph import_ir_module import_ir_module_from_buffer _import_ir_module',
      'torch._ops': '_OpNamespace OpOverload _Ops.load_library',
      torch: 'load save compile hub ops classes jit',
      'torch.classes': '*',
      'torch.ops': '*',
    },
  ),
  ...danger(
    { does: 'runs a text in an interpreter of its own', tags: ['CWE-94', 'GHSA-6ggj-6f2q-f7mx'] },
    {
      _interpreters: '*',
      _xxsubinterpreters: '*',
      _interpqueues: '*',
      _interpchannels: '*',
      _xxinterpchannels: '*',
      _testcapi: '*',
      _testinternalcapi: '*',
      interpreters: '*',
    },
  ),
  ...danger(
    { does: 'runs a text as a Python session', tags: ['CWE-94', 'GHSA-cj3c-v495-4xqh'] },
    {
      code: 'interact InteractiveInterpreter InteractiveConsole compile_command',
      codeop: 'compile_command Compile CommandCompiler _maybe_compile',
    },
  ),
  ...danger(
    { does: 'runs the examples of a text or a module', tags: ['CWE-94', 'GHSA-fqq6-7vqf-w3fg'] },
    {
      doctest:
        'debug_script debug debug_src run_docstring_examples testfile testmod testsource DocTestRunner DocFileSuite DocTestSuite DebugRunner',
    },
  ),
  ...danger(
    { does: 'runs a text of Python under a debugger, a profiler or a timer', tags: ['CWE-94'] },
    {
      bdb: 'Bdb Bdb.run Bdb.runeval Bdb.runctx Bdb.runcall set_trace',
      pdb: 'run runeval runctx runcall set_trace post_mortem Pdb main pm',
      profile: 'run runctx Profile Profile.run Profile.runctx Profile.runcall main _Utils',
      cProfile: 'run runctx Profile Profile.run Profile.runctx main',
      _lsprof: 'Profiler profiler_entry',
      timeit: 'timeit repeat Timer main default_timer',
      trace: 'Trace Trace.run Trace.runctx Trace.runfunc CoverageResults main',
      tracemalloc: 'Snapshot',
      faulthandler: '*',
      hotshot: '*',
      line_profiler: '*',
      memory_profiler: '*',
      ipdb: '*',
      pudb: '*',
      IPython: 'embed start_ipython',
    },
  ),
  ...danger(
    {
      does: 'runs code of the development environment or of a source converter',
      tags: ['CWE-94'],
    },
    { idlelib: '*', lib2to3: '*', turtledemo: '*', test: '*', 'pip._vendor': '*' },
  ),
  ...danger(
    { does: 'changes the interpreter, its modules or its paths', tags: ['CWE-913'] },
    {
      sys: `
        modules path meta_path path_hooks path_importer_cache settrace setprofile setswitchinterval exit excepthook
        displayhook breakpointhook addaudithook _getframe _current_frames call_tracing stdin stdout stderr unraisablehook
        set_coroutine_origin_tracking_depth setrecursionlimit remote_exec activate_stack_trampoline
      `,
      warnings: '_setoption _getcategory _getaction',
      codecs: 'register register_error open lookup StreamReaderWriter EncodedFile',
      _codecs: 'register register_error lookup decode',
      readline:
        'read_init_file read_history_file write_history_file set_startup_hook parse_and_bind append_history_file',
      rlcompleter: 'Completer Completer.attr_matches',
      getpass: 'getpass unix_getpass getuser',
      locale: 'setlocale',
      gettext: '*',
      linecache: 'getlines updatecache lazycache getline',
      tokenize: 'open',
      encodings: 'search_function',
      sysconfig: '_init_posix _generate_posix_vars get_config_vars parse_config_h',
      resource: 'setrlimit prlimit',
      nis: '*',
      pwd: '*',
      grp: '*',
      spwd: '*',
      crypt: '*',
    },
  ),
]
