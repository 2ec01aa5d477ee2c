import { type Clock, NootropicError, systemClock } from '@nootropic/core'
import type { Certificate } from './certificate.ts'
import { checkChain, nameOf } from './certificate-chain.ts'
import type { SignatureCheck, SignerIdentity, Trust } from './contracts.ts'
import { algorithmOf } from './elliptic-key.ts'
import { checkAlgorithm, isEnvelopeSigned, signatureMismatch } from './envelope-signature.ts'
import { loadCertificates } from './pem-certificates.ts'
import { provenanceRules } from './rules.ts'

/**
 * When the certificates must be valid: `now`; `signing`, at the start of the leaf's validity, as the reference checks it,
 * which accepts certificates that expired since; or a date that the caller vouches for.
 */
export type TimePolicy = 'now' | 'signing' | Date

/** Which certificate authorities are trusted, and for when. */
export interface CertificateTrust {
  /** PEM texts, each with one certificate or several. */
  readonly roots: readonly string[]
  readonly time: TimePolicy
  /** Names of `signatureAlgorithms` that are accepted; all of them where nothing is said. */
  readonly algorithms?: readonly string[]
  readonly clock?: Clock
}

const identityOf = (leaf: Certificate): SignerIdentity => ({
  kind: 'certificate',
  algorithm: algorithmOf(leaf.publicKey)?.name ?? '',
  fingerprint: leaf.fingerprint,
  subject: leaf.subject,
  issuer: leaf.issuer,
  serialNumber: leaf.serialNumber,
  validFrom: leaf.validFrom.toISOString(),
  validTo: leaf.validTo.toISOString(),
})

/**
 * Trusts whoever holds a certificate for signing that leads to one of the roots.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` when a root cannot be read, there is none, or the time is none
 */
export const trustCertificates = ({ roots, time, algorithms, clock = systemClock }: CertificateTrust): Trust => {
  const anchors = roots.flatMap(loadCertificates)
  if (anchors.length === 0)
    throw new NootropicError('CONFIGURATION_INVALID', 'expected at least one root certificate to trust, found none')
  // What is written without types may be any text.
  const isDate = time instanceof Date && !Number.isNaN(time.getTime())
  if (!isDate && time !== 'now' && time !== 'signing')
    throw new NootropicError(
      'CONFIGURATION_INVALID',
      'expected now, signing or a date as time policy, found none of them',
    )
  const at = (leaf: Certificate): Date => {
    if (time === 'signing') return leaf.validFrom
    return time === 'now' ? clock.now() : time
  }
  return {
    signers: anchors.map((root) => `the root ${nameOf(root)} (${root.fingerprint})`),
    check(bundle): SignatureCheck {
      const { material } = bundle
      if (material.kind !== 'certificate-chain') {
        const message = `expected the signature of a certificate, found that of a ${material.kind}`
        return { isAuthentic: false, sightings: [{ rule: provenanceRules['material-unwanted'], message }] }
      }
      const { leaf, sightings } = checkChain(material.certificates, anchors, at, clock.now())
      if (leaf === undefined) return { isAuthentic: false, sightings }
      if (!isEnvelopeSigned(bundle, leaf.publicKey))
        return { isAuthentic: false, sightings: [signatureMismatch(leaf.fingerprint)] }
      return {
        isAuthentic: true,
        signer: identityOf(leaf),
        sightings: [...sightings, ...checkAlgorithm(leaf.publicKey, algorithms)],
      }
    },
  }
}
