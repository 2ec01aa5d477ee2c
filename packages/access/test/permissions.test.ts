import { chmodSync, linkSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { findingSchema } from '@nootropic/core'
import { expect, test } from 'vitest'
import { checkPermissions, enforcePermissions } from '../src/permissions.ts'
import { temporaryDirectory } from './support/audit.ts'

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
