import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { openKeyStore } from '@nootropic/core/crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runOnFullDisk } from '../../../../tools/testing/full-disk.ts'
import { openVault } from '../../src/vault/vault.ts'
import { code, createHome } from './home.ts'

let at: ReturnType<typeof createHome>
beforeEach(() => {
  at = createHome()
})
afterEach(() => at.remove())

const version = { name: 'digits', version: '1.0.0' }
const files = { 'model.onnx': 'the graph of the model', 'data/weights.bin': Buffer.alloc(2_500_000, 'weights') }

const backedUp = async () => {
  const vault = await at.open()
  const ref = await vault.sealFrom(at.write(files), version)
  await vault.backup(ref)
  return { vault, ref }
}

/** Every file under a directory with its bytes. */
const contentOf = (directory: string): [string, string][] =>
  readdirSync(directory)
    .sort()
    .map((name) => [name, readFileSync(join(directory, name), 'latin1')])

const flipLast = (path: string): void => {
  const bytes = readFileSync(path)
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  writeFileSync(path, bytes)
}
const keyCount = async () => (await (await at.openKeys()).list()).length

test('a backup is what was sealed, file by file, for its owner alone, and no key opens it but that of the vault', async () => {
  const { ref } = await backedUp()
  expect(contentOf(at.backup())).toEqual(contentOf(at.place()))
  for (const path of [at.backups, join(at.backups, 'digits'), at.backup()])
    expect(statSync(path).mode & 0o777).toBe(0o700)
  for (const name of readdirSync(at.backup())) {
    const { mode, nlink, ino } = statSync(at.backup(name))
    expect([mode & 0o777, nlink]).toEqual([0o600, 1])
    expect(ino).not.toBe(statSync(at.place(name)).ino)
  }
  const other = await openVault({
    directory: join(at.home, 'other'),
    backups: at.backups,
    keys: await openKeyStore({ directory: join(at.home, 'other-keys') }),
  })
  await expect(other.restore(ref)).rejects.toEqual(code('SEALED_FILE_CORRUPT'))
})

const damages: Readonly<Record<string, () => void>> = {
  'a lost version': () => rmSync(at.place(), { recursive: true }),
  'a lost model': () => rmSync(join(at.directory, 'digits'), { recursive: true }),
  'a changed file': () => flipLast(at.place('file-1')),
  'a changed index': () => flipLast(at.place('index')),
  'a seal that is no text': () => writeFileSync(at.place('seal.json'), 'x'),
  'a lost file': () => unlinkSync(at.place('file-0')),
  'a file too many': () => writeFileSync(at.place('file-2'), '', { mode: 0o600 }),
  'an open directory': () => chmodSync(at.place(), 0o755),
  'an open index': () => chmodSync(at.place('index'), 0o644),
  'an empty directory': () => {
    rmSync(at.place(), { recursive: true })
    mkdirSync(at.place(), { mode: 0o700 })
  },
  'a link in its place': () => {
    renameSync(at.place(), join(at.home, 'elsewhere'))
    symlinkSync(join(at.home, 'elsewhere'), at.place())
  },
  'a file in its place': () => {
    rmSync(at.place(), { recursive: true })
    writeFileSync(at.place(), '')
  },
}

test.each(Object.keys(damages))('%s is brought back from the backup, and nothing is left over', async (damage) => {
  const { vault, ref } = await backedUp()
  damages[damage]?.()
  await expect(vault.open(ref)).rejects.toThrow()
  expect(await vault.restore(version)).toEqual({
    ref,
    found: damage.startsWith('a lost ') && damage !== 'a lost file' ? 'nothing' : 'damaged',
  })
  expect((await vault.open(ref)).digest).toBe(ref.digest)
  expect(contentOf(at.place())).toEqual(contentOf(at.backup()))
  expect(at.names()).toEqual(['digits'])
  expect(readdirSync(at.backups)).toEqual(['digits'])
})

test('what is intact is left as it is, and so is a backup that is', async () => {
  const { vault, ref } = await backedUp()
  const inodes = () => [at.place('file-0'), at.backup('file-0')].map((path) => statSync(path).ino)
  const before = inodes()
  expect(await vault.restore(version)).toEqual({ ref, found: 'intact' })
  await vault.backup(ref)
  expect(inodes()).toEqual(before)
})

test('a backup that is damaged or lost is made again, and never restored', async () => {
  const { vault, ref } = await backedUp()
  for (const name of readdirSync(at.backup())) {
    flipLast(at.backup(name))
    const kept = contentOf(at.place())
    renameSync(at.place('index'), join(at.home, 'index'))
    await expect(vault.restore(version), name).rejects.toEqual(code('SEALED_FILE_CORRUPT'))
    renameSync(join(at.home, 'index'), at.place('index'))
    expect(contentOf(at.place())).toEqual(kept)
    expect(at.names()).toEqual(['digits'])
    await vault.backup(ref)
    expect(contentOf(at.backup())).toEqual(kept)
  }
  rmSync(at.backups, { recursive: true })
  await expect(vault.restore(version)).rejects.toEqual(code('MODEL_NOT_FOUND'))
  await vault.backup(ref)
  expect(contentOf(at.backup())).toEqual(contentOf(at.place()))
})

test('a damaged version is not backed up', async () => {
  const { vault, ref } = await backedUp()
  const kept = contentOf(at.backup())
  flipLast(at.place('file-1'))
  unlinkSync(at.backup('file-0'))
  await expect(vault.backup(ref)).rejects.toEqual(code('SEALED_FILE_CORRUPT'))
  expect(contentOf(at.backup())).toEqual(kept.slice(1))
  expect(readdirSync(at.backups)).toEqual(['digits'])
})

test('other bytes that took the place of a lost version replace neither its backup nor are replaced by it', async () => {
  const { vault, ref } = await backedUp()
  const kept = contentOf(at.backup())
  rmSync(at.place(), { recursive: true })
  const other = await vault.sealFrom(at.write({ 'model.onnx': 'other' }, 'other'), version)
  await expect(vault.backup(other)).rejects.toEqual(code('MODEL_EXISTS'))
  await expect(vault.restore(ref)).rejects.toEqual(code('MODEL_EXISTS'))
  await vault.remove(version)
  expect(contentOf(at.backup())).toEqual(kept)
  expect(await vault.restore(ref)).toEqual({ ref, found: 'nothing' })
  await expect(vault.restore({ ...version, digest: other.digest })).rejects.toEqual(code('SEALED_FILE_CORRUPT'))
})

test('the same bytes under a new key get a backup under the new key', async () => {
  const { vault, ref } = await backedUp()
  rmSync(at.place(), { recursive: true })
  await vault.sealFrom(join(at.home, 'clear'), version)
  await vault.backup(ref)
  expect(contentOf(at.backup())).toEqual(contentOf(at.place()))
})

test('with a version its backup goes and the key of both, also where only one of them can be read', async () => {
  const removals: readonly (() => void)[] = [
    () => {},
    () => writeFileSync(at.place('seal.json'), 'x'),
    () => writeFileSync(at.backup('seal.json'), 'x'),
    () => rmSync(at.place(), { recursive: true }),
  ]
  for (const damage of removals) {
    const { vault, ref } = await backedUp()
    rmSync(join(at.home, 'copy'), { recursive: true, force: true })
    cpSync(at.backup(), join(at.home, 'copy'), { recursive: true })
    chmodSync(join(at.home, 'copy'), 0o700) // Node 22 does not keep the mode of a directory
    damage()
    await vault.remove(version)
    expect(await keyCount()).toBe(0)
    expect([at.names(), readdirSync(join(at.directory, 'digits')), readdirSync(join(at.backups, 'digits'))]).toEqual([
      ['digits'],
      [],
      [],
    ])
    await expect(vault.restore(version)).rejects.toEqual(code('MODEL_NOT_FOUND'))
    await expect(vault.remove(version)).rejects.toEqual(code('MODEL_NOT_FOUND'))
    renameSync(join(at.home, 'copy'), at.backup())
    await expect(vault.restore(ref)).rejects.toEqual(code('SEALED_FILE_CORRUPT'))
    rmSync(at.backup(), { recursive: true })
  }
})

test('what a link among the models points to is not removed', async () => {
  const { vault } = await backedUp()
  renameSync(join(at.directory, 'digits'), join(at.home, 'elsewhere'))
  symlinkSync(join(at.home, 'elsewhere'), join(at.directory, 'digits'))
  rmSync(at.backups, { recursive: true })
  await expect(vault.remove(version)).rejects.toEqual(code('MODEL_NOT_FOUND'))
  expect(readdirSync(join(at.home, 'elsewhere'))).toEqual(['1.0.0'])
})

test('a revoked key restores nothing', async () => {
  const { ref } = await backedUp()
  const keys = await at.openKeys()
  const [{ keyId } = { keyId: '' }] = await keys.list()
  await keys.setState(keyId, 'revoked')
  flipLast(at.place('file-0'))
  await expect((await at.open({ keys })).restore(ref)).rejects.toEqual(code('KEY_UNAVAILABLE'))
})

test('a vault without a directory for backups, and one that others can enter, are refused with a sentence', async () => {
  const { vault, ref } = await backedUp()
  const { directory } = at
  const bare = await openVault({ directory, keys: await at.openKeys() })
  await expect(bare.backup(ref)).rejects.toEqual(code('CONFIGURATION_INVALID'))
  await expect(bare.restore(ref)).rejects.toEqual(code('CONFIGURATION_INVALID'))
  flipLast(at.backup('file-0'))
  chmodSync(at.backups, 0o755)
  await expect(vault.backup(ref)).rejects.toThrow(/expected .* to be private .* run: chmod 700/)
  chmodSync(at.backups, 0o700)
  chmodSync(at.backup(), 0o750)
  flipLast(at.place('file-0'))
  await expect(vault.restore(ref)).rejects.toEqual(code('FILE_UNREADABLE'))
})

test('a copy that was cut off goes when the vault is opened, and the key of what it is of stays', async () => {
  const { ref } = await backedUp()
  for (const root of [at.directory, at.backups]) {
    cpSync(at.place(), join(root, '.copying-a'), { recursive: true })
  }
  const vault = await at.open()
  expect([at.names(), readdirSync(at.backups)]).toEqual([['digits'], ['digits']])
  expect((await vault.open(ref)).digest).toBe(ref.digest)
  expect(await keyCount()).toBe(1)
})

test('a directory of backups that others can enter is not touched, and keeps no vault from being opened', async () => {
  const { ref } = await backedUp()
  mkdirSync(join(at.backups, '.copying-a'))
  chmodSync(at.backups, 0o755)
  expect((await (await at.open()).open(ref)).digest).toBe(ref.digest)
  expect(readdirSync(at.backups)).toContain('.copying-a')
})

test('what was put aside comes back where nothing took its place, and goes where something did', async () => {
  const { ref } = await backedUp()
  const aside = (root: string) => join(root, '.replaced-digits@1.0.0')
  renameSync(at.place(), aside(at.directory))
  cpSync(at.backup(), aside(at.backups), { recursive: true })
  mkdirSync(join(at.directory, '.replaced-by-somebody'))
  const vault = await at.open()
  expect(at.names().sort()).toEqual(['.replaced-by-somebody', 'digits'])
  expect(readdirSync(at.backups)).toEqual(['digits'])
  expect((await vault.open(ref)).digest).toBe(ref.digest)
})

test('a full disk is one typed error, and neither the version nor the backup is touched', async () => {
  const { ref } = await backedUp()
  unlinkSync(at.backup('file-0'))
  const before = [contentOf(at.place()), contentOf(at.backup())]
  const program = new URL('backup-full-disk-process.ts', import.meta.url)
  const outcomes = await runOnFullDisk(program, 1024, [at.home, JSON.stringify(ref)])
  expect(outcomes).toEqual([
    ['backup', 'STORAGE_FAILED', expect.stringMatching(/expected to back up digits 1.0.0 .*EFBIG/)],
  ])
  expect([contentOf(at.place()), contentOf(at.backup())]).toEqual(before)
  expect(readdirSync(at.backups)).toEqual(['digits'])
  const vault = await at.open()
  await vault.backup(ref)
  flipLast(at.place('file-1'))
  const damaged = contentOf(at.place())
  const restored = await runOnFullDisk(program, 1024, [at.home, JSON.stringify(ref), 'restore'])
  expect(restored).toEqual([['restore', 'STORAGE_FAILED', expect.stringContaining('EFBIG')]])
  expect(contentOf(at.place())).toEqual(damaged)
  expect(at.names()).toEqual(['digits'])
})
