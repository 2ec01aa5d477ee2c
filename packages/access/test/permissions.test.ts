import { chmodSync, linkSync, mkdirSync, renameSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { findingSchema } from '@nootropic/core'
import { expect, test } from 'vitest'
import { checkPermissions, enforcePermissions } from '../src/permissions.ts'
import { temporaryDirectory } from './support/temporary-directory.ts'

const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8)
const tree = (): string => {
  const path = join(temporaryDirectory(), 'models')
  mkdirSync(join(path, 'inner'), { recursive: true })
  writeFileSync(join(path, 'a.onnx'), 'a')
  writeFileSync(join(path, 'inner', 'b.onnx'), 'b')
  for (const [name, mode] of [
    ['', 0o755],
    ['inner', 0o777],
    ['a.onnx', 0o644],
    ['inner/b.onnx', 0o4755],
  ] as const) {
    chmodSync(join(path, name), mode)
  }
  return path
}
const rulesOf = async (
  work: Promise<{ rule: string; location: { path: string } }[]>,
  base: string,
): Promise<string[]> => (await work).map(({ rule, location }) => `${rule} ${location.path.slice(base.length)}`)

test('600 on a directory means files 0600 and directories 0700; checking changes nothing', async () => {
  const path = tree()
  const found = await checkPermissions([{ path, mode: 0o600 }])
  expect(found.map(({ rule, location }) => `${rule} ${location.path.slice(path.length)}`)).toEqual([
    'permissions/mode ',
    'permissions/mode /a.onnx',
    'permissions/mode /inner',
    'permissions/mode /inner/b.onnx',
  ])
  expect(found[3]?.message).toBe('expected mode 0600, got 4755')
  for (const item of found) findingSchema.parse(item)
  expect(modeOf(path)).toBe('755')
  expect(await enforcePermissions([{ path, mode: 0o600 }])).toEqual([])
  expect(['', 'inner', 'a.onnx', 'inner/b.onnx'].map((name) => modeOf(join(path, name)))).toEqual([
    '700',
    '700',
    '600',
    '600',
  ])
  expect(await checkPermissions([{ path, mode: 0o600 }])).toEqual([])
})

test('a link is not followed: what it points to keeps its mode', async () => {
  const path = tree()
  const outside = join(temporaryDirectory(), 'outside')
  writeFileSync(outside, '')
  chmodSync(outside, 0o644)
  symlinkSync(outside, join(path, 'link'))
  symlinkSync(temporaryDirectory(), join(path, 'directory-link'))
  linkSync(outside, join(path, 'hard'))
  expect(await rulesOf(enforcePermissions([{ path, mode: 0o600 }]), path)).toEqual([
    'permissions/link /directory-link',
    'permissions/names /hard',
    'permissions/link /link',
  ])
  expect(modeOf(outside)).toBe('644')
  const base = join(temporaryDirectory(), 'base')
  symlinkSync(path, base)
  expect(await rulesOf(enforcePermissions([{ path: base, mode: 0o600 }]), base)).toEqual(['permissions/link '])
})

test('another owner, a missing path and parents that others can write to are found', async () => {
  const path = tree()
  await enforcePermissions([{ path, mode: 0o600 }])
  expect(await rulesOf(checkPermissions([{ path: `${path}/none`, mode: 0o600 }]), path)).toEqual([
    'permissions/missing /none',
  ])
  expect(await checkPermissions([{ path, mode: 0o600, owner: userInfo().username }])).toEqual([])
  const unknown = await checkPermissions([{ path, mode: 0o600, owner: 'no-such-user' }])
  expect(unknown.map(({ rule }) => rule)).toEqual(['permissions/owner'])
  const other = userInfo().username === 'nobody' ? 'root' : 'nobody'
  const foreign = await enforcePermissions([{ path, mode: 0o644, owner: other }])
  expect(foreign.map(({ rule }) => rule)).toContain('permissions/owner')
  expect(modeOf(join(path, 'a.onnx'))).toBe('600')
  chmodSync(join(path, '..'), 0o777)
  expect(await rulesOf(checkPermissions([{ path, mode: 0o600 }]), path)).toEqual(['permissions/parent '])
})

test('a link on the way is followed, and whoever may write beside it is found', async () => {
  const base = temporaryDirectory()
  const open = join(base, 'open')
  mkdirSync(join(base, 'safe', 'models'), { recursive: true })
  mkdirSync(open)
  for (const name of ['safe', 'safe/models']) chmodSync(join(base, name), 0o700)
  chmodSync(open, 0o777)
  symlinkSync('../safe', join(open, 'link'))
  const path = join(open, 'link', 'models')
  const found = await checkPermissions([{ path, mode: 0o600 }])
  expect(found.map(({ rule, message }) => `${rule} ${message.replace(base, '')}`)).toEqual([
    `permissions/parent expected safe parents, got /open with owner ${process.geteuid?.()} and mode 0777`,
  ])
  chmodSync(open, 0o700)
  expect(await checkPermissions([{ path, mode: 0o600 }])).toEqual([])
  symlinkSync('loop', join(base, 'loop'))
  expect(await rulesOf(checkPermissions([{ path: join(base, 'loop', 'x'), mode: 0o600 }]), base)).toEqual([
    'permissions/parent /loop/x',
  ])
})

test('a directory that is swapped for a link while it is walked never changes what the link points to', async () => {
  const base = temporaryDirectory()
  const path = join(base, 'models')
  const outside = join(base, 'outside')
  for (const directory of [path, join(path, 'inner'), outside]) mkdirSync(directory)
  for (const directory of [join(path, 'inner'), outside]) {
    writeFileSync(join(directory, 'a.onnx'), '')
    chmodSync(join(directory, 'a.onnx'), 0o644)
  }
  let isRunning = true
  let swaps = 0
  const swap = async (): Promise<void> => {
    while (isRunning) {
      renameSync(join(path, 'inner'), join(base, 'aside'))
      symlinkSync(outside, join(path, 'inner'))
      await new Promise((resolve) => setImmediate(resolve))
      unlinkSync(join(path, 'inner'))
      renameSync(join(base, 'aside'), join(path, 'inner'))
      swaps += 1
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const swapping = swap()
  const seen = new Set<string>()
  for (let round = 0; round < 300; round += 1) {
    for (const { rule } of await enforcePermissions([{ path, mode: 0o600 }])) seen.add(rule)
    chmodSync(path, 0o755)
  }
  isRunning = false
  await swapping
  expect(swaps).toBeGreaterThan(100)
  expect(modeOf(join(outside, 'a.onnx'))).toBe('644')
  expect(modeOf(outside)).toBe('755')
  expect([...seen]).toContain('permissions/link')
})
