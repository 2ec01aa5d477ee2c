import { expect, test } from 'vitest'
import { dangerousGlobals } from '../src/scan/pickle/dangerous-globals.ts'
import type { DangerousGroup } from '../src/scan/pickle/globals.ts'
import { globalTables, judge } from '../src/scan/pickle/judgement.ts'

/** What explains `module.name`, wherever the module ends. */
const groupOf = (path: string): DangerousGroup | undefined => {
  const parts = path.split('.')
  for (let length = parts.length - 1; length > 0; length -= 1) {
    const judgement = judge(globalTables, parts.slice(0, length).join('.'), parts.slice(length).join('.'), 4)
    if (judgement.verdict === 'dangerous') return judgement.group
  }
  return undefined
}

test('the catalogue has more than 400 names in more than 120 modules', () => {
  const names = new Set(
    dangerousGlobals.flatMap(({ module, names: own = [] }) => own.map((name) => `${module} ${name}`)),
  )
  expect(names.size).toBeGreaterThan(400)
  expect(new Set(dangerousGlobals.map(({ module }) => module)).size).toBeGreaterThan(120)
})

test('each advisory explains the names that it is about', () => {
  const advisories: Readonly<Record<string, string>> = {
    'GHSA-vvpj-8cmc-gx39': 'pkgutil.resolve_name',
    'GHSA-g38g-8gr9-h9xp':
      '_osx_support._read_output _aix_support._read_cmd_output uuid._get_command_stdout _pyrepl.pager.pipe_pager imaplib.IMAP4_stream test.support.script_helper.assert_python_ok',
    'GHSA-955r-x9j8-7rhh': '_operator.methodcaller operator.methodcaller',
    'GHSA-46h3-79wf-xr6c': '_operator.attrgetter operator.attrgetter',
    'GHSA-84r2-jw7c-4r5q': 'pydoc.locate pydoc.pipepager',
    'GHSA-vqmv-47xg-9wpr': 'pty.spawn',
    'GHSA-4675-36f9-wf6r': 'ctypes.CDLL ctypes.util.find_library',
    'GHSA-r8g5-cgf2-4m4m': 'numpy.f2py.crackfortran.getlincoef numpy.f2py.compile',
    'GHSA-m273-6v24-x4m4': 'distutils.file_util.write_file distutils.spawn.spawn',
    'GHSA-q77w-mwjj-7mqx': 'asyncio.unix_events._UnixSubprocessTransport._start',
    'GHSA-fqq6-7vqf-w3fg': 'doctest.debug_script',
    'GHSA-xp4f-hrf8-rxw7': 'ensurepip._run_pip',
    'GHSA-cj3c-v495-4xqh': 'code.InteractiveInterpreter.runcode codeop.compile_command',
    'GHSA-6ggj-6f2q-f7mx': '_interpreters.run_string _xxsubinterpreters.run_string',
    'GHSA-565g-hwwr-4pp3': 'marshal.loads types.FunctionType types.CodeType',
    'GHSA-r7v6-mfhq-g3m2': 'pty.spawn',
    'GHSA-h4rm-mm56-xf63': 'builtins.eval builtins.__import__',
    'CVE-2025-1716': 'pip.main pip._internal.main',
    'CVE-2019-6446': 'numpy.load',
    'CVE-2024-34997': 'joblib.numpy_pickle.NumpyUnpickler joblib.load',
    'CVE-2025-32434': 'torch.hub.load torch.serialization.load',
    'CVE-2022-45907': 'torch.jit.annotations.parse_type_line',
    'CVE-2024-48063':
      'torch.distributed.nn.api.remote_module.RemoteModule torch.distributed.nn.api.remote_module._remote_module_receiver',
    'CVE-2024-5480': 'torch.distributed.rpc.internal.PythonUDF torch.distributed.rpc.rpc_sync',
    'CVE-2026-28500': 'onnx.hub.load',
  }
  for (const [advisory, paths] of Object.entries(advisories)) {
    for (const path of paths.split(' ')) expect([path, groupOf(path)?.tags.includes(advisory)]).toEqual([path, true])
  }
})

test('gadgets that scanners were passed with are known', () => {
  const gadgets = `
    os.system posix.system nt.system subprocess.Popen commands.getoutput platform.popen multiprocessing.util.spawnv_passfds
    profile.run cProfile.runctx bdb.Bdb.run pdb.run timeit.timeit trace.Trace.run idlelib.pyshell.ModifiedInterpreter.runcode
    lib2to3.pgen2.grammar.Grammar.loads venv.create logging.FileHandler logging.config.dictConfig io.FileIO _io.FileIO
    ssl.get_server_certificate urllib.request.urlopen numpy.testing._private.utils.runstring torch._dynamo.guards.GuardBuilder.get
    torch._inductor.codecache.compile_file torch.utils.collect_env.run torch.utils.bottleneck.__main__.run_cprofile
    torch.utils._config_module.load_config torch.utils._config_module.ConfigModule.load_config torch.jit.unsupported_tensor_ops.execWrapper
    torch.fx.experimental.symbolic_shapes.ShapeEnv.evaluate_guards_expression torch.utils.data.datapipes.utils.decoder.basichandlers
    runpy.run_path zipimport.zipimporter importlib.import_module imp.load_source webbrowser.open shutil.rmtree tempfile.mkstemp
    threading.Timer signal.signal socket.socket smtplib.SMTP pandas.read_pickle pandas.eval pandas.io.pickle.read_pickle
    joblib._parallel_backends.SafeFunction dill._dill._import_module dill._dill._get_attr cloudpickle.cloudpickle.subimport
    jsonpickle.unpickler.decode yaml.unsafe_load mlflow.projects.backend.local._run_entry_point tensorflow.io.read_file
    hydra.utils.instantiate keras.layers.Lambda functools.reduce itertools.starmap zlib.decompress torch.load torch.jit.load
    statsmodels.base.data.PandasData scipy.stats.rv_continuous spacy.tokens.doc.unpickle_doc
  `
  const unknown = gadgets
    .trim()
    .split(/\s+/)
    .filter((path) => groupOf(path) === undefined)
  expect(unknown).toEqual([])
})
