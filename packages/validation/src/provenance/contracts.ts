import type { KeyObject } from 'node:crypto'
import type { Sighting } from '../scan/rule.ts'

/** How a bundle says its signature is to be checked. Nothing of it is trusted yet. */
export type VerificationMaterial =
  /** `hint`: hex SHA-256 of the key's PEM text. `encodedKey`: the key in PEM, which older bundles carry. Neither makes it trusted. */
  | { readonly kind: 'public-key'; readonly hint?: string; readonly encodedKey?: Uint8Array }
  /** DER, leaf first. */
  | { readonly kind: 'certificate-chain'; readonly certificates: readonly Uint8Array[] }
  /** DER of the certificate that Fulcio gave; the log entries and timestamps stand in {@link Bundle.json}. */
  | { readonly kind: 'sigstore'; readonly certificate: Uint8Array }

/** A signature bundle, well-formed and within its limits, whose signature nobody has checked yet. */
export interface Bundle {
  /** As it was parsed from its text, for a library that reads bundles itself. */
  readonly json: Readonly<Record<string, unknown>>
  readonly material: VerificationMaterial
  readonly payloadType: string
  /** Not to be parsed before the signature holds. */
  readonly payload: Uint8Array
  readonly signature: Uint8Array
}

/** Who signed, as far as the signature proves it: plain data for reports. */
export type SignerIdentity =
  /** `fingerprint`: `sha256:<hex>` of the DER of the public key (SPKI). */
  | { readonly kind: 'public-key'; readonly algorithm: string; readonly fingerprint: string }
  /** `fingerprint`: `sha256:<hex>` of the DER of the leaf; times are RFC 3339. */
  | {
      readonly kind: 'certificate'
      readonly algorithm: string
      readonly fingerprint: string
      readonly subject: string
      readonly issuer: string
      readonly serialNumber: string
      readonly validFrom: string
      readonly validTo: string
    }
  /** `identity`: the certificate's subject alternative name; `issuer`: who vouched for it. */
  | {
      readonly kind: 'sigstore'
      readonly identity: string
      readonly issuer: string
      readonly fingerprint: string
      /** When the log or a timestamp authority saw the signature, RFC 3339. */
      readonly signedAt?: string
    }

/** What a trust found out about one bundle. */
export interface SignatureCheck {
  /** Whether the signature holds over the payload with the key of `signer`: only then is the payload parsed. */
  readonly isAuthentic: boolean
  readonly signer?: SignerIdentity
  /** Sightings of `provenanceRules`: of the evidence family, or of the policy family when the evidence is good. */
  readonly sightings: readonly Sighting[]
}

/**
 * Whose signatures are wanted. `trustPublicKey` and `trustCertificates` make one, keyless verification another;
 * `verifyModel` asks it once.
 */
export interface Trust {
  /** Who they are, for people: a refusal names them. */
  readonly signers?: readonly string[]
  /** Checks the signature and its signer. What is in the bundle never throws: it is a sighting. */
  check(bundle: Bundle): SignatureCheck | Promise<SignatureCheck>
}

/** Who can sign: a key in memory, in a store, or in a token (PKCS#11). */
export interface Signer {
  /** An EC key on P-256, P-384 or P-521. The signature is checked with it before it is written. */
  readonly publicKey: KeyObject
  /** DER, leaf first, without the root. Without them the bundle names the public key by its hint. */
  readonly certificates?: readonly Uint8Array[]
  /**
   * An ECDSA signature in DER over `message`, which is hashed by the signer: SHA-256 for P-256, SHA-384 for P-384,
   * SHA-512 for P-521.
   */
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>
}
