import { isEqualConstantTime } from '@nootropic/core'
import { HOTP, Secret } from 'otpauth'

/** RFC 6238 section 5.2: one code for each 30 seconds. */
export const stepMs = 30 * 1000

const toSecret = (seed: Uint8Array): Secret => new Secret({ buffer: new Uint8Array(seed).buffer })

/** The code of RFC 6238 for a step. Six digits of HMAC-SHA-1 is what every authenticator application makes. */
export const totpCode = (
  seed: Uint8Array,
  step: number,
  format: { digits?: number; algorithm?: 'SHA1' | 'SHA256' | 'SHA512' } = {},
): string => {
  const { digits = 6, algorithm = 'SHA1' } = format
  return HOTP.generate({ secret: toSecret(seed), counter: step, digits, algorithm })
}

/**
 * The step of a code, or undefined if it is none of the steps that count: the present one, and `toleratedSteps` before it.
 * All are compared, each in constant time.
 */
export const stepOfCode = (
  seed: Uint8Array,
  code: unknown,
  now: number,
  toleratedSteps: number,
): number | undefined => {
  if (typeof code !== 'string' || !/^\d{6}$/.test(code) || !(now >= 0)) return undefined
  const present = Math.floor(now / stepMs)
  let found: number | undefined
  for (let step = present; step >= Math.max(0, present - toleratedSteps); step -= 1) {
    if (isEqualConstantTime(Buffer.from(totpCode(seed, step)), Buffer.from(code))) found ??= step
  }
  return found
}
