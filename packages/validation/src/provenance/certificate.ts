import { type KeyObject, X509Certificate } from 'node:crypto'
import { type Digest, sha256 } from '@nootropic/core'
import {
  type DerElement,
  DerFault,
  derTags,
  readBits,
  readBoolean,
  readElements,
  readObjectIdentifier,
  readOnly,
  readSequence,
  readSmallInteger,
  readTime,
} from './der.ts'

/** What of a certificate decides whether it may sign models, or issue others that may. */
export interface Certificate {
  readonly der: Uint8Array
  readonly fingerprint: Digest
  /** For people. */
  readonly subject: string
  readonly issuer: string
  readonly serialNumber: string
  /** As they are encoded, to compare. */
  readonly subjectName: Uint8Array
  readonly issuerName: Uint8Array
  readonly validFrom: Date
  readonly validTo: Date
  readonly publicKey: KeyObject
  /** The object identifier of the algorithm that its issuer signed it with. */
  readonly signatureAlgorithm: string
  readonly isAuthority: boolean
  /** How many authorities may stand below this one, when that is bounded. */
  readonly pathLength?: number
  /** The numbers of the bits of KeyUsage, when it has the extension. */
  readonly keyUsage?: ReadonlySet<number>
  /** The purposes of ExtendedKeyUsage, when it has the extension. */
  readonly purposes?: readonly string[]
  /** Critical extensions that are not understood here: whoever does not understand them must refuse (RFC 5280, 4.2). */
  readonly unknownCritical: readonly string[]
  isSignedBy(issuerKey: KeyObject): boolean
}

/** Bits of KeyUsage (RFC 5280, 4.2.1.3). */
export const keyUsageBits = { digitalSignature: 0, certificateSign: 5 } as const

const identifiers = {
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  nameConstraints: '2.5.29.30',
} as const

// They say how to find certificates, or name the subject once more, and allow nothing.
const harmless: ReadonlySet<string> = new Set([
  '2.5.29.14', // SubjectKeyIdentifier
  '2.5.29.35', // AuthorityKeyIdentifier
  '2.5.29.17', // SubjectAlternativeName
  '2.5.29.18', // IssuerAlternativeName
  '2.5.29.32', // CertificatePolicies: any is acceptable
  '2.5.29.31', // CRLDistributionPoints
  '1.3.6.1.5.5.7.1.1', // AuthorityInformationAccess
])

interface Extension {
  readonly identifier: string
  readonly isCritical: boolean
  readonly value: Uint8Array
}

const readExtension = (element: DerElement): Extension => {
  const [identifier, ...rest] = readSequence(element)
  const value = rest.at(-1)
  const [critical] = rest.slice(0, -1)
  if (value?.tag !== derTags.octetString || rest.length > 2) throw new DerFault('an extension in another form')
  return {
    identifier: readObjectIdentifier(identifier),
    isCritical: critical !== undefined && readBoolean(critical),
    value: value.content,
  }
}

const extensionsTag = 0xa3

const readExtensions = (fields: readonly DerElement[]): ReadonlyMap<string, Extension> => {
  const wrapped = fields.find(({ tag }) => tag === extensionsTag)
  if (wrapped === undefined) return new Map()
  const extensions = readSequence(readOnly(wrapped.content, derTags.sequence)).map(readExtension)
  const byIdentifier = new Map(extensions.map((extension) => [extension.identifier, extension]))
  if (byIdentifier.size !== extensions.length) throw new DerFault('an extension twice')
  return byIdentifier
}

const readConstraints = (extension: Extension | undefined): Pick<Certificate, 'isAuthority' | 'pathLength'> => {
  if (extension === undefined) return { isAuthority: false }
  const [authority, pathLength] = readSequence(readOnly(extension.value, derTags.sequence))
  const isAuthority = authority !== undefined && readBoolean(authority)
  return { isAuthority, ...(pathLength !== undefined && { pathLength: readSmallInteger(pathLength) }) }
}

const understood: ReadonlySet<string> = new Set([
  identifiers.basicConstraints,
  identifiers.keyUsage,
  identifiers.extendedKeyUsage,
  ...harmless,
])

/**
 * Reads a certificate (RFC 5280). Node gives its key, its names for people and the check of its signature; its extensions,
 * which Node does not give, are read here.
 *
 * @throws DerFault, or what Node throws for a certificate that it cannot read
 */
export const readCertificate = (der: Uint8Array): Certificate => {
  const [body, algorithm] = readSequence(readOnly(der, derTags.sequence))
  const [version, serial, innerAlgorithm, issuer, validity, subject, , ...rest] = readSequence(body)
  if (version?.tag !== 0xa0 || readSmallInteger(readOnly(version.content, derTags.integer)) !== 2)
    throw new DerFault('another version than 3')
  if (serial?.tag !== derTags.integer || issuer === undefined || subject === undefined || algorithm === undefined)
    throw new DerFault('a field in another form')
  if (innerAlgorithm === undefined || !Buffer.from(algorithm.bytes).equals(innerAlgorithm.bytes))
    throw new DerFault('two algorithms for one signature')
  const [from, to] = readSequence(validity)
  const extensions = readExtensions(rest)
  const usage = extensions.get(identifiers.keyUsage)
  const purposes = extensions.get(identifiers.extendedKeyUsage)
  // It may stand there without being critical, but bounds what an authority may issue all the same.
  const isRefused = ({ identifier, isCritical }: Extension): boolean =>
    identifier === identifiers.nameConstraints || (isCritical && !understood.has(identifier))
  const certificate = new X509Certificate(der)
  return {
    der,
    fingerprint: sha256(der),
    subject: certificate.subject.replaceAll('\n', ', '),
    issuer: certificate.issuer.replaceAll('\n', ', '),
    serialNumber: certificate.serialNumber,
    subjectName: subject.bytes,
    issuerName: issuer.bytes,
    validFrom: readTime(from),
    validTo: readTime(to),
    publicKey: certificate.publicKey,
    signatureAlgorithm: readObjectIdentifier(readElements(algorithm.content)[0]),
    ...readConstraints(extensions.get(identifiers.basicConstraints)),
    ...(usage !== undefined && { keyUsage: readBits(readOnly(usage.value, derTags.bitString)) }),
    ...(purposes !== undefined && {
      purposes: readSequence(readOnly(purposes.value, derTags.sequence)).map(readObjectIdentifier),
    }),
    unknownCritical: [...extensions.values()].filter(isRefused).map(({ identifier }) => identifier),
    isSignedBy: (issuerKey) => certificate.verify(issuerKey),
  }
}
