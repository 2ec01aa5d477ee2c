import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseBundle } from '../src/provenance/bundle.ts'
import type { SignatureCheck } from '../src/provenance/contracts.ts'
import { type KeylessOptions, trustKeyless } from '../src/provenance/keyless/index.ts'
import { acceptedMutations } from './support/bundle-mutations.ts'
import {
  createTestSigstore,
  defaultIdentity as identity,
  defaultIssuer as issuer,
  type Minting,
  type TestSigstore,
} from './support/keyless-signatures.ts'

type Tree = Record<string, unknown>

const payload = Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}')

let directory = ''
let sigstore: TestSigstore
let other: TestSigstore
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'nootropic-keyless-'))
  sigstore = await createTestSigstore()
  other = await createTestSigstore()
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

let roots = 0
const rootFile = (root: unknown = sigstore.trustedRoot): string => {
  roots += 1
  const path = join(directory, `root-${roots}.json`)
  writeFileSync(path, typeof root === 'string' ? root : JSON.stringify(root))
  return path
}

const check = async (bundle: unknown, options: Partial<KeylessOptions> = {}): Promise<SignatureCheck> => {
  const trust = await trustKeyless({ identity, issuer, trustedRoot: rootFile(), ...options })
  return trust.check(parseBundle(Buffer.from(JSON.stringify(bundle))))
}

const ruleOf = ({ sightings }: SignatureCheck): string | undefined => sightings[0]?.rule.id.replace('provenance/', '')

const minted = (minting: Minting = {}): Promise<Tree> => sigstore.mint(payload, minting)

/** A copy in which what stands at a path is another. */
const changed = (tree: unknown, path: string, change: (value: never) => unknown): Tree => {
  const copy = structuredClone(tree) as Tree
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  const parent = keys.reduce<Tree>((at, key) => at[key] as Tree, copy)
  parent[last] = change(parent[last] as never)
  return copy
}

test('a keyless signature of the wanted identity holds, whichever kind of entry the log made of it', async () => {
  for (const minting of [
    {},
    { kind: 'intoto 0.0.2' },
    { kind: 'dsse 0.0.2', promise: false, timestamp: true },
    { timestamp: true },
  ] as const) {
    const outcome = await check(await minted(minting))
    expect(outcome).toMatchObject({ isAuthentic: true, signer: { kind: 'sigstore', identity, issuer }, sightings: [] })
    expect(outcome.signer).toHaveProperty('signedAt', expect.stringMatching(/^\d{4}-.*Z$/))
  }
})

test('an identity may hold what separates names in a certificate', async () => {
  const comma = 'https://forge.example/models/release.yml@refs/heads/a, URI:https://forge.example/b'
  const bundle = await minted({ identity: comma })
  expect(await check(bundle, { identity: comma })).toMatchObject({ signer: { identity: comma }, sightings: [] })
  expect(ruleOf(await check(bundle, { identity: 'https://forge.example/b' }))).toBe('identity-mismatch')
})

test('another identity or issuer is good evidence that is not wanted, compared as it stands', async () => {
  const bundle = await minted()
  for (const options of [
    { identity: 'https://forge.example/models/release.yml@refs/heads/mai' },
    { identity: 'https://forge.example/models/release.yml@refs/heads/main2' },
    { identity: '.*' },
    { identity: identity.toUpperCase() },
    { issuer: 'https://accounts.example/' },
    { issuer: '.*' },
  ]) {
    const outcome = await check(bundle, options)
    expect(outcome).toMatchObject({ isAuthentic: true, signer: { identity, issuer } })
    expect(ruleOf(outcome)).toBe('identity-mismatch')
  }
})

test('names that only look alike to a reader of ASCII are told apart', async () => {
  // The high bit taken off, `ó` in UTF-8 reads as `C3`; a reader of ASCII would take both issuers for one.
  const forged = await minted({ issuer: 'https://acc\u00f3unts.example' })
  const seen = Buffer.from('https://acc\u00f3unts.example').toString('ascii')
  expect(ruleOf(await check(forged, { issuer: seen }))).toBe('identity-mismatch')
  expect(ruleOf(await check(forged, { issuer: 'https://acc\u00f3unts.example' }))).toBeUndefined()
})

test('a certificate that had expired when the log saw the signature proves nothing', async () => {
  expect(ruleOf(await check(await minted({ loggedAfter: 11 * 60_000 })))).toBe('certificate-invalid')
  expect(ruleOf(await check(await minted({ loggedAfter: -60_000 })))).toBe('certificate-invalid')
  // A timestamp in time does not mend an entry that is late.
  expect(ruleOf(await check(await minted({ loggedAfter: 11 * 60_000, timestamp: true })))).toBe('certificate-invalid')
})

test('without a time that somebody attests there is no evidence', async () => {
  expect(ruleOf(await check(await minted({ kind: 'dsse 0.0.2', promise: false })))).toBe('log-evidence-invalid')
  const bundle = await minted({ kind: 'dsse 0.0.2', promise: false, timestamp: true })
  const claimed = changed(await minted({ promise: false }), 'verificationMaterial.tlogEntries.0', (entry: Tree) => ({
    ...entry,
    integratedTime: String(Math.floor(Date.now() / 1000) + 3601),
  }))
  expect(ruleOf(await check(claimed))).toBe('log-evidence-invalid')
  // Of an authority that the root does not name a timestamp counts for nothing.
  const trustedRoot = rootFile({ ...sigstore.trustedRoot, timestampAuthorities: [] })
  expect(ruleOf(await check(bundle, { trustedRoot }))).toBe('log-evidence-invalid')
  expect(ruleOf(await check(await minted({ timestamp: true }), { trustedRoot }))).toBeUndefined()
})

test('other logs, authorities and certificates are refused', async () => {
  const bundle = await minted()
  const withOther = (member: string) => rootFile({ ...sigstore.trustedRoot, [member]: other.trustedRoot[member] })
  expect(ruleOf(await check(bundle, { trustedRoot: rootFile(other.trustedRoot) }))).toMatch(
    /^(signer-untrusted|certificate-invalid)$/,
  )
  expect(ruleOf(await check(bundle, { trustedRoot: withOther('certificateAuthorities') }))).toMatch(
    /^(signer-untrusted|certificate-invalid)$/,
  )
  expect(ruleOf(await check(bundle, { trustedRoot: withOther('ctlogs') }))).toBe('certificate-invalid')
  expect(ruleOf(await check(bundle, { trustedRoot: withOther('tlogs') }))).toBe('log-evidence-invalid')
  const stamped = await minted({ kind: 'dsse 0.0.2', promise: false, timestamp: true })
  expect(ruleOf(await check(stamped, { trustedRoot: withOther('timestampAuthorities') }))).toBe('log-evidence-invalid')
})

test('a key of a log counts only for the time it is valid for', async () => {
  const end = new Date(Date.now() + 1_800_000).toISOString()
  const ended = changed(sigstore.trustedRoot, 'tlogs.0.publicKey.validFor', (window: Tree) => ({ ...window, end }))
  const trustedRoot = rootFile(ended)
  expect(ruleOf(await check(await minted(), { trustedRoot }))).toBe('log-evidence-invalid')
  const stamped = await minted({ kind: 'dsse 0.0.2', promise: false, timestamp: true })
  expect(ruleOf(await check(stamped, { trustedRoot }))).toBe('log-evidence-invalid')
})

test('an entry must be for this certificate, this signature and this payload', async () => {
  expect(ruleOf(await check(await minted({ logged: 'other' })))).toBe('log-evidence-invalid')
  expect(ruleOf(await check(await minted({ kind: 'hashedrekord 0.0.1' })))).toBe('log-evidence-invalid')
  const bundle = await minted()
  const another = await minted()
  const swapped = changed(bundle, 'verificationMaterial', () => another.verificationMaterial)
  expect(ruleOf(await check(swapped))).toBe('log-evidence-invalid')
  const entries = changed(bundle, 'verificationMaterial.tlogEntries', () =>
    Reflect.get(another.verificationMaterial as Tree, 'tlogEntries'),
  )
  expect(ruleOf(await check(entries))).toBe('log-evidence-invalid')
  const content = changed(bundle, 'dsseEnvelope.payload', () => Buffer.from('{}').toString('base64'))
  expect(ruleOf(await check(content))).toBe('log-evidence-invalid')
})

test('proofs that do not hold, or that say two things, are refused', async () => {
  const bundle = await minted()
  const proof = 'verificationMaterial.tlogEntries.0.inclusionProof'
  const zeros = Buffer.alloc(32).toString('base64')
  for (const mutated of [
    changed(bundle, `${proof}.rootHash`, () => zeros),
    changed(bundle, `${proof}.hashes`, () => [zeros]),
    changed(bundle, `${proof}.treeSize`, () => '2'),
    changed(bundle, `${proof}.logIndex`, () => '1'),
    changed(bundle, `${proof}.checkpoint.envelope`, (text: string) => text.replace('rekor.example', '((r*)*)*!')),
    changed(bundle, `${proof}.checkpoint.envelope`, (text: string) => `${text}\n`),
    changed(bundle, proof, () => undefined),
    changed(bundle, 'verificationMaterial.tlogEntries.0.inclusionPromise.signedEntryTimestamp', () => zeros),
    changed(bundle, 'verificationMaterial.tlogEntries.0.integratedTime', (time: string) => String(Number(time) + 1)),
    changed(bundle, 'verificationMaterial.tlogEntries.0.logIndex', (index: string) => String(Number(index) + 1)),
    changed(bundle, 'verificationMaterial.tlogEntries', (entries: unknown[]) => [...entries, ...entries]),
    changed(bundle, 'verificationMaterial.tlogEntries.0', (entry: Tree) => ({ ...entry, unknown: 1 })),
  ]) {
    const outcome = await check(mutated)
    expect(outcome.isAuthentic).toBe(false)
    expect(ruleOf(outcome)).toBe('log-evidence-invalid')
  }
  const stamped = await minted({ kind: 'dsse 0.0.2', promise: false, timestamp: true })
  const twice = changed(stamped, 'verificationMaterial.tlogEntries', (entries: unknown[]) => [...entries, ...entries])
  expect(ruleOf(await check(twice))).toBe('log-evidence-invalid')
  await expect(check(changed(bundle, 'verificationMaterial.tlogEntries', () => []))).rejects.toMatchObject({
    code: 'SIGNATURE_INVALID',
  })
})

test('a root that leaves open since when a key is valid is refused, and so is what is none', async () => {
  const open = async (root: unknown) => trustKeyless({ identity, issuer, trustedRoot: rootFile(root) })
  for (const place of [
    'tlogs.0.publicKey',
    'ctlogs.0.publicKey',
    'certificateAuthorities.0',
    'timestampAuthorities.0',
  ]) {
    const without = changed(sigstore.trustedRoot, `${place}.validFor`, () => ({}))
    await expect(open(without)).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' })
    await expect(open(without)).rejects.toThrow(`${place}.validFor.start`)
  }
  for (const root of [
    '{',
    '[]',
    '{}',
    { ...sigstore.trustedRoot, tlogs: [] },
    { ...sigstore.trustedRoot, mediaType: 'a' },
  ]) {
    await expect(open(root)).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' })
  }
  const unreadable = changed(sigstore.trustedRoot, 'tlogs.0.publicKey.rawBytes', () => 'AAAA')
  await expect(open(unreadable)).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' })
  await expect(trustKeyless({ identity, issuer, trustedRoot: join(directory, 'nothing.json') })).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
  })
  await expect(trustKeyless({ identity: '', issuer, trustedRoot: rootFile() })).rejects.toMatchObject({ code: 'USAGE' })
  await expect(open({ mediaType: 'a', trustedRoot: sigstore.trustedRoot })).resolves.toBeDefined()
})

test('a signature of another kind says nothing to a keyless policy', async () => {
  const trust = await trustKeyless({ identity, issuer, trustedRoot: rootFile() })
  const bundle = parseBundle(Buffer.from(JSON.stringify(await minted())))
  const outcome = await trust.check({ ...bundle, material: { kind: 'public-key', hint: 'a' } })
  expect(outcome.isAuthentic).toBe(false)
  expect(ruleOf(outcome)).toBe('material-unwanted')
})

test('what was verified is what the bundle holds for whoever goes on with it', async () => {
  const trust = await trustKeyless({ identity, issuer, trustedRoot: rootFile() })
  const bundle = parseBundle(Buffer.from(JSON.stringify(await minted())))
  const another = parseBundle(Buffer.from(JSON.stringify(await minted())))
  expect(ruleOf(await trust.check({ ...bundle, payload: Buffer.from('{}') }))).toBe('bundle-malformed')
  expect((await trust.check({ ...bundle, material: another.material })).isAuthentic).toBe(false)
})

test('of seeded mutations of a bundle none is accepted', async () => {
  const trust = await trustKeyless({ identity, issuer, trustedRoot: rootFile() })
  // One time each: of two, either proves the signature without the other.
  for (const minting of [{}, { kind: 'dsse 0.0.2', promise: false, timestamp: true }] as const) {
    expect(await acceptedMutations(trust, await minted(minting), { seed: 4, count: 100 })).toEqual([])
  }
})
