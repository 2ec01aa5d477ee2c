import { deflateSync } from 'node:zlib'
import { fixtures as containers } from '../rules/containers.fixtures.ts'
import { fixtures as zips } from '../rules/containers-zip.fixtures.ts'
import { fixtures as pickles } from '../rules/pickle.fixtures.ts'
import {
  assemble,
  binary,
  built,
  call,
  created,
  dictionary,
  pickle,
  shellCall,
  stacked,
  text,
} from '../support/pickle-assembler.ts'
import { type Advisory, judged, refused, reported } from './advisory.ts'
import { calling } from './callables.ts'
import { writtenAs } from './written-file.ts'

const pickled = reported(pickles)
const zipped = reported(zips)
const getattr = stacked('builtins', 'getattr')
const joined = (...parts: readonly string[]) =>
  call(
    call(
      getattr,
      call(getattr, call(stacked('importlib', 'import_module'), text('builtins')), text('str')),
      text('join'),
    ),
    text(''),
    assemble('](', ...parts.map(text), 'e'),
  )

/** Ways past modelscan. */
export const modelscan: readonly Advisory[] = [
  refused(
    'modelscan #85',
    'the names that STACK_GLOBAL takes are set on a function first',
    'pickle/state-on-global',
    'high',
    assemble(
      '\x80\x05cnumpy\nprod\nN(Va\nVos\nd\x86bN(Vb\nVsystem\nd\x86b0cnumpy\nprod.a\np0\ncnumpy\nprod.b\np1\n00g0\ng1\n\x93Vx\n\x85R.',
    ),
  ),
  ...pickled(
    'modelscan #85',
    'pickle/state-on-global',
    'high',
    'modelscan #85: BUILD on a module’s function',
    'slots of a class',
  ),
  refused(
    'modelscan #89',
    'dict.get of numpy.__builtins__',
    'pickle/dotted-name',
    'high',
    assemble('\x80\x05cbuiltins\ndict.get\ncnumpy\n__builtins__\nVexec\n\x86RVpass\n\x85R.'),
  ),
  refused(
    'modelscan #89',
    'sys.modules through numpy',
    'pickle/state-on-global',
    'high',
    assemble('\x80\x05cnumpy\nprod\nNcnumpy\ncore._internal.sys.modules\n\x86b0cnumpy\nprod.os.system\nVx\n\x85R.'),
  ),
  ...pickled('modelscan #89', 'pickle/item-on-global', 'high', 'modelscan #89: SETITEM on a global'),
  ...zipped('modelscan #263', 'containers/zip-reserved-flag', 'high', 'CVE-2025-1945: compressed patched data'),
  ...reported(containers)(
    'modelscan #263',
    'containers/entry-encrypted',
    'medium',
    'CVE-2025-1945: the flag in both headers',
  ),
  ...zipped('modelscan #263', 'containers/zip-name-mismatch', 'high', 'CVE-2025-1944: another name before the data'),
  ...pickled('modelscan #263', 'pickle/dangerous-call', 'critical', 'CVE-2025-1716: pip.main'),
  refused(
    'modelscan #263',
    'a pickle under a foreign ending',
    'pickle/dangerous-call',
    'critical',
    writtenAs('config.p', pickle(shellCall)),
  ),
  refused(
    'modelscan #267',
    'pickle.loads of a pickle',
    'pickle/dangerous-call',
    'critical',
    pickle(call(stacked('_pickle', 'loads'), binary("cbuiltins\nprint\n(S'x'\ntR."))),
  ),
  refused(
    'modelscan #330',
    'numpy.__builtins__ set as the shape of a function',
    'pickle/state-on-global',
    'high',
    pickle(
      stacked('numpy', 'size'),
      '\x94\x94',
      stacked('numpy', '__builtins__'),
      '\x94\x94h\x01}}',
      text('shape'),
      'h\x03s\x86bh\x01h\x01',
      text('eval'),
      '\x86R',
      text('1'),
      '\x85R',
    ),
  ),
  refused(
    'modelscan #331',
    'module and function are joined while loading',
    'pickle/dangerous-call',
    'critical',
    pickle(
      call(call(getattr, call(stacked('importlib', 'import_module'), joined('o', 's')), joined('system')), text('x')),
    ),
  ),
  ...pickled(
    'modelscan #338',
    'pickle/unresolved-global',
    'high',
    'modelscan #338: a number for a module',
    'a computed name',
  ),
  refused(
    'modelscan #338',
    'bytes for a module, behind a call',
    'pickle/broken-tail',
    'high',
    assemble('\x80\x04', shellCall, '0', binary('os'), text('system'), '\x93.'),
  ),
  refused(
    'modelscan #338',
    'a payload in zlib',
    'pickle/encoded-pickle',
    'high',
    pickle(dictionary(text('data'), binary(deflateSync(pickle(shellCall))))),
  ),
  ...[
    'zlib:decompress',
    'torch.utils.collect_env:run',
    'multiprocessing.util:spawnv_passfds',
    'mlflow.projects.backend.local:_run_entry_point',
    'pandas:read_csv',
    'pandas.io.parsers.readers:read_csv',
    'urllib.request:urlretrieve',
  ].map((path) => refused('modelscan #338', `calls ${path}`, 'pickle/dangerous-call', 'high', calling(path))),
  judged(
    'modelscan #5',
    'a fitted estimator is harmless',
    'pass',
    pickle(
      built(
        created(stacked('sklearn.linear_model._base', 'LinearRegression')),
        dictionary(text('fit_intercept'), '\x88'),
      ),
    ),
  ),
  judged(
    'modelscan #366',
    'what was not looked at is not reported as clean',
    'incomplete',
    Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 167 + (index >> 3) * 59) % 251)),
  ),
]
