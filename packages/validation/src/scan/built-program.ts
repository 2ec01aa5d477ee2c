import { createRequire } from 'node:module'
import { NootropicError } from '@nootropic/core'

/**
 * The file of a program that a thread runs. Threads take no TypeScript, so that it is the built one, of this same package.
 *
 * @throws NootropicError `INTERNAL` in a checkout that was not built
 */
export const builtProgram = (name: 'scan-worker' | 'decoder-worker' | 'hash-worker'): string => {
  try {
    return createRequire(import.meta.url).resolve(`@nootropic/validation/${name}`)
  } catch (cause) {
    throw new NootropicError(
      'INTERNAL',
      `expected the built program ${name}.js of @nootropic/validation; it is not there. In a checkout, run: pnpm build`,
      { cause },
    )
  }
}
