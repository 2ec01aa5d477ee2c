import { NootropicError } from '@nootropic/core'

/** @throws NootropicError `AUDIT_CORRUPT`, always. */
export const refuseLog = (path: string, found: string): never => {
  throw new NootropicError(
    'AUDIT_CORRUPT',
    `expected the audit log that was signed, got ${found} in ${path}; keep the files as evidence and compare them with an anchored checkpoint`,
  )
}
