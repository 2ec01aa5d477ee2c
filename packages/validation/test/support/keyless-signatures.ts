import { createHash, generateKeyPairSync, type KeyPairKeyObjectResult, sign, X509Certificate } from 'node:crypto'
import { initializeCA, initializeCTLog, initializeTLog, initializeTSA } from '@sigstore/mock'
import { inTotoPayloadType, preAuthenticationEncoding } from '../../src/provenance/pae.ts'

const keyPair = (): KeyPairKeyObjectResult => generateKeyPairSync('ec', { namedCurve: 'prime256v1' })

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

const base64 = (bytes: ArrayBuffer | ArrayBufferView | string): string =>
  typeof bytes === 'string'
    ? Buffer.from(bytes).toString('base64')
    : ArrayBuffer.isView(bytes)
      ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
      : Buffer.from(bytes).toString('base64')

/** What the log answers, as far as a bundle needs it. */
interface LoggedEntry {
  readonly body: string
  readonly integratedTime: number
  readonly logID: string
  readonly logIndex: number
  readonly verification: {
    readonly signedEntryTimestamp: string
    readonly inclusionProof: {
      readonly checkpoint: string
      readonly logIndex: number
      readonly rootHash: string
      readonly treeSize: number
    }
  }
}

/** What a bundle may be minted with that is not as it should be. */
export interface Minting {
  readonly identity?: string
  readonly issuer?: string
  /** When the log saw it, in milliseconds after the certificate was issued; it is valid for ten minutes. */
  readonly loggedAfter?: number
  readonly kind?: 'dsse 0.0.1' | 'dsse 0.0.2' | 'intoto 0.0.2' | 'hashedrekord 0.0.1'
  /** Without a promise of the log, as of its version 2: only a timestamp authority then tells the time. */
  readonly promise?: boolean
  readonly timestamp?: boolean
  /** The certificate that the log is told of, when it is another one. */
  readonly logged?: 'own' | 'other'
}

/** A Sigstore of its own, in memory: certificate authority, both logs and timestamp authority. Nothing is fetched. */
export interface TestSigstore {
  /** As `trusted_root.json` has it. */
  readonly trustedRoot: Readonly<Record<string, unknown>>
  mint(payload: Uint8Array, minting?: Minting): Promise<Record<string, unknown>>
}

export const defaultIdentity = 'https://forge.example/models/release.yml@refs/heads/main'
export const defaultIssuer = 'https://accounts.example'

/** Starts an instance. Its root certificate is valid from now on, so everything of it happens an hour later. */
export const createTestSigstore = async (): Promise<TestSigstore> => {
  const issuedAt = new Date(Math.floor(Date.now() / 1000) * 1000 + 3_600_000)
  const keys = { ca: keyPair(), ct: keyPair(), log: keyPair(), tsa: keyPair() }
  const ctLog = await initializeCTLog(keys.ct, issuedAt)
  const authority = await initializeCA(keys.ca, ctLog, issuedAt)
  const validFor = { start: new Date(issuedAt.getTime() - 7_200_000).toISOString() }
  const logKey = keys.log.publicKey.export({ format: 'der', type: 'spki' })
  const timestamps = await initializeTSA(keys.tsa, new Date(issuedAt.getTime() + 2000))
  const publicKey = (rawBytes: Uint8Array) => ({
    rawBytes: base64(rawBytes),
    keyDetails: 'PKIX_ECDSA_P256_SHA_256',
    validFor,
  })
  const chain = (...certificates: ArrayBufferView[]) => ({
    certChain: { certificates: certificates.map((bytes) => ({ rawBytes: base64(bytes) })) },
    validFor,
  })

  const issue = async (key: KeyPairKeyObjectResult, { identity = defaultIdentity, issuer = defaultIssuer }: Minting) =>
    Buffer.from(
      base64(
        await authority.issueCertificate({
          publicKey: key.publicKey.export({ format: 'der', type: 'spki' }),
          subjectAltName: identity,
          extensions: [
            { oid: '1.3.6.1.4.1.57264.1.1', value: issuer, legacy: true },
            { oid: '1.3.6.1.4.1.57264.1.8', value: issuer },
          ],
        }),
      ),
      'base64',
    )

  const bodyOf = (kind: string, payload: Uint8Array, signature: Buffer, certificate: Buffer) => {
    const pem = base64(new X509Certificate(certificate).toString())
    const [name, apiVersion] = kind.split(' ')
    const payloadHash = { algorithm: 'sha256', value: sha256(payload).toString('hex') }
    const specs: Readonly<Record<string, unknown>> = {
      'dsse 0.0.1': {
        envelopeHash: payloadHash,
        payloadHash,
        signatures: [{ signature: base64(signature), verifier: pem }],
      },
      'dsse 0.0.2': {
        dsseV002: {
          payloadHash: { algorithm: 'SHA2_256', digest: base64(sha256(payload)) },
          signatures: [
            {
              content: base64(signature),
              verifier: { keyDetails: 'PKIX_ECDSA_P256_SHA_256', x509Certificate: { rawBytes: base64(certificate) } },
            },
          ],
        },
      },
      'intoto 0.0.2': {
        content: {
          envelope: {
            payloadType: inTotoPayloadType,
            signatures: [{ sig: base64(base64(signature)), publicKey: pem }],
          },
          payloadHash,
        },
      },
      'hashedrekord 0.0.1': {
        data: { hash: payloadHash },
        signature: { content: base64(signature), publicKey: { content: pem } },
      },
    }
    return { apiVersion, kind: name, spec: specs[kind] }
  }

  return {
    trustedRoot: {
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [
        {
          baseUrl: 'https://rekor.example',
          hashAlgorithm: 'SHA2_256',
          publicKey: publicKey(logKey),
          logId: { keyId: base64(sha256(logKey)) },
        },
      ],
      certificateAuthorities: [{ uri: 'https://fulcio.example', ...chain(authority.rootCertificate) }],
      ctlogs: [
        {
          baseUrl: 'https://ctfe.example',
          hashAlgorithm: 'SHA2_256',
          publicKey: publicKey(ctLog.publicKey),
          logId: { keyId: base64(ctLog.logID) },
        },
      ],
      timestampAuthorities: [chain(timestamps.intCertificate, timestamps.rootCertificate)],
    },
    async mint(payload, minting = {}) {
      const { loggedAfter = 1000, kind = 'dsse 0.0.1', promise = true, timestamp = false, logged = 'own' } = minting
      const key = keyPair()
      const certificate = await issue(key, minting)
      const signature = sign('sha256', preAuthenticationEncoding(inTotoPayloadType, payload), key.privateKey)
      const log = await initializeTLog('https://rekor.example', keys.log, new Date(issuedAt.getTime() + loggedAfter))
      const told = logged === 'own' ? certificate : await issue(keyPair(), minting)
      const body = bodyOf(kind, payload, signature, told)
      const [entry] = Object.values<LoggedEntry>(await log.log(body))
      if (entry === undefined) throw new Error('the log gave no entry')
      const { inclusionProof, signedEntryTimestamp } = entry.verification
      const [name = '', version = ''] = kind.split(' ')
      const request = {
        artifactHash: sha256(signature),
        hashAlgorithmOID: '2.16.840.1.101.3.4.2.1',
        nonce: 1,
        policyOID: '1.3.6.1.4.1.57264.2',
      }
      return {
        mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        verificationMaterial: {
          certificate: { rawBytes: base64(certificate) },
          tlogEntries: [
            {
              logIndex: String(entry.logIndex),
              logId: { keyId: Buffer.from(entry.logID, 'hex').toString('base64') },
              kindVersion: { kind: name, version },
              ...(promise
                ? {
                    integratedTime: String(entry.integratedTime),
                    inclusionPromise: { signedEntryTimestamp },
                  }
                : {}),
              inclusionProof: {
                logIndex: String(inclusionProof.logIndex),
                rootHash: Buffer.from(inclusionProof.rootHash, 'hex').toString('base64'),
                treeSize: String(inclusionProof.treeSize),
                checkpoint: { envelope: inclusionProof.checkpoint },
              },
              canonicalizedBody: entry.body,
            },
          ],
          ...(timestamp && {
            timestampVerificationData: {
              rfc3161Timestamps: [{ signedTimestamp: base64(await timestamps.timestamp(request)) }],
            },
          }),
        },
        dsseEnvelope: {
          payload: base64(payload),
          payloadType: inTotoPayloadType,
          signatures: [{ sig: base64(signature), keyid: '' }],
        },
      }
    },
  }
}
