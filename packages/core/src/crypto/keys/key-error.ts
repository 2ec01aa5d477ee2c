import { isNootropicError, NootropicError } from '../../errors.ts'

/** Why a key is not handed out, where a caller may care: `details.reason` of a `KEY_UNAVAILABLE`. */
export type KeyRefusal = 'unknown' | 'other-name' | 'state' | 'passphrase'

/** What is answered when a key is not handed out. */
export const keyUnavailable = (message: string, why: { cause?: unknown; reason?: KeyRefusal } = {}): NootropicError =>
  new NootropicError('KEY_UNAVAILABLE', message, {
    ...('cause' in why ? { cause: why.cause } : {}),
    ...(why.reason === undefined ? {} : { details: { reason: why.reason } }),
  })

/** For `catch`: a file or directory that may not be trusted makes its keys unavailable; other errors stay what they are. */
export const refuseUnreadable = (error: unknown): never => {
  throw isNootropicError(error, 'FILE_UNREADABLE') ? keyUnavailable(error.message, { cause: error }) : error
}

/** Whether a private file was not there. */
export const isMissing = (error: unknown): boolean =>
  isNootropicError(error, 'FILE_UNREADABLE') && error.details.reason === 'ENOENT'
