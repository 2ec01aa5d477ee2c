import type { KeyObject } from 'node:crypto'
import { NootropicError } from '@nootropic/core'
import { printable, type Sighting } from '../scan/rule.ts'
import { type Certificate, keyUsageBits, readCertificate } from './certificate.ts'
import { algorithmOf } from './elliptic-key.ts'
import { maximumCertificateBytes, maximumChainLength } from './limits.ts'
import { provenanceFamily, provenanceRules } from './rules.ts'

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

/** The subject of a certificate, fit for a sentence. */
export const nameOf = ({ subject, fingerprint }: Certificate): string =>
  printable(subject === '' ? fingerprint : subject)

/** Whether it names itself as its issuer; it may be signed by another key of that name all the same. */
const isSelfIssued = ({ subjectName, issuerName }: Certificate): boolean => isEqual(subjectName, issuerName)

/**
 * Purposes bind where they stand (RFC 5280, 4.2.1.12): the certificate of a web server under a trusted root signs no models.
 * The reference implementation does not look at them where the usage is digitalSignature.
 */
const purposesFault = ({ purposes }: Certificate): string | undefined =>
  purposes === undefined || purposes.includes(codeSigning) || purposes.includes(anyPurpose)
    ? undefined
    : 'purposes without codeSigning'

/** What keeps a certificate from having signed a model. */
const leafFault = (certificate: Certificate): string | undefined => {
  const { publicKey, keyUsage, purposes = [] } = certificate
  if (algorithmOf(publicKey) === undefined) return 'a key that is not an EC key on P-256, P-384 or P-521'
  // Both bind where both stand (RFC 5280, 4.2.1.12); the reference implementation takes either for enough.
  if (keyUsage !== undefined && !keyUsage.has(keyUsageBits.digitalSignature)) return 'a usage without digitalSignature'
  if (keyUsage === undefined && !purposes.includes(codeSigning))
    return 'neither the usage digitalSignature nor the purpose codeSigning'
  return purposesFault(certificate)
}

/** What keeps a certificate from having issued others. `below`: how many authorities stand below it in the path. */
const issuerFault = (certificate: Certificate, below: number): string | undefined => {
  const { isAuthority, keyUsage, pathLength, publicKey } = certificate
  if (!isAuthority) return 'that it is no authority (basicConstraints CA)'
  if (keyUsage !== undefined && !keyUsage.has(keyUsageBits.certificateSign)) return 'no usage keyCertSign'
  if (pathLength !== undefined && below > pathLength)
    return `${below} authorities below it where it allows ${pathLength}`
  const { modulusLength } = publicKey.asymmetricKeyDetails ?? {}
  if (modulusLength !== undefined && modulusLength < minimumRsaBits) return `an RSA key of ${modulusLength} bits`
  return purposesFault(certificate)
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

/** What is valid by the time policy, and no longer valid today. */
const checkOutlived = (path: readonly Certificate[], now: Date): Sighting[] =>
  path
    .filter(({ validTo }) => validTo < now)
    .map((certificate) => ({
      rule: provenanceRules['certificate-outlived'],
      message: `expected the certificate of ${nameOf(certificate)} to be valid today, found that it ended at ${certificate.validTo.toISOString()}; by the time policy it counts`,
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
      return invalid(`expected certificate ${read.length + 1} to be one, found ${printable((error as Error).message)}`)
    }
  }
  return read
}

/** Every way from the leaf to a trusted root: an expired root and its renewal have one name and one key. */
const pathsTo = (roots: readonly Certificate[], chain: readonly Certificate[]): Certificate[][] =>
  chain.flatMap((certificate, index) => {
    const path = chain.slice(0, index + 1)
    if (roots.some((root) => isEqual(root.der, certificate.der))) return [path]
    return roots.filter((root) => isIssuedBy(certificate, root)).map((root) => [...path, root])
  })

/** What a signer's certificates are beside sound: few and small enough for a bundle, and the first is of the key. */
const checkOwner = (chain: readonly Certificate[], publicKey: KeyObject): Sighting[] => {
  const [leaf] = chain
  if (leaf === undefined || chain.length > maximumChainLength)
    return [invalid(`expected 1 to ${maximumChainLength} certificates, found ${chain.length}`)]
  const large = chain.find(({ der }) => der.length > maximumCertificateBytes)
  if (large !== undefined)
    return [invalid(`expected at most ${maximumCertificateBytes} bytes of a certificate, found ${large.der.length}`)]
  if (leaf.publicKey.equals(publicKey)) return []
  return [invalid(`expected the first certificate to be that of the signing key, found that of ${nameOf(leaf)}`)]
}

/** What of a path is worst: that it does not hold, or not at that time, or not today as well. */
const judgePath = (path: readonly Certificate[], at: Date, now: Date): readonly Sighting[] => {
  const faults = checkEvidence(path)
  if (faults.length > 0) return faults
  const untimely = checkTime(path, at)
  return untimely.length > 0 ? untimely : checkOutlived(path, now)
}

const badness = ([first]: readonly Sighting[]): number =>
  first === undefined ? 0 : 1 + ['note', 'incomplete', 'policy', 'evidence'].indexOf(provenanceFamily(first.rule.id))

/**
 * Checks the certificates of a bundle: the leaf first, each issued by the next, one of them a trusted root or issued by one.
 * They are in order because the format says so: nothing is searched for but the root, and none is left over unchecked.
 *
 * @param at the time at which all of them must be valid, of the leaf.
 */
export const checkChain = (
  certificates: readonly Uint8Array[],
  roots: readonly Certificate[],
  at: (leaf: Certificate) => Date,
  now: Date,
): ChainCheck => {
  const chain = readAll(certificates)
  if (!Array.isArray(chain)) return { sightings: [chain] }
  const [leaf] = chain
  const last = chain.at(-1)
  if (leaf === undefined || last === undefined) return { sightings: [invalid('expected a certificate, found none')] }
  const faults = checkEvidence(chain)
  if (faults.length > 0) return { sightings: faults }
  const [best] = pathsTo(roots, chain)
    .map((path) => judgePath(path, at(leaf), now))
    .sort((left, right) => badness(left) - badness(right))
  if (best !== undefined) {
    const holds = best.every(({ rule }) => provenanceFamily(rule.id) !== 'evidence')
    return { ...(holds && { leaf }), sightings: best }
  }
  const untrusted: Sighting = {
    rule: provenanceRules['signer-untrusted'],
    message: `expected a chain to one of ${roots.length} trusted roots, found that it ends at ${printable(last.issuer)}`,
    evidence: { fingerprint: leaf.fingerprint },
  }
  return { leaf, sightings: [untrusted, ...checkTime(chain, at(leaf))] }
}

/**
 * Refuses certificates of a signer that nobody could verify: before anything is signed, and written.
 *
 * @throws NootropicError `CONFIGURATION_INVALID`
 */
export const verifySigningChain = (certificates: readonly Uint8Array[], publicKey: KeyObject, now: Date): void => {
  const chain = readAll(certificates)
  const faults = Array.isArray(chain)
    ? [...checkOwner(chain, publicKey), ...checkEvidence(chain), ...checkTime(chain, now)]
    : [chain]
  const [first] = faults
  if (first !== undefined)
    throw new NootropicError(
      'CONFIGURATION_INVALID',
      `${first.message}; nothing was signed. Give the certificate of the key first, then each issuer, all valid today`,
    )
}
