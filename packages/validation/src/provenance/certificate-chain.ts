import { NootropicError } from '@nootropic/core'
import { printable, type Sighting } from '../scan/rule.ts'
import { type Certificate, keyUsageBits, readCertificate } from './certificate.ts'
import { algorithmOf } from './elliptic-key.ts'
import { provenanceRules } from './rules.ts'

const codeSigning = '1.3.6.1.5.5.7.3.3'
const anyPurpose = '2.5.29.37.0'

/** Signatures with SHA-256 or better: collisions of SHA-1 and MD5 forge certificates (CWE-328). */
const soundSignatures: ReadonlySet<string> = new Set([
  '1.2.840.113549.1.1.11', // sha256WithRSAEncryption
  '1.2.840.113549.1.1.12', // sha384WithRSAEncryption
  '1.2.840.113549.1.1.13', // sha512WithRSAEncryption
  '1.2.840.10045.4.3.2', // ecdsa-with-SHA256
  '1.2.840.10045.4.3.3', // ecdsa-with-SHA384
  '1.2.840.10045.4.3.4', // ecdsa-with-SHA512
  '1.3.101.112', // Ed25519
])

/** Shorter RSA keys can be factored (NIST SP 800-131A). */
const minimumRsaBits = 2048

const isEqual = (left: Uint8Array, right: Uint8Array): boolean => Buffer.from(left).equals(right)

const nameOf = ({ subject, fingerprint }: Certificate): string => printable(subject === '' ? fingerprint : subject)

/** Whether it names itself as its issuer; it may be signed by another key of that name all the same. */
const isSelfIssued = ({ subjectName, issuerName }: Certificate): boolean => isEqual(subjectName, issuerName)

/** What keeps a certificate from having signed a model. */
const leafFault = ({ publicKey, keyUsage, purposes = [] }: Certificate): string | undefined => {
  if (algorithmOf(publicKey) === undefined) return 'a key that is not an EC key on P-256, P-384 or P-521'
  const maySign = keyUsage?.has(keyUsageBits.digitalSignature) === true || purposes.includes(codeSigning)
  return maySign ? undefined : 'neither the usage digitalSignature nor the purpose codeSigning'
}

/** What keeps a certificate from having issued others. `below`: how many authorities stand below it in the path. */
const issuerFault = (certificate: Certificate, below: number): string | undefined => {
  const { isAuthority, keyUsage, pathLength, purposes, publicKey } = certificate
  if (!isAuthority) return 'that it is no authority (basicConstraints CA)'
  if (keyUsage !== undefined && !keyUsage.has(keyUsageBits.certificateSign)) return 'no usage keyCertSign'
  if (pathLength !== undefined && below > pathLength)
    return `${below} authorities below it where it allows ${pathLength}`
  if (purposes !== undefined && !purposes.includes(codeSigning) && !purposes.includes(anyPurpose))
    return 'purposes without codeSigning'
  const { modulusLength } = publicKey.asymmetricKeyDetails ?? {}
  return modulusLength !== undefined && modulusLength < minimumRsaBits
    ? `an RSA key of ${modulusLength} bits`
    : undefined
}

const isIssuedBy = (certificate: Certificate, issuer: Certificate): boolean => {
  if (!isEqual(certificate.issuerName, issuer.subjectName)) return false
  try {
    return certificate.isSignedBy(issuer.publicKey)
  } catch {
    // A key of another kind than the signature.
    return false
  }
}

const invalid = (message: string): Sighting => ({ rule: provenanceRules['certificate-invalid'], message })

/** What is wrong with the certificates by themselves, whoever is trusted. */
const checkEvidence = (path: readonly Certificate[]): Sighting[] => {
  const sightings: Sighting[] = []
  let below = 0
  for (const [index, certificate] of path.entries()) {
    const fault = index === 0 ? leafFault(certificate) : issuerFault(certificate, below)
    if (fault !== undefined)
      sightings.push(
        invalid(
          `expected the certificate of ${nameOf(certificate)} to ${index === 0 ? 'sign models' : 'issue others'}, found ${fault}`,
        ),
      )
    if (index > 0 && !isSelfIssued(certificate)) below += 1
    const [unknown] = certificate.unknownCritical
    if (unknown !== undefined)
      sightings.push(
        invalid(
          `expected extensions that are understood in the certificate of ${nameOf(certificate)}, found ${unknown}`,
        ),
      )
    const issuer = path[index + 1]
    if (issuer === undefined) continue
    if (!soundSignatures.has(certificate.signatureAlgorithm))
      sightings.push(
        invalid(
          `expected the certificate of ${nameOf(certificate)} to be signed with SHA-256 or better, found ${certificate.signatureAlgorithm}`,
        ),
      )
    if (!isIssuedBy(certificate, issuer))
      sightings.push(
        invalid(
          `expected the certificate of ${nameOf(certificate)} to be issued by the next one, of ${nameOf(issuer)}; it is not`,
        ),
      )
  }
  return sightings
}

const checkTime = (path: readonly Certificate[], at: Date): Sighting[] =>
  path
    .filter(({ validFrom, validTo }) => !(validFrom <= at && at <= validTo))
    .map((certificate) => ({
      rule: provenanceRules['certificate-expired'],
      message: `expected the certificate of ${nameOf(certificate)} to be valid at ${at.toISOString()}, found ${certificate.validFrom.toISOString()} to ${certificate.validTo.toISOString()}`,
      evidence: { fingerprint: certificate.fingerprint },
    }))

/** What a chain of certificates proves. */
export interface ChainCheck {
  /** The leaf, when the certificates hold by themselves. */
  readonly leaf?: Certificate
  readonly sightings: readonly Sighting[]
}

const readAll = (certificates: readonly Uint8Array[]): Certificate[] | Sighting => {
  const read: Certificate[] = []
  for (const der of certificates) {
    try {
      read.push(readCertificate(der))
    } catch (error) {
      return invalid(
        `expected certificate ${read.length + 1} of the bundle to be one, found ${printable((error as Error).message)}`,
      )
    }
  }
  return read
}

/**
 * Checks the certificates of a bundle: the leaf first, each issued by the next, the last one a trusted root or issued by
 * one. They are in order because the format says so: nothing is searched for, and none is left over unchecked.
 *
 * @param at the time at which all of them must be valid, of the leaf.
 */
export const checkChain = (
  certificates: readonly Uint8Array[],
  roots: readonly Certificate[],
  at: (leaf: Certificate) => Date,
): ChainCheck => {
  const chain = readAll(certificates)
  if (!Array.isArray(chain)) return { sightings: [chain] }
  const [leaf] = chain
  const last = chain.at(-1)
  if (leaf === undefined || last === undefined) return { sightings: [invalid('expected a certificate, found none')] }
  const isRoot = chain.some(({ der }) => roots.some((root) => isEqual(root.der, der)))
  const issuer = isRoot ? undefined : roots.find((root) => isIssuedBy(last, root))
  const path = issuer === undefined ? chain : [...chain, issuer]
  const faults = checkEvidence(path)
  if (faults.length > 0) return { sightings: faults }
  const untrusted: Sighting[] =
    isRoot || issuer !== undefined
      ? []
      : [
          {
            rule: provenanceRules['signer-untrusted'],
            message: `expected a chain to one of ${roots.length} trusted roots, found that it ends at ${printable(last.issuer)}`,
            evidence: { fingerprint: leaf.fingerprint },
          },
        ]
  return { leaf, sightings: [...untrusted, ...checkTime(path, at(leaf))] }
}

const pemCertificate = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g

/**
 * The certificates of a PEM text, in DER.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` when there is none
 */
export const certificatesOfPem = (pem: string): Buffer[] => {
  const found = [...pem.matchAll(pemCertificate)].map(([, body = '']) => Buffer.from(body, 'base64'))
  if (found.length > 0) return found
  throw new NootropicError(
    'CONFIGURATION_INVALID',
    'expected certificates in PEM (-----BEGIN CERTIFICATE-----), found none',
  )
}

/**
 * Certificates that a policy names.
 *
 * @throws NootropicError `CONFIGURATION_INVALID`
 */
export const loadCertificates = (pem: string): Certificate[] =>
  certificatesOfPem(pem).map((der) => {
    try {
      return readCertificate(der)
    } catch (cause) {
      throw new NootropicError(
        'CONFIGURATION_INVALID',
        `expected a certificate of X.509 version 3 in PEM, found ${(cause as Error).message}`,
        { cause },
      )
    }
  })
