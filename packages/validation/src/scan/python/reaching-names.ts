/**
 * Callables of Python that leave the program: they run processes or code, open connections, or load libraries, by module.
 * Compiled and plain code is looked at for them; pickles have their own table, which names far more.
 */
const reachingByModule: Readonly<Record<string, readonly string[]>> = {
  os: [
    'system',
    'popen',
    'popen2',
    'popen3',
    'fork',
    'forkpty',
    'startfile',
    'execl',
    'execle',
    'execlp',
    'execlpe',
    'execv',
    'execve',
    'execvp',
    'execvpe',
    'spawnl',
    'spawnle',
    'spawnlp',
    'spawnlpe',
    'spawnv',
    'spawnve',
    'spawnvp',
    'spawnvpe',
    'posix_spawn',
    'posix_spawnp',
  ],
  subprocess: ['run', 'call', 'check_call', 'check_output', 'getoutput', 'getstatusoutput', 'Popen'],
  commands: ['getoutput', 'getstatusoutput'],
  pty: ['spawn', 'fork'],
  builtins: ['eval', 'exec', '__import__'],
  socket: ['socket', 'create_connection', 'create_server'],
  'urllib.request': ['urlopen', 'urlretrieve'],
  urllib: ['urlopen', 'urlretrieve'],
  urllib2: ['urlopen'],
  'http.client': ['HTTPConnection', 'HTTPSConnection'],
  httplib: ['HTTPConnection', 'HTTPSConnection'],
  requests: ['get', 'post', 'put', 'request'],
  httpx: ['get', 'post', 'put', 'request'],
  ctypes: ['CDLL', 'PyDLL', 'WinDLL', 'cdll.LoadLibrary', 'windll.LoadLibrary'],
  marshal: ['load', 'loads'],
  runpy: ['run_path', 'run_module'],
  asyncio: ['create_subprocess_exec', 'create_subprocess_shell'],
  webbrowser: ['open', 'open_new'],
  code: ['interact', 'InteractiveInterpreter'],
}

/** Modules from which any callable that is fetched by a computed name is out of place. */
export const reachingModules: ReadonlySet<string> = new Set([
  ...Object.keys(reachingByModule),
  'posix',
  'nt',
  '__builtin__',
])

/** Full names of the callables. Those of `builtins` stand alone too. */
export const reachingCalls: ReadonlySet<string> = new Set(
  Object.entries(reachingByModule).flatMap(([module, names]) =>
    names.flatMap((name) =>
      module === 'builtins' ? [name, `builtins.${name}`, `__builtins__.${name}`] : [`${module}.${name}`],
    ),
  ),
)

/** Their last names, as compiled code holds them; those that many harmless functions share are left out. */
export const reachingNames: ReadonlySet<string> = new Set(
  Object.entries(reachingByModule)
    .filter(([module]) => !['requests', 'httpx', 'webbrowser', 'code', 'marshal'].includes(module))
    .flatMap(([, names]) => names.map((name) => name.split('.').at(-1) ?? name))
    .filter((name) => !['run', 'call'].includes(name)),
)
