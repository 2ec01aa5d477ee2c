import { fixtures as gguf } from '../rules/gguf.fixtures.ts'
import { fixtures as template } from '../rules/template.fixtures.ts'
import { soundGguf, text } from '../support/gguf-file.ts'
import { type Advisory, refused, reported } from './advisory.ts'

const read = reported(gguf)

/** Ways into loaders of GGUF. */
export const ggufAdvisories: readonly Advisory[] = [
  ...reported(template)(
    'CVE-2024-34359',
    'template/private-attribute',
    'high',
    'CVE-2024-34359: classes of an empty text, inside a model',
  ),
  refused(
    'CVE-2024-34359',
    'a process through the globals of a function of the template engine',
    'template/private-attribute',
    'high',
    soundGguf(['tokenizer.chat_template', text("{{ cycler.__init__.__globals__.os.popen('x').read() }}")]),
  ),
  ...read(
    'CVE-2024-21802',
    'gguf/dimensions',
    'medium',
    'CVE-2024-21802: five dimensions',
    'a number of dimensions of 2^32 - 1',
  ),
  ...read(
    'CVE-2024-21825',
    'gguf/array-length',
    'medium',
    'CVE-2024-21825: a count whose product overflows',
    'an array of strings of 2^64 - 1 elements',
  ),
  ...read('CVE-2024-21836', 'gguf/tensor-count', 'medium', 'CVE-2024-21836: a count whose product overflows'),
  ...read('CVE-2024-23496', 'gguf/string-length', 'medium', 'CVE-2024-23496: a string of 2^64 - 1 bytes'),
  ...read('CVE-2024-23605', 'gguf/key-count', 'medium', 'CVE-2024-23605: a count whose product overflows'),
]
