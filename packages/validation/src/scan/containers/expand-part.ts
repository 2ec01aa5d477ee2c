import { isNootropicError } from '@nootropic/core'
import type { Inspection } from '../inspection.ts'
import type { ByteSource } from '../source.ts'
import { containerRules } from './rules.ts'
import { ExcessiveWindow, TruncatedStream, UnsupportedStream } from './streams/expansion.ts'

/** The limits whose excess is a bomb; time and depth run out for other reasons. */
const bombLimits: readonly unknown[] = ['ratio', 'expandedBytes', 'entries'] satisfies (keyof Inspection['limits'])[]

/** Reports a bomb where a budget ran out, and leaves the verdict incomplete besides. Any other error goes through. */
export const reportBomb = (error: unknown, inspection: Inspection, inside?: string): void => {
  if (!isNootropicError(error, 'LIMIT_EXCEEDED')) throw error
  const { limit } = (error.details ?? {}) as { limit?: unknown }
  if (!bombLimits.includes(limit)) throw error
  inspection.report({ rule: containerRules.bomb, message: error.message, inside, evidence: { limit: String(limit) } })
  inspection.incomplete(error.message)
}

const reportFailure = (error: unknown, inspection: Inspection, inside?: string): void => {
  const reason = error instanceof Error ? error.message : String(error)
  const report = (rule: keyof typeof containerRules, message: string): void =>
    inspection.report({ rule: containerRules[rule], message, inside })
  if (error instanceof UnsupportedStream) {
    inspection.incomplete(`not expanded: ${reason}`)
  } else if (error instanceof TruncatedStream) {
    report('stream-truncated', `expected more, found that ${reason}`)
    inspection.incomplete(`not expanded to the end: ${reason}`)
  } else if (error instanceof ExcessiveWindow) {
    report('stream-window', reason)
    inspection.incomplete(`not expanded: ${reason}`)
  } else {
    report('stream-broken', `expected a compressed stream that is sound, found ${reason}`)
  }
}

/**
 * Gathers what comes out of a compressed part. What came out before an error is looked at all the same: a loader that
 * reads on demand has used it by the time it meets the error.
 *
 * @returns what came out, or nothing where a limit was reached.
 */
export const expandPart = async (
  chunks: AsyncIterable<Uint8Array>,
  inspection: Inspection,
  inside?: string,
): Promise<ByteSource | undefined> => {
  async function* tolerant(): AsyncGenerator<Uint8Array> {
    try {
      yield* chunks
    } catch (error) {
      if (isNootropicError(error, 'LIMIT_EXCEEDED')) throw error
      reportFailure(error, inspection, inside)
    }
  }
  try {
    return await inspection.expand(tolerant())
  } catch (error) {
    reportBomb(error, inspection, inside)
    return undefined
  }
}
