import { createSecretKey, randomBytes } from 'node:crypto'
import type { Digest } from '@nootropic/core'
import { Secret } from 'otpauth'
import type { StepUpOperation } from '../../src/mfa/challenges.ts'
import type { SecretStore } from '../../src/mfa/seed-seal.ts'
import { stepMs, totpCode } from '../../src/mfa/totp-code.ts'

export const ada = { type: 'user', id: 'ada' }
export const relyingParty = { id: 'models.example.org', name: 'Models', origins: ['https://models.example.org'] }
export const digest = `sha256:${'0'.repeat(64)}` as Digest

/** A key store in memory: one secret for each purpose. */
export const createSecretStore = (seed: Uint8Array = randomBytes(32)): SecretStore => {
  const secrets = new Map<string, Uint8Array>()
  return {
    async secret(purpose) {
      const bytes = secrets.get(purpose) ?? Buffer.concat([seed.subarray(0, 16), Buffer.alloc(16, purpose)])
      secrets.set(purpose, bytes)
      return createSecretKey(bytes)
    },
  }
}

/** The code that an authenticator application shows for a seed in base 32. */
export const codeAt = (secret: string, now: Date | number, steps = 0): string =>
  totpCode(Secret.fromBase32(secret).bytes, Math.floor(Number(now) / stepMs) + steps)

export const operationOf = (over: Partial<StepUpOperation> = {}): StepUpOperation => ({
  subject: ada,
  session: 's1',
  action: 'delete',
  resource: { type: 'model', id: 'digits' },
  requestDigest: digest,
  ...over,
})
