import type { KeyObject } from 'node:crypto'
import type { Sighting } from '../scan/rule.ts'
import type { Bundle } from './contracts.ts'
import { algorithmOf, isSignedBy } from './elliptic-key.ts'
import { maximumLegacyPayloadBytes } from './limits.ts'
import { legacyPreAuthenticationEncoding, preAuthenticationEncoding } from './pae.ts'
import { provenanceRules } from './rules.ts'

interface SignedMessages {
  readonly current: Buffer
  /** As v0.2.0 signed it; there is none of a payload that is larger than any of its time. */
  legacy(): Buffer | undefined
}

const createMessages = ({ payloadType, payload }: Bundle): SignedMessages => {
  let legacy: Buffer | undefined
  return {
    current: preAuthenticationEncoding(payloadType, payload),
    legacy() {
      if (payload.length <= maximumLegacyPayloadBytes) legacy ??= legacyPreAuthenticationEncoding(payloadType, payload)
      return legacy
    },
  }
}

/** Made once a bundle: an installation may trust a thousand keys, and each of them is tried (CWE-400). */
const messages = new WeakMap<Bundle, SignedMessages>()

const messagesOf = (bundle: Bundle): SignedMessages => {
  const made = messages.get(bundle) ?? createMessages(bundle)
  messages.set(bundle, made)
  return made
}

/** Whether the signature of a bundle is the key's, as any version of model_signing since v0.2.0 makes it. */
export const isEnvelopeSigned = (bundle: Bundle, key: KeyObject): boolean => {
  const { signature } = bundle
  const { current, legacy } = messagesOf(bundle)
  if (isSignedBy(key, current, signature)) return true
  // v0.2.0 signed other bytes, and with certificates hashed them with SHA-256 whatever the curve. The two encodings begin
  // with different letters: no signature over one is a signature over the other.
  const old = legacy()
  return old !== undefined && (isSignedBy(key, old, signature) || isSignedBy(key, old, signature, 'sha256'))
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
