import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parseBundle } from '../src/provenance/bundle.ts'
import type { Signer, Trust } from '../src/provenance/contracts.ts'
import {
  createKeySigner,
  type SignOptions,
  signModel,
  trustCertificates,
  trustPublicKey,
  verifyModel,
} from '../src/provenance/index.ts'
import { legacyPreAuthenticationEncoding, preAuthenticationEncoding } from '../src/provenance/pae.ts'
import { parseStatement } from '../src/provenance/statement.ts'
import { authority, certificateSign, mint, mintLeaf, mintRoot, usage } from './provenance/mint-certificate.ts'
import { runMutations } from './provenance/mutation-run.ts'
import { createKey, rulesOf, smallModel, temporaryDirectory, writeModel } from './provenance/signed-model.ts'

const shared = process.env.NOOTROPIC_SHARED ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
const data = join(shared, 'data/oms')
const read = (path: string): string => {
  if (!existsSync(join(data, path)))
    throw new Error(`expected the model signing fixtures in ${data}; this test is not run without them`)
  return readFileSync(join(data, path), 'utf8')
}

interface Fixture {
  readonly version: string
  readonly method: 'certificate' | 'elliptic-key' | 'sigstore'
  readonly signature: string
  readonly model: string
  readonly ignorePaths: readonly string[]
  readonly expect: 'valid'
  readonly rootCertificates?: readonly string[]
  readonly publicKey?: string
}

const fixtures = (): Fixture[] =>
  // Keyless bundles are the matter of provenance-keyless.conformance.ts.
  (JSON.parse(read('fixtures.json')) as Fixture[]).filter(({ method }) => method !== 'sigstore')

const trustOf = ({ publicKey, rootCertificates = [] }: Fixture): Trust =>
  publicKey === undefined
    ? trustCertificates({ roots: rootCertificates.map(read), time: 'signing' })
    : trustPublicKey({ publicKey: read(publicKey) })

test('bundles of every version of model_signing verify, and no other model passes with them', async () => {
  expect(fixtures().length).toBeGreaterThan(0)
  for (const fixture of fixtures()) {
    const name = `${fixture.version} ${fixture.method}`
    const options = { signature: join(data, fixture.signature), trust: trustOf(fixture), ignore: fixture.ignorePaths }
    const verification = await verifyModel(join(data, fixture.model), options)
    expect(verification, name).toMatchObject({ verdict: 'pass', findings: [] })
    // A copy with one byte more in one file.
    const copy = join(temporaryDirectory(), 'copy')
    cpSync(join(data, fixture.model), copy, { recursive: true })
    const [first] = verification.resources
    const file = first?.path === '.' ? copy : join(copy, String(first?.path))
    const content = readFileSync(file)
    rmSync(file)
    writeFileSync(file, Buffer.concat([content, Buffer.from('x')]))
    expect(rulesOf(await verifyModel(copy, options)), name).toEqual(['file-changed'])
  }
})

test('the signature over the encoding of v0.2.0 is over nothing else', () => {
  const { payload, payloadType } = parseBundle(Buffer.from(read('v0.2.0-certificate/model.sig')))
  const script = 'import sys; p = sys.stdin.buffer.read(); sys.stdout.write(f"DSSEV1 28 {sys.argv[1]} {len(p)} {p}")'
  const python = (bytes: Buffer): Buffer =>
    execFileSync('/usr/bin/python3', ['-c', script, payloadType], { input: bytes })
  expect(legacyPreAuthenticationEncoding(payloadType, payload)).toEqual(python(Buffer.from(payload)))
  const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
  for (const bytes of [all, all.filter((byte) => byte !== 0x27), all.filter((byte) => byte !== 0x22)])
    expect(legacyPreAuthenticationEncoding(payloadType, bytes)).toEqual(python(Buffer.from(bytes)))
})

test('the vectors of the specification are refused for what they are', async () => {
  const trust = trustPublicKey({ publicKey: read('keys/certificate/signing-key-pub.pem') })
  const vectors = join(data, 'spec-vectors/v1.0')
  const verify = (path: string) =>
    verifyModel(join(data, 'v1.0.1-elliptic-key'), { signature: join(vectors, path), trust })
  const invalid = readdirSync(join(vectors, 'invalid'))
  expect(invalid.length).toBeGreaterThan(0)
  for (const name of invalid) {
    const verification = await verify(join('invalid', name))
    expect(verification, name).toMatchObject({ verdict: 'fail', code: 'SIGNATURE_INVALID' })
    expect(rulesOf(verification), name).toEqual(['bundle-malformed'])
  }
  for (const name of readdirSync(join(vectors, 'invalid-payload'))) {
    expect(await verify(join('invalid-payload', name)), name).toMatchObject({
      verdict: 'fail',
      code: 'SIGNATURE_INVALID',
    })
    // Their signatures do not hold either, so that the payload is looked at here by itself.
    const { payload } = parseBundle(Buffer.from(read(join('spec-vectors/v1.0/invalid-payload', name))))
    expect(() => parseStatement(payload), name).toThrow(expect.objectContaining({ code: 'SIGNATURE_INVALID' }))
  }
})

const verifyScript = fileURLToPath(new URL('./provenance/verify_bundle.py', import.meta.url))

interface Signing {
  readonly signer: Signer
  readonly publicKey: string
  readonly root?: string
}

const signings = (): Signing[] => {
  const keys = ['P-256', 'P-384', 'P-521'].map((curve) => {
    const { privateKey, publicKey } = createKey(curve)
    return {
      signer: createKeySigner({ privateKey }),
      publicKey: String(publicKey.export({ type: 'spki', format: 'pem' })),
    }
  })
  const root = mintRoot()
  const middle = mint({ subject: 'middle', issuer: root, extensions: [authority(), usage(certificateSign)] })
  const leaf = mintLeaf(middle, { curve: 'P-384' })
  const signer = createKeySigner({ privateKey: leaf.privateKey, certificates: [leaf.pem, middle.pem] })
  const publicKey = String(signer.publicKey.export({ type: 'spki', format: 'pem' }))
  return [...keys, { signer, publicKey, root: root.pem }]
}

const digests: Readonly<Record<string, string>> = { prime256v1: 'sha256', secp384r1: 'sha384', secp521r1: 'sha512' }

test('openssl and Debian’s python3-cryptography verify what is signed here, and refuse what was changed', {
  timeout: 300_000,
}, async () => {
  const forms: readonly Partial<SignOptions>[] = [
    {},
    { hash: 'blake2b' },
    { method: 'shards', shardSize: 7 },
    { ignore: ['config.json'] },
  ]
  for (const { signer, publicKey, root } of signings()) {
    for (const form of forms) {
      const directory = writeModel({ ...smallModel, 'a:b': 'colon', 'é.bin': 'accent' })
      const { signature, digest } = await signModel(directory, { signer, ...form })
      const files = temporaryDirectory()
      const write = (name: string, content: string | Uint8Array): string => {
        writeFileSync(join(files, name), content)
        return join(files, name)
      }
      const key = write('key.pem', publicKey)
      const { payload, payloadType, signature: bytes } = parseBundle(readFileSync(signature))
      const hash = digests[String(signer.publicKey.asymmetricKeyDetails?.namedCurve)]
      const message = write('message', preAuthenticationEncoding(payloadType, payload))
      const output = execFileSync(
        'openssl',
        ['dgst', `-${hash}`, '-verify', key, '-signature', write('signature', bytes), message],
        { encoding: 'utf8' },
      )
      expect(output).toContain('Verified OK')

      const trust = root === undefined ? ['--public-key', key] : ['--root', write('root.pem', root)]
      const run = (): string =>
        execFileSync('/usr/bin/python3', [verifyScript, directory, signature, ...trust], {
          encoding: 'utf8',
          stdio: 'pipe',
        })
      expect(run().trim()).toBe(digest)
      writeFileSync(join(directory, 'model.onnx'), 'Weights')
      expect(run).toThrow('was changed')
      writeFileSync(join(directory, 'model.onnx'), 'weights')
      mkdirSync(dirname(join(directory, 'more/x')))
      writeFileSync(join(directory, 'more/x'), 'x')
      expect(run).toThrow('was not signed')
    }
  }
})

const mutations = 100_000

test(`of ${mutations} seeded mutations of bundles and model trees none is accepted`, {
  timeout: 1_800_000,
}, async () => {
  const { accepted, refused, neutral } = await runMutations(mutations, 2026)
  expect(accepted).toEqual([])
  expect(refused + neutral).toBe(mutations)
  // Most neutral ones turn a hexadecimal digit of nothing: the text between the fields of the envelope.
  expect(neutral).toBeLessThan(mutations / 20)
})
