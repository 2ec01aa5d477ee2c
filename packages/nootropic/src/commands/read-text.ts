import type { Streams } from '../verb.ts'
import { readBytes } from './read-bytes.ts'

/** More than the largest inputs that a run takes need as JSON, and less than the longest string of V8 (CWE-770). */
const maximumBytes = 256 * 1024 ** 2

/** The text of a regular file that an option names. @throws NootropicError `FILE_UNREADABLE` or `LIMIT_EXCEEDED` */
export const readText = async (option: string, path: string, streams: Streams): Promise<string> =>
  (await readBytes(option, path, streams, maximumBytes)).toString('utf8')
