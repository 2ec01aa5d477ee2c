import { createSecretKey, type KeyObject } from 'node:crypto'
import { NootropicError, type Random } from '@nootropic/core'
import { hkdfExpand, type KeyStore, openFloe, sealFloe } from '@nootropic/core/crypto'

/** Where the secret comes from that seeds and public keys are sealed under: core's key store satisfies it. */
export type SecretStore = Pick<KeyStore, 'secret'>

/** Seals what a factor is checked by, each under a key of its own and bound to its name. */
export interface SeedSeal {
  /** @returns base64. */
  seal(name: string, seed: Uint8Array): string
  /** @throws NootropicError `KEY_UNAVAILABLE` if it was not sealed so, by this name and this key store. */
  open(name: string, sealed: string): Buffer
}

/** @throws NootropicError `KEY_UNAVAILABLE` if the key store has no active secret for it. */
export const createSeedSeal = async (keys: SecretStore, random: Random): Promise<SeedSeal> => {
  const secret = await keys.secret('mfa-seeds')
  const keyFor = (name: string): KeyObject => {
    const bytes = hkdfExpand('sha256', secret, Buffer.from(`nootropic mfa seed\0${name}`), 32)
    const key = createSecretKey(bytes)
    bytes.fill(0)
    return key
  }
  // A seed is 20 bytes and a public key a few hundred at most: small segments.
  const optionsFor = (name: string) => ({ associatedData: Buffer.from(name), random, segmentLength: 256 })
  return {
    seal: (name, seed) => sealFloe(keyFor(name), seed, optionsFor(name)).toString('base64'),
    open(name, sealed) {
      try {
        return openFloe(keyFor(name), Buffer.from(sealed, 'base64'), { associatedData: Buffer.from(name) })
      } catch (cause) {
        const message = 'expected a factor that this key store sealed, found another; enrol it anew'
        throw new NootropicError('KEY_UNAVAILABLE', message, { cause })
      }
    },
  }
}
