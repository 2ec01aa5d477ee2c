import { malformed } from './bounded-bytes.ts'
import type { FormatLimits } from './described-file.ts'

/** Counts the parts of a file and refuses one that has too many (CWE-834). */
export const createPartCount = ({ parts }: Pick<FormatLimits, 'parts'>): ((at: number) => void) => {
  let count = 0
  return (at) => {
    count += 1
    if (count > parts) malformed(at, `at most ${parts} parts`, 'another one')
  }
}
