import { fixtures as python } from '../rules/python.fixtures.ts'
import {
  binary,
  built,
  call,
  created,
  dictionary,
  pickle,
  shellCall,
  small,
  stacked,
  text,
  tuple,
} from '../support/pickle-assembler.ts'
import { headerOf, npyOf } from '../support/python-files.ts'
import { zipOf } from '../support/zip-builder.ts'
import { type Advisory, refused, reported } from './advisory.ts'
import { calling } from './callables.ts'
import { writtenAs } from './written-file.ts'

const library = reported(python)
const dangerousCall = 'pickle/dangerous-call'

/** One object in an array of joblib, whose pickle is this. */
const joblibObjects = (content: Uint8Array): Uint8Array =>
  pickle(
    built(
      created(stacked('joblib.numpy_pickle', 'NumpyArrayWrapper')),
      dictionary(
        ...[text('subclass'), stacked('numpy', 'ndarray'), text('shape'), tuple(small(1)), text('order'), text('C')],
        ...[text('dtype'), call(stacked('numpy', 'dtype'), text('O8'), '\x89\x88'), text('allow_mmap'), '\x89'],
      ),
    ),
    content,
  )

/** Ways into NumPy, joblib and skops. */
export const pythonAdvisories: readonly Advisory[] = [
  refused(
    'CVE-2019-6446',
    'the objects of an array',
    dangerousCall,
    'critical',
    npyOf(headerOf("'|O'", '(1,)'), pickle(shellCall)),
  ),
  refused(
    'CVE-2019-6446',
    'the objects of an array in a .npz',
    dangerousCall,
    'critical',
    zipOf([{ name: 'a.npy', data: npyOf(headerOf("'|O'", '(1,)'), pickle(shellCall)) }]),
  ),
  refused('CVE-2019-6446', 'calls numpy.load', dangerousCall, 'high', calling('numpy:load')),
  refused(
    'CVE-2024-34997',
    'the objects of a cached array',
    dangerousCall,
    'critical',
    joblibObjects(pickle(shellCall)),
  ),
  refused('CVE-2024-34997', 'calls joblib.load', dangerousCall, 'high', calling('joblib:load')),
  ...library(
    'CVE-2025-54412',
    'python/skops-operator-function',
    'high',
    'CVE-2025-54412: operator.call',
    'CVE-2025-54412: a getter of another module',
  ),
  ...library(
    'CVE-2025-54413',
    'python/skops-method',
    'high',
    'CVE-2025-54413: a method of another object',
    'CVE-2025-54413: a path to globals',
    'CVE-2025-54413: a dunder',
  ),
  refused(
    'CVE-2025-54886',
    'a pickle under the name of a skops model',
    dangerousCall,
    'critical',
    writtenAs('model.skops', pickle(shellCall)),
  ),
  refused(
    'CVE-2025-54886',
    'a pickle in an archive without a schema',
    dangerousCall,
    'critical',
    zipOf([
      { name: 'model.pkl', data: pickle(dictionary(text('data'), binary('x'))) },
      { name: 'other', data: pickle(shellCall) },
    ]),
  ),
]
