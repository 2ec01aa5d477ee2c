import { createHash, sign } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseBase64 } from '../src/provenance/base64.ts'
import { parseBundle } from '../src/provenance/bundle.ts'
import { provenanceRules, trustPublicKey } from '../src/provenance/index.ts'
import { parseShardName, shardsOf } from '../src/provenance/names.ts'
import { legacyPreAuthenticationEncoding, preAuthenticationEncoding } from '../src/provenance/pae.ts'
import { parseStatement } from '../src/provenance/statement.ts'
import { createKey, rulesOf, type SigningKey, signedModel } from './provenance/signed-model.ts'

const payloadType = 'application/vnd.in-toto+json'

interface Json {
  [key: string]: unknown
}

/** A bundle of our own, parsed, to be bent. */
const readBundle = (path: string): { [key: string]: Json } & { dsseEnvelope: Json; verificationMaterial: Json } =>
  JSON.parse(readFileSync(path, 'utf8'))

/** Signs a statement, whatever it says, and puts it into a bundle in place of the one there. */
const resign = (
  path: string,
  statement: unknown,
  { privateKey }: SigningKey,
  encode = preAuthenticationEncoding,
): void => {
  const payload = Buffer.from(typeof statement === 'string' ? statement : JSON.stringify(statement))
  const bundle = readBundle(path)
  const signature = sign('sha256', encode(payloadType, payload), privateKey)
  bundle.dsseEnvelope = {
    payload: payload.toString('base64'),
    payloadType,
    signatures: [{ sig: signature.toString('base64') }],
  }
  writeFileSync(path, JSON.stringify(bundle))
}

const statementOf = (path: string): Json & { predicate: Json; subject: Json[] } =>
  JSON.parse(Buffer.from(String(readBundle(path).dsseEnvelope.payload), 'base64').toString())

test('base64 is read in its one canonical form', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = Buffer.from(bytes).toString('base64')
      expect(parseBase64(text)?.equals(bytes)).toBe(true)
    }),
    { seed: 4 },
  )
  for (const text of ['QQ', 'QQ=', 'QR==', 'QQ==\n', 'Q Q=', '-_8=', '=QQ=', 'QQ==QQ==', 'QQ===']) {
    expect(parseBase64(text), text).toBeUndefined()
  }
})

test('the pre-authentication encoding is that of DSSE, and v0.2.0 its own', () => {
  expect(preAuthenticationEncoding('http://example.com/HelloWorld', Buffer.from('hello world')).toString()).toBe(
    'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
  )
  const legacy = (text: string | Buffer) => legacyPreAuthenticationEncoding('t', Buffer.from(text)).toString()
  expect(legacy('{"a":\n1}')).toBe(`DSSEV1 1 t 8 b'{"a":\\n1}'`)
  expect(legacy(`it's`)).toBe(`DSSEV1 1 t 4 b"it's"`)
  expect(legacy(`it's "so"`)).toBe(`DSSEV1 1 t 9 b'it\\'s "so"'`)
  expect(legacy(Buffer.from([0, 9, 10, 13, 31, 92, 126, 127, 255]))).toBe(
    `DSSEV1 1 t 9 b'\\x00\\t\\n\\r\\x1f\\\\~\\x7f\\xff'`,
  )
})

test('a shard is named by its path and its place', () => {
  expect(parseShardName('a:b:0:10')).toEqual({ path: 'a:b', start: 0, end: 10 })
  for (const name of ['a', 'a:0', 'a:00:1', 'a:1:1', 'a:2:1', 'a:0:9007199254740993', 'a:-1:2', 'a:0:1e3'])
    expect(parseShardName(name), name).toBeUndefined()
  expect(shardsOf('a', 0, 4)).toEqual([])
  expect(shardsOf('a', 8, 4).map(({ start, end }) => [start, end])).toEqual([
    [0, 4],
    [4, 8],
  ])
})

test('a bundle that is not exactly one is refused', async () => {
  const { signature } = await signedModel()
  const good = readBundle(signature)
  const text = readFileSync(signature, 'utf8')
  const bent = (change: (bundle: ReturnType<typeof readBundle>) => void): string => {
    const bundle = structuredClone(good)
    change(bundle)
    return JSON.stringify(bundle)
  }
  const envelope = (changes: Json) => bent((bundle) => Object.assign(bundle.dsseEnvelope, changes))
  const material = (changes: Json) => bent((bundle) => Object.assign(bundle.verificationMaterial, changes))
  const [first] = good.dsseEnvelope.signatures as Json[]
  const cases: Record<string, string> = {
    nothing: '',
    'another type': 'null',
    'an array': '[]',
    'a cut text': text.slice(0, -1),
    'text after it': `${text}{}`,
    'a mark before it': `\ufeff${text}`,
    'a key twice': text.replace('{', '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json",'),
    'deep nesting': `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    'an unknown field': bent((bundle) => Object.assign(bundle, { more: {} })),
    'another media type': bent((bundle) =>
      Object.assign(bundle, { mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1' }),
    ),
    'no envelope': bent((bundle) => Reflect.deleteProperty(bundle, 'dsseEnvelope')),
    'no material': bent((bundle) => Object.assign(bundle, { verificationMaterial: {} })),
    'two kinds of material': material({ certificate: { rawBytes: 'AAAA' } }),
    'no certificate in the chain': bent((bundle) =>
      Object.assign(bundle, { verificationMaterial: { x509CertificateChain: { certificates: [] } } }),
    ),
    'too many certificates': bent((bundle) =>
      Object.assign(bundle, {
        verificationMaterial: { x509CertificateChain: { certificates: Array(11).fill({ rawBytes: 'AAAA' }) } },
      }),
    ),
    'a keyless signature without a log entry': bent((bundle) =>
      Object.assign(bundle, { verificationMaterial: { certificate: { rawBytes: 'AAAA' }, tlogEntries: [] } }),
    ),
    'no signature': envelope({ signatures: [] }),
    'two signatures': envelope({ signatures: [first, first] }),
    'another payload type': envelope({ payloadType: 'application/json' }),
    'base64 in another form': envelope({ payload: `${good.dsseEnvelope.payload}\n` }),
    'a key id that is none': envelope({ signatures: [{ ...first, keyid: 1 }] }),
  }
  for (const [what, content] of Object.entries(cases))
    expect(() => parseBundle(Buffer.from(content)), what).toThrow(
      expect.objectContaining({ code: 'SIGNATURE_INVALID' }),
    )
  expect(() => parseBundle(Buffer.from([0xff]))).toThrow(expect.objectContaining({ code: 'SIGNATURE_INVALID' }))
  expect(parseBundle(Buffer.from(text)).material.kind).toBe('public-key')
})

test('no bytes make the parser of bundles fail in another way', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        expect(() => parseBundle(bytes)).toThrow(expect.objectContaining({ code: 'SIGNATURE_INVALID' }))
      },
    ),
    { seed: 4, numRuns: 500 },
  )
})

test('a statement that says something else is refused, though its signature holds', async () => {
  const key = createKey()
  const model = await signedModel({ a: 'a', b: 'b' }, {}, key)
  const good = statementOf(model.signature)
  const resources = good.predicate.resources as Json[]
  const [first, second] = resources
  const root = (listed: readonly Json[]): Json[] => {
    const hash = createHash('sha256')
    for (const { digest } of listed) hash.update(Buffer.from(String(digest), 'hex'))
    return [{ name: 'm', digest: { sha256: hash.digest('hex') } }]
  }
  const listing = (listed: readonly Json[]): Json => ({
    ...good,
    subject: root(listed),
    predicate: { ...good.predicate, resources: listed },
  })
  const serialization = (changes: Json): Json => ({
    ...good,
    predicate: { ...good.predicate, serialization: { ...(good.predicate.serialization as Json), ...changes } },
  })
  const malformed: Record<string, unknown> = {
    'no JSON': 'DROP',
    'a key twice': `{"_type":"x",${JSON.stringify(good).slice(1)}`,
    'another statement type': { ...good, _type: 'https://in-toto.io/Statement/v0.1' },
    'another predicate': { ...good, predicateType: 'https://slsa.dev/provenance/v1' },
    'two subjects': { ...good, subject: [...good.subject, ...good.subject] },
    'no resources': listing([]),
    'a name twice': listing([first as Json, { ...second, name: 'a' }]),
    'a path that leads outside': listing([{ ...first, name: '../a' }]),
    'an absolute path': listing([{ ...first, name: '/etc/passwd' }]),
    'a file and a directory': listing([{ ...first, name: '.' }, second as Json]),
    'another hash for one file': listing([{ ...first, algorithm: 'blake3' }]),
    'an unknown hash': serialization({ hash_type: 'md5' }),
    'a hash of the prototype': serialization({ hash_type: 'constructor' }),
    'capitals in a digest': listing([{ ...first, digest: String(first?.digest).toUpperCase() }]),
    'a short digest': listing([{ ...first, digest: String(first?.digest).slice(2) }]),
    'an unknown method': serialization({ method: 'chunks' }),
    'a size of shards for files': serialization({ shard_size: 4 }),
    'shards without their size': serialization({ method: 'shards' }),
    'files called shards': serialization({ method: 'shards', shard_size: 4 }),
    'everything ignored': serialization({ ignore_paths: ['.'] }),
    'links as a text': serialization({ allow_symlinks: 'false' }),
  }
  for (const [what, statement] of Object.entries(malformed)) {
    resign(model.signature, statement, key)
    const verification = await model.verify()
    expect(verification, what).toMatchObject({ verdict: 'fail', code: 'SIGNATURE_INVALID', resources: [] })
    expect(rulesOf(verification), what).toEqual(['statement-malformed'])
  }
  resign(model.signature, { ...good, subject: [{ name: 'm', digest: { sha256: '0'.repeat(64) } }] }, key)
  expect(rulesOf(await model.verify())).toEqual(['root-mismatch'])
  // The order is the statement's own: another order is another root, and verifies as well.
  resign(model.signature, listing(resources.toReversed()), key)
  expect((await model.verify()).verdict).toBe('pass')
})

test('shards that overlap, leave gaps or have other sizes are refused', async () => {
  const statement = (names: readonly string[]) => {
    const resources = names.map((name) => ({ name, algorithm: 'sha256', digest: '00'.repeat(32) }))
    const sha256 = createHash('sha256')
      .update(Buffer.alloc(32 * names.length))
      .digest('hex')
    return Buffer.from(
      JSON.stringify({
        _type: 'https://in-toto.io/Statement/v1',
        subject: [{ name: '', digest: { sha256 } }],
        predicateType: 'https://model_signing/signature/v1.0',
        predicate: {
          serialization: { method: 'shards', hash_type: 'sha256-sharded-4', allow_symlinks: false, shard_size: 4 },
          resources,
        },
      }),
    )
  }
  expect(parseStatement(statement(['a:0:4', 'a:4:5', 'b:0:4'])).resources).toHaveLength(3)
  for (const names of [['a:0:5'], ['a:4:8'], ['a:0:4', 'a:8:9'], ['a:0:3', 'a:3:7'], ['a:0:4', 'a:0:3'], ['a:4:4']])
    expect(() => parseStatement(statement(names)), names.join()).toThrow(
      expect.objectContaining({ code: 'SIGNATURE_INVALID' }),
    )
})

test('a bundle of v0.2.0 lists its files in the subject and signs its own encoding', async () => {
  const key = createKey()
  const model = await signedModel({ a: 'a', "it's": 'b' }, {}, key)
  const digest = (text: string) => ({ sha256: createHash('sha256').update(text).digest('hex') })
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [
      { name: "it's", digest: digest('b'), annotations: { actual_hash_algorithm: 'file-sha256' } },
      { name: 'a', digest: digest('a') },
    ],
    predicateType: 'https://model_signing/Digests/v0.1',
    predicate: { unused: 'Unused, just passed due to API requirements' },
  }
  resign(model.signature, statement, key, legacyPreAuthenticationEncoding)
  expect(await model.verify()).toMatchObject({
    verdict: 'pass',
    findings: [],
    resources: [{ name: "it's" }, { name: 'a' }],
  })
  writeFileSync(`${model.directory}/a`, 'b')
  expect(rulesOf(await model.verify())).toEqual(['file-changed'])
})

test('whoever else signed is not trusted, and what is not signed is bad evidence', async () => {
  const key = createKey()
  const model = await signedModel({ a: 'a' }, {}, key)
  const other = createKey()
  const untrusted = await model.verify({ trust: trustPublicKey({ publicKey: other.publicKey }) })
  expect(untrusted).toMatchObject({ verdict: 'fail', code: 'SIGNATURE_UNTRUSTED' })
  expect(rulesOf(untrusted)).toEqual(['signer-untrusted'])
  // Older bundles carry the key itself. It is compared, never believed.
  const bundle = readBundle(model.signature)
  const rawBytes = (publicKey: typeof key.publicKey, format: 'pem' | 'der') =>
    Buffer.from(publicKey.export({ type: 'spki', format } as never)).toString('base64')
  for (const format of ['pem', 'der'] as const) {
    bundle.verificationMaterial = {
      publicKey: { rawBytes: rawBytes(key.publicKey, format), keyDetails: 'PKIX_ECDSA_P256_SHA_256' },
    }
    writeFileSync(model.signature, JSON.stringify(bundle))
    expect((await model.verify()).verdict).toBe('pass')
    bundle.verificationMaterial = { publicKey: { rawBytes: rawBytes(other.publicKey, format) } }
    writeFileSync(model.signature, JSON.stringify(bundle))
    expect(rulesOf(await model.verify())).toEqual(['signer-untrusted'])
  }
  // Without any hint only the signature tells.
  bundle.verificationMaterial = { publicKey: {} }
  writeFileSync(model.signature, JSON.stringify(bundle))
  expect((await model.verify()).verdict).toBe('pass')
  const mismatch = await model.verify({ trust: trustPublicKey({ publicKey: other.publicKey }) })
  expect(mismatch).toMatchObject({ verdict: 'fail', code: 'SIGNATURE_INVALID', subject: { path: model.directory } })
  expect(mismatch.subject.digest).toBeUndefined()
  expect(rulesOf(mismatch)).toEqual(['signature-mismatch'])
})

test('a policy can allow fewer algorithms', async () => {
  const key = createKey()
  const model = await signedModel({ a: 'a' }, { hash: 'blake3' }, key)
  const trust = trustPublicKey({ publicKey: key.publicKey, algorithms: ['ECDSA P-384'] })
  expect(await model.verify({ trust })).toMatchObject({ verdict: 'fail', code: 'SIGNATURE_UNTRUSTED' })
  const hashes = await model.verify({ hashes: ['sha256'] })
  expect(hashes).toMatchObject({ verdict: 'fail', code: 'SIGNATURE_UNTRUSTED' })
  expect(rulesOf(hashes)).toEqual(['algorithm-refused'])
})

test('a key that signs no models is refused when the policy is written', () => {
  for (const publicKey of ['', 'no key', createKey('secp256k1').publicKey])
    expect(() => trustPublicKey({ publicKey })).toThrow(expect.objectContaining({ code: 'CONFIGURATION_INVALID' }))
})

test('a trust that says no without a reason is not taken for a yes', async () => {
  const model = await signedModel({ a: 'a' })
  const note = { rule: provenanceRules['name-ambiguous'], message: 'worth knowing' }
  for (const sightings of [[], [note]]) {
    const verification = await model.verify({ trust: { check: () => ({ isAuthentic: false, sightings }) } })
    expect(verification).toMatchObject({ verdict: 'fail', code: 'SIGNATURE_INVALID', resources: [] })
  }
})
