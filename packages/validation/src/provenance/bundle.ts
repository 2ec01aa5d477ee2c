import { NootropicError } from '@nootropic/core'
import { z } from 'zod'
import { printable } from '../scan/rule.ts'
import { parseBase64 } from './base64.ts'
import type { Bundle, VerificationMaterial } from './contracts.ts'
import { maximumCertificateBytes, maximumChainLength, type ProvenanceLimits, provenanceLimits } from './limits.ts'
import { inTotoPayloadType } from './pae.ts'
import { parseStrictJson } from './strict-json.ts'

/** The one form of bundle that OpenSSF Model Signing v1.0 knows. */
export const bundleMediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json'

const base64Schema = z.string().transform((text, context) => {
  const bytes = parseBase64(text)
  if (bytes !== undefined) return bytes
  context.addIssue('expected canonical base64')
  return z.NEVER
})

const certificateSchema = z
  .strictObject({ rawBytes: base64Schema })
  .transform(({ rawBytes }) => rawBytes)
  .refine(
    (bytes) => bytes.length > 0 && bytes.length <= maximumCertificateBytes,
    `expected 1 to ${maximumCertificateBytes} bytes of a certificate`,
  )

// What a later version of the log adds to its entries is for the library that reads them.
const looseEntries = z.array(z.record(z.string(), z.unknown()))

const materialSchema = z.strictObject({
  publicKey: z
    .strictObject({
      hint: z.string().nullish(),
      rawBytes: base64Schema.optional(),
      keyDetails: z.string().optional(),
    })
    .optional(),
  x509CertificateChain: z
    .strictObject({ certificates: z.array(certificateSchema).min(1).max(maximumChainLength) })
    .optional(),
  certificate: certificateSchema.optional(),
  tlogEntries: looseEntries.optional(),
  timestampVerificationData: z.record(z.string(), z.unknown()).nullish(),
})

const bundleSchema = z.strictObject({
  mediaType: z.literal(bundleMediaType),
  verificationMaterial: materialSchema,
  dsseEnvelope: z.strictObject({
    payload: base64Schema,
    payloadType: z.literal(inTotoPayloadType),
    // The envelope knows several signatures, model signing one. The key id is a hint that nobody may rely on.
    signatures: z.tuple([z.strictObject({ sig: base64Schema, keyid: z.string().nullish() })]),
  }),
})

const refuse = (found: string): never => {
  throw new NootropicError(
    'SIGNATURE_INVALID',
    `expected a signature bundle of OpenSSF Model Signing, found ${printable(found)}`,
  )
}

const materialOf = (material: z.infer<typeof materialSchema>): VerificationMaterial => {
  const { publicKey, x509CertificateChain: chain, certificate, tlogEntries = [] } = material
  const kinds = [publicKey, chain, certificate].filter((kind) => kind !== undefined)
  if (kinds.length !== 1) return refuse(`${kinds.length} kinds of verification material instead of one`)
  if (certificate !== undefined) {
    if (tlogEntries.length === 0) return refuse('a keyless signature without an entry of a transparency log')
    return { kind: 'sigstore', certificate }
  }
  if (chain !== undefined) return { kind: 'certificate-chain', certificates: chain.certificates }
  const { hint, rawBytes } = publicKey ?? {}
  return {
    kind: 'public-key',
    ...(typeof hint === 'string' && hint !== '' && { hint }),
    ...(rawBytes !== undefined && { encodedKey: rawBytes }),
  }
}

/**
 * Reads a signature bundle. Nothing of it is believed yet, and the payload is not looked at.
 *
 * @throws NootropicError `SIGNATURE_INVALID` with what is wrong and where; `LIMIT_EXCEEDED`
 */
export const parseBundle = (bytes: Uint8Array, limits: Partial<ProvenanceLimits> = {}): Bundle => {
  const { bundleBytes } = { ...provenanceLimits, ...limits }
  if (bytes.length > bundleBytes)
    throw new NootropicError(
      'LIMIT_EXCEEDED',
      `expected a signature bundle of at most ${bundleBytes} bytes (limit bundleBytes), found more`,
    )
  const json = parseStrictJson(bytes, 'a signature bundle')
  const { data, error } = bundleSchema.safeParse(json)
  if (data === undefined) {
    const [issue] = error.issues
    return refuse(`at ${issue?.path.join('.') || 'its start'}: ${issue?.message}`)
  }
  const { payload, payloadType, signatures } = data.dsseEnvelope
  return {
    json: json as Record<string, unknown>,
    material: materialOf(data.verificationMaterial),
    payloadType,
    payload,
    signature: signatures[0].sig,
  }
}
