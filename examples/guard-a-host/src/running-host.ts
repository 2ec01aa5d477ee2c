import { isNootropicError } from '@nootropic/core'

/** A host that listens on the loopback interface. */
export interface RunningHost {
  readonly url: string
  close(): Promise<void>
}

/** Whether the caller's own input is to blame: it is told so, and of nothing else. */
export const isBadInput = (error: unknown): boolean =>
  isNootropicError(error, 'INPUT_INVALID') || isNootropicError(error, 'LIMIT_EXCEEDED')
