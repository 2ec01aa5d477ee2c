import { execFileSync } from 'node:child_process'
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import {
  chmodSync,
  existsSync,
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
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openNootropic } from '../src/index.ts'
import { type CommandAnswer, runIn } from './support/run-command.ts'

const digits = fileURLToPath(new URL('../../../examples/guard-a-model/models/digits', import.meta.url))
const passphrase = 'correct horse battery staple'
const exportPassphrase = 'another secret for the export'
const recipientOfNobody = 'age1rg4894wmf27sqdg3rxrrxgts4t0mh7ctdlw0x0ltk8hd77t9qcrsypc0rw'

let directory: string
let home: string
/** All that any command wrote, for people and for machines. */
let said: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nootropic-keys-command-'))
  home = join(directory, 'home')
  said = ''
  for (const [name, text] of [
    ['passphrase', `${passphrase}\n`],
    ['export-passphrase', exportPassphrase],
    ['wrong-passphrase', 'wrong\n'],
  ] as const) {
    writeFileSync(join(directory, name), text, { mode: 0o600 })
  }
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const place = (name: string) => join(directory, name)

/** Runs a command line, with what a user answers at the terminal if there is one. */
const run = async (words: readonly string[], answers?: string[]): Promise<CommandAnswer> => {
  const answer = await runIn(directory, words, answers)
  said += answer.output + answer.diagnostics
  return answer
}
const keys = (...words: string[]) => run(['keys', ...words, '--home', home])
const keysAt = (terminal: string[], ...words: string[]) => run(['keys', ...words, '--home', home], terminal)

interface Listed {
  protection: string
  keys: { keyId: string; purpose: string; id?: string; algorithm: string; state: string; created: string }[]
}
const list = async (...words: string[]): Promise<Listed> => {
  const { protection, keys: found } = JSON.parse((await keys('list', '--json', ...words)).output) as Listed
  return { protection, keys: found }
}
const unlocked = ['--passphrase-file', 'passphrase']

/** Secrets are in nothing that a command wrote: to the terminal, into the installation, or into an export. */
const expectNowhere = (secrets: readonly Buffer[]): void => {
  const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const written = files.map((entry) => readFileSync(join(entry.parentPath, entry.name)))
  for (const text of [Buffer.from(said), readFileSync(place('keys.age')), ...written]) {
    for (const secret of secrets) {
      for (const form of ['latin1', 'base64', 'base64url', 'hex'] as const) {
        expect(text.includes(secret.toString(form).replace(/=+$/, ''), 0, 'latin1')).toBe(false)
      }
    }
  }
}

/** Makes `identity`, which opens what is encrypted to the recipient that is returned. */
const makeIdentity = (): string => {
  execFileSync('age-keygen', ['-o', place('identity')], { stdio: 'ignore' })
  return /public key: (age1\w+)/.exec(readFileSync(place('identity'), 'utf8'))?.[1] as string
}

/** What the audit log says was done. */
const auditLines = async (...words: string[]): Promise<string[]> => {
  const { output } = await run(['audit', 'tail', '--home', home, ...words])
  return output
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([, , outcome, , action]) => `${action} ${outcome}`)
}

test('a model-signing key is made, listed, shown and revoked', async () => {
  const created = await keys('create', 'release', '--curve', 'P-384', '--public-key', 'release.pem', '--json')
  expect(created.exit).toBe(0)
  const { keyId, publicKey } = JSON.parse(created.output)
  expect(readFileSync(place('release.pem'), 'utf8')).toBe(publicKey)
  expect(createPublicKey(publicKey).asymmetricKeyDetails?.namedCurve).toBe('secp384r1')
  expect((await keys('public', 'release')).output).toBe(publicKey)
  expect(await keys('public', 'release', '-o', 'copy.pem')).toMatchObject({ exit: 0 })
  expect(readFileSync(place('copy.pem'), 'utf8')).toBe(publicKey)

  const listed = await list()
  expect(listed.protection).toBe('file')
  expect(listed.keys.find((key) => key.keyId === keyId)).toEqual({
    keyId,
    purpose: 'model-signing',
    id: 'release',
    algorithm: 'ECDSA-P-384',
    state: 'active',
    created: expect.stringMatching(/^\d{4}-/),
  })
  expect((await keys('list')).output).toContain(`${keyId}  model-signing release  ECDSA-P-384   active `)

  expect((await keys('state', keyId, 'verify-only')).exit).toBe(0)
  expect((await keys('public', 'release')).output).toBe(publicKey)
  expect((await keys('state', keyId, 'revoked')).exit).toBe(0)
  const gone = await keys('public', 'release')
  expect([gone.exit, gone.diagnostics]).toEqual([1, expect.stringContaining('found it revoked')])
  expect(await keys('state', keyId, 'active')).toMatchObject({ exit: 1 })
})

test('a model-signing key is replaced by one of its name and curve, and verifies what it signed until it is revoked', async () => {
  const { keyId: first } = JSON.parse((await keys('create', 'release', '--curve', 'P-384', '--json')).output)
  const replaced = await keys('replace', 'release', '--public-key', 'next.pem', '--json')
  expect(replaced.exit).toBe(0)
  const { keyId: second, publicKey, ...rest } = JSON.parse(replaced.output)
  expect(rest).toEqual({ schemaVersion: 1, name: 'release', replaced: { keyId: first, state: 'verify-only' } })
  expect(readFileSync(place('next.pem'), 'utf8')).toBe(publicKey)
  expect((await keys('public', 'release')).output).toBe(publicKey)
  const statesOf = async () =>
    (await list()).keys.filter(({ id }) => id === 'release').map((key) => [key.keyId, key.state])
  expect(await statesOf()).toEqual([
    [first, 'verify-only'],
    [second, 'active'],
  ])
  expect((await list()).keys.find(({ keyId }) => keyId === second)?.algorithm).toBe('ECDSA-P-384')

  // A revoked one gets a successor too, and does not come back by it.
  await keys('state', second, 'revoked')
  const third = await keys('replace', 'release')
  expect([third.exit, third.output]).toEqual([0, (await keys('public', 'release')).output])
  expect((await statesOf()).map(([, state]) => state)).toEqual(['verify-only', 'revoked', 'active'])

  writeFileSync(place('there.pem'), 'mine')
  expect((await keys('replace', 'release', '--public-key', 'there.pem')).exit).toBe(2)
  const none = await keys('replace', 'none')
  expect([none.exit, none.diagnostics]).toEqual([1, expect.stringContaining('called "none"')])
  expect(await statesOf()).toHaveLength(3)
})

test('a public key that cannot be written is known before a key is made, and what was made is on record as made', async () => {
  await keys('create', 'release')
  const before = await list()
  writeFileSync(place('file'), '')
  for (const nowhere of ['nowhere/next.pem', 'file/next.pem']) {
    for (const words of [
      ['replace', 'release'],
      ['create', 'other'],
    ]) {
      const answer = await keys(...words, '--public-key', nowhere)
      expect([answer.exit, answer.diagnostics]).toEqual([2, expect.stringContaining('make the directory')])
    }
  }
  expect(await list()).toEqual(before)

  // Nothing that is looked at says that no name is so long.
  const failed = await keys('replace', 'release', '--public-key', 'x'.repeat(300))
  expect([failed.exit, failed.diagnostics]).toEqual([2, expect.stringContaining('`nootropic keys public` gives')])
  expect((await auditLines()).slice(-2)).toEqual(['replace-key allowed', 'replace-key succeeded'])
  expect((await list()).keys.filter(({ id }) => id === 'release').map(({ state }) => state)).toEqual([
    'verify-only',
    'active',
  ])
})

test('a key is removed once it is revoked, unless a model, the installation or its trust rests on it', async () => {
  const nootropic = await openNootropic({ home, isolation: 'none', alertIntervalSeconds: 0 })
  await nootropic.sealed.seal(digits, { name: 'digits', version: '1.0.0' })
  await nootropic.close()
  const { keyId } = JSON.parse((await keys('create', 'release', '--json')).output)
  const data = (await list()).keys.find(({ purpose }) => purpose === 'vault')?.keyId as string
  const pepper = (await list()).keys.find(({ purpose }) => purpose === 'api-key-pepper')?.keyId as string
  const before = await list()
  for (const [id, exit, message] of [
    [data, 2, 'got the key that sealed digits 1.0.0'],
    [pepper, 2, 'a key that the installation opens without'],
    [keyId, 2, 'nootropic keys replace "release"'],
    ['none', 1, 'found none'],
  ] as const) {
    const answer = await keys('remove', id)
    expect([answer.exit, answer.diagnostics], id).toEqual([exit, expect.stringContaining(message)])
  }
  expect(await list()).toEqual(before)

  // With nobody left who signs, a revoked signer's models would be those of an installation that asks for no signature.
  await keys('state', keyId, 'revoked')
  expect((await keys('remove', keyId)).exit).toBe(2)
  await keys('replace', 'release')
  const removed = await keys('remove', keyId, '--json')
  expect([removed.exit, JSON.parse(removed.output)]).toEqual([0, { schemaVersion: 1, removed: keyId }])
  expect((await keys('remove', keyId)).exit).toBe(1)
  const next = (await list()).keys.find(({ id }) => id === 'release')
  expect(next).toMatchObject({ state: 'active' })
  await keys('create', 'other')
  const active = await keys('remove', next?.keyId as string)
  expect([active.exit, active.diagnostics]).toEqual([1, expect.stringContaining('revoke it before it is removed')])
  const lines = await auditLines()
  expect(lines.filter((line) => /^(replace|remove)-key/.test(line)).slice(-8)).toEqual([
    'replace-key allowed',
    'replace-key succeeded',
    'remove-key allowed',
    'remove-key succeeded',
    'remove-key allowed',
    'remove-key failed',
    'remove-key allowed',
    'remove-key failed',
  ])
})

test('what cannot be done is said in one sentence, and nothing is overwritten', async () => {
  await keys('create', 'release')
  writeFileSync(place('there.pem'), 'mine')
  for (const [words, exit, message] of [
    [['create', 'release'], 2, 'a name that no model-signing key has'],
    [['create', 'x', '--curve', 'P-999'], 2, 'expected --curve to be one of P-256, P-384, P-521'],
    [['create', 'x', '--public-key', 'there.pem'], 2, 'nothing is overwritten'],
    [['public', 'release', '-o', 'there.pem'], 2, 'nothing is overwritten'],
    [['public', 'none'], 1, 'expected a model-signing key called "none"'],
    [['state', 'x', 'gone'], 2, 'expected active, verify-only, revoked, got "gone"'],
    [['state', 'x', 'revoked'], 1, 'found none'],
    [['protect', '--by', 'magic'], 2, 'expected --by to be one of file, passphrase, keychain'],
    [['protect', '--by', 'passphrase'], 2, 'expected --new-passphrase-file'],
    [['protect', '--by', 'file', '--derivation', 'scrypt'], 2, '--derivation with --by passphrase only'],
    [['export', '-o', 'there.pem', '--recipient', 'age1x'], 2, 'nothing is overwritten'],
    [['export', '-o', 'new.age'], 2, 'expected exactly one of --recipient, --export-passphrase-file'],
    [['export', '-o', 'new.age', '--recipient', 'age1x'], 2, 'malformed'],
    [['recover', 'there.pem', '--export-passphrase-file', 'export-passphrase'], 1, 'this passphrase opens'],
  ] as const) {
    const answer = await keys(...words)
    expect([answer.exit, answer.diagnostics], words.join(' ')).toEqual([exit, expect.stringContaining(message)])
    expect(answer.diagnostics.trimEnd().split('\n')).toHaveLength(1)
  }
  expect(readFileSync(place('there.pem'), 'utf8')).toBe('mine')
  expect(existsSync(place('new.age'))).toBe(false)
  expect((await list()).keys.filter(({ purpose }) => purpose === 'model-signing')).toHaveLength(1)
})

test('to look for keys makes none: a new store would be in the way of a recovery', async () => {
  for (const verb of [['list'], ['public', 'release']]) {
    const answer = await keys(...verb)
    expect([answer.exit, answer.diagnostics]).toEqual([1, expect.stringContaining('nootropic keys recover FILE')])
  }
  expect(existsSync(home)).toBe(false)
})

test('the keys that an installation does not open without stay active', async () => {
  await keys('create', 'release')
  for (const { keyId, purpose } of (await list()).keys.filter(({ id }) => id === undefined)) {
    const answer = await keys('state', keyId, 'revoked')
    expect([answer.exit, answer.diagnostics]).toEqual([2, expect.stringContaining(`got ${keyId} of ${purpose}`)])
  }
  expect((await list()).keys.every(({ state }) => state === 'active')).toBe(true)
})

test('an EC key is imported from PEM, and the passphrase of an encrypted one is read or asked for', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-521' })
  const pem = String(privateKey.export({ type: 'sec1', format: 'pem' }))
  const locked = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
  writeFileSync(place('plain.pem'), pem, { mode: 0o600 })
  writeFileSync(place('locked.pem'), locked, { mode: 0o600 })
  expect((await keys('import', 'plain', '--private-key', 'plain.pem')).exit).toBe(0)
  const fromFile = ['--private-key', 'locked.pem', '--private-key-passphrase-file']
  expect((await keys('import', 'locked', ...fromFile, 'passphrase')).exit).toBe(0)
  expect((await keysAt([passphrase], 'import', 'asked', '--private-key', 'locked.pem')).exit).toBe(0)
  for (const name of ['plain', 'locked', 'asked']) {
    expect(createPublicKey((await keys('public', name)).output).equals(publicKey)).toBe(true)
  }
  expect((await keys('import', 'bad', ...fromFile, 'wrong-passphrase')).exit).toBe(2)
  expect((await keys('import', 'bad', '--private-key', 'locked.pem')).exit).toBe(2)
  expect((await keys('import', 'bad', '--private-key', 'passphrase')).exit).toBe(2)

  expect(said).not.toContain(passphrase)
  for (const line of [...pem.split('\n'), ...String(locked).split('\n')].filter((text) => text.length > 32)) {
    if (!line.startsWith('-----')) expect(said).not.toContain(line)
  }
})

test('the age command opens an export, and an empty installation recovers from it', async () => {
  await keys('create', 'release')
  const recipient = makeIdentity()
  const exported = await keys('export', '--recipient', recipient, '--output', 'keys.age', '--json')
  expect(JSON.parse(exported.output)).toMatchObject({ output: 'keys.age', keys: 4, recipients: [recipient] })
  expect(statSync(place('keys.age')).mode & 0o777).toBe(0o600)
  const opened = execFileSync('age', ['-d', '-i', place('identity'), place('keys.age')], { encoding: 'utf8' })
  const { format, keyEncryptionKey, ring } = JSON.parse(opened)
  expect([format, ring.keys.length]).toEqual(['nootropic key recovery', 4])

  const before = await list()
  const occupied = await keys('recover', 'keys.age', '--identity', 'identity')
  expect([occupied.exit, occupied.diagnostics]).toEqual([1, expect.stringContaining('an empty directory')])
  renameSync(join(home, 'keys'), place('lost'))
  const recovered = await keys('recover', 'keys.age', '--identity', 'identity')
  expect([recovered.exit, recovered.output]).toEqual([0, expect.stringContaining('4 keys are in')])
  expect(await list()).toEqual(before)
  // The audit log that was signed with these keys goes on.
  expect((await keys('create', 'next')).exit).toBe(0)
  expect(said).not.toContain(keyEncryptionKey)
  expect(said).not.toMatch(/AGE-SECRET-KEY/)

  chmodSync(place('identity'), 0o644)
  const open = await keys('recover', 'keys.age', '--identity', 'identity')
  expect([open.exit, open.diagnostics]).toEqual([2, expect.stringContaining('chmod 600')])
  chmodSync(place('identity'), 0o600)
  const other = await keys('recover', 'keys.age', '--identity', 'passphrase')
  expect([other.exit, other.diagnostics]).toEqual([2, expect.stringContaining('one a line')])
})

test('an export under a passphrase recovers into an installation under another', async () => {
  await keys('create', 'release')
  const before = await list()
  const byPassphrase = ['--export-passphrase-file', 'export-passphrase']
  expect((await keys('export', ...byPassphrase, '-o', 'keys.age')).exit).toBe(0)
  expectNowhere([Buffer.from(exportPassphrase)])
  rmSync(home, { recursive: true })
  expect((await keys('recover', 'keys.age', ...byPassphrase, ...unlocked)).exit).toBe(0)
  expect(await list(...unlocked)).toEqual({ ...before, protection: 'passphrase' })
  expectNowhere([Buffer.from(exportPassphrase), Buffer.from(passphrase)])
})

test('keys that were under a passphrase do not come to lie in a file because none was given', async () => {
  await keys('create', 'release')
  await keys('protect', '--by', 'passphrase', '--new-passphrase-file', 'passphrase')
  const before = (await list(...unlocked)).keys
  await keys('export', '--recipient', makeIdentity(), ...unlocked, '-o', 'keys.age')
  const recover = (...words: string[]) => ['recover', 'keys.age', '--identity', 'identity', ...words]
  const store = join(home, 'keys')
  const lose = () => rmSync(store, { recursive: true, force: true })

  lose()
  const without = await keys(...recover())
  expect([without.exit, without.diagnostics]).toEqual([2, expect.stringContaining('--by file keeps the keys without')])
  const differ = await keysAt(['one', 'two'], ...recover())
  expect([differ.exit, differ.diagnostics]).toEqual([2, expect.stringContaining('the same passphrase twice')])
  const both = await keys(...recover('--by', 'file', ...unlocked))
  expect([both.exit, both.diagnostics]).toEqual([2, expect.stringContaining('got it with --by file')])
  expect((await keys(...recover('--by', 'magic'))).exit).toBe(2)

  lose()
  expect((await keysAt(['next', 'next'], ...recover())).exit).toBe(0)
  expect(readdirSync(store).some((name) => name.startsWith('key-enc'))).toBe(false)
  expect(JSON.parse((await keysAt(['next'], 'list', '--json')).output)).toMatchObject({
    protection: 'passphrase',
    keys: before,
  })
  lose()
  const inFile = await keys(...recover('--by', 'file'))
  expect([inFile.exit, inFile.output]).toEqual([0, expect.stringContaining('protected by a file')])
  expect(await list()).toEqual({ protection: 'file', keys: before })
})

test('a passphrase is refused where it protects nothing', async () => {
  await keys('create', 'release')
  for (const words of [
    ['list'],
    ['rotate'],
    ['protect', '--by', 'passphrase', '--new-passphrase-file', 'passphrase'],
  ]) {
    const answer = await keys(...words, ...unlocked)
    expect([answer.exit, answer.diagnostics], words[0]).toEqual([
      2,
      expect.stringContaining('which is protected by a file'),
    ])
  }
  await expect(openNootropic({ home, passphrase: async () => passphrase })).rejects.toMatchObject({ code: 'USAGE' })
  expect((await list()).protection).toBe('file')
})

test('a store under a passphrase opens with its file or at a terminal, and with nothing else', async () => {
  await keys('create', 'release')
  const before = (await list()).keys
  expect((await keys('protect', '--by', 'passphrase', '--new-passphrase-file', 'passphrase')).exit).toBe(0)
  expect(readdirSync(join(home, 'keys')).some((name) => name.startsWith('key-enc'))).toBe(false)
  expect(await list(...unlocked)).toEqual({ protection: 'passphrase', keys: before })

  for (const words of [['list'], ['create', 'x'], ['rotate']]) {
    const without = await keys(...words)
    expect([without.exit, without.diagnostics]).toEqual([1, expect.stringContaining('--passphrase-file FILE')])
  }
  const wrong = await keys('list', '--passphrase-file', 'wrong-passphrase')
  expect([wrong.exit, wrong.diagnostics]).toEqual([1, expect.stringContaining('found another one')])
  expect((await run(['token', 'list', '--home', home])).diagnostics).toContain('KEY_UNAVAILABLE')

  const asked = await keysAt([passphrase], 'list')
  expect([asked.exit, asked.diagnostics]).toEqual([0, 'Passphrase of the key store: '])
  expect((await keysAt([''], 'list')).exit).toBe(2)

  // Back to a file, and to another passphrase by another derivation, asked for twice.
  expect((await keys('protect', '--by', 'file', ...unlocked)).exit).toBe(0)
  expect((await keys('rotate')).exit).toBe(0)
  const differ = await keysAt(['one', 'two'], 'protect', '--by', 'passphrase')
  expect([differ.exit, differ.diagnostics]).toEqual([2, expect.stringContaining('nothing was changed')])
  const scrypt = ['protect', '--by', 'passphrase', '--derivation', 'scrypt']
  expect((await keysAt(['caf\u00e9', 'cafe\u0301'], ...scrypt)).exit).toBe(0)
  const ring = JSON.parse(readFileSync(join(home, 'keys/keys.json'), 'utf8')).ring
  expect(ring.protection.derivation).toEqual({ name: 'scrypt', logN: 17, r: 8, p: 1 })

  // One passphrase for another; composed and decomposed letters are the same.
  expect((await keysAt(['cafe\u0301', 'next', 'next'], 'protect', '--by', 'passphrase')).exit).toBe(0)
  expect((await keysAt(['caf\u00e9'], 'list')).exit).toBe(1)
  expect((await keysAt(['next'], 'list')).exit).toBe(0)
})

test('while a program has the installation open its keys are read, and changed by nobody without a record', async () => {
  const nootropic = await openNootropic({ home, alertIntervalSeconds: 0 })
  await nootropic.keyStore.createModelSigningKey('release', 'P-256')
  const before = await list()
  expect((await keys('public', 'release')).exit).toBe(0)
  for (const words of [
    ['rotate'],
    ['create', 'next'],
    ['protect', '--by', 'passphrase', '--new-passphrase-file', 'passphrase'],
  ]) {
    const answer = await keys(...words)
    expect([answer.exit, answer.diagnostics]).toEqual([1, expect.stringContaining('AUDIT_UNAVAILABLE')])
  }
  await nootropic.close()
  expect(await list()).toEqual(before)
})

test('a program gives its passphrase, and a new installation is under it', async () => {
  const ask = async () => passphrase
  await (await openNootropic({ home, passphrase: ask, alertIntervalSeconds: 0 })).close()
  expect((await list(...unlocked)).protection).toBe('passphrase')
  await expect(openNootropic({ home })).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE' })
  await expect(openNootropic({ home, passphrase: async () => 'wrong' })).rejects.toMatchObject({
    code: 'KEY_UNAVAILABLE',
  })
  const nootropic = await openNootropic({ home, passphrase: async () => Buffer.from(passphrase) })
  await nootropic.close()
})

test('a passphrase is one line of a file that is private', async () => {
  await keys('create', 'release')
  const set = (name: string) => keys('protect', '--by', 'passphrase', '--new-passphrase-file', name)
  chmodSync(place('passphrase'), 0o640)
  const open = await set('passphrase')
  expect([open.exit, open.diagnostics]).toEqual([2, expect.stringContaining('chmod 600')])
  chmodSync(place('passphrase'), 0o600)
  symlinkSync(place('passphrase'), place('link'))
  writeFileSync(place('empty'), '\n', { mode: 0o600 })
  writeFileSync(place('lines'), 'two\nlines\n', { mode: 0o600 })
  writeFileSync(place('bytes'), Buffer.of(0xff, 0xfe, 0x80), { mode: 0o600 })
  writeFileSync(place('long'), 'x'.repeat(1025), { mode: 0o600 })
  for (const [name, message] of [
    ['none', 'no such file'],
    ['link', 'a link'],
    ['.', 'FILE_UNREADABLE'],
    ['empty', 'got nothing'],
    ['lines', 'several lines'],
    ['bytes', 'bytes that are no text'],
    ['long', '1 to 1024 bytes'],
  ] as const) {
    const answer = await set(name)
    expect([answer.exit, answer.diagnostics], name).toEqual([2, expect.stringContaining(message)])
  }
  expect((await list()).protection).toBe('file')
  writeFileSync(place('windows'), `${passphrase}\r\n`, { mode: 0o600 })
  expect((await set('windows')).exit).toBe(0)
  expect((await list(...unlocked)).protection).toBe('passphrase')
})

test('keys that others can reach are refused by every verb, with what mends it', async () => {
  await keys('create', 'release')
  const store = join(home, 'keys')
  for (const words of [['list'], ['create', 'next'], ['rotate']]) {
    for (const [path, mode, mended] of [
      [store, 0o750, 0o700],
      [join(store, 'keys.json'), 0o640, 0o600],
      [join(store, 'key-encryption-key.1'), 0o604, 0o600],
    ] as const) {
      chmodSync(path, mode)
      const answer = await keys(...words)
      expect([answer.exit, answer.diagnostics]).toEqual([
        1,
        expect.stringContaining(`chmod ${mended.toString(8)} '${path}'`),
      ])
      chmodSync(path, mended)
    }
  }
  renameSync(store, place('elsewhere'))
  symlinkSync(place('elsewhere'), store)
  const linked = await keys('list')
  expect([linked.exit, linked.diagnostics]).toEqual([1, expect.stringContaining('a link')])
})

test('a model that was sealed before is still read after its keys were rotated and protected anew', async () => {
  const open = (options: object = {}) => openNootropic({ home, isolation: 'none', alertIntervalSeconds: 0, ...options })
  const nootropic = await open()
  const { ref } = await nootropic.register(digits, { name: 'digits', version: '1.0.0', acceptIncomplete: true })
  await nootropic.close()
  expect((await keys('rotate')).exit).toBe(0)
  expect((await keys('protect', '--by', 'passphrase', '--new-passphrase-file', 'passphrase')).exit).toBe(0)
  expect((await keys('rotate', ...unlocked)).exit).toBe(0)
  const again = await open({ passphrase: async () => passphrase })
  expect(await again.verify(ref)).toBe('pass')
  await again.close()
})

test('every change is on record in the audit log, what failed too, and no secret is anywhere', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  writeFileSync(place('key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  const store = join(home, 'keys')
  const { keyId } = JSON.parse((await keys('import', 'release', '--private-key', 'key.pem', '--json')).output)
  const secrets = [readFileSync(join(store, 'key-encryption-key.1'))]
  await keys('state', keyId, 'verify-only')
  await keys('state', keyId, 'nothing')
  await keys('rotate')
  secrets.push(readFileSync(join(store, 'key-encryption-key.2')))
  await keys('create', 'release')
  await keys('export', '--recipient', recipientOfNobody, '-o', 'keys.age')
  await keys('protect', '--by', 'passphrase', '--new-passphrase-file', 'passphrase', '--json')
  await keys('list', '--passphrase-file', 'wrong-passphrase', '--json')
  await keys('list', ...unlocked, '--json')

  expect(await auditLines(...unlocked)).toEqual([
    'import-key allowed',
    'import-key succeeded',
    'change-key-state allowed',
    'change-key-state succeeded',
    'rotate-keys allowed',
    'rotate-keys succeeded',
    'create-key allowed',
    'create-key failed',
    'export-keys allowed',
    'export-keys succeeded',
    'protect-keys allowed',
    'protect-keys succeeded',
  ])

  const { d } = privateKey.export({ format: 'jwk' })
  secrets.push(Buffer.from(d as string, 'base64url'), privateKey.export({ type: 'pkcs8', format: 'der' }))
  secrets.push(Buffer.from(passphrase))
  expectNowhere(secrets)
  const message = Buffer.from('the key that was imported')
  expect(verify('sha256', message, publicKey, sign('sha256', message, privateKey))).toBe(true)
})

test('the settings say where the keys are', async () => {
  mkdirSync(place('settings'))
  const manifest = `apiVersion: security.nootropic.ai/v1
kind: ModelStorageEncryption
metadata:
  name: storage
spec:
  algorithm: aes-256-gcm
  keyManagement:
    type: local
    storage: ../elsewhere/keys
  storage:
    type: local
    path: ~/.nootropic/models
    backup: disabled
`
  writeFileSync(place('settings/storage.yaml'), manifest)
  expect((await keys('create', 'release', '--manifests', place('settings'))).exit).toBe(0)
  expect(existsSync(place('elsewhere/keys/keys.json'))).toBe(true)
  expect(existsSync(join(home, 'keys'))).toBe(false)
  expect((await list('--manifests', place('settings'))).keys).toHaveLength(4)
})

// A Linux machine on which nobody is logged in to a desktop has no keychain.
test.runIf(process.platform === 'linux')('without a keychain the key store stays as it is', async () => {
  await keys('create', 'release')
  const bus = process.env.DBUS_SESSION_BUS_ADDRESS
  process.env.DBUS_SESSION_BUS_ADDRESS = 'unix:path=/nonexistent'
  try {
    const answer = await keys('protect', '--by', 'keychain')
    expect([answer.exit, answer.diagnostics]).toEqual([1, expect.stringContaining('KEY_UNAVAILABLE')])
  } finally {
    if (bus === undefined) delete process.env.DBUS_SESSION_BUS_ADDRESS
    else process.env.DBUS_SESSION_BUS_ADDRESS = bus
  }
  expect((await list()).protection).toBe('file')
})
