import { type Format, hasMagic, type Recognition, type Sample } from '../format.ts'
import { inspectPickle } from './inspect-pickle.ts'
import { opensPickle } from './recognise-pickle.ts'
import { torchScriptTables } from './torchscript-globals.ts'

/** How torch's old format begins: its reader takes the file apart, pickle by pickle. */
const torchLegacyMagic = '\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.'

/** An entry of a zip. To a pickle it is a persistent id that ends with the first line of what the entry holds. */
const zipMagic = 'PK\x03\x04'

const recognisePickle = ({ content, head }: Sample): Recognition => {
  if (!opensPickle(content, 0)) return undefined
  return hasMagic(head, torchLegacyMagic) || hasMagic(head, zipMagic) ? 'likely' : 'certain'
}

/** Python pickles of every protocol, and those that only TorchScript reads. */
export const pickleFormats: readonly Format[] = [
  {
    name: 'pickle',
    title: 'Python pickle',
    recognise: recognisePickle,
    inspect: (content, inspection) => inspectPickle(content, inspection),
  },
  {
    name: 'torchscript-pickle',
    title: 'TorchScript pickle',
    // Only its place in an archive of TorchScript tells it from any other.
    recognise: () => undefined,
    inspect: (content, inspection) => inspectPickle(content, inspection, torchScriptTables),
  },
]
