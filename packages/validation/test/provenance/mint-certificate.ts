import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

// Certificates of every kind, sound and unsound, so that each check of a chain has something to refuse.

const element = (tag: number, ...content: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(content)
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body])
  const length = body.length < 0x100 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}

const sequence = (...content: readonly Uint8Array[]): Buffer => element(0x30, ...content)

const objectIdentifier = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second, ...rest].flatMap((part) => {
    const digits = [part & 0x7f]
    for (let value = part >> 7; value > 0; value >>= 7) digits.unshift((value & 0x7f) | 0x80)
    return digits
  })
  return element(0x06, Buffer.from(bytes))
}

const name = (commonName: string): Buffer =>
  sequence(element(0x31, sequence(objectIdentifier('2.5.4.3'), element(0x0c, Buffer.from(commonName)))))

const time = (date: Date): Buffer => {
  const text = date.toISOString().replaceAll(/[-:T]|\.\d{3}/g, '')
  return date.getUTCFullYear() < 2050 ? element(0x17, Buffer.from(text.slice(2))) : element(0x18, Buffer.from(text))
}

const truth = element(0x01, Buffer.from([0xff]))

/** An extension as it stands in a certificate. */
export const extension = (identifier: string, value: Uint8Array, isCritical = false): Buffer =>
  sequence(objectIdentifier(identifier), ...(isCritical ? [truth] : []), element(0x04, value))

/** basicConstraints with CA:TRUE. */
export const authority = (pathLength?: number): Buffer =>
  extension(
    '2.5.29.19',
    sequence(truth, ...(pathLength === undefined ? [] : [element(0x02, Buffer.from([pathLength]))])),
    true,
  )

/** keyUsage; `bits` is the first byte: 0x80 digitalSignature, 0x04 keyCertSign. */
export const usage = (bits: number): Buffer => extension('2.5.29.15', element(0x03, Buffer.from([0, bits])), true)

/** extendedKeyUsage. */
export const purposes = (...identifiers: readonly string[]): Buffer =>
  extension('2.5.29.37', sequence(...identifiers.map(objectIdentifier)))

export const digitalSignature = 0x80
export const certificateSign = 0x04
export const codeSigning = '1.3.6.1.5.5.7.3.3'
export const anyPurpose = '2.5.29.37.0'
export const serverAuthentication = '1.3.6.1.5.5.7.3.1'

/** A certificate with its private key. */
export interface Minted {
  readonly der: Buffer
  readonly pem: string
  readonly privateKey: KeyObject
  readonly subject: string
}

export interface MintOptions {
  readonly subject: string
  /** Itself where nothing is said. */
  readonly issuer?: Minted
  readonly extensions?: readonly Buffer[]
  readonly validFrom?: Date
  readonly validTo?: Date
  readonly curve?: string
  readonly keys?: { readonly publicKey: KeyObject; readonly privateKey: KeyObject }
  /** SHA-1 is what must be refused. */
  readonly hash?: 'sha256' | 'sha1'
  readonly version?: number
}

const signatures = { sha256: '1.2.840.10045.4.3.2', sha1: '1.2.840.10045.4.1' } as const

const toPem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`

/** A certificate signed by its issuer with ECDSA. */
export const mint = (options: MintOptions): Minted => {
  const { subject, issuer, extensions = [], curve = 'P-256', hash = 'sha256', version = 2 } = options
  const { publicKey, privateKey } = options.keys ?? generateKeyPairSync('ec', { namedCurve: curve })
  const algorithm = sequence(objectIdentifier(signatures[hash]))
  const body = sequence(
    element(0xa0, element(0x02, Buffer.from([version]))),
    element(0x02, Buffer.from([0x2a])),
    algorithm,
    name(issuer?.subject ?? subject),
    sequence(
      time(options.validFrom ?? new Date('2025-01-01T00:00:00Z')),
      time(options.validTo ?? new Date('2035-01-01T00:00:00Z')),
    ),
    name(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length > 0 ? [element(0xa3, sequence(...extensions))] : []),
  )
  const signature = sign(hash, body, issuer?.privateKey ?? privateKey)
  const der = sequence(body, algorithm, element(0x03, Buffer.from([0]), signature))
  return { der, pem: toPem(der), privateKey, subject }
}

/** A root authority. */
export const mintRoot = (subject = 'root', extensions = [authority(), usage(certificateSign)]): Minted =>
  mint({ subject, extensions })

/** A certificate for signing models. */
export const mintLeaf = (issuer: Minted, options: Partial<MintOptions> = {}): Minted =>
  mint({ subject: 'leaf', issuer, extensions: [usage(digitalSignature)], ...options })
