import type { X509Certificate } from 'node:crypto'
import { NootropicError, sha256 } from '@nootropic/core'
import type { Bundle as SigstoreBundle } from '@sigstore/bundle'
import type { TrustedRoot } from '@sigstore/protobuf-specs'
import type { SignedEntity, TrustMaterial } from '@sigstore/verify'
import type { Bundle, SignerIdentity } from '../contracts.ts'
import type { provenanceRules } from '../rules.ts'
import { parseLogEvidence } from './log-evidence.ts'
import { certificateProblem, issuerOf, onlyNameOf, readCertificate } from './signing-certificate.ts'
import type { SigstoreLibraries } from './sigstore-libraries.ts'

type RuleName = keyof typeof provenanceRules

/** Why evidence does not hold. */
export class EvidenceFault extends Error {
  readonly rule: RuleName

  constructor(rule: RuleName, expected: string, found: string) {
    super(`expected ${expected}, found ${found}`)
    this.rule = rule
  }
}

/** Who signed, as far as a keyless signature proves it. */
export type KeylessSigner = Extract<SignerIdentity, { readonly kind: 'sigstore' }>

/** Whether the library that verifies reads the same payload and certificate as whoever goes on with them. */
const isSameEvidence = (
  { content, verificationMaterial }: SigstoreBundle,
  bundle: Bundle,
  leaf: Uint8Array,
): boolean => {
  const { content: key } = verificationMaterial
  return (
    content.$case === 'dsseEnvelope' &&
    content.dsseEnvelope.payload.equals(bundle.payload) &&
    key.$case === 'certificate' &&
    key.certificate.rawBytes.equals(leaf)
  )
}

/**
 * The timestamps that can prove anything: those of authorities that the root names, which must then hold. One of another
 * authority says nothing, as if somebody had left it out, which anybody can.
 */
const ofKnownAuthorities = (entity: SignedEntity, { timestampAuthorities }: TrustMaterial): SignedEntity => ({
  ...entity,
  timestamps: entity.timestamps.filter(
    (item) =>
      item.$case !== 'timestamp-authority' ||
      timestampAuthorities.some(
        ({ certChain: [leaf] }) =>
          leaf?.serialNumber.equals(item.timestamp.signerSerialNumber) &&
          leaf.issuer.equals(item.timestamp.signerIssuer),
      ),
  ),
})

/** When the log or a timestamp authority saw the signature. */
const timesOf = ({ timestamps }: SignedEntity): Date[] =>
  timestamps.flatMap((timestamp) => {
    if (timestamp.$case === 'timestamp-authority') return [timestamp.timestamp.signingTime]
    // The time of an entry counts only where the log has signed it.
    const { inclusionPromise, integratedTime } = timestamp.tlogEntry
    return inclusionPromise === undefined ? [] : [new Date(Number(integratedTime) * 1000)]
  })

type TrustedLog = TrustedRoot['tlogs'][number]

const hasId = ({ logId, checkpointKeyId }: TrustedLog, id: Buffer): boolean =>
  [logId?.keyId, checkpointKeyId?.keyId].some(
    (known) => known !== undefined && known.length >= 4 && id.subarray(0, known.length).equals(known),
  )

const isValidAt = ({ publicKey }: TrustedLog, times: readonly Date[]): boolean => {
  const { start, end } = publicKey?.validFor ?? {}
  return times.every((time) => start !== undefined && start <= time && (end === undefined || time <= end))
}

const isIssuerKnown = (leaf: X509Certificate, { certificateAuthorities }: TrustedRoot): boolean =>
  certificateAuthorities
    .flatMap(({ certChain }) => certChain?.certificates ?? [])
    .some(({ rawBytes }) => {
      const authority = readCertificate(rawBytes)
      return authority !== undefined && leaf.checkIssued(authority)
    })

const readRoot = ({ TrustedRoot, toTrustMaterial }: SigstoreLibraries, json: unknown) => {
  try {
    const root = TrustedRoot.fromJSON(json)
    return { root, material: toTrustMaterial(root) }
  } catch (cause) {
    const found = 'a key or a certificate that cannot be read'
    throw new NootropicError('CONFIGURATION_INVALID', `expected a trusted root of Sigstore, found ${found}`, { cause })
  }
}

/** Reads the certificate of a bundle and refuses what the verifying library would let pass. */
const signingCertificateOf = (der: Uint8Array, root: TrustedRoot): X509Certificate => {
  const leaf = readCertificate(der)
  const problem = leaf === undefined ? 'other bytes' : certificateProblem(leaf)
  if (leaf === undefined || problem !== undefined) {
    throw new EvidenceFault('certificate-invalid', 'a certificate for signing', problem ?? 'other bytes')
  }
  if (isIssuerKnown(leaf, root)) return leaf
  throw new EvidenceFault('signer-untrusted', 'an issuer of the trusted root', leaf.issuer.replaceAll('\n', ', '))
}

/** What of the trusted root counts for logs with these ids at these times. */
const materialFor = (
  logIds: readonly Buffer[],
  times: readonly Date[],
  { root, material }: ReturnType<typeof readRoot>,
): TrustMaterial => {
  // The verifying library looks at when a log's key is valid for promises only, not for proofs.
  const logs = root.tlogs.filter((log) => logIds.some((id) => hasId(log, id)) && isValidAt(log, times))
  if (!logIds.every((id) => logs.some((log) => hasId(log, id)))) {
    throw new EvidenceFault('log-evidence-invalid', 'a log that the trusted root trusts at that time', 'another one')
  }
  return { ...material, tlogs: material.tlogs.filter((_, index) => logs.some((log) => log === root.tlogs[index])) }
}

/**
 * Verifies keyless evidence against a trusted root: the certificate and who it names, its logs and times, and the signature
 * over the payload.
 *
 * @returns what verifies one bundle. It throws {@link EvidenceFault}, and what the libraries throw.
 * @throws NootropicError `CONFIGURATION_INVALID` for a root that cannot be read
 */
export const createEvidenceVerifier = (
  sigstore: SigstoreLibraries,
  json: unknown,
): ((bundle: Bundle, certificate: Uint8Array) => KeylessSigner) => {
  const trusted = readRoot(sigstore, json)
  return (bundle, certificate) => {
    const leaf = signingCertificateOf(certificate, trusted.root)
    const evidence = parseLogEvidence(bundle.json.verificationMaterial, certificate)
    if (typeof evidence === 'string') {
      throw new EvidenceFault('log-evidence-invalid', 'evidence of a transparency log', evidence)
    }
    const read = sigstore.bundleFromJSON(bundle.json)
    if (!isSameEvidence(read, bundle, certificate)) {
      throw new EvidenceFault('bundle-malformed', 'one payload and certificate', 'others in the JSON of the bundle')
    }
    const entity = ofKnownAuthorities(sigstore.toSignedEntity(read), trusted.material)
    const times = timesOf(entity)
    const { identity: found } = new sigstore.Verifier(materialFor(evidence.logIds, times, trusted)).verify(entity)
    const identity = found?.subjectAlternativeName
    const issuer = issuerOf(found?.oids ?? [])
    if (identity === undefined || issuer === undefined || onlyNameOf(leaf) !== identity) {
      throw new EvidenceFault(
        'certificate-invalid',
        'one name and one issuer of it in the certificate',
        'another number',
      )
    }
    const [first] = times.toSorted((left, right) => left.getTime() - right.getTime())
    return {
      kind: 'sigstore',
      identity,
      issuer,
      fingerprint: sha256(certificate),
      ...(first !== undefined && { signedAt: first.toISOString() }),
    }
  }
}
