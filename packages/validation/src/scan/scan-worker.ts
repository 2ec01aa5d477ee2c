import { type ErrorCode, isNootropicError, type Report } from '@nootropic/core'
import { type ScanOptions, scan } from './scan.ts'

/** A file for a worker: what of the options can be sent to it. */
export interface ScanTask {
  readonly path: string
  readonly options: Pick<ScanOptions, 'reactions' | 'limits' | 'cache'>
}

/** What a worker answers. An error loses its class on the way, so its parts are sent. */
export type ScanAnswer =
  | { readonly report: Report }
  | { readonly error: { readonly code: ErrorCode; readonly message: string } }

/** Scans one file. The pool calls it in a thread of its own. */
export const scanTask = async ({ path, options }: ScanTask): Promise<ScanAnswer> => {
  try {
    return { report: await scan(path, options) }
  } catch (error) {
    if (!isNootropicError(error)) throw error
    return { error: { code: error.code, message: error.message } }
  }
}
