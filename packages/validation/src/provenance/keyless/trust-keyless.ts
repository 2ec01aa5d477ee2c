import { NootropicError } from '@nootropic/core'
import { printable } from '../../scan/rule.ts'
import type { Trust } from '../contracts.ts'
import { provenanceRules } from '../rules.ts'
import { loadSigstoreLibraries } from './sigstore-libraries.ts'
import { readTrustedRoot } from './trusted-root.ts'
import { createEvidenceVerifier, EvidenceFault } from './verify-evidence.ts'

/** Whose keyless signatures are wanted. */
export interface KeylessOptions {
  /** The one name in the certificate: an e-mail address, or the address of a workflow. Compared as it stands. */
  readonly identity: string
  /** Who vouched for that name: the address of an OpenID provider. Compared as it stands. */
  readonly issuer: string
  /**
   * The path of a `trusted_root.json`, or of a client trust configuration that holds one. Without it the trusted root of the
   * public Sigstore counts that the package `@sigstore/tuf` carries. Nothing is fetched.
   */
  readonly trustedRoot?: string
}

/** What an error of @sigstore/verify speaks of. */
const rulesByCode: Readonly<Record<string, keyof typeof provenanceRules>> = {
  CERTIFICATE_ERROR: 'certificate-invalid',
  PUBLIC_KEY_ERROR: 'certificate-invalid',
  SIGNATURE_ERROR: 'signature-mismatch',
}

const sightingOf = (rule: keyof typeof provenanceRules, message: string) => ({ rule: provenanceRules[rule], message })

/** A name and who vouched for it, fit for a sentence. */
const signerText = (signer: { readonly identity: string; readonly issuer: string }): string =>
  `${printable(signer.identity)} by ${printable(signer.issuer)}`

/**
 * Trusts keyless signatures (Sigstore) of one identity, vouched for by one issuer. A signature counts when its certificate
 * was issued by an authority of the trusted root and logged, when it was made while the certificate was valid, and when the
 * transparency log holds it. All of it is checked offline.
 *
 * @throws NootropicError `PEER_DEPENDENCY_MISSING`, `FILE_UNREADABLE`, `CONFIGURATION_INVALID` (a trusted root that is none,
 * or leaves open since when a key is valid) or `USAGE` (an empty identity or issuer)
 * @example
 * ```ts
 * const trust = await trustKeyless({
 *   identity: 'release@models.example',
 *   issuer: 'https://accounts.example',
 *   trustedRoot: './trusted_root.json',
 * })
 * const verification = await verifyModel('./model', { signature: './model/model.sig', trust })
 * ```
 */
export const trustKeyless = async ({ identity, issuer, trustedRoot }: KeylessOptions): Promise<Trust> => {
  if (identity === '' || issuer === '') {
    throw new NootropicError('USAGE', 'expected an identity and its issuer for keyless signatures, found an empty text')
  }
  const sigstore = await loadSigstoreLibraries()
  const verifyEvidence = createEvidenceVerifier(sigstore, readTrustedRoot(trustedRoot))

  const ruleOf = (error: unknown): keyof typeof provenanceRules => {
    if (error instanceof EvidenceFault) return error.rule
    // The libraries throw errors of many kinds on what is malformed; whatever it is, nothing was proven.
    const code = error instanceof sigstore.VerificationError ? error.code : ''
    return rulesByCode[code] ?? 'log-evidence-invalid'
  }

  return {
    signers: [signerText({ identity, issuer })],
    check: (bundle) => {
      if (bundle.material.kind !== 'sigstore') {
        const message = `expected a keyless signature, found one by ${bundle.material.kind}`
        return { isAuthentic: false, sightings: [sightingOf('material-unwanted', message)] }
      }
      try {
        const signer = verifyEvidence(bundle, bundle.material.certificate)
        const isWanted = signer.identity === identity && signer.issuer === issuer
        const message = `expected ${signerText({ identity, issuer })}, found ${signerText(signer)}`
        return { isAuthentic: true, signer, sightings: isWanted ? [] : [sightingOf('identity-mismatch', message)] }
      } catch (error) {
        const message = printable(error instanceof Error ? error.message : String(error))
        return { isAuthentic: false, sightings: [sightingOf(ruleOf(error), message)] }
      }
    },
  }
}
