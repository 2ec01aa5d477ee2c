import { createHmac, type KeyObject } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argon2id as noble } from '@noble/hashes/argon2.js'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  fileProtection,
  type KeyProtection,
  type Keyring,
  keychainProtection,
  openKeyStore,
  type PassphraseDerivation,
  passphraseProtection,
  protectionOf,
} from '../../src/crypto/index.ts'
import { derivePassphraseKey } from '../../src/crypto/keys/passphrase-derivation.ts'

let home: string
let directory: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'nootropic-protection-'))
  directory = join(home, 'keys')
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const argon2id: PassphraseDerivation = { name: 'argon2id', memoryKibibytes: 19 * 1024, iterations: 2, parallelism: 1 }
const scrypt: PassphraseDerivation = { name: 'scrypt', logN: 17, r: 8, p: 1 }
const refused = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })
const mac = (key: KeyObject): string => createHmac('sha256', key).update('x').digest('hex')
const open = (protection: KeyProtection) => openKeyStore({ directory, protection })
const by = (passphrase: string | Buffer, derivation: PassphraseDerivation = argon2id) =>
  passphraseProtection({ passphrase: async () => passphrase, derivation })
const files = () =>
  readdirSync(directory)
    .filter((name) => !name.startsWith('lock.'))
    .sort()
const ringText = () => readFileSync(join(directory, 'keys.json'), 'utf8')

for (const derivation of [argon2id, scrypt]) {
  test(`a passphrase opens the store by ${derivation.name}, and no other one does`, async () => {
    const secret = mac(await (await open(by('correct horse', derivation))).secret('api-keys'))
    expect(files()).toEqual(['history.jsonl', 'keys.json'])
    // What is stored says how, whatever the default is by then.
    expect(mac(await (await open(by('correct horse'))).secret('api-keys'))).toBe(secret)

    const before = ringText()
    for (const wrong of ['correct horsf', 'Correct horse', 'correct horse ']) {
      const error = await open(by(wrong)).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'KEY_UNAVAILABLE', details: { reason: 'passphrase' } })
    }
    expect(ringText()).toBe(before)
  })
}

test('a key store says what protects it, before it is opened', async () => {
  expect(await protectionOf(directory)).toBeUndefined()
  const keys = await open(fileProtection())
  expect(await protectionOf(directory)).toBe('file')
  await keys.changeProtection(by('correct horse'))
  expect(await protectionOf(directory)).toBe('passphrase')
  chmodSync(join(directory, 'keys.json'), 0o644)
  await expect(protectionOf(directory)).rejects.toEqual(refused('KEY_UNAVAILABLE', 'chmod 600'))
  chmodSync(join(directory, 'keys.json'), 0o600)
  writeFileSync(join(directory, 'keys.json'), '{}')
  await expect(protectionOf(directory)).rejects.toEqual(refused('KEY_UNAVAILABLE', 'another text'))
})

test('argon2id is the same as that of another implementation', async () => {
  for (const parallelism of [1, 4]) {
    const [passphrase, salt] = [Buffer.from('correct horse'), Buffer.alloc(16, parallelism)]
    const expected = noble(passphrase, salt, { t: 2, m: 19 * 1024, p: parallelism, dkLen: 32 })
    const derived = await derivePassphraseKey(passphrase, salt, { ...argon2id, parallelism } as PassphraseDerivation)
    expect(Buffer.from(derived)).toEqual(Buffer.from(expected))
  }
})

test('a passphrase is asked for once, not again for a rotation of this or another process, and its buffer is wiped', async () => {
  const answers: Buffer[] = []
  const asking = () =>
    passphraseProtection({
      derivation: argon2id,
      passphrase: async () => {
        answers.push(Buffer.from('correct horse'))
        return answers.at(-1) as Buffer
      },
    })
  const first = await open(asking())
  const second = await open(asking())
  const secret = mac(await first.secret('api-keys'))
  await first.rotate()
  expect(mac(await second.secret('api-keys'))).toBe(secret)
  await second.rotate()
  expect(mac(await first.secret('api-keys'))).toBe(secret)
  expect(answers).toEqual([Buffer.alloc(13), Buffer.alloc(13)])
})

test('a text is the same passphrase in each Unicode form', async () => {
  await open(by('caf\u00e9'))
  await open(by('cafe\u0301'))
  for (const none of ['', 'x'.repeat(1025)]) await expect(open(by(none))).rejects.toEqual(refused('USAGE', '1 to 1024'))
})

test('costs that are too low or too high are neither made nor read', async () => {
  const bad: PassphraseDerivation[] = [
    { ...argon2id, memoryKibibytes: 19 * 1024 - 1 } as PassphraseDerivation,
    { ...argon2id, memoryKibibytes: 64 * 1024 * 1024 } as PassphraseDerivation,
    { ...argon2id, iterations: 1 } as PassphraseDerivation,
    { ...argon2id, iterations: 1e9 } as PassphraseDerivation,
    { ...argon2id, parallelism: 0 } as PassphraseDerivation,
    { ...argon2id, parallelism: 17 } as PassphraseDerivation,
    { ...scrypt, logN: 16 } as PassphraseDerivation,
    { ...scrypt, logN: 30 } as PassphraseDerivation,
    { ...scrypt, p: 1e6 } as PassphraseDerivation,
    { ...scrypt, r: 1024 } as unknown as PassphraseDerivation,
    { ...scrypt, name: 'md5' } as unknown as PassphraseDerivation,
  ]
  const keys = await open(by('correct horse'))
  await keys.secret('api-keys')
  const text = ringText()
  for (const derivation of bad) {
    expect(() => by('x', derivation)).toThrow(refused('USAGE', 'within its limits'))
    writeFileSync(join(directory, 'keys.json'), text.replace(JSON.stringify(argon2id), JSON.stringify(derivation)))
    // Nothing is asked, so nothing is computed.
    const asked = passphraseProtection({ passphrase: () => Promise.reject(new Error('asked')) })
    await expect(open(asked)).rejects.toEqual(refused('KEY_UNAVAILABLE', 'protection.derivation'))
  }
})

test('the protection can be changed, and only the new one opens then', async () => {
  const keys = await open(fileProtection())
  const secret = mac(await keys.secret('api-keys'))
  const wrapped = JSON.parse(ringText()).ring.keys

  await keys.changeProtection(by('correct horse'))
  expect(files()).toEqual(['history.jsonl', 'keys.json'])
  expect(JSON.parse(ringText()).ring.keys).toEqual(wrapped)
  expect(mac(await keys.secret('api-keys'))).toBe(secret)
  await expect(open(fileProtection())).rejects.toEqual(refused('KEY_UNAVAILABLE', 'found a passphrase'))
  expect(mac(await (await open(by('correct horse'))).secret('api-keys'))).toBe(secret)

  await keys.changeProtection(by('battery staple'))
  await expect(open(by('correct horse'))).rejects.toEqual(refused('KEY_UNAVAILABLE', 'another one'))
  expect(mac(await (await open(by('battery staple'))).secret('api-keys'))).toBe(secret)

  await keys.rotate()
  await keys.changeProtection(fileProtection())
  expect(files()).toEqual(['history.jsonl', 'key-encryption-key.2', 'keys.json'])
  expect(mac(await (await open(fileProtection())).secret('api-keys'))).toBe(secret)
})

test('a protection that fails changes nothing', async () => {
  const keys = await open(fileProtection())
  const secret = mac(await keys.secret('api-keys'))
  const before = ringText()
  const failing: KeyProtection = { ...fileProtection(), protect: () => Promise.reject(new Error('no')) }
  await expect(keys.changeProtection(failing)).rejects.toThrow('no')
  await expect(keys.changeProtection(by(''))).rejects.toEqual(refused('USAGE', 'passphrase'))
  expect(ringText()).toBe(before)
  expect(mac(await keys.secret('api-keys'))).toBe(secret)
  await keys.rotate()
})

const keychain = () => {
  const secrets = new Map<string, Uint8Array>()
  const AsyncEntry = class {
    readonly place: string
    constructor(service: string, account: string, options: unknown) {
      this.place = JSON.stringify([service, account, options])
    }
    async setSecret(secret: Uint8Array) {
      secrets.set(this.place, Uint8Array.from(secret))
    }
    async getSecret() {
      return secrets.has(this.place) ? [...(secrets.get(this.place) as Uint8Array)] : null
    }
    async deleteCredential() {
      return secrets.delete(this.place)
    }
  }
  return { secrets, protection: () => keychainProtection({ load: async (): Promise<Keyring> => ({ AsyncEntry }) }) }
}

test('a keychain holds the one current key, and nothing of it is on disk', async () => {
  const { secrets, protection } = keychain()
  const keys = await open(protection())
  const secret = mac(await keys.secret('api-keys'))
  expect(files()).toEqual(['history.jsonl', 'keys.json'])
  await keys.rotate()
  expect(secrets.size).toBe(1)
  expect([...secrets.keys()][0]).toContain('"store":"secret-service"')
  expect(mac(await (await open(protection())).secret('api-keys'))).toBe(secret)
  await keys.changeProtection(by('correct horse'))
  expect(secrets.size).toBe(0)
  expect(mac(await keys.secret('api-keys'))).toBe(secret)
})

test('a keychain that lost or exchanged the key gives none', async () => {
  const { secrets, protection } = keychain()
  await open(protection())
  const [place, key] = [...secrets][0] as [string, Uint8Array]
  secrets.set(
    place,
    Uint8Array.from(key, (byte) => byte ^ 1),
  )
  await expect(open(protection())).rejects.toEqual(refused('KEY_UNAVAILABLE', 'another key-encryption key'))
  secrets.set(place, key.subarray(1))
  await expect(open(protection())).rejects.toEqual(refused('KEY_UNAVAILABLE', 'found 31'))
  secrets.clear()
  await expect(open(protection())).rejects.toEqual(refused('KEY_UNAVAILABLE', 'found nothing'))
})

test('without the package, or without a keychain that answers, one sentence says what to do', async () => {
  const absent = keychainProtection({ load: () => Promise.reject(new Error('Cannot find module')) })
  await expect(open(absent)).rejects.toEqual(refused('PEER_DEPENDENCY_MISSING', 'npm i @napi-rs/keyring'))
  const forgetful = keychainProtection({
    load: async () => ({
      AsyncEntry: class {
        setSecret = async () => {}
        getSecret = async () => null
        deleteCredential = async () => false
      },
    }),
  })
  await expect(open(forgetful)).rejects.toEqual(refused('KEY_UNAVAILABLE', 'another answer'))
  expect(files()).toEqual([])
})

// A desktop session may have one; the machines that test have none.
test.skipIf(process.platform !== 'linux' || process.env.DBUS_SESSION_BUS_ADDRESS !== undefined)(
  'the real package without a desktop session is refused with the way out',
  async () => {
    await expect(open(keychainProtection())).rejects.toEqual(
      refused('KEY_UNAVAILABLE', 'protect the keys by a passphrase'),
    )
  },
)
