import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { NootropicError } from '@nootropic/core'
import type { tryLock } from '@nootropic/core/storage'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { withVaultLock } from '../../src/vault/vault-lock.ts'
import { code, createHome } from './home.ts'

// A disk is full for as long as the content that filled it is there, and the file of a lock needs space too.
const disk = vi.hoisted(() => ({ hasSpace: [] as boolean[], hasSpaceForOwner: true }))
vi.mock('../../src/vault/vault-lock.ts', async (importOriginal) => {
  const original = await importOriginal<{ withVaultLock: typeof withVaultLock }>()
  const withLockIfSpace: typeof withVaultLock = async (directory, work) => {
    if (disk.hasSpace.shift() ?? true) return original.withVaultLock(directory, work)
    throw new NootropicError('STORAGE_FAILED', 'expected to make the lock, found ENOSPC')
  }
  return { withVaultLock: withLockIfSpace }
})
vi.mock('@nootropic/core/storage', async (importOriginal) => {
  const original = await importOriginal<{ tryLock: typeof tryLock }>()
  const tryLockIfSpace: typeof tryLock = async (directory, name) => {
    if (disk.hasSpaceForOwner) return original.tryLock(directory, name)
    throw new NootropicError('STORAGE_FAILED', 'expected to make the lock, found ENOSPC')
  }
  return { ...original, tryLock: tryLockIfSpace }
})

let at: ReturnType<typeof createHome>
beforeEach(() => {
  at = createHome()
})
afterEach(() => {
  disk.hasSpace = []
  disk.hasSpaceForOwner = true
  at.remove()
})

const version = { name: 'digits', version: '1.0.0' }
const sealed = async () => {
  const vault = await at.open()
  const source = at.write({ 'model.onnx': 'graph', 'data/weights.bin': 'weights' })
  const ref = await vault.sealFrom(source, version)
  await vault.backup(ref)
  return { vault, ref, source }
}
const works = (directory: string) => readdirSync(directory).filter((name) => /^\..*ing-/.test(name))
const keyCount = async () => (await (await at.openKeys()).list()).length
/** No space for so many locks, once all content is written, before which some are taken. */
const fill = (locks: number, before = 1): void => {
  disk.hasSpace = [...Array.from({ length: before }, () => true), ...Array.from({ length: locks }, () => false)]
}

test('an export without space for a lock leaves no clear bytes, and what it leaves goes with the next one', async () => {
  const { vault, ref } = await sealed()
  const target = join(at.home, 'target')
  fill(1, 2)
  await expect(vault.export(ref, target)).rejects.toEqual(code('STORAGE_FAILED'))
  expect(works(at.home)).toEqual([])
  fill(2, 2)
  await expect(vault.export(ref, target)).rejects.toThrow('ENOSPC')
  expect(works(at.home)).toHaveLength(1)
  expect(readdirSync(join(at.home, ...works(at.home)))).toEqual(['owner.1'])
  await vault.export(ref, target)
  expect(works(at.home)).toEqual([])
})

test('a seal without space for a lock leaves no content, and its key goes when the vault is opened next', async () => {
  const { vault, source } = await sealed()
  const next = { ...version, version: '2.0.0' }
  fill(1)
  await expect(vault.sealFrom(source, next)).rejects.toEqual(code('STORAGE_FAILED'))
  expect([works(at.directory), await keyCount()]).toEqual([[], 1])
  fill(2)
  await expect(vault.sealFrom(source, next)).rejects.toThrow('ENOSPC')
  expect(works(at.directory)).toHaveLength(1)
  expect(readdirSync(join(at.directory, ...works(at.directory))).sort()).toEqual(['owner.1', 'seal.json'])
  await at.open()
  expect([works(at.directory), await keyCount()]).toEqual([[], 1])
})

test('a copy without space for a lock leaves no content, neither of a backup nor of a restore', async () => {
  const { vault, ref } = await sealed()
  const copies = {
    [at.directory]: () => vault.restore(ref),
    [at.backups]: () => vault.backup(ref),
  }
  for (const [root, copy] of Object.entries(copies)) {
    const lost = join(root, version.name, version.version)
    rmSync(lost, { recursive: true })
    fill(1)
    await expect(copy()).rejects.toEqual(code('STORAGE_FAILED'))
    expect(works(root)).toEqual([])
    fill(2)
    await expect(copy()).rejects.toThrow('ENOSPC')
    expect(works(root)).toHaveLength(1)
    expect(readdirSync(join(root, ...works(root))).sort()).toEqual(['owner.1', 'seal.json'])
    await at.open()
    expect(works(root)).toEqual([])
    await copy()
    expect(readdirSync(lost)).toContain('file-1')
  }
  expect(await keyCount()).toBe(1)
})

test('work without space for the lock of its directory leaves no directory', async () => {
  const { vault, ref, source } = await sealed()
  disk.hasSpaceForOwner = false
  await expect(vault.export(ref, join(at.home, 'target'))).rejects.toThrow('ENOSPC')
  await expect(vault.sealFrom(source, { ...version, version: '2.0.0' })).rejects.toThrow('ENOSPC')
  expect([works(at.home), works(at.directory)]).toEqual([[], []])
})
