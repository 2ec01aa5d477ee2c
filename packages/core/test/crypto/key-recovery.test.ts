import { execFileSync } from 'node:child_process'
import { createDecipheriv, createHmac, hkdfSync, type KeyObject } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  fileProtection,
  importRecovery,
  type KeyStore,
  openKeyStore,
  passphraseProtection,
} from '../../src/crypto/index.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'nootropic-recovery-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const place = (name: string) => join(home, name)
const open = (name: string) => openKeyStore({ directory: place(name) })
const mac = (key: KeyObject): string => createHmac('sha256', key).update('x').digest('hex')
const refused = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })
const digits = { purpose: 'vault', id: 'digits 1.0.0' }
const passphrase = async () => 'correct horse'

const fillStore = async (name: string) => {
  const keys = await open(name)
  const { keyId, key } = await keys.createDataKey(digits)
  const revoked = await keys.createDataKey(digits)
  await keys.setState(revoked.keyId, 'revoked')
  await keys.rotate()
  const secret = mac(await keys.secret('api-keys'))
  const { publicKey } = await keys.createModelSigningKey('release', 'P-256')
  const verifyStore = async (other: KeyStore): Promise<void> => {
    expect(await other.list()).toEqual(await keys.list())
    expect((await other.dataKey(keyId, digits)).equals(key)).toBe(true)
    expect(mac(await other.secret('api-keys'))).toBe(secret)
    expect((await other.modelSigningKey('release')).publicKey.equals(publicKey)).toBe(true)
    await expect(other.dataKey(revoked.keyId, digits)).rejects.toEqual(refused('KEY_UNAVAILABLE', 'revoked'))
  }
  return { keys, keyId, key, verifyStore }
}

test('a store comes back from its recovery file, by identity and by passphrase, under any protection', async () => {
  const { keys, verifyStore } = await fillStore('keys')
  const identity = await generateX25519Identity()
  const recipients = [await identityToRecipient(identity)]
  const toIdentity = await keys.exportRecovery({ recipients })
  await importRecovery({ directory: place('restored'), file: toIdentity, openers: { identities: [identity] } })
  await verifyStore(await open('restored'))
  expect(statSync(place('restored')).mode & 0o777).toBe(0o700)
  for (const name of readdirSync(place('restored')))
    expect(statSync(join(place('restored'), name)).mode & 0o777).toBe(0o600)

  const toPassphrase = await keys.exportRecovery({ passphrase })
  const decrypter = new Decrypter()
  decrypter.addPassphrase('correct horse')
  const content = await decrypter.decrypt(toPassphrase)
  expect(JSON.parse(Buffer.from(content).toString()).ring.keys).toHaveLength(4)
  // The same under a passphrase by another program, at a cost that a test can pay.
  const encrypter = new Encrypter()
  encrypter.setPassphrase('correct horse')
  encrypter.setScryptWorkFactor(12)
  const file = await encrypter.encrypt(content)
  const protection = passphraseProtection({
    passphrase: async () => 'battery staple',
    derivation: { name: 'argon2id', memoryKibibytes: 19 * 1024, iterations: 2, parallelism: 1 },
  })
  await importRecovery({ directory: place('locked'), file, openers: { passphrase }, protection })
  await verifyStore(await openKeyStore({ directory: place('locked'), protection }))
  expect(readdirSync(place('locked')).some((name) => name.startsWith('key-enc'))).toBe(false)

  const history = readFileSync(join(place('keys'), 'history.jsonl'), 'utf8')
  expect(history.match(/recovery-exported/g)).toHaveLength(2)
})

test('keys that were under a passphrase come to lie in a file only where that is asked for', async () => {
  const { keys, verifyStore } = await fillStore('keys')
  const protection = passphraseProtection({
    passphrase,
    derivation: { name: 'argon2id', memoryKibibytes: 19 * 1024, iterations: 2, parallelism: 1 },
  })
  await keys.changeProtection(protection)
  const identity = await generateX25519Identity()
  const file = await keys.exportRecovery({ recipients: [await identityToRecipient(identity)] })
  const given = { directory: place('restored'), file, openers: { identities: [identity] } }
  await expect(importRecovery(given)).rejects.toEqual(refused('USAGE', 'protected by a passphrase, got none'))
  expect(readdirSync(home)).toEqual(['keys'])

  const asked: string[] = []
  const choose = (exported: string) => {
    asked.push(exported)
    return protection
  }
  await importRecovery({ ...given, protection: choose })
  expect(asked).toEqual(['passphrase'])
  await verifyStore(await openKeyStore({ directory: place('restored'), protection }))
  await importRecovery({ ...given, directory: place('in-a-file'), protection: fileProtection() })
  await verifyStore(await open('in-a-file'))
})

test('the age command opens what is exported, and a key in it comes back as the documentation says', async () => {
  const { keys, keyId, key } = await fillStore('keys')
  execFileSync('age-keygen', ['-o', place('identity')], { stdio: 'ignore' })
  const recipient = /public key: (age1\w+)/.exec(readFileSync(place('identity'), 'utf8'))?.[1] as string
  writeFileSync(place('keys.age'), await keys.exportRecovery({ recipients: [recipient] }))
  const opened = execFileSync('age', ['--decrypt', '--identity', place('identity'), place('keys.age')], {
    encoding: 'utf8',
  })

  const { format, schemaVersion, keyEncryptionKey, ring } = JSON.parse(opened)
  expect([format, schemaVersion]).toEqual(['nootropic key recovery', 1])
  const { algorithm, created, id, purpose, wrappedKey } = ring.keys.find(
    (one: { keyId: string }) => one.keyId === keyId,
  )
  const bound = JSON.stringify({
    algorithm,
    created,
    generation: ring.generation,
    id,
    keyId,
    purpose,
    store: ring.store,
  })
  const info = 'nootropic key ring: wrapping'
  const wrapping = Buffer.from(hkdfSync('sha256', Buffer.from(keyEncryptionKey, 'base64'), '', info, 32))
  const wrapped = Buffer.from(wrappedKey, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', wrapping, wrapped.subarray(1, 13), { authTagLength: 16 })
  decipher.setAAD(Buffer.from(bound)).setAuthTag(wrapped.subarray(-16))
  expect(Buffer.concat([decipher.update(wrapped.subarray(13, -16)), decipher.final()])).toEqual(key.export())
})

test('what the age command encrypted is imported', async () => {
  const { keys, verifyStore } = await fillStore('keys')
  const identity = await generateX25519Identity()
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  const exported = await keys.exportRecovery({ recipients: [await identityToRecipient(identity)] })
  writeFileSync(place('clear'), await decrypter.decrypt(exported))
  execFileSync('age-keygen', ['-o', place('identity')], { stdio: 'ignore' })
  execFileSync('age', ['--encrypt', '--identity', place('identity'), '--output', place('keys.age'), place('clear')])
  const identities = [readFileSync(place('identity'), 'utf8').match(/AGE-SECRET-KEY-1\w+/)?.[0] as string]
  await importRecovery({ directory: place('restored'), file: readFileSync(place('keys.age')), openers: { identities } })
  await verifyStore(await open('restored'))
})

test('nothing is overwritten', async () => {
  const { keys } = await fillStore('keys')
  const identity = await generateX25519Identity()
  const file = await keys.exportRecovery({ recipients: [await identityToRecipient(identity)] })
  const openers = { identities: [identity] }
  const before = readFileSync(join(place('keys'), 'keys.json'))
  const notEmpty = refused('KEY_UNAVAILABLE', 'an empty directory')
  await expect(importRecovery({ directory: place('keys'), file, openers })).rejects.toEqual(notEmpty)
  expect(readFileSync(join(place('keys'), 'keys.json'))).toEqual(before)
  mkdirSync(place('other'), { mode: 0o700 })
  writeFileSync(join(place('other'), 'note'), '')
  await expect(importRecovery({ directory: place('other'), file, openers })).rejects.toEqual(notEmpty)

  const both = [1, 2].map(() => importRecovery({ directory: place('restored'), file, openers }))
  const outcomes = (await Promise.allSettled(both)).map(({ status }) => status)
  expect(outcomes.sort()).toEqual(['fulfilled', 'rejected'])
  await open('restored')
})

test('a wrong opener, a changed or cut file and another content give one typed error and no directory', async () => {
  const { keys } = await fillStore('keys')
  const identity = await generateX25519Identity()
  const recipient = await identityToRecipient(identity)
  const file = await keys.exportRecovery({ recipients: [recipient] })
  const directory = place('restored')
  const openers = { identities: [identity] }
  const unopened = refused('KEY_UNAVAILABLE', 'found another one, or a changed file')

  const other = { identities: [await generateX25519Identity()] }
  await expect(importRecovery({ directory, file, openers: other })).rejects.toEqual(unopened)
  await expect(importRecovery({ directory, file, openers: { passphrase } })).rejects.toEqual(unopened)
  for (let at = 0; at < file.length; at += 37) {
    const changed = Buffer.from(file)
    changed[at] = (changed[at] as number) ^ 1
    await expect(importRecovery({ directory, file: changed, openers })).rejects.toEqual(unopened)
    await expect(importRecovery({ directory, file: file.subarray(0, at), openers })).rejects.toEqual(unopened)
  }

  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  const content = JSON.parse(await decrypter.decrypt(file, 'text'))
  const encrypt = async (value: unknown) => {
    const encrypter = new Encrypter()
    encrypter.addRecipient(recipient)
    return encrypter.encrypt(JSON.stringify(value))
  }
  const keyEncryptionKey = Buffer.alloc(32).toString('base64')
  for (const wrong of [
    {},
    [],
    { ...content, schemaVersion: 2 },
    { ...content, keyEncryptionKey },
    { ...content, ring: {} },
  ]) {
    const error = await importRecovery({ directory, file: await encrypt(wrong), openers }).catch(
      (reason: unknown) => reason,
    )
    expect(error).toMatchObject({ code: 'KEY_UNAVAILABLE' })
  }
  const large = new Uint8Array(32 * 1024 * 1024 + 1)
  await expect(importRecovery({ directory, file: large, openers })).rejects.toEqual(
    refused('LIMIT_EXCEEDED', 'at most'),
  )
  expect(readdirSync(home)).toEqual(['keys'])
})

test('recipients and identities that are none are not repeated', async () => {
  const keys = await open('keys')
  for (const recipients of [[], ['age1secret'], ['AGE-SECRET-KEY-1SECRET']]) {
    const error = await keys.exportRecovery({ recipients }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'USAGE' })
    expect(String(error)).not.toMatch(/secret/)
  }
  const openers = { identities: ['AGE-SECRET-KEY-1SECRET'] }
  const error = await importRecovery({ directory: place('x'), file: Buffer.alloc(1), openers }).catch(
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ code: 'USAGE' })
  expect(String(error)).not.toContain('1SECRET')
})
