import type { DangerousGroup } from '../globals.ts'
import { danger } from './danger.ts'

const runsCommand = { does: 'runs a command of the operating system', tags: ['CWE-78'] } as const
const startsProcess = { does: 'starts a process', tags: ['CWE-78'] } as const

/** Names that run programs or reach the operating system. */
export const programDangers: readonly DangerousGroup[] = [
  ...danger(runsCommand, {
    os: 'system popen popen2 popen3 popen4 startfile',
    posix: 'system popen',
    nt: 'system popen startfile',
    popen2: '*',
    commands: 'getoutput getstatusoutput getstatus',
    subprocess: 'Popen call check_call check_output run getoutput getstatusoutput list2cmdline',
    platform: 'popen _syscmd_ver _syscmd_file',
    sh: '*',
    plumbum: '*',
    pexpect: 'run runu spawn spawnu',
    'pexpect.popen_spawn': 'PopenSpawn',
    'pexpect.pty_spawn': 'spawn',
    fabric: '*',
    invoke: 'run sudo',
    'invoke.context': 'Context.run Context.sudo',
    envoy: 'run connect',
    'gevent.subprocess': 'Popen call check_call check_output run',
    'eventlet.green.subprocess': '*',
    'git.cmd': 'Git Git.execute',
    psutil: 'Popen Process',
    'pip._internal.utils.subprocess': 'call_subprocess runner_with_spinner_message',
    'setuptools._distutils.spawn': 'spawn',
    'setuptools._distutils.cmd': 'Command.spawn',
    'setuptools._distutils.ccompiler': 'CCompiler.spawn',
    'IPython.utils.process': 'getoutput system',
    'IPython.core.interactiveshell': 'InteractiveShell.system InteractiveShell.run_cell InteractiveShell.ex',
    'torch._inductor.codecache': 'compile_file',
    'torch.utils.collect_env': 'run run_and_read_all run_and_parse_first_match run_and_return_first_line get_env_info',
    'torch.utils.bottleneck.__main__': 'run_env_analysis run_autograd_prof run_cprofile main',
    'torch.utils.hipify.hipify_python': 'hipify preprocessor',
    'torch.utils.cpp_extension': 'load load_inline _jit_compile _run_ninja_build verify_ninja_availability',
    'torch.distributed.run': 'run main elastic_launch',
    'torch.distributed.launch': 'main launch',
    'torch.distributed.elastic.multiprocessing': 'start_processes',
    'torch.distributed.elastic.multiprocessing.api': 'MultiprocessContext SubprocessContext',
    'tensorflow.python.platform.resource_loader': 'load_resource',
    'numpy.distutils.exec_command': 'exec_command _exec_command',
    'numpy.distutils.misc_util': 'exec_mod_from_location',
    'numpy.distutils.lib2def': 'getnm',
    'numpy.testing._private.utils': 'runstring rundocs measure',
    'numpy.testing': 'runstring rundocs measure',
    'mlflow.projects': 'run',
    'mlflow.projects.backend.local': '_run_entry_point',
    'mlflow.utils.process': '_exec_cmd',
    'ray.util.sdk': '*',
    'scipy._lib._testutils': 'PytestTester',
    'nltk.internals': 'java config_java find_binary find_jar',
    'sagemaker_containers.process': '*',
    shutil: 'which',
    antigravity: '*',
    webbrowser: 'open open_new open_new_tab get register BackgroundBrowser GenericBrowser UnixBrowser Mozilla',
  }),
  ...danger(startsProcess, {
    os: `
      execl execle execlp execlpe execv execve execvp execvpe fork forkpty kill killpg abort _exit posix_spawn posix_spawnp
      spawnl spawnle spawnlp spawnlpe spawnv spawnve spawnvp spawnvpe _execvpe _spawnvef
    `,
    posix: 'execv execve fork fork1 forkpty posix_spawn posix_spawnp kill killpg abort _exit',
    nt: 'execv execve spawnv spawnve kill abort _exit',
    _posixsubprocess: 'fork_exec',
    _subprocess: 'CreateProcess',
    _winapi: 'CreateProcess CreateFile CreateJunction OpenProcess TerminateProcess',
    multiprocessing: 'Process Pool Manager Array Value',
    'multiprocessing.process': 'BaseProcess',
    'multiprocessing.context': 'Process ForkProcess SpawnProcess ForkServerProcess BaseContext',
    'multiprocessing.pool': 'Pool ThreadPool worker mapstar starmapstar',
    'multiprocessing.popen_fork': 'Popen',
    'multiprocessing.popen_forkserver': 'Popen',
    'multiprocessing.popen_spawn_posix': 'Popen',
    'multiprocessing.popen_spawn_win32': 'Popen',
    'multiprocessing.spawn': 'spawn_main prepare import_main_path _main',
    'multiprocessing.forkserver': 'ForkServer main connect_to_new_process',
    'multiprocessing.util': 'spawnv_passfds Finalize _run_after_forkers _run_finalizers',
    'multiprocessing.managers': 'BaseManager BaseProxy RebuildProxy SyncManager Server AutoProxy',
    'multiprocessing.reduction':
      'rebuild_connection _rebuild_partial _reduce_partial duplicate send_handle recv_handle',
    'multiprocessing.connection': 'Client Listener rebuild_connection answer_challenge',
    'multiprocessing.resource_sharer': 'stop DupFd DupSocket',
    'multiprocessing.dummy': '*',
    'concurrent.futures': 'ProcessPoolExecutor ThreadPoolExecutor',
    'concurrent.futures.process': 'ProcessPoolExecutor _process_worker',
    'concurrent.futures.thread': 'ThreadPoolExecutor _WorkItem',
    asyncio: 'create_subprocess_exec create_subprocess_shell run new_event_loop get_event_loop',
    'asyncio.subprocess': 'create_subprocess_exec create_subprocess_shell Process SubprocessStreamProtocol',
    'asyncio.base_events': 'BaseEventLoop BaseEventLoop.subprocess_exec BaseEventLoop.subprocess_shell',
    'asyncio.base_subprocess': 'BaseSubprocessTransport',
    'asyncio.windows_events': '*',
    'asyncio.windows_utils': 'Popen',
    _multiprocessing: '*',
    loky: '*',
    'loky.backend.popen_loky_posix': 'Popen',
    'joblib.externals.loky.backend.popen_loky_posix': 'Popen',
    'joblib.externals.loky.process_executor': 'ProcessPoolExecutor _process_worker',
    'torch.multiprocessing': 'spawn start_processes Process Pool',
    'torch.multiprocessing.spawn': 'spawn start_processes ProcessContext',
  }),
  ...danger(
    {
      does: 'runs a command of the operating system by way of the event loop',
      tags: ['CWE-78', 'GHSA-q77w-mwjj-7mqx'],
    },
    {
      'asyncio.unix_events':
        '_UnixSubprocessTransport _UnixSubprocessTransport._start DefaultEventLoopPolicy SelectorEventLoop _UnixSelectorEventLoop',
    },
  ),
  ...danger(
    {
      does: 'opens a terminal and runs a program in it',
      tags: ['CWE-78', 'GHSA-vqmv-47xg-9wpr', 'GHSA-r7v6-mfhq-g3m2'],
    },
    { pty: 'spawn fork openpty master_open slave_open _copy' },
  ),
  ...danger(
    { does: 'hands a text to a command of the operating system', tags: ['CWE-78', 'GHSA-g38g-8gr9-h9xp'] },
    {
      _osx_support:
        '_read_output _find_build_tool _find_executable _supports_universal_builds compiler_fixup customize_compiler',
      _aix_support: '_read_cmd_output _aix_bosmp64 aix_platform',
      uuid: '_get_command_stdout _popen _find_mac_near_keyword _find_mac_under_heading _ifconfig_getnode _arp_getnode',
      '_pyrepl.pager': 'pipe_pager tempfile_pager get_pager pipepager tempfilepager',
      '_pyrepl.unix_console': 'UnixConsole',
      '_pyrepl.main': 'interactive_console',
      '_pyrepl.simple_interact': 'run_multiline_interactive_console',
      imaplib: 'IMAP4_stream IMAP4_stream.open IMAP4 IMAP4_SSL',
      'test.support.script_helper':
        'assert_python_ok assert_python_failure spawn_python run_python_until_end _assert_python run_test_script',
      'test.support.os_helper': 'create_empty_file rmtree unlink rmdir',
      'test.support.import_helper': 'import_module import_fresh_module make_legacy_pyc',
      'test.support':
        'run_code run_in_subinterp run_doctest args_from_interpreter_flags optim_args_from_interpreter_flags',
      'test.libregrtest': '*',
    },
  ),
  ...danger(
    { does: 'pages a text through a command, or imports what a text names', tags: ['CWE-78', 'GHSA-84r2-jw7c-4r5q'] },
    {
      pydoc:
        'locate safeimport importfile pipepager tempfilepager getpager browse cli render_doc resolve apropos writedoc writedocs',
    },
  ),
  ...danger(
    {
      does: 'runs the compiler and what it is told to run',
      tags: ['CWE-78', 'GHSA-m273-6v24-x4m4'],
    },
    { distutils: '*', 'setuptools._distutils': '*' },
  ),
  ...danger(
    {
      does: 'runs the packager, which runs what it downloads',
      tags: ['CWE-494', 'GHSA-xp4f-hrf8-rxw7', 'CVE-2025-1716'],
    },
    { ensurepip: 'bootstrap _bootstrap _main _run_pip version', 'ensurepip._uninstall': '_main' },
  ),
  ...danger(
    {
      does: 'runs the packager, which runs what it downloads',
      tags: ['CWE-494', 'CVE-2025-1716'],
    },
    {
      pip: '*',
      setuptools: '*',
      easy_install: '*',
      pkg_resources: '*',
      conda: '*',
      pipenv: '*',
      poetry: '*',
      uv: '*',
      wheel: '*',
    },
  ),
  ...danger(
    { does: 'makes an environment and runs its interpreter', tags: ['CWE-78'] },
    { venv: '*', virtualenv: '*', zipapp: '*', compileall: '*' },
  ),
  ...danger(
    { does: 'calls any function of any native library', tags: ['CWE-78', 'GHSA-4675-36f9-wf6r'] },
    { ctypes: '*', _ctypes: '*', _ctypes_test: '*' },
  ),
  ...danger(
    { does: 'compiles or loads native code', tags: ['CWE-114'] },
    { cffi: '*', _cffi_backend: '*', 'scipy.weave': '*', weave: '*', pyximport: '*', Cython: '*', pythran: '*' },
  ),
  ...danger(
    { does: 'builds native code and runs the compiler', tags: ['CWE-78', 'GHSA-r8g5-cgf2-4m4m'] },
    { 'numpy.f2py': '*', 'numpy.distutils': '*' },
  ),
]
