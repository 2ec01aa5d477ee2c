import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createManualClock } from '../../src/clock.ts'
import { openKeyStore } from '../../src/crypto/index.ts'
import { systemRandom } from '../../src/random.ts'
import { startProcess } from '../storage/processes.ts'

let home: string
let directory: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'nootropic-keys-'))
  directory = join(home, 'keys')
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const clock = createManualClock('2026-01-01T00:00:00Z')
const open = () => openKeyStore({ directory, clock })
const digits = { purpose: 'vault', id: 'digits 1.0.0' }
const refused = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })
const unavailable = (found: string) => refused('KEY_UNAVAILABLE', found)
const mac = (key: KeyObject): string => createHmac('sha256', key).update('x').digest('hex')
const text = Buffer.from('text')

test('keys are the same after reopening, and differ by purpose', async () => {
  const first = await open()
  const second = await open()
  const secret = mac(await first.secret('api-keys'))
  expect(mac(await second.secret('api-keys'))).toBe(secret)
  expect(mac(await second.secret('sessions'))).not.toBe(secret)

  const { privateKey } = await first.signingKey('audit')
  const { publicKey } = await second.signingKey('audit')
  expect(verify(null, text, publicKey, sign(null, text, privateKey))).toBe(true)
  expect((await first.signingKey('reports')).publicKey.equals(publicKey)).toBe(false)
})

test('a data key is there once it was made, under its own name and id only', async () => {
  const keys = await open()
  const { keyId, key } = await keys.createDataKey(digits)
  const other = await keys.createDataKey(digits)
  expect(other.key.equals(key)).toBe(false)
  expect((await (await open()).dataKey(keyId, digits)).equals(key)).toBe(true)

  for (const name of [
    { ...digits, id: 'digits 1.0.1' },
    { ...digits, purpose: 'snapshots' },
  ]) {
    const error = await keys.dataKey(keyId, name).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'KEY_UNAVAILABLE', details: { reason: 'other-name' } })
  }
  await keys.secret('vault')
  const secretId = (await keys.list()).find(({ algorithm }) => algorithm === 'HMAC-SHA-256')?.keyId as string
  await expect(keys.dataKey(secretId, digits)).rejects.toEqual(unavailable('HMAC-SHA-256'))
  for (const unknown of ['', 'x', '00000000-0000-4000-8000-000000000000']) {
    const error = await keys.dataKey(unknown, digits).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'KEY_UNAVAILABLE', details: { reason: 'unknown' } })
  }
})

test('the list says what each key is and never what it holds', async () => {
  const keys = await open()
  await keys.createDataKey(digits)
  await keys.secret('api-keys')
  await keys.createModelSigningKey('release', 'P-256')
  const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/)
  const rest = { keyId: uuid, created: '2026-01-01T00:00:00.000Z', state: 'active' }
  expect(await keys.list()).toEqual([
    { ...rest, ...digits, algorithm: 'FLOE-AES-256-GCM' },
    { ...rest, purpose: 'api-keys', algorithm: 'HMAC-SHA-256' },
    { ...rest, purpose: 'model-signing', id: 'release', algorithm: 'ECDSA-P-256' },
  ])
})

test('a verify-only key opens and does not seal, a revoked one does neither and stays revoked', async () => {
  const keys = await open()
  const other = await open()
  const { keyId, key } = await keys.createDataKey(digits)
  expect((await keys.dataKey(keyId, digits, { use: 'seal' })).equals(key)).toBe(true)

  await other.setState(keyId, 'verify-only')
  expect((await keys.dataKey(keyId, digits, { use: 'open' })).equals(key)).toBe(true)
  await expect(keys.dataKey(keyId, digits, { use: 'seal' })).rejects.toEqual(unavailable('found it verify-only'))
  await keys.setState(keyId, 'active')
  await keys.dataKey(keyId, digits, { use: 'seal' })

  await other.setState(keyId, 'revoked')
  await other.setState(keyId, 'revoked')
  for (const use of ['open', 'seal'] as const) {
    await expect(keys.dataKey(keyId, digits, { use })).rejects.toEqual(unavailable('found it revoked'))
  }
  for (const state of ['active', 'verify-only'] as const) {
    await expect(keys.setState(keyId, state)).rejects.toEqual(unavailable('found it revoked'))
  }
  await expect(keys.setState('x', 'revoked')).rejects.toEqual(unavailable('found none'))
  await expect(keys.setState(keyId, 'on' as 'active')).rejects.toEqual(refused('USAGE', 'active, verify-only'))
})

test('key pairs and secrets that are not active sign and authenticate nothing; public keys verify until revoked', async () => {
  const keys = await open()
  const { keyId, publicKey } = await keys.signingKey('audit')
  await keys.setState(keyId, 'verify-only')
  await expect(keys.signingKey('audit')).rejects.toEqual(unavailable('found it verify-only'))
  expect((await keys.publicKey(keyId)).equals(publicKey)).toBe(true)
  await keys.setState(keyId, 'revoked')
  await expect(keys.publicKey(keyId)).rejects.toEqual(unavailable('found it revoked'))

  await keys.secret('api-keys')
  const secretId = (await keys.list())[1]?.keyId as string
  await expect(keys.publicKey(secretId)).rejects.toEqual(unavailable('expected'))
  await keys.setState(secretId, 'revoked')
  await expect(keys.secret('api-keys')).rejects.toEqual(unavailable('found it revoked'))
})

test('a key that was replaced gives way to a new one of the same purpose', async () => {
  const keys = await open()
  const old = await keys.signingKey('audit')
  const keyId = await keys.replaceKey(old.keyId)
  const next = await keys.signingKey('audit')
  expect(next.keyId).toBe(keyId)
  expect(next.publicKey.equals(old.publicKey)).toBe(false)
  expect((await keys.publicKey(old.keyId)).equals(old.publicKey)).toBe(true)
  expect((await keys.list()).map(({ state }) => state)).toEqual(['verify-only', 'active'])

  // A revoked one stays revoked, and is no dead end.
  const leaked = mac(await keys.secret('api-keys'))
  const secretId = (await keys.list())[2]?.keyId as string
  await keys.setState(secretId, 'revoked')
  await keys.replaceKey(secretId)
  expect(mac(await keys.secret('api-keys'))).not.toBe(leaked)
  expect((await keys.list()).map(({ state }) => state)).toEqual(['verify-only', 'active', 'revoked', 'active'])

  const data = await keys.createDataKey(digits)
  await expect(keys.replaceKey(data.keyId)).rejects.toEqual(refused('USAGE', 'seal its content again'))
})

test('a removed key is gone for every process, for good, and its bytes leave the ring', async () => {
  const keys = await open()
  const other = await open()
  const { keyId } = await keys.createDataKey(digits)
  const kept = await keys.createDataKey(digits)
  const wrapped = JSON.parse(readFileSync(join(directory, 'keys.json'), 'utf8')).ring.keys[0].wrappedKey
  await keys.removeKey(keyId)
  for (const store of [keys, other, await open()]) {
    const error = await store.dataKey(keyId, digits).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'KEY_UNAVAILABLE', details: { reason: 'unknown' } })
    expect((await store.dataKey(kept.keyId, digits)).equals(kept.key)).toBe(true)
  }
  for (const name of readdirSync(directory)) expect(readFileSync(join(directory, name), 'utf8')).not.toContain(wrapped)
  expect(readFileSync(join(directory, 'history.jsonl'), 'utf8')).toContain(`"key-removed","keyId":"${keyId}"`)
  const again = await keys.removeKey(keyId).catch((reason: unknown) => reason)
  expect(again).toMatchObject({ code: 'KEY_UNAVAILABLE', details: { reason: 'unknown' } })

  const both = await Promise.allSettled([keys.removeKey(kept.keyId), other.removeKey(kept.keyId)])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(await keys.list()).toEqual([])
})

test('only data keys go unrevoked: others rely on secrets and key pairs', async () => {
  const keys = await open()
  await keys.secret('api-keys')
  await keys.signingKey('audit')
  await keys.createModelSigningKey('release', 'P-256')
  for (const { keyId } of await keys.list()) {
    await expect(keys.removeKey(keyId)).rejects.toEqual(unavailable('to be revoked, found it active'))
    await keys.setState(keyId, 'verify-only')
    await expect(keys.removeKey(keyId)).rejects.toEqual(unavailable('to be revoked, found it verify-only'))
    await keys.setState(keyId, 'revoked')
    await keys.removeKey(keyId)
  }
  expect(await keys.list()).toEqual([])
  await keys.createModelSigningKey('release', 'P-256')
})

test('model-signing keys are made by name on the three curves and verify by their PEM', async () => {
  const keys = await open()
  for (const [curve, hash] of [
    ['P-256', 'sha256'],
    ['P-384', 'sha384'],
    ['P-521', 'sha512'],
  ] as const) {
    const made = await keys.createModelSigningKey(`release ${curve}`, curve)
    const { keyId, privateKey, publicKey } = await (await open()).modelSigningKey(`release ${curve}`)
    expect(keyId).toBe(made.keyId)
    const pem = made.publicKey.export({ type: 'spki', format: 'pem' })
    expect(verify(hash, text, createPublicKey(pem), sign(hash, text, privateKey))).toBe(true)
    expect(publicKey.equals(made.publicKey)).toBe(true)
  }
  await expect(keys.createModelSigningKey('release P-256', 'P-256')).rejects.toEqual(
    refused('USAGE', 'no model-signing key has'),
  )
  await expect(keys.createModelSigningKey('x', 'P-999' as 'P-256')).rejects.toEqual(refused('USAGE', 'P-256, P-384'))
  await expect(keys.modelSigningKey('none')).rejects.toEqual(unavailable('found none'))
})

test('an ECDSA key comes in as PEM, and nothing else does', async () => {
  const keys = await open()
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  await keys.importModelSigningKey('sec1', privateKey.export({ type: 'sec1', format: 'pem' }))
  await keys.importModelSigningKey('pkcs8', Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })))
  const encrypted = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
  await keys.importModelSigningKey('encrypted', encrypted, { passphrase: 'secret' })
  for (const name of ['sec1', 'pkcs8', 'encrypted']) {
    expect((await keys.modelSigningKey(name)).publicKey.equals(publicKey)).toBe(true)
  }

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' })
  const koblitz = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey
  const bad: [string | Buffer, string | undefined, string][] = [
    [encrypted, undefined, 'missing or wrong'],
    [encrypted, 'wrong', 'missing or wrong'],
    [publicKey.export({ type: 'spki', format: 'pem' }), undefined, 'found none'],
    ['no PEM', undefined, 'found none'],
    [rsa, undefined, 'found rsa'],
    [koblitz.export({ type: 'pkcs8', format: 'pem' }), undefined, 'found ec secp256k1'],
  ]
  for (const [pem, passphrase, message] of bad) {
    const options = passphrase === undefined ? {} : { passphrase }
    await expect(keys.importModelSigningKey('bad', pem, options)).rejects.toEqual(refused('USAGE', message))
  }
  expect(await keys.list()).toHaveLength(3)
})

test('rotation wraps everything anew and changes no key', async () => {
  const keys = await open()
  const other = await open()
  const { keyId, key } = await keys.createDataKey(digits)
  const secret = mac(await keys.secret('api-keys'))
  const { publicKey } = await keys.createModelSigningKey('release', 'P-256')
  const before = JSON.parse(readFileSync(join(directory, 'keys.json'), 'utf8')).ring
  await keys.rotate()
  await keys.rotate()
  const after = JSON.parse(readFileSync(join(directory, 'keys.json'), 'utf8')).ring
  expect(after.generation).toBe(3)
  for (const [at, entry] of after.keys.entries()) expect(entry.wrappedKey).not.toBe(before.keys[at].wrappedKey)

  // Whoever had the store open goes on, and so does whoever opens it.
  for (const store of [keys, other, await open()]) {
    expect((await store.dataKey(keyId, digits)).equals(key)).toBe(true)
    expect(mac(await store.secret('api-keys'))).toBe(secret)
    expect((await store.modelSigningKey('release')).publicKey.equals(publicKey)).toBe(true)
  }
  expect(readdirSync(directory).filter((name) => name.startsWith('key-enc'))).toEqual(['key-encryption-key.3'])
})

test('no key but the key-encryption key is on disk in clear, and every file is 0600', async () => {
  const keys = await open()
  const { privateKey } = await keys.signingKey('audit')
  const secrets = [
    (await keys.createDataKey(digits)).key.export(),
    (await keys.secret('api-keys')).export(),
    privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32),
  ]
  expect(statSync(directory).mode & 0o777).toBe(0o700)
  for (const name of readdirSync(directory)) {
    const bytes = readFileSync(join(directory, name))
    expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600)
    for (const secret of secrets) {
      for (const form of ['latin1', 'base64', 'hex'] as const) {
        expect(bytes.includes(Buffer.from(secret).toString(form), 0, 'latin1'), name).toBe(false)
      }
    }
  }
})

test('what a key is for is a name and nothing else', async () => {
  const keys = await open()
  for (const purpose of ['', '../x', 'a/b', 'A', 'a.b', '-', 'x'.repeat(64)]) {
    await expect(keys.secret(purpose)).rejects.toEqual(refused('USAGE', 'a purpose'))
    await expect(keys.createDataKey({ ...digits, purpose })).rejects.toEqual(refused('USAGE', 'a purpose'))
  }
  for (const id of ['', 'a\nb', 'x'.repeat(513), '\ud800']) {
    await expect(keys.createModelSigningKey(id, 'P-256')).rejects.toEqual(refused('USAGE', 'a name'))
  }
  expect(await keys.list()).toEqual([])
})

test('a key id that comes twice is refused', async () => {
  const uuid = '00000000-0000-4000-8000-000000000000'
  const keys = await openKeyStore({ directory, random: { ...systemRandom, uuid: () => uuid } })
  const outcomes = await Promise.allSettled([keys.createDataKey(digits), keys.createDataKey(digits)])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  expect(await keys.list()).toHaveLength(1)
})

test('processes that work on one store at once agree on its keys and lose none', async () => {
  const program = new URL('key-store-process.ts', import.meta.url)
  const outputs = await Promise.all(Array.from({ length: 4 }, () => startProcess(program, [directory, '10']).output))
  const said = outputs.map(
    (output) => JSON.parse(output) as { secret: string; publicKey: string; made: Record<string, string> },
  )
  expect(new Set(said.map(({ secret, publicKey }) => `${secret} ${publicKey}`)).size).toBe(1)
  const keys = await open()
  for (const [keyId, print] of said.flatMap(({ made }) => Object.entries(made))) {
    expect(mac(await keys.dataKey(keyId, digits))).toBe(print)
  }
  expect(await keys.list()).toHaveLength(42)
})
