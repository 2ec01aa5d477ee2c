import { type Format, hasMagic, type Recognition, type Sample } from '../format.ts'
import { inspectPickle } from './inspect-pickle.ts'
import { opensPickle } from './recognise-pickle.ts'

/** How torch's old format begins: its reader takes the file apart, pickle by pickle. */
const torchLegacyMagic = '\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.'

const recognisePickle = ({ content, head }: Sample): Recognition => {
  if (!opensPickle(content, 0)) return undefined
  return hasMagic(head, torchLegacyMagic) ? 'likely' : 'certain'
}

/** Python pickles of every protocol. */
export const pickleFormats: readonly Format[] = [
  {
    name: 'pickle',
    title: 'Python pickle',
    recognise: recognisePickle,
    inspect: inspectPickle,
  },
]
