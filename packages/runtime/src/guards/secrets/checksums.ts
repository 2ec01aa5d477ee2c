import { crc32 } from 'node:zlib'

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

const toBase62 = (value: number, length: number): string => {
  let text = ''
  for (let rest = value; rest > 0; rest = Math.floor(rest / 62)) text = base62[rest % 62] + text
  return text.padStart(length, '0')
}

/** GitHub's and npm's: the last six characters are the CRC-32 of those between prefix and checksum, in base 62. */
export const endsInBase62Crc = (secret: string): boolean => {
  const body = secret.slice(secret.indexOf('_') + 1)
  return toBase62(crc32(body.slice(0, -6)), 6) === body.slice(-6)
}

/** Grafana's service accounts: eight hexadecimal digits of the CRC-32 of everything before the last underscore. */
export const endsInHexadecimalCrc = (secret: string): boolean => {
  const joint = secret.lastIndexOf('_')
  return crc32(secret.slice(0, joint)).toString(16).padStart(8, '0') === secret.slice(joint + 1).toLowerCase()
}

/** Atlassian's: the same after an equals sign, over everything before it. */
export const endsInAtlassianCrc = (secret: string): boolean => {
  const joint = secret.lastIndexOf('=')
  return crc32(secret.slice(0, joint)).toString(16).padStart(8, '0') === secret.slice(joint + 1).toLowerCase()
}

/** Whether the first part is the base64url of a JSON object: the head of a JSON Web Token (RFC 7519). */
export const hasJsonHead = (secret: string): boolean => {
  try {
    const head: unknown = JSON.parse(Buffer.from(secret.slice(0, secret.indexOf('.')), 'base64url').toString())
    return typeof head === 'object' && head !== null && ('alg' in head || 'enc' in head)
  } catch {
    return false
  }
}
