import { fixtures as containers } from '../rules/containers.fixtures.ts'
import { assemble, pickle, shellCall, small } from '../support/pickle-assembler.ts'
import { tarOf } from '../support/tar-builder.ts'
import { tensor, torchZip } from '../support/torch-zip.ts'
import { type Advisory, judged, refused, reported } from './advisory.ts'
import { calling } from './callables.ts'

const dangerousCall = 'pickle/dangerous-call'

/** A tar as torch before 0.1.10 wrote it, whose pickle is this. */
const torchTar = (content: Uint8Array): Uint8Array =>
  tarOf([
    { name: 'sys_info', data: pickle('}') },
    { name: 'pickle', data: content },
    { name: 'tensors', data: pickle(small(0)) },
    { name: 'storages', data: pickle(small(0)) },
  ])

/** Ways into PyTorch. */
export const torchAdvisories: readonly Advisory[] = [
  refused(
    'CVE-2025-32434',
    'a tar, whose pickle weights_only did not reach',
    dangerousCall,
    'critical',
    torchTar(pickle(shellCall)),
  ),
  ...reported(containers)(
    'CVE-2025-32434',
    'containers/torchscript-file-access',
    'high',
    'a file that is read',
    'a file that is written',
  ),
  refused('CVE-2025-32434', 'calls torch.hub.load', dangerousCall, 'critical', calling('torch.hub:load')),
  refused(
    'CVE-2026-24747',
    'SETITEM on a tensor',
    'pickle/item-on-array',
    'high',
    torchZip(assemble(tensor(2), small(0), small(7), 's'), 8),
  ),
  refused(
    'CVE-2026-24747',
    'a storage that says more than its record holds',
    'python/torch-storage-length',
    'high',
    torchZip(tensor(200), 8),
  ),
  judged('CVE-2026-24747', 'a tensor and its storage are data', 'pass', torchZip(tensor(2), 8)),
  refused(
    'CVE-2022-45907',
    'an annotation that is evaluated',
    'pickle',
    'high',
    calling('torch.jit.annotations:parse_type_line'),
  ),
  refused(
    'CVE-2024-5480',
    'a function that a remote call runs',
    dangerousCall,
    'critical',
    calling('torch.distributed.rpc.internal:PythonUDF'),
  ),
  refused('CVE-2024-5480', 'a remote call', dangerousCall, 'high', calling('torch.distributed.rpc:rpc_sync')),
  refused(
    'CVE-2024-48063',
    'a remote module',
    'pickle',
    'high',
    calling('torch.distributed.nn.api.remote_module:RemoteModule'),
  ),
]
