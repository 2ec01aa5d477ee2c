import { call, named, pickle, text } from '../support/pickle-assembler.ts'
import { type Advisory, refused } from './advisory.ts'

/** A pickle that calls `module:name` with a text that does nothing: inert, because nothing here loads it. */
export const calling = (path: string): Uint8Array => {
  const [module = '', name = ''] = path.split(':')
  return pickle(call(named(module, name), text('x')))
}

/** Callables that a blocklist had left out, `module:name` each, by the report that named them. */
const reports: Readonly<Record<string, string>> = {
  'CVE-2025-1716': 'pip:main pip._internal:main pip._internal.cli.main:main',
  'GHSA-vvpj-8cmc-gx39': 'pkgutil:resolve_name',
  'GHSA-g38g-8gr9-h9xp': `_osx_support:_read_output _osx_support:_find_build_tool _aix_support:_read_cmd_output
    uuid:_get_command_stdout _pyrepl.pager:pipe_pager imaplib:IMAP4_stream
    test.support.script_helper:assert_python_ok`,
  'GHSA-955r-x9j8-7rhh': '_operator:methodcaller operator:methodcaller',
  'GHSA-46h3-79wf-xr6c': '_operator:attrgetter operator:attrgetter',
  'GHSA-84r2-jw7c-4r5q': 'pydoc:locate pydoc:pipepager',
  'GHSA-vqmv-47xg-9wpr': 'pty:spawn',
  'GHSA-4675-36f9-wf6r': 'ctypes:CDLL ctypes.util:find_library',
  'GHSA-r8g5-cgf2-4m4m': 'numpy.f2py:compile numpy.f2py.crackfortran:getlincoef',
  'GHSA-m273-6v24-x4m4': 'distutils.file_util:write_file distutils.spawn:spawn',
  'GHSA-q77w-mwjj-7mqx': 'asyncio.unix_events:_UnixSubprocessTransport._start',
  'GHSA-fqq6-7vqf-w3fg': 'doctest:debug_script',
  'GHSA-xp4f-hrf8-rxw7': 'ensurepip:_run_pip',
  'GHSA-cj3c-v495-4xqh': 'code:InteractiveInterpreter.runcode code:interact codeop:compile_command',
  'picklescan profile': 'profile:run profile:Profile.run profile:Profile.runctx',
  'picklescan cProfile': 'cProfile:run cProfile:runctx',
  'picklescan bdb': 'bdb:Bdb.run',
  'picklescan pdb': 'pdb:run pdb:runeval',
  'picklescan timeit': 'timeit:timeit timeit:repeat',
  'picklescan trace': 'trace:Trace.run trace:Trace.runctx',
  'picklescan idlelib': `idlelib.pyshell:ModifiedInterpreter.runcode idlelib.pyshell:ModifiedInterpreter.runcommand
    idlelib.autocomplete:AutoComplete.fetch_completions idlelib.calltip:get_entity
    idlelib.debugobj:ObjectTreeItem.SetText idlelib.run:Executive.runcode`,
  'picklescan lib2to3': 'lib2to3.pgen2.grammar:Grammar.loads lib2to3.pgen2.pgen:ParserGenerator.make_label',
  'picklescan venv': 'venv:create venv:main',
  'picklescan logging.FileHandler': 'logging:FileHandler logging.config:dictConfig',
  'picklescan io.FileIO': 'io:FileIO _io:FileIO io:open',
  'picklescan ssl': 'ssl:get_server_certificate',
  'picklescan urllib': 'urllib.request:urlopen urllib.request:urlretrieve',
  'picklescan numpy.testing': 'numpy.testing._private.utils:runstring numpy.testing:rundocs',
  'picklescan torch._dynamo': 'torch._dynamo.guards:GuardBuilder.get',
  'picklescan torch._inductor': 'torch._inductor.codecache:compile_file',
  'picklescan collect_env': 'torch.utils.collect_env:run',
  'picklescan bottleneck':
    'torch.utils.bottleneck.__main__:run_cprofile torch.utils.bottleneck.__main__:run_autograd_prof',
  'picklescan _config_module':
    'torch.utils._config_module:load_config torch.utils._config_module:ConfigModule.load_config',
  'picklescan ShapeEnv': 'torch.fx.experimental.symbolic_shapes:ShapeEnv.evaluate_guards_expression',
  'picklescan unsupported_tensor_ops': 'torch.jit.unsupported_tensor_ops:execWrapper',
  'picklescan datapipes decoder': 'torch.utils.data.datapipes.utils.decoder:basichandlers',
  'picklescan operator.*': 'operator:call operator:itemgetter operator:methodcaller',
  'picklescan #66': 'importlib:import_module importlib:reload importlib.util:module_from_spec marshal:loads',
  'modelscan #267': 'pickle:loads _pickle:loads pickle:load pickle:Unpickler',
  'modelscan #346': 'mailcap:findmatch',
  'GHSA-6ggj-6f2q-f7mx': '_interpreters:run_string _xxsubinterpreters:run_string',
  'GHSA-565g-hwwr-4pp3': 'marshal:loads types:FunctionType types:CodeType',
  'GHSA-r7v6-mfhq-g3m2': 'pty:spawn',
  'GHSA-h4rm-mm56-xf63': 'builtins:eval builtins:exec builtins:__import__ builtins:open builtins:breakpoint',
}

/** Calls of names that lists of dangers have left out. */
export const callables: readonly Advisory[] = Object.entries(reports).flatMap(([id, paths]) =>
  paths
    .split(/\s+/)
    .map((path) =>
      refused(
        id,
        `calls ${path}`,
        /:.*\./.test(path) ? 'pickle/dotted-name' : 'pickle/dangerous-call',
        'high',
        calling(path),
      ),
    ),
)
