import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { code, createHome } from './home.ts'

let at: ReturnType<typeof createHome>
beforeEach(() => {
  at = createHome()
})
afterEach(() => at.remove())

const version = { name: 'digits', version: '1.0.0' }
const contentOf = (directory: string): string[] => readdirSync(directory, { recursive: true }).map(String).sort()
const keysOf = async () => (await (await at.openKeys()).list()).map(({ keyId }) => keyId)

/** A version that was backed up and lost, and then sealed again, under another key. */
const sealedAgain = async (bytes: 'the same' | 'other') => {
  const vault = await at.open()
  const source = at.write({ 'model.onnx': 'graph' })
  const first = await vault.sealFrom(source, version)
  await vault.backup(first)
  renameSync(at.place(), join(at.home, 'lost'))
  const model = bytes === 'the same' ? source : at.write({ 'model.onnx': 'other' }, 'other')
  const second = await vault.sealFrom(model, version)
  const [firstKey, secondKey] = (await keysOf()) as [string, string]
  return { vault, first, second, firstKey, secondKey }
}

/** What keeps other bytes from opening just now, the codes it has, and how to take it back. */
const hindrances: Readonly<
  Record<string, [found: string, hinder: (place: string) => void, undo: (place: string) => void]>
> = {
  'a directory that others can enter': [
    'MODEL_EXISTS',
    (place) => chmodSync(place, 0o755),
    (place) => chmodSync(place, 0o700),
  ],
  'a file too many': [
    'MODEL_EXISTS',
    (place) => writeFileSync(join(place, '.DS_Store'), ''),
    (place) => rmSync(join(place, '.DS_Store')),
  ],
  'a seal that others can read': [
    'FILE_UNREADABLE',
    (place) => chmodSync(join(place, 'seal.json'), 0o644),
    (place) => chmodSync(join(place, 'seal.json'), 0o600),
  ],
  'an index that others can read': [
    'FILE_UNREADABLE',
    (place) => chmodSync(join(place, 'index'), 0o644),
    (place) => chmodSync(join(place, 'index'), 0o600),
  ],
}

test.each(Object.entries(hindrances))('other bytes are not replaced for %s', async (_, [found, hinder, undo]) => {
  const { vault, first, second } = await sealedAgain('other')
  hinder(at.place())
  await expect(vault.restore(first)).rejects.toEqual(code(found))
  undo(at.place())
  hinder(at.backup())
  await expect(vault.backup(second)).rejects.toEqual(code(found))
  undo(at.backup())
  expect((await vault.open(second)).digest).toBe(second.digest)
  rmSync(at.place(), { recursive: true })
  expect(await vault.restore(first)).toEqual({ ref: first, found: 'nothing' })
})

test('other bytes are not replaced where their key is revoked', async () => {
  const { first, secondKey } = await sealedAgain('other')
  const keys = await at.openKeys()
  await keys.setState(secondKey, 'revoked')
  const before = contentOf(at.place())
  await expect((await at.open({ keys })).restore(first)).rejects.toEqual(code('KEY_UNAVAILABLE'))
  expect(contentOf(at.place())).toEqual(before)
})

test('other bytes that nothing can open again are replaced, and their key goes', async () => {
  const { vault, first, firstKey } = await sealedAgain('other')
  writeFileSync(at.place('index'), 'x')
  expect(await vault.restore(first)).toEqual({ ref: first, found: 'damaged' })
  expect((await vault.open(first)).digest).toBe(first.digest)
  expect(await keysOf()).toEqual([firstKey])
})

test('the key of a backup that a backup under another key replaced goes, so that no copy of it opens', async () => {
  const { vault, first, secondKey } = await sealedAgain('the same')
  await vault.backup(first)
  expect(await keysOf()).toEqual([secondKey])
  await vault.remove(version)
  expect(await keysOf()).toEqual([])
  renameSync(join(at.home, 'lost'), at.place())
  await expect(vault.open(first)).rejects.toEqual(code('SEALED_FILE_CORRUPT'))
})

test('the key of what a restore replaces stays where the backup has it too', async () => {
  const { vault, first, secondKey } = await sealedAgain('the same')
  await vault.backup(first)
  rmSync(at.place('file-0'))
  await vault.restore(first)
  expect(await keysOf()).toEqual([secondKey])
})

test('what was put aside when a process died takes its key with it, unless it is in use', async () => {
  const { vault, first, firstKey, secondKey } = await sealedAgain('the same')
  const aside = (root: string) => join(root, '.replaced-digits@1.0.0')
  const putAside = (from: string, root: string): void => {
    cpSync(from, aside(root), { recursive: true })
    chmodSync(aside(root), 0o700) // Node 22 does not keep the mode of a directory
  }
  putAside(join(at.home, 'lost'), at.directory)
  await at.open()
  expect(existsSync(aside(at.directory))).toBe(false)
  expect(await keysOf()).toEqual([firstKey, secondKey])
  rmSync(at.backup(), { recursive: true })
  putAside(join(at.home, 'lost'), at.directory)
  await at.open()
  expect(await keysOf()).toEqual([secondKey])
  await vault.backup(first)
  putAside(at.place(), at.backups)
  await at.open()
  expect(existsSync(aside(at.backups))).toBe(false)
  expect(await keysOf()).toEqual([secondKey])
  expect((await vault.open(first)).digest).toBe(first.digest)
})

test('with a version a backup of the same bytes under another key goes, and both keys, also a revoked one', async () => {
  for (const revoked of [undefined, 'firstKey', 'secondKey'] as const) {
    const { [revoked ?? 'firstKey']: keyId } = await sealedAgain('the same')
    const keys = await at.openKeys()
    if (revoked !== undefined) await keys.setState(keyId, 'revoked')
    const vault = await at.open({ keys })
    await vault.remove(version)
    expect(await keysOf()).toEqual([])
    expect(existsSync(at.backup())).toBe(false)
    await expect(vault.restore(version)).rejects.toEqual(code('MODEL_NOT_FOUND'))
    rmSync(join(at.home, 'lost'), { recursive: true })
  }
})

test('a removal that cannot tell whether a backup is of other bytes removes nothing', async () => {
  const { vault, first, second } = await sealedAgain('other')
  for (const name of ['seal.json', 'index']) {
    chmodSync(at.backup(name), 0o644)
    await expect(vault.remove(version)).rejects.toEqual(code('FILE_UNREADABLE'))
    expect((await vault.open(second)).digest).toBe(second.digest)
    chmodSync(at.backup(name), 0o600)
  }
  await vault.remove(version)
  expect(await vault.restore(first)).toEqual({ ref: first, found: 'nothing' })
})

test('a vault is no directory for its own backups, be it through a link', async () => {
  mkdirSync(at.directory, { mode: 0o700 })
  symlinkSync(at.home, join(at.home, 'link'))
  for (const backups of [at.directory, join(at.home, 'link', 'models')]) {
    await expect(at.open({ backups })).rejects.toThrow(
      expect.objectContaining({
        code: 'CONFIGURATION_INVALID',
        message: expect.stringMatching(/^expected .* found the vault itself; name another directory/),
      }),
    )
  }
})

test('nothing is read from backups that are behind a link, and nothing is removed there', async () => {
  const vault = await at.open()
  const ref = await vault.sealFrom(at.write({ 'model.onnx': 'graph' }), version)
  await vault.backup(ref)
  const elsewhere = join(at.home, 'elsewhere')
  renameSync(at.backups, elsewhere)
  symlinkSync(elsewhere, at.backups)
  const kept = contentOf(elsewhere)
  for (const isLost of [false, true]) {
    if (isLost) rmSync(at.place(), { recursive: true })
    else await expect(vault.backup(ref)).rejects.toEqual(code('FILE_UNREADABLE'))
    await expect(vault.restore(ref)).rejects.toEqual(code('FILE_UNREADABLE'))
    await expect(vault.remove(version)).rejects.toEqual(code('FILE_UNREADABLE'))
    expect([contentOf(elsewhere), existsSync(at.place())]).toEqual([kept, !isLost])
  }
  rmSync(at.backups)
  renameSync(elsewhere, at.backups)
  expect(await vault.restore(ref)).toEqual({ ref, found: 'nothing' })
})
