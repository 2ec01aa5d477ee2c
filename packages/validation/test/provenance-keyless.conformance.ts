import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { parseBundle } from '../src/provenance/bundle.ts'
import type { SignatureCheck, Trust } from '../src/provenance/contracts.ts'
import { verifyModel } from '../src/provenance/index.ts'
import { trustKeyless } from '../src/provenance/keyless/index.ts'
import { acceptedMutations } from './support/bundle-mutations.ts'

// Bundles of the model_signing project, signed through the public Sigstore.
const shared = process.env.NOOTROPIC_SHARED ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
const data = `${shared}/data/oms/`

interface Fixture {
  readonly method: string
  readonly signature: string
  readonly model: string
  readonly ignorePaths: readonly string[]
  readonly trustConfig: string
  readonly identity: string
  readonly issuer: string
}

const bytesOf = (path: string): Buffer => readFileSync(data + path)

const trustOf = (fixture: Fixture, change: { identity?: string; issuer?: string } = {}): Promise<Trust> =>
  trustKeyless({
    identity: fixture.identity,
    issuer: fixture.issuer,
    trustedRoot: data + fixture.trustConfig,
    ...change,
  })

const check = async (trust: Trust, bytes: Uint8Array): Promise<SignatureCheck> => trust.check(parseBundle(bytes))

let fixtures: readonly Fixture[] = []
beforeAll(() => {
  if (!existsSync(`${data}fixtures.json`)) throw new Error(`expected the fixtures of model signing in ${data}`)
  const all: readonly Fixture[] = JSON.parse(bytesOf('fixtures.json').toString())
  fixtures = all.filter(({ method }) => method === 'sigstore')
})

test('every keyless bundle verifies offline for its identity and issuer, and for no others', async () => {
  expect(fixtures.length).toBeGreaterThan(0)
  for (const fixture of fixtures) {
    const bytes = bytesOf(fixture.signature)
    const { identity, issuer } = fixture
    const outcome = await check(await trustOf(fixture), bytes)
    expect(outcome).toMatchObject({ isAuthentic: true, signer: { kind: 'sigstore', identity, issuer }, sightings: [] })
    for (const change of [{ identity: `${identity}.example` }, { issuer: `${issuer}/` }]) {
      const { sightings } = await check(await trustOf(fixture, change), bytes)
      expect(sightings.map(({ rule }) => rule.id)).toEqual(['provenance/identity-mismatch'])
    }
  }
})

test('without a root of one’s own that of the public Sigstore counts', async () => {
  for (const { signature, identity, issuer } of fixtures) {
    const outcome = await check(await trustKeyless({ identity, issuer }), bytesOf(signature))
    expect(outcome).toMatchObject({ isAuthentic: true, sightings: [] })
  }
})

test('a model with a keyless signature verifies whole, and fails when the identity is another', async () => {
  for (const fixture of fixtures) {
    const signature = data + fixture.signature
    const ignore = fixture.ignorePaths
    const verified = await verifyModel(data + fixture.model, { signature, ignore, trust: await trustOf(fixture) })
    expect(verified).toMatchObject({ verdict: 'pass', signer: { kind: 'sigstore', identity: fixture.identity } })
    const trust = await trustOf(fixture, { identity: 'somebody@else.example' })
    const refused = await verifyModel(data + fixture.model, { signature, ignore, trust })
    expect(refused).toMatchObject({ verdict: 'fail', code: 'SIGNATURE_UNTRUSTED' })
  }
})

test('what the specification lists as invalid is refused', async () => {
  const [fixture] = fixtures
  if (fixture === undefined) throw new Error('expected a keyless fixture')
  const trust = await trustOf(fixture)
  for (const name of ['missing-tlog-entries', 'missing-envelope', 'empty']) {
    const bytes = bytesOf(`spec-vectors/v1.0/invalid/${name}.bundle.json`)
    await expect(check(trust, bytes)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' })
  }
})

test('of 2,000 seeded mutations of the bundles none is accepted', async () => {
  for (const [index, fixture] of fixtures.entries()) {
    // A record of no timestamps says the same as none.
    const bundle = JSON.parse(bytesOf(fixture.signature).toString())
    delete bundle.verificationMaterial.timestampVerificationData
    const count = Math.ceil(2000 / fixtures.length)
    expect(await acceptedMutations(await trustOf(fixture), bundle, { seed: index, count })).toEqual([])
  }
})
