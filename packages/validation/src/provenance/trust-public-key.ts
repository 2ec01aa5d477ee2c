import type { KeyObject } from 'node:crypto'
import type { SignatureCheck, Trust, VerificationMaterial } from './contracts.ts'
import { algorithmOf, fingerprintOf, hintOf, loadPublicKey } from './elliptic-key.ts'
import { checkAlgorithm, isEnvelopeSigned, signatureMismatch } from './envelope-signature.ts'
import { provenanceRules } from './rules.ts'

/** Which key is trusted, and for what. */
export interface PublicKeyTrust {
  /** An EC key on P-256, P-384 or P-521: its PEM text, or as Node holds it. */
  readonly publicKey: KeyObject | string
  /** Names of `signatureAlgorithms` that are accepted; all of them where nothing is said. */
  readonly algorithms?: readonly string[]
}

/** Whether the bundle names another key than this one, by its hint or, before v1.1, by the key itself. */
const namesAnother = (material: VerificationMaterial & { kind: 'public-key' }, key: KeyObject): boolean => {
  const { hint, encodedKey } = material
  if (hint !== undefined && hint !== hintOf(key)) return true
  if (encodedKey === undefined) return false
  try {
    return !loadPublicKey(Buffer.from(encodedKey)).equals(key)
  } catch {
    return true
  }
}

/**
 * Trusts the holder of one key.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` when the key is not one that models are signed with
 */
export const trustPublicKey = ({ publicKey, algorithms }: PublicKeyTrust): Trust => {
  const key = loadPublicKey(publicKey)
  const fingerprint = fingerprintOf(key)
  return {
    signers: [`the key ${fingerprint}`],
    check(bundle): SignatureCheck {
      const { material } = bundle
      if (material.kind !== 'public-key') {
        const message = `expected the signature of a public key, found that of a ${material.kind}`
        return { isAuthentic: false, sightings: [{ rule: provenanceRules['material-unwanted'], message }] }
      }
      if (namesAnother(material, key)) {
        const message = `expected the signature of the key ${fingerprint}, found that the bundle names another`
        return { isAuthentic: false, sightings: [{ rule: provenanceRules['signer-untrusted'], message }] }
      }
      if (!isEnvelopeSigned(bundle, key)) return { isAuthentic: false, sightings: [signatureMismatch(fingerprint)] }
      return {
        isAuthentic: true,
        signer: { kind: 'public-key', algorithm: algorithmOf(key)?.name ?? '', fingerprint },
        sightings: checkAlgorithm(key, algorithms),
      }
    },
  }
}
