import { createHash } from 'node:crypto'
import type { Random } from '@nootropic/core'

const prefix = 'nss_'
// ASVS 7.2.3 asks for 128 bits; 256 leave room for any number of sessions.
const secretBytes = 32
const pattern = /^nss_[A-Za-z0-9_-]{43}$/
// A client certificate's digest or a device's public key fits; more is somebody's attempt to fill memory (CWE-770).
const maximumBindingLength = 1024

/** A new opaque token: `nss_` and 256 random bits, base64url. It says nothing; all is looked up. */
export const createSessionToken = (random: Random): string => prefix + random.bytes(secretBytes).toString('base64url')

/** Under what a token is kept; undefined if the text is no token, and then nothing is looked up. */
export const hashOfToken = (token: unknown): string | undefined =>
  typeof token === 'string' && pattern.test(token) ? createHash('sha256').update(token).digest('hex') : undefined

/** Under what a binding is kept; undefined if there is none, or it is none. */
export const hashOfBinding = (binding: unknown): string | undefined =>
  typeof binding === 'string' && binding.length > 0 && binding.length <= maximumBindingLength
    ? createHash('sha256').update('session-binding\0').update(binding).digest('hex')
    : undefined
