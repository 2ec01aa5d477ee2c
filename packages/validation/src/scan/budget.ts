import { type Clock, NootropicError } from '@nootropic/core'
import type { ScanLimits } from './limits.ts'

/** Below this, a high ratio is only a small file of zeros. */
const unsuspiciousBytes = 2 ** 26

const exceeded = (limit: keyof ScanLimits, allowed: string): NootropicError =>
  new NootropicError('LIMIT_EXCEEDED', `expected at most ${allowed} (limit \`${limit}\`), found more`, {
    details: { limit },
  })

/** Counts what the scan of one file costs, everything inside it included. Every method throws `LIMIT_EXCEEDED`. */
export interface Budget {
  /** An entry of a container. */
  takeEntry(): void
  /** Bytes that came out of a compressed part. */
  takeExpanded(bytes: number): void
  /** To be called in every long loop. */
  checkTime(): void
  /** A container inside others. */
  checkDepth(depth: number): void
}

/** The time for a file of `bytes`, what comes out of it included. */
export const allowedMilliseconds = (limits: ScanLimits, bytes: number): number =>
  Math.round(limits.milliseconds + (bytes / 2 ** 30) * limits.millisecondsPerGibibyte)

/** A budget for a file of `size` bytes, from now on. */
export const createBudget = (limits: ScanLimits, size: number, clock: Clock, signal?: AbortSignal): Budget => {
  const startedMs = clock.monotonicMs()
  let entries = 0
  let expanded = 0
  return {
    takeEntry() {
      entries += 1
      if (entries > limits.entries) throw exceeded('entries', `${limits.entries} entries`)
    },
    takeExpanded(bytes) {
      expanded += bytes
      if (expanded > limits.expandedBytes) throw exceeded('expandedBytes', `${limits.expandedBytes} bytes expanded`)
      if (expanded > unsuspiciousBytes && expanded > size * limits.ratio) {
        throw exceeded('ratio', `${limits.ratio} times the size of the file`)
      }
    },
    checkTime() {
      signal?.throwIfAborted()
      const allowedMs = allowedMilliseconds(limits, size + expanded)
      if (clock.monotonicMs() - startedMs > allowedMs) throw exceeded('milliseconds', `${allowedMs} ms`)
    },
    checkDepth(depth) {
      if (depth > limits.depth) throw exceeded('depth', `${limits.depth} containers inside one another`)
    },
  }
}
