import { createPublicKey, type KeyObject } from 'node:crypto'

/** The named curves of models' keys: the DER of their object identifiers, as tokens give them. */
const curves: Readonly<Record<string, { readonly name: string; readonly bytes: number }>> = {
  '06082a8648ce3d030107': { name: 'P-256', bytes: 32 },
  '06052b81040022': { name: 'P-384', bytes: 48 },
  '06052b81040023': { name: 'P-521', bytes: 66 },
}

/** A point in an OCTET STRING, as PKCS #11 has it, or alone, as some tokens give it. */
const coordinatesOf = (point: Buffer, size: number): Buffer | undefined => {
  const length = 2 * size + 1
  const header = length < 0x80 ? [0x04, length] : [0x04, 0x81, length]
  const isWrapped =
    point.length === header.length + length && point.subarray(0, header.length).equals(Buffer.from(header))
  const bare = isWrapped ? point.subarray(header.length) : point
  return bare.length === length && bare[0] === 0x04 ? bare.subarray(1) : undefined
}

/** The public key of the parameters and the point that a token gives, or undefined for another kind of key. */
export const publicKeyOf = (parameters: Buffer, point: Buffer): KeyObject | undefined => {
  const curve = curves[parameters.toString('hex')]
  const coordinates = curve === undefined ? undefined : coordinatesOf(point, curve.bytes)
  if (curve === undefined || coordinates === undefined) return undefined
  const x = coordinates.subarray(0, curve.bytes).toString('base64url')
  const y = coordinates.subarray(curve.bytes).toString('base64url')
  try {
    return createPublicKey({ key: { kty: 'EC', crv: curve.name, x, y }, format: 'jwk' })
  } catch {
    return undefined
  }
}

const element = (tag: number, content: Uint8Array): Buffer => {
  const length = content.length < 0x80 ? [content.length] : [0x81, content.length]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

/** An unsigned number as a DER INTEGER: no leading zero but the one that keeps it positive. */
const integer = (bytes: Uint8Array): Buffer => {
  const first = bytes.findIndex((byte) => byte !== 0)
  const digits = first < 0 ? Buffer.from([0]) : Buffer.from(bytes.subarray(first))
  return element(0x02, (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits)
}

/** An ECDSA signature as tokens give it, r and s side by side, in DER (RFC 3279, section 2.2.3). */
export const derSignatureOf = (signature: Uint8Array): Buffer => {
  const half = signature.length / 2
  return element(0x30, Buffer.concat([integer(signature.subarray(0, half)), integer(signature.subarray(half))]))
}
