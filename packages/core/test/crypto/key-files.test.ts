import { createHmac, type KeyObject } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runOnFullDisk } from '../../../../tools/testing/full-disk.ts'
import { openKeyStore } from '../../src/crypto/index.ts'
import type { KeyEntry } from '../../src/crypto/keys/key-entry.ts'
import { decodeRing, encodeRing, keyEncryptionKey } from '../../src/crypto/keys/key-ring.ts'
import { createSeededRandom } from '../../src/random.ts'

let home: string
let directory: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'nootropic-key-files-'))
  directory = join(home, 'keys')
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const open = () => openKeyStore({ directory })
const place = (name: string) => join(directory, name)
const ringPath = () => place('keys.json')
const unavailable = (found: string) =>
  expect.objectContaining({ code: 'KEY_UNAVAILABLE', message: expect.stringContaining(found) })
const mac = (key: KeyObject): string => createHmac('sha256', key).update('x').digest('hex')
const digits = { purpose: 'vault', id: 'digits 1.0.0' }
const storeFiles = ['keys.json', 'history.jsonl', 'key-encryption-key.1']

test('files that others can read, links and other kinds of file are refused, with what mends them', async () => {
  const keys = await open()
  await keys.secret('api-keys')
  for (const mode of [0o640, 0o604, 0o620, 0o602]) {
    for (const name of storeFiles) {
      chmodSync(place(name), mode)
      await expect(open()).rejects.toEqual(unavailable('chmod 600'))
      if (name === 'keys.json') await expect(keys.secret('api-keys')).rejects.toEqual(unavailable('chmod 600'))
      chmodSync(place(name), 0o600)
    }
  }
  for (const mode of [0o750, 0o705, 0o777]) {
    chmodSync(directory, mode)
    await expect(keys.secret('api-keys')).rejects.toEqual(unavailable('chmod 700'))
    await expect(open()).rejects.toEqual(unavailable('chmod 700'))
    chmodSync(directory, 0o700)
  }
  for (const name of storeFiles) {
    renameSync(place(name), join(home, 'elsewhere'))
    symlinkSync(join(home, 'elsewhere'), place(name))
    await expect(open()).rejects.toEqual(unavailable('a link'))
    rmSync(place(name))
    mkdirSync(place(name), { mode: 0o700 })
    await expect(open()).rejects.toEqual(unavailable('regular file'))
    rmSync(place(name), { recursive: true })
    renameSync(join(home, 'elsewhere'), place(name))
  }
  for (const name of ['keys.json', 'key-encryption-key.1']) {
    linkSync(place(name), join(home, 'second'))
    await expect(open()).rejects.toEqual(unavailable('find -samefile'))
    rmSync(join(home, 'second'))
  }
  await keys.secret('api-keys')
  await open()
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
  for (const name of storeFiles) {
    chownSync(place(name), 65534, 65534)
    await expect(open()).rejects.toEqual(unavailable('owner 65534'))
    chownSync(place(name), process.geteuid?.() as number, 0)
  }
  chownSync(directory, 65534, 65534)
  await expect(keys.secret('api-keys')).rejects.toEqual(unavailable('owner 65534'))
})

test('a ring that was changed in any byte or cut anywhere gives no key', async () => {
  const keys = await open()
  const { keyId } = await keys.createDataKey(digits)
  await keys.setState(keyId, 'revoked')
  const text = readFileSync(ringPath())
  const random = createSeededRandom(4)
  const changes = [
    ...Array.from(text, (byte, at) => Buffer.from(text).fill(byte ^ (1 << random.integer(8)), at, at + 1)),
    ...[0, 1, 8, 60, text.length >> 1, text.length - 1].map((length) => text.subarray(0, length)),
    Buffer.concat([text, Buffer.from('}')]),
    Buffer.concat([text, Buffer.from('\n')]),
  ]
  for (const changed of changes) {
    writeFileSync(ringPath(), changed)
    await expect(open(), changed.toString()).rejects.toEqual(expect.objectContaining({ code: 'KEY_UNAVAILABLE' }))
    await expect(keys.list()).rejects.toEqual(expect.objectContaining({ code: 'KEY_UNAVAILABLE' }))
  }
  writeFileSync(ringPath(), text)
  await expect((await open()).dataKey(keyId, digits)).rejects.toEqual(unavailable('revoked'))
})

test('a revoked key does not become active, and no key another one, by an edit of the ring', async () => {
  const keys = await open()
  const first = await keys.createDataKey(digits)
  await keys.createDataKey({ ...digits, id: 'faces 1.0.0' })
  await keys.setState(first.keyId, 'revoked')
  const text = readFileSync(ringPath(), 'utf8')
  const { mac, ring } = JSON.parse(text)
  const [one, two] = ring.keys
  const edits = [
    [{ ...one, state: 'active' }, two],
    [{ ...one, wrappedKey: two.wrappedKey }, two],
    [{ ...two, keyId: one.keyId }, two],
    [two, one],
    [two],
    [one, two, { ...two, keyId: '00000000-0000-4000-8000-000000000000' }],
  ]
  for (const entries of edits) {
    writeFileSync(ringPath(), JSON.stringify({ mac, ring: { ...ring, keys: entries } }))
    await expect(open()).rejects.toEqual(unavailable('a changed one'))
  }
})

test('what a key is is bound to it a second time: a ring that is authentic in itself gives no key of another description', async () => {
  const keys = await open()
  await keys.createDataKey(digits)
  const key = keyEncryptionKey(readFileSync(place('key-encryption-key.1')))
  const ring = decodeRing(readFileSync(ringPath()), ringPath())
  const [entry] = ring.keys as [KeyEntry]
  const other = '00000000-0000-4000-8000-000000000000'
  const entries: KeyEntry[] = [
    { ...entry, keyId: other },
    { ...entry, purpose: 'snapshots' },
    { ...entry, id: 'faces 1.0.0' },
    { ...entry, created: '2001-01-01T00:00:00.000Z' },
  ]
  const forged = [...entries.map((one) => ({ ...ring, keys: [one] })), { ...ring, store: other }]
  for (const one of forged) {
    writeFileSync(ringPath(), encodeRing(one, key))
    const { keyId, purpose, id } = one.keys[0] as KeyEntry
    const reopened = await open()
    await expect(reopened.dataKey(keyId, { purpose, id: id as string })).rejects.toEqual(
      unavailable('as it was wrapped'),
    )
    await expect(reopened.rotate()).rejects.toEqual(unavailable('as it was wrapped'))
  }
})

test('a ring that could not be read again is not written', async () => {
  const keys = await open()
  await keys.createDataKey(digits)
  const key = keyEncryptionKey(readFileSync(place('key-encryption-key.1')))
  const ring = decodeRing(readFileSync(ringPath()), ringPath())
  const many = Array.from({ length: 70_000 }, () => ring.keys[0] as KeyEntry)
  expect(() => encodeRing({ ...ring, keys: many }, key)).toThrow(
    expect.objectContaining({ code: 'LIMIT_EXCEEDED', message: expect.stringContaining('70000 keys') }),
  )
})

test('another key-encryption key, a lost one and one of another length are told apart from a changed ring', async () => {
  await (await open()).secret('api-keys')
  const key = readFileSync(place('key-encryption-key.1'))
  writeFileSync(place('key-encryption-key.1'), Buffer.alloc(32))
  await expect(open()).rejects.toEqual(unavailable('another key-encryption key'))
  writeFileSync(place('key-encryption-key.1'), key.subarray(1))
  await expect(open()).rejects.toEqual(unavailable('found 31'))
  rmSync(place('key-encryption-key.1'))
  await expect(open()).rejects.toEqual(unavailable('found nothing; restore the file'))
  writeFileSync(place('key-encryption-key.1'), key, { mode: 0o600 })
  await open()
})

test('a lost ring is not quietly replaced', async () => {
  await (await open()).secret('api-keys')
  rmSync(ringPath())
  await expect(open()).rejects.toEqual(unavailable('found its history but not itself'))
  expect(readdirSync(directory)).toContain('key-encryption-key.1')
})

test('an older ring beside a newer history is refused, to whoever opens it and whoever has it open', async () => {
  const keys = await open()
  const { keyId } = await keys.createDataKey(digits)
  const older = readFileSync(ringPath())
  await keys.setState(keyId, 'revoked')
  writeFileSync(ringPath(), older)
  await expect(keys.list()).rejects.toEqual(unavailable('an older copy'))
  await expect(open()).rejects.toEqual(unavailable('an older copy'))
  await expect(keys.createDataKey(digits)).rejects.toEqual(unavailable('an older copy'))
})

test('a ring of an older generation does not open beside the key of the newer one', async () => {
  const keys = await open()
  await keys.createDataKey(digits)
  const older = readFileSync(ringPath())
  await keys.rotate()
  writeFileSync(ringPath(), older)
  rmSync(place('history.jsonl'))
  await expect(open()).rejects.toEqual(unavailable('key-encryption-key.1'))
})

test('what a process that was killed left is removed, and nothing else', async () => {
  const keys = await open()
  const secret = mac(await keys.secret('api-keys'))
  const uuid = '00000000-0000-4000-8000-000000000000'
  const left = ['key-encryption-key.2', `.key-encryption-key.2.${uuid}`, `.keys.json.${uuid}`]
  const copies = ['key-encryption-key.1.backup', 'keys.json.backup', 'note']
  for (const name of [...left, ...copies]) writeFileSync(place(name), 'x', { mode: 0o600 })
  expect(mac(await (await open()).secret('api-keys'))).toBe(secret)
  const names = readdirSync(directory).filter((name) => !name.startsWith('lock.'))
  expect(names.sort()).toEqual([...storeFiles, ...copies].sort())
})

test('a full disk is one typed error, and the store stays as it was', async () => {
  const keys = await open()
  const { keyId, key } = await keys.createDataKey({ ...digits, id: 'x'.repeat(512) })
  const before = readFileSync(ringPath())
  const outcomes = await runOnFullDisk(new URL('key-full-disk-process.ts', import.meta.url), 1, [directory])
  expect(outcomes).toEqual(
    ['create', 'setState', 'rotate'].map((call) => [call, 'STORAGE_FAILED', expect.stringContaining('EFBIG')]),
  )
  expect(readFileSync(ringPath())).toEqual(before)
  expect(
    readdirSync(directory)
      .filter((name) => !name.startsWith('lock.'))
      .sort(),
  ).toEqual([...storeFiles].sort())
  expect((await (await open()).dataKey(keyId, { ...digits, id: 'x'.repeat(512) })).equals(key)).toBe(true)
})
