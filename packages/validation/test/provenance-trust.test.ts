import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { parseBundle } from '../src/provenance/bundle.ts'
import type { Trust } from '../src/provenance/contracts.ts'
import { trustAnyOf, trustCertificates, trustPublicKey } from '../src/provenance/index.ts'
import { maximumLegacyPayloadBytes } from '../src/provenance/limits.ts'
import * as encodings from '../src/provenance/pae.ts'
import { mintLeaf, mintRoot } from './provenance/mint-certificate.ts'
import { createKey, signedModel } from './provenance/signed-model.ts'

vi.mock('../src/provenance/pae.ts', async (original) => {
  const actual = await original<typeof encodings>()
  return {
    ...actual,
    preAuthenticationEncoding: vi.fn(actual.preAuthenticationEncoding),
    legacyPreAuthenticationEncoding: vi.fn(actual.legacyPreAuthenticationEncoding),
  }
})

const pem = (key = createKey()): string => String(key.publicKey.export({ type: 'spki', format: 'pem' }))

/** How often a bundle with a payload of this size is encoded, each way, when as many keys are tried. */
const encodingsOf = async (payloadBytes: number, keys: number) => {
  const { signature } = await signedModel({ a: 'a' })
  const bundle = JSON.parse(readFileSync(signature, 'utf8'))
  // Any key may have made it: it names none.
  bundle.verificationMaterial.publicKey.hint = ''
  bundle.dsseEnvelope.payload = Buffer.alloc(payloadBytes, 0xff).toString('base64')
  const parsed = parseBundle(Buffer.from(JSON.stringify(bundle)))
  const current = vi.mocked(encodings.preAuthenticationEncoding)
  const legacy = vi.mocked(encodings.legacyPreAuthenticationEncoding)
  current.mockClear()
  legacy.mockClear()
  const trust = trustAnyOf(Array.from({ length: keys }, () => trustPublicKey(createKey())))
  expect((await trust.check(parsed)).isAuthentic).toBe(false)
  return [current.mock.calls.length, legacy.mock.calls.length]
}

test('a bundle is encoded once, however many keys are tried, and the old way only while it is small', async () => {
  expect(await encodingsOf(maximumLegacyPayloadBytes, 20)).toEqual([1, 1])
  expect(await encodingsOf(maximumLegacyPayloadBytes + 1, 20)).toEqual([1, 0])
})

test('a bundle beyond what any model needs is not read', () => {
  const bytes = Buffer.alloc(2 ** 24 + 1, 0x20)
  expect(() => parseBundle(bytes)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
})

test('a signature that verification would refuse for its size is not written', async () => {
  const model = await signedModel()
  const before = readFileSync(model.signature)
  await expect(signedModel(undefined, { limits: { bundleBytes: 500 } })).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
    message: expect.stringContaining('limit bundleBytes'),
  })
  expect(readFileSync(model.signature)).toEqual(before)
})

test('a refusal names everybody who is trusted, up to ten', async () => {
  const model = await signedModel({ a: 'a' })
  const keys = Array.from({ length: 12 }, () => trustPublicKey(createKey()))
  const names = keys.map(({ signers }) => String(signers))
  expect(names[0]).toMatch(/^the key sha256:[0-9a-f]{64}$/)
  const messages = async (trust: Trust) => (await model.verify({ trust })).findings.map(({ message }) => message).join()
  const all = await messages(trustAnyOf(keys))
  for (const name of names.slice(0, 10)) expect(all).toContain(name)
  for (const name of names.slice(10)) expect(all).not.toContain(name)
  expect(all).toMatch(/ and 2 more$/)

  const root = trustCertificates({ roots: [mintRoot('Root\u0007').pem], time: 'now' })
  const mixed = await messages(trustAnyOf([root, trustAnyOf(keys.slice(0, 2))]))
  for (const name of names.slice(0, 2)) expect(mixed).toContain(name)
  expect(mixed).toMatch(/; trusted are the root CN=Root\P{Cc}* \(sha256:[0-9a-f]{64}\), the key/u)
  expect(mixed.split('trusted are')).toHaveLength(2)
  expect(await messages(trustAnyOf(keys.slice(0, 1)))).not.toContain('trusted are')
})

test('among several signers the one that signed counts', async () => {
  const model = await signedModel({ a: 'a' })
  const trust = trustAnyOf([trustPublicKey(createKey()), model.trust, trustPublicKey(createKey())])
  expect(await model.verify({ trust })).toMatchObject({ verdict: 'pass', findings: [] })
  expect(() => trustAnyOf([])).toThrow(expect.objectContaining({ code: 'CONFIGURATION_INVALID' }))
})

test('a trusted key is one public key, and nothing that Node would make one of', () => {
  const { privateKey, publicKey } = createKey()
  const form = { type: 'pkcs8', format: 'pem' } as const
  const cases: Record<string, readonly [Parameters<typeof trustPublicKey>[0]['publicKey'], string]> = {
    'a private key': [String(privateKey.export(form)), 'a private key; give its public half'],
    'a private key of SEC 1': [String(privateKey.export({ type: 'sec1', format: 'pem' })), 'a private key'],
    'an encrypted private key': [
      String(privateKey.export({ ...form, cipher: 'aes-256-cbc', passphrase: 'secret' })),
      'a private key',
    ],
    'a private key behind a public one': [`${pem()}${privateKey.export(form)}`, 'a private key'],
    'a private key in memory': [privateKey, 'a private key; give its public half'],
    'a certificate': [mintLeaf(mintRoot()).pem, 'a certificate, which is good for a purpose and a time only'],
    'two keys': [pem() + pem(), '2 of them; put each into a file of its own'],
    'a key and a certificate': [pem() + mintRoot().pem, 'a certificate'],
    nothing: ['', 'something else'],
    'a broken key': [pem().replaceAll(/[A-Z]{2}/g, 'AA'), 'something else'],
  }
  for (const [what, [key, found]] of Object.entries(cases))
    expect(() => trustPublicKey({ publicKey: key }), what).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION_INVALID', message: expect.stringContaining(found) }),
    )
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey
  expect(() => trustPublicKey({ publicKey: rsa })).toThrow(/P-256, P-384 or P-521.*found rsa/)
  expect(trustPublicKey({ publicKey: pem({ privateKey, publicKey }) }).signers).toEqual(
    trustPublicKey({ publicKey }).signers,
  )
})
