import { X509Certificate } from 'node:crypto'

const codeSigning = '1.3.6.1.5.5.7.3.3'

/** Object identifiers of Fulcio for who vouched for the signer: the text itself, and the text as a DER UTF8String. */
const issuerOids = { raw: '1.3.6.1.4.1.57264.1.1', encoded: '1.3.6.1.4.1.57264.1.8' } as const

/** An extension as @sigstore/verify gives it. */
export interface CertificateExtension {
  readonly oid?: { readonly id: readonly number[] } | undefined
  readonly value: Buffer
}

const utf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** The text of a DER UTF8String of at most 255 bytes. */
const utf8StringOf = (der: Buffer): string | undefined => {
  const [tag, first = 0] = der
  const start = first === 0x81 ? 3 : 2
  const length = first === 0x81 ? (der[2] ?? 0) : first
  return tag === 0x0c && first <= 0x81 && first !== 0x80 && start + length === der.length
    ? utf8(der.subarray(start))
    : undefined
}

/**
 * Who vouched for the signer, of the certificate's own bytes: @sigstore/verify 3.1.1 reads them as ASCII, which takes one
 * text for another. Undefined where there is none, or where the two forms differ.
 */
export const issuerOf = (extensions: readonly CertificateExtension[]): string | undefined => {
  const bytesOf = (oid: string): Buffer | undefined =>
    extensions.find((extension) => extension.oid?.id.join('.') === oid)?.value
  const encoded = bytesOf(issuerOids.encoded)
  const raw = bytesOf(issuerOids.raw)
  const texts = [...(encoded === undefined ? [] : [utf8StringOf(encoded)]), ...(raw === undefined ? [] : [utf8(raw)])]
  return new Set(texts).size === 1 ? texts[0] : undefined
}

/** What of a signing certificate the verifying library leaves unchecked. */
export const certificateProblem = (leaf: X509Certificate): string | undefined => {
  if (leaf.ca) return 'one that may issue others'
  // What node calls `keyUsage` are the extended key usages.
  if (!(leaf.keyUsage ?? []).includes(codeSigning)) return 'one that is not for signing code'
  return undefined
}

/**
 * The one name in the certificate, or undefined where there are several: they would leave open who signed. Node writes a
 * name that holds what stands between names as a JSON text.
 */
export const onlyNameOf = (leaf: X509Certificate): string | undefined => {
  const [, quoted, plain] = /^(?:URI|email):(?:("[^"]*")|([^",]+))$/.exec(leaf.subjectAltName ?? '') ?? []
  try {
    return quoted === undefined ? plain : JSON.parse(quoted)
  } catch {
    return undefined
  }
}

/** A certificate of DER, or undefined where it is none. */
export const readCertificate = (der: Uint8Array): X509Certificate | undefined => {
  try {
    return new X509Certificate(der)
  } catch {
    return undefined
  }
}
