import { createHmac, sign, verify } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createManualClock } from '../../src/clock.ts'
import { openKeyStore } from '../../src/crypto/index.ts'
import { startProcess } from '../storage/processes.ts'

let home: string
let directory: string
const clock = createManualClock('2026-01-01T00:00:00Z')
const unavailable = (found: string) =>
  expect.objectContaining({ code: 'KEY_UNAVAILABLE', message: expect.stringContaining(found) })
const mac = (key: Parameters<typeof createHmac>[1]): string => createHmac('sha256', key).update('x').digest('hex')
const open = () => openKeyStore({ directory, clock })
const keyFile = () => join(directory, 'key-encryption-key')

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'nootropic-keys-'))
  directory = join(home, 'keys')
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

test('keys are the same after reopening, and differ by purpose', async () => {
  const first = await open()
  const second = await open()
  const secret = mac(await first.secret('api-keys'))
  expect(mac(await second.secret('api-keys'))).toBe(secret)
  expect(mac(await second.secret('sessions'))).not.toBe(secret)

  const { privateKey } = await first.signingKey('audit')
  const { publicKey } = await second.signingKey('audit')
  expect(verify(null, Buffer.from('text'), publicKey, sign(null, Buffer.from('text'), privateKey))).toBe(true)
  expect((await first.signingKey('reports')).publicKey.equals(publicKey)).toBe(false)
})

test('a data key opens under its own name only', async () => {
  const keys = await open()
  const name = { purpose: 'vault', id: 'digits@1.0.0' }
  const { key, wrapped } = await keys.createDataKey(name)
  expect((await (await open()).unwrapDataKey(wrapped, name)).equals(key)).toBe(true)

  const corrupt = expect.objectContaining({ code: 'SEALED_FILE_CORRUPT' })
  await expect(keys.unwrapDataKey(wrapped, { ...name, id: 'digits@1.0.1' })).rejects.toEqual(corrupt)
  await expect(keys.unwrapDataKey(wrapped, { ...name, purpose: 'snapshots' })).rejects.toEqual(corrupt)
  for (let bit = 0; bit < wrapped.length * 8; bit += 1) {
    const changed = Buffer.from(wrapped)
    changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
    await expect(keys.unwrapDataKey(changed, name)).rejects.toEqual(corrupt)
  }
  for (const length of [0, 1, 28, 29, wrapped.length - 1]) {
    await expect(keys.unwrapDataKey(wrapped.subarray(0, length), name)).rejects.toEqual(corrupt)
  }
})

test('the directory is 0700 and every file 0600, with nothing left over', async () => {
  const keys = await open()
  await keys.secret('api-keys')
  await keys.signingKey('audit')
  expect(statSync(directory).mode & 0o777).toBe(0o700)
  expect(readdirSync(directory).sort()).toEqual([
    'key-encryption-key',
    'secret-api-keys.json',
    'signing-key-audit.json',
  ])
  for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600)
})

test('no key but the key-encryption key is on disk in clear', async () => {
  const keys = await open()
  const secret = (await keys.secret('api-keys')).export()
  const seed = (await keys.signingKey('audit')).privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32)
  for (const name of ['secret-api-keys.json', 'signing-key-audit.json']) {
    const { wrappedKey, created } = JSON.parse(readFileSync(join(directory, name), 'utf8'))
    expect(created).toBe('2026-01-01T00:00:00.000Z')
    for (const key of [secret, seed]) expect(Buffer.from(wrappedKey, 'base64').includes(key)).toBe(false)
  }
})

test('files that others can read, links and other kinds of file are refused at open and at each read', async () => {
  const keys = await open()
  await keys.secret('api-keys')
  for (const mode of [0o640, 0o604, 0o620, 0o602]) {
    chmodSync(join(directory, 'secret-api-keys.json'), mode)
    await expect(keys.secret('api-keys')).rejects.toEqual(unavailable('chmod 600'))
    chmodSync(join(directory, 'secret-api-keys.json'), 0o600)
    chmodSync(keyFile(), mode)
    await expect(open()).rejects.toEqual(unavailable('chmod 600'))
    chmodSync(keyFile(), 0o600)
  }
  for (const mode of [0o750, 0o705, 0o777]) {
    chmodSync(directory, mode)
    await expect(keys.secret('api-keys')).rejects.toEqual(unavailable('chmod 700'))
    await expect(open()).rejects.toEqual(unavailable('chmod 700'))
    chmodSync(directory, 0o700)
  }

  renameSync(keyFile(), join(home, 'elsewhere'))
  symlinkSync(join(home, 'elsewhere'), keyFile())
  await expect(open()).rejects.toEqual(unavailable('a link'))
  rmSync(keyFile())
  mkdirSync(keyFile(), { mode: 0o700 })
  await expect(open()).rejects.toEqual(unavailable('regular file'))
})

test('a directory that is a link is refused', async () => {
  mkdirSync(join(home, 'real'), { mode: 0o700 })
  symlinkSync(join(home, 'real'), directory)
  await expect(open()).rejects.toEqual(unavailable('a link'))
})

// Only root can give a file away.
test.runIf(process.geteuid?.() === 0)('files and directories of another owner are refused', async () => {
  const keys = await open()
  await keys.secret('api-keys')
  chownSync(join(directory, 'secret-api-keys.json'), 65534, 65534)
  await expect(keys.secret('api-keys')).rejects.toEqual(unavailable('owner 65534'))
  chownSync(directory, 65534, 65534)
  await expect(open()).rejects.toEqual(unavailable('owner 65534'))
})

test('a lost key-encryption key is not quietly replaced', async () => {
  const keys = await open()
  await keys.secret('api-keys')
  rmSync(keyFile())
  await expect(open()).rejects.toEqual(unavailable('restore'))
  expect(readdirSync(directory)).toEqual(['secret-api-keys.json'])
})

test('another or a damaged key-encryption key, and damaged entries, are refused', async () => {
  await (await open()).secret('api-keys')
  writeFileSync(keyFile(), Buffer.alloc(31))
  await expect(open()).rejects.toEqual(unavailable('found 31'))
  writeFileSync(keyFile(), Buffer.alloc(32))
  const other = await open()
  await expect(other.secret('api-keys')).rejects.toEqual(unavailable('other content'))
  for (const text of ['', '{', '{}', '[]']) {
    writeFileSync(join(directory, 'secret-api-keys.json'), text)
    await expect(other.secret('api-keys')).rejects.toEqual(unavailable('other content'))
  }
})

test('the entry of one purpose does not serve as that of another', async () => {
  const keys = await open()
  await keys.secret('api-keys')
  renameSync(join(directory, 'secret-api-keys.json'), join(directory, 'secret-sessions.json'))
  await expect(keys.secret('sessions')).rejects.toEqual(unavailable('other content'))
})

test('a purpose cannot name a file elsewhere', async () => {
  const keys = await open()
  for (const purpose of ['', '../x', 'a/b', 'A', 'a.b', '-', 'x'.repeat(64)]) {
    await expect(keys.secret(purpose)).rejects.toEqual(expect.objectContaining({ code: 'USAGE' }))
  }
})

test('processes that open a new store at once agree on its keys', async () => {
  const program = new URL('key-store-process.ts', import.meta.url)
  const outputs = await Promise.all(Array.from({ length: 4 }, () => startProcess(program, [directory]).output))
  expect(outputs[0]).toMatch(/^[0-9a-f]{64} [0-9a-f]+$/)
  expect(new Set(outputs).size).toBe(1)
  expect(readdirSync(directory)).toHaveLength(3)
})
