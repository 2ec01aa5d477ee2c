import type { Format } from '../../format.ts'
import { hasUstarMagic, isTarHeader } from './header.ts'
import { inspectTar } from './inspect-tar.ts'

/** Tar archives, told by the checksum of their first header: the old format has no magic. */
export const tarFormats: readonly Format[] = [
  {
    name: 'tar',
    title: 'a tar archive',
    recognise: ({ head }) => {
      if (isTarHeader(head)) return 'certain'
      // With the magic and a wrong checksum it is what somebody made of a tar.
      return hasUstarMagic(head) ? 'likely' : undefined
    },
    inspect: inspectTar,
  },
]
