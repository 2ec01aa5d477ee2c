import { fixtures as containers } from '../rules/containers.fixtures.ts'
import { fixtures as zips } from '../rules/containers-zip.fixtures.ts'
import { fixtures as pickles } from '../rules/pickle.fixtures.ts'
import { assemble, call, named, pickle, proto, shellCall, stacked, text, tuple } from '../support/pickle-assembler.ts'
import { pickleOf, torchLegacyOf } from '../support/python-files.ts'
import { zipOf } from '../support/zip-builder.ts'
import { type Advisory, refused, reported } from './advisory.ts'
import { writtenAs } from './written-file.ts'

const pickled = reported(pickles)
const zipped = reported(zips)
const hostile = pickle(shellCall)

/** A PyTorch archive whose pickle calls the operating system, changed in how its entry is described. */
const torchZip = (change: Partial<Parameters<typeof zipOf>[0][number]>, name = 'archive/data.pkl'): Uint8Array =>
  zipOf([
    { name, data: hostile, ...change },
    { name: 'archive/version', data: '3\n' },
  ])

/** Made by py7zr: a 7z with a stored `data.pkl` that calls os.system and then holds no opcode. */
const sevenZip = Buffer.from(
  'N3q8ryccAATupaXRawAAAAAAAAAUAAAAAAAAAGg9olaAAmNvcwpzeXN0ZW0KWAIAAABpZIVS///gAFIAS10AAIEzB64Pz4FuWOuQ/NZJ0vs67270vZ6Jp5P80CA6MBO3NSRB5KMGyqk3sNLl6lVOL/PYRVOPt1Z3FKy3PvyQ/Rm3GcjK5wfOoAAAABcGGAEJUwAHCwEAASEhARgMUwAA',
  'base64',
)

const dangerousCall = 'pickle/dangerous-call'

/** Structures with which picklescan was passed; the names that it missed stand with the callables. */
export const picklescan: readonly Advisory[] = [
  refused(
    'CVE-2025-1889',
    'a pickle in an archive under a foreign ending',
    dangerousCall,
    'critical',
    torchZip({}, 'archive/data.txt'),
  ),
  refused(
    'CVE-2025-10155',
    'a pickle under the ending of PyTorch',
    dangerousCall,
    'critical',
    writtenAs('model.pt', hostile),
  ),
  refused(
    'GHSA-jgw4-cr84-mqxg',
    'a pickle under the ending .bin',
    dangerousCall,
    'critical',
    writtenAs('pytorch_model.bin', hostile),
  ),
  refused(
    'CVE-2025-1944',
    'another name before the data',
    dangerousCall,
    'critical',
    torchZip({ local: { name: 'archive/data.txt' } }),
  ),
  ...zipped('CVE-2025-1944', 'containers/zip-name-mismatch', 'high', 'CVE-2025-1944: another name before the data'),
  ...[0x1, 0x20, 0x40].map((flags) =>
    refused(
      'CVE-2025-1945',
      `flag 0x${flags.toString(16)} over a pickle`,
      dangerousCall,
      'critical',
      torchZip({ flags }),
    ),
  ),
  ...zipped(
    'CVE-2025-1945',
    'containers/zip-reserved-flag',
    'high',
    'CVE-2025-1945: compressed patched data',
    'CVE-2025-1945: strong encryption, in the directory only',
  ),
  ...reported(containers)(
    'CVE-2025-1945',
    'containers/entry-encrypted',
    'medium',
    'CVE-2025-1945: the flag in both headers',
    'CVE-2025-1945: the flag in the directory only',
  ),
  refused(
    'CVE-2025-10156',
    'a wrong checksum over a pickle',
    dangerousCall,
    'critical',
    torchZip({ local: { checksum: 1 }, central: { checksum: 1 } }),
  ),
  ...zipped(
    'CVE-2025-10156',
    'containers/zip-checksum',
    'high',
    'CVE-2025-10156: a wrong checksum of a stored entry',
    'CVE-2025-10156: a checksum of zero of a deflated entry',
  ),
  refused(
    'CVE-2025-10157',
    'a name of a submodule',
    'pickle/dotted-name',
    'high',
    pickle(call(named('asyncio.unix_events', '_UnixSubprocessTransport._start'), text('x'))),
  ),
  refused(
    'CVE-2025-10157',
    'a submodule that no list names',
    'pickle/unknown-call',
    'high',
    pickle(call(named('asyncio.no_such_part', 'start'), text('x'))),
  ),
  ...pickled('CVE-2025-1716', dangerousCall, 'critical', 'CVE-2025-1716: pip.main'),
  ...pickled('GHSA-9gvj-pp9x-gcfr', dangerousCall, 'critical', 'GHSA-9gvj-pp9x-gcfr: STRING operands'),
  refused(
    'GHSA-9gvj-pp9x-gcfr',
    'BINSTRING and SHORT_BINSTRING operands',
    dangerousCall,
    'critical',
    assemble(proto(2), 'T\x02\0\0\0osU\x06system\x93', tuple(text('x')), 'R.'),
  ),
  refused(
    'picklescan magic number by eval',
    'the number of an old torch file is a call',
    dangerousCall,
    'critical',
    torchLegacyOf({ magic: pickleOf('c__builtin__\neval\n(V119547037146038801333356\ntR') }),
  ),
  ...pickled(
    'picklescan STACK_GLOBAL type confusion',
    'pickle/unresolved-global',
    'high',
    'modelscan #338: a number for a module',
  ),
  refused(
    'picklescan STACK_GLOBAL type confusion',
    'a call behind a STACK_GLOBAL of None',
    'pickle/broken-tail',
    'high',
    assemble(proto(4), shellCall, '0NN\x93.'),
  ),
  ...pickled('picklescan KeyError memo', 'pickle/broken-tail', 'high', 'keyerror-exploit: a key that the memo has not'),
  ...pickled(
    'picklescan #14',
    dangerousCall,
    'critical',
    'picklescan #14: MEMOIZE writes behind a PUT',
    'malicious11: the memo mixes PUT and GET',
  ),
  refused(
    'picklescan #22',
    'MEMOIZE and BINPUT of one index',
    dangerousCall,
    'critical',
    pickle(
      text('posix'),
      '\x94',
      text('x'),
      'q\x00',
      text('os'),
      'q\x00',
      text('system'),
      '\x94h\x00h\x01\x93',
      tuple(text('x')),
      'R',
    ),
  ),
  ...pickled(
    'nullifAI',
    'pickle/broken-tail',
    'high',
    'nullifAI: a call, and then no opcode',
    'a call, and then the end',
  ),
  refused('nullifAI', 'a broken pickle in a 7z', dangerousCall, 'critical', sevenZip),
  refused(
    'picklescan functools.partial',
    'a partial of what is not allowed',
    'pickle/call-arguments',
    'high',
    pickle(call(stacked('functools', 'partial'), named('os', 'system'), text('x'))),
  ),
  ...pickled('GHSA-vvpj-8cmc-gx39', 'pickle/unresolved-call', 'high', 'GHSA-vvpj-8cmc-gx39: pkgutil.resolve_name'),
  refused(
    'picklescan #66',
    'an imported module, and an attribute of it',
    'pickle/unresolved-call',
    'high',
    pickle(
      call(
        call(named('builtins', 'getattr'), call(named('importlib', 'import_module'), text('os')), text('system')),
        text('x'),
      ),
    ),
  ),
]
