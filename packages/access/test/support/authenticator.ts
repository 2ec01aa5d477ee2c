import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest()

/** CBOR (RFC 8949) of what an authenticator says: whole numbers, texts, bytes and maps in the order given. */
const cbor = (value: number | string | Uint8Array | ReadonlyMap<number | string, unknown>): Buffer => {
  const head = (major: number, length: number): Buffer => {
    if (length < 24) return Buffer.of((major << 5) | length)
    if (length < 256) return Buffer.of((major << 5) | 24, length)
    return Buffer.of((major << 5) | 25, length >> 8, length & 255)
  }
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  const entries = [...value].flatMap(([key, item]) => [cbor(key), cbor(item as Parameters<typeof cbor>[0])])
  return Buffer.concat([head(5, value.size), ...entries])
}

/** What of an answer a test wants to be wrong. */
export interface Twist {
  readonly origin?: string
  readonly type?: string
  readonly challenge?: string
  readonly crossOrigin?: boolean
  readonly rpId?: string
  readonly counter?: number
  readonly isUserVerified?: boolean
  readonly key?: KeyObject
}

/** An authenticator with one ES256 key, and the browser before it (WebAuthn Level 3). */
export const createTestAuthenticator = (rpId: string, origin: string) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const id = randomBytes(32)
  let counter = 0

  const clientData = (type: string, challenge: string, twist: Twist): Buffer =>
    Buffer.from(
      JSON.stringify({
        type: twist.type ?? type,
        challenge: twist.challenge ?? challenge,
        origin: twist.origin ?? origin,
        crossOrigin: twist.crossOrigin ?? false,
      }),
    )
  const authenticatorData = (twist: Twist, attested: Uint8Array): Buffer => {
    counter += 1
    const count = Buffer.alloc(4)
    count.writeUInt32BE(twist.counter ?? counter)
    // User present, user verified, attested credential data.
    const flags = 0x01 | (twist.isUserVerified === false ? 0 : 0x04) | (attested.length > 0 ? 0x40 : 0)
    return Buffer.concat([sha256(twist.rpId ?? rpId), Buffer.of(flags), count, attested])
  }
  const common = { id: id.toString('base64url'), rawId: id.toString('base64url'), type: 'public-key' }

  return {
    id: common.id,
    register(options: unknown, twist: Twist = {}) {
      const { challenge } = options as { challenge: string }
      const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
      const coseKey = cbor(
        new Map<number, unknown>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, Buffer.from(x, 'base64url')],
          [-3, Buffer.from(y, 'base64url')],
        ]),
      )
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.of(0, id.length), id, coseKey])
      const attestationObject = cbor(
        new Map<string, unknown>([
          ['fmt', 'none'],
          ['attStmt', new Map()],
          ['authData', authenticatorData(twist, attested)],
        ]),
      )
      return {
        ...common,
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientData('webauthn.create', challenge, twist).toString('base64url'),
          attestationObject: attestationObject.toString('base64url'),
          transports: ['internal'],
        },
      }
    },
    answer(challenge: string, twist: Twist = {}) {
      const data = authenticatorData(twist, Buffer.alloc(0))
      const client = clientData('webauthn.get', challenge, twist)
      const signature = sign('sha256', Buffer.concat([data, sha256(client)]), twist.key ?? privateKey)
      return {
        ...common,
        clientExtensionResults: {},
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: data.toString('base64url'),
          signature: signature.toString('base64url'),
        },
      }
    },
  }
}
