import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { parseRelyingParty } from '../src/mfa/relying-party.ts'
import { loadWebAuthn } from '../src/mfa/webauthn-library.ts'
import { createTestAuthenticator, type Twist } from './support/authenticator.ts'
import { ada, operationOf, relyingParty } from './support/factors.ts'
import { setUpMfa } from './support/mfa.ts'

const [origin = ''] = relyingParty.origins
const refused = { code: 'CREDENTIAL_INVALID' }

const setUp = async () => {
  const context = await setUpMfa()
  const authenticator = createTestAuthenticator(relyingParty.id, origin)
  const options = await context.mfa.passkeys.beginRegistration(ada, 's1', 'ada@example.org')
  return { ...context, authenticator, options }
}
const setUpRegistered = async () => {
  const context = await setUp()
  const { mfa, authenticator, options } = context
  await mfa.passkeys.finishRegistration(ada, 's1', authenticator.register(options))
  return context
}

test('a passkey proves its subject for the operation that the challenge was given for', async () => {
  const { mfa, authenticator, entries, prove } = await setUpRegistered()
  const { challenge, passkey } = await mfa.challenge(operationOf())
  expect(passkey).toMatchObject({ challenge, rpId: relyingParty.id, userVerification: 'required' })
  const answer = { factor: 'passkey' as const, response: authenticator.answer(challenge) }
  const proof = await mfa.prove({ challenge, operation: operationOf(), source: 'home', answer })
  expect(proof).toMatchObject({ factor: 'passkey', provedAt: '2026-01-01T00:00:00.000Z' })
  expect(entries.at(-1)).toMatchObject({ action: 'mfa.prove', outcome: 'succeeded', actor: 'user:ada' })
  await expect(prove(answer)).rejects.toMatchObject(refused)
  expect(await mfa.passkeys.list(ada)).toEqual([
    { id: authenticator.id, createdAt: '2026-01-01T00:00:00.000Z', lastUsedAt: '2026-01-01T00:00:00.000Z' },
  ])
})

test('an answer with another origin, site, type, challenge, key, frame or without its user is refused', async () => {
  const { mfa, authenticator, clock } = await setUpRegistered()
  const twists: Twist[] = [
    { origin: 'https://models.example.org.evil.example' },
    { origin: 'http://models.example.org' },
    { rpId: 'example.org' },
    { type: 'webauthn.create' },
    { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
    { crossOrigin: true },
    { isUserVerified: false },
    { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey },
  ]
  for (const twist of twists) {
    const { challenge } = await mfa.challenge(operationOf())
    const answer = { factor: 'passkey' as const, response: authenticator.answer(challenge, twist) }
    const prove = mfa.prove({ challenge, operation: operationOf(), source: 'home', answer })
    await expect(prove, JSON.stringify(Object.keys(twist))).rejects.toMatchObject(refused)
    clock.advance(24 * 60 * 60 * 1000)
  }
})

test('a counter that does not go up is a copied authenticator: refused, and said so to the operator', async () => {
  const { mfa, authenticator, entries } = await setUpRegistered()
  const proveWith = async (counter: number) => {
    const { challenge } = await mfa.challenge(operationOf())
    const answer = { factor: 'passkey' as const, response: authenticator.answer(challenge, { counter }) }
    return mfa.prove({ challenge, operation: operationOf(), source: 'home', answer })
  }
  await proveWith(10)
  for (const counter of [10, 9, 0]) await expect(proveWith(counter)).rejects.toMatchObject(refused)
  expect(entries.at(-1)).toMatchObject({ reason: 'counter-went-back', outcome: 'denied' })
  await proveWith(11)
})

test('an authenticator without a counter says 0 each time and is accepted', async () => {
  const { mfa, authenticator, options } = await setUp()
  await mfa.passkeys.finishRegistration(ada, 's1', authenticator.register(options, { counter: 0 }))
  for (let round = 0; round < 2; round += 1) {
    const { challenge } = await mfa.challenge(operationOf())
    const answer = { factor: 'passkey' as const, response: authenticator.answer(challenge, { counter: 0 }) }
    await mfa.prove({ challenge, operation: operationOf(), source: 'home', answer })
  }
})

test('a registration counts once, for the session that began it, at this site', async () => {
  const { mfa, authenticator, options, clock } = await setUp()
  const response = authenticator.register(options)
  await expect(mfa.passkeys.finishRegistration(ada, 's2', response)).rejects.toMatchObject(refused)
  await expect(mfa.passkeys.finishRegistration({ type: 'user', id: 'eve' }, 's1', response)).rejects.toMatchObject(
    refused,
  )
  await mfa.passkeys.finishRegistration(ada, 's1', response)
  await expect(mfa.passkeys.finishRegistration(ada, 's1', response)).rejects.toMatchObject(refused)
  for (const twist of [
    { origin: 'https://evil.example' },
    { rpId: 'evil.example' },
    { isUserVerified: false },
    { crossOrigin: true },
  ]) {
    const other = createTestAuthenticator(relyingParty.id, origin)
    const begun = await mfa.passkeys.beginRegistration(ada, 's1', 'ada')
    await expect(mfa.passkeys.finishRegistration(ada, 's1', other.register(begun, twist))).rejects.toMatchObject(
      refused,
    )
  }
  const late = await mfa.passkeys.beginRegistration(ada, 's1', 'ada')
  clock.advance(5 * 60_000)
  const other = createTestAuthenticator(relyingParty.id, origin)
  await expect(mfa.passkeys.finishRegistration(ada, 's1', other.register(late))).rejects.toMatchObject(refused)
  expect(await mfa.passkeys.list(ada)).toHaveLength(1)
})

test("a credential that is somebody's stays theirs when another registers it", async () => {
  const { mfa, authenticator, options } = await setUp()
  const eve = { type: 'user', id: 'eve' }
  await mfa.passkeys.finishRegistration(ada, 's1', authenticator.register(options))
  const begun = await mfa.passkeys.beginRegistration(eve, 's9', 'eve')
  await expect(mfa.passkeys.finishRegistration(eve, 's9', authenticator.register(begun))).rejects.toMatchObject(refused)
  expect(await mfa.passkeys.list(eve)).toEqual([])
  expect(await mfa.passkeys.list({ type: 'service', id: 'ada' })).toEqual([])
  expect(await mfa.passkeys.remove(eve, authenticator.id)).toBe(false)
  expect(await mfa.passkeys.remove({ type: 'service', id: 'ada' }, authenticator.id)).toBe(false)
  expect(await mfa.passkeys.remove(ada, authenticator.id)).toBe(true)
})

test('what is no answer at all is refused like a wrong one', async () => {
  const { mfa, authenticator, clock } = await setUpRegistered()
  const { challenge: old } = await mfa.challenge(operationOf())
  const right = authenticator.answer(old)
  const malformed = [
    undefined,
    null,
    'x',
    {},
    { ...right, id: 'AAAA' },
    { ...right, type: 'password' },
    { ...right, response: { ...right.response, clientDataJSON: 'e30' } },
    { ...right, response: { ...right.response, clientDataJSON: '***' } },
    { ...right, response: { ...right.response, authenticatorData: 'AAAA' } },
    { ...right, response: { ...right.response, signature: 'A'.repeat(70_000) } },
  ]
  for (const response of malformed) {
    const { challenge } = await mfa.challenge(operationOf())
    const prove = mfa.prove({
      challenge,
      operation: operationOf(),
      source: 'home',
      answer: { factor: 'passkey', response },
    })
    await expect(prove).rejects.toMatchObject(refused)
    clock.advance(24 * 60 * 60 * 1000)
  }
})

test('any one bit of an answer that is changed makes it wrong', async () => {
  const { mfa, authenticator, clock } = await setUpRegistered()
  const names = ['clientDataJSON', 'authenticatorData', 'signature'] as const
  for (let round = 0; round < 30; round += 1) {
    const { challenge } = await mfa.challenge(operationOf())
    const response = authenticator.answer(challenge)
    const name = names[round % 3] ?? 'signature'
    const bytes = Buffer.from(response.response[name], 'base64url')
    const at = (round * 37) % bytes.length
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (round % 8))
    const changed = { ...response, response: { ...response.response, [name]: bytes.toString('base64url') } }
    const prove = mfa.prove({
      challenge,
      operation: operationOf(),
      source: 'home',
      answer: { factor: 'passkey', response: changed },
    })
    await expect(prove).rejects.toMatchObject(refused)
    clock.advance(24 * 60 * 60 * 1000)
  }
})

test('without a relying party, or without its package, passkeys say what is missing', async () => {
  const { open } = await setUpMfa()
  const mfa = await open({ relyingParty: undefined as never })
  await expect(mfa.passkeys.list(ada)).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' })
  const load = loadWebAuthn(() => Promise.reject(Object.assign(new Error('x'), { code: 'ERR_MODULE_NOT_FOUND' })))
  await expect(load).rejects.toMatchObject({ code: 'PEER_DEPENDENCY_MISSING' })
  await expect(load).rejects.toThrow('npm install @simplewebauthn/server')
})

test('an origin that is not the site, or is without TLS, cannot be configured', () => {
  for (const [id, at] of [
    ['example.org', 'https://example.org.evil.example'],
    ['example.org', 'https://notexample.org'],
    ['example.org', 'http://example.org'],
    ['example.org', 'https://example.org/path'],
    ['example.org', 'javascript:alert(1)'],
    ['https://example.org', 'https://example.org'],
  ] as const) {
    const parse = () => parseRelyingParty({ id, name: 'x', origins: [at] })
    expect(parse, at).toThrow(expect.objectContaining({ code: 'CONFIGURATION_INVALID' }))
  }
  parseRelyingParty({ id: 'localhost', name: 'x', origins: ['http://localhost:3000'] })
  parseRelyingParty({ id: 'example.org', name: 'x', origins: ['https://app.example.org', 'https://example.org'] })
})
