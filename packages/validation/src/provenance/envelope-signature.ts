import type { KeyObject } from 'node:crypto'
import type { Sighting } from '../scan/rule.ts'
import type { Bundle } from './contracts.ts'
import { algorithmOf, isSignedBy } from './elliptic-key.ts'
import { legacyPreAuthenticationEncoding, preAuthenticationEncoding } from './pae.ts'
import { provenanceRules } from './rules.ts'

/** Whether the signature of a bundle is the key's, as any version of model_signing since v0.2.0 makes it. */
export const isEnvelopeSigned = ({ payloadType, payload, signature }: Bundle, key: KeyObject): boolean => {
  if (isSignedBy(key, preAuthenticationEncoding(payloadType, payload), signature)) return true
  // v0.2.0 signed other bytes, and with certificates hashed them with SHA-256 whatever the curve. The two encodings begin
  // with different letters: no signature over one is a signature over the other.
  const legacy = legacyPreAuthenticationEncoding(payloadType, payload)
  return isSignedBy(key, legacy, signature) || isSignedBy(key, legacy, signature, 'sha256')
}

/** The sighting of an algorithm that the policy does not allow. */
export const checkAlgorithm = (key: KeyObject, allowed: readonly string[] | undefined): Sighting[] => {
  const name = algorithmOf(key)?.name
  if (allowed === undefined || (name !== undefined && allowed.includes(name))) return []
  return [
    {
      rule: provenanceRules['algorithm-refused'],
      message: `expected a signature with ${allowed.join(' or ')}, found ${name}`,
    },
  ]
}

/** The sighting of a signature that does not hold. */
export const signatureMismatch = (key: string): Sighting => ({
  rule: provenanceRules['signature-mismatch'],
  message: `expected a signature over the payload by ${key}; it is not`,
})
