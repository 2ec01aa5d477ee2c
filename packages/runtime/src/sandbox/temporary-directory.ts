import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NootropicError } from '@nootropic/core'

/**
 * A new directory of this process's own, where temporary files are.
 *
 * @throws NootropicError `ISOLATION_UNAVAILABLE` where none can be made
 */
export const makeTemporaryDirectory = (purpose: string): string => {
  const place = tmpdir()
  try {
    return mkdtempSync(join(place, `nootropic-${purpose}-${process.pid}-`))
  } catch (cause) {
    const found = cause instanceof Error && 'code' in cause ? cause.code : 'unknown'
    throw new NootropicError(
      'ISOLATION_UNAVAILABLE',
      `expected to make a directory in ${place}, to prove a worker's isolation, found ${found}; set TMPDIR to a ` +
        'directory that this user can write and that is not full',
      { cause },
    )
  }
}
