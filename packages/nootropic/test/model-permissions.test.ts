import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuditEntry } from '@nootropic/core'
import { parseManifestSet } from '@nootropic/core/manifest'
import { expect, onTestFinished, test } from 'vitest'
import { checkProtectedPaths, openModelPermissions, protectedPaths } from '../src/watch/model-permissions.ts'

const manifest = (files: string): string => `apiVersion: security.nootropic.ai/v1
kind: ModelPermissions
metadata: { name: permissions }
spec:
  files: ${files}
`

const setUp = (files = '[{ path: ~/.nootropic/models, mode: 600 }, { path: ~/.nootropic/config, mode: 600 }]') => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'nootropic-permissions-')))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const settings = parseManifestSet([{ path: join(root, 'settings', 'a.yaml'), text: manifest(files) }])
  const entries: AuditEntry[] = []
  const audit = {
    append: async (entry: AuditEntry) => {
      entries.push(entry)
      return { index: 0, leafHash: '' }
    },
  }
  const permissions = () => protectedPaths(settings, { root, environment: { DATA: join(root, 'data') } })
  const open = () => openModelPermissions(permissions(), audit)
  const modeOf = (path: string): string => (statSync(join(root, path)).mode & 0o7777).toString(8)
  const models = join(root, 'models')
  const makeModels = (): void => {
    mkdirSync(join(models, 'inner'), { recursive: true })
    writeFileSync(join(models, 'inner', 'a.onnx'), 'a')
    for (const [path, mode] of [
      ['', 0o755],
      ['inner', 0o750],
      ['inner/a.onnx', 0o644],
    ] as const) {
      chmodSync(join(models, path), mode)
    }
  }
  return { root, models, makeModels, entries, permissions, open, modeOf }
}

test('an installation that is opened has the modes that the manifest asks for, and the record says what was mended', async () => {
  const { makeModels, open, modeOf, entries } = setUp()
  makeModels()
  await open().enforce()
  expect(['models', 'models/inner', 'models/inner/a.onnx'].map(modeOf)).toEqual(['700', '700', '600'])
  expect(entries.map(({ action, outcome, reason }) => `${action} ${outcome} ${reason}`)).toEqual(
    Array.from({ length: 3 }, () => 'permissions.enforce succeeded permissions/mode'),
  )
  entries.length = 0
  await open().enforce()
  expect(entries).toEqual([])
})

test('without the manifest no mode is changed', async () => {
  const { makeModels, modeOf, entries } = setUp()
  makeModels()
  const settings = parseManifestSet([])
  const permissions = protectedPaths(settings, { root: '/none', environment: {} })
  expect(permissions).toEqual([])
  await openModelPermissions(permissions, { append: () => Promise.reject(new Error('nothing to record')) }).enforce()
  expect([modeOf('models/inner/a.onnx'), entries]).toEqual(['644', []])
})

test('a path that is not there yet is no failure, and is enforced when it appears', async () => {
  const { root, open, modeOf, permissions } = setUp()
  const opened = open()
  await opened.enforce()
  expect(await checkProtectedPaths(permissions())).toEqual([])
  mkdirSync(join(root, 'config'))
  chmodSync(join(root, 'config'), 0o755)
  expect((await opened.check()).map(({ rule }) => rule)).toEqual(['permissions/mode'])
  expect(modeOf('config')).toBe('700')
  expect(await opened.check()).toEqual([])
})

test('links, second names and parents that others can write to stop the opening, and nothing outside is changed', async () => {
  const { root, models, open, modeOf, makeModels, entries } = setUp()
  mkdirSync(join(root, 'outside'))
  writeFileSync(join(root, 'outside', 'b'), '')
  chmodSync(join(root, 'outside', 'b'), 0o644)
  const refused = async (rule: string): Promise<void> => {
    await expect(open().enforce()).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringMatching(/^expected .* as ModelPermissions asks for it, found: .*; .*$/),
      details: { findings: expect.arrayContaining([expect.objectContaining({ rule })]) },
    })
    expect(entries.at(-1)).toMatchObject({ outcome: 'failed', reason: rule })
    expect(modeOf('outside/b')).toBe('644')
  }
  symlinkSync(join(root, 'outside'), models)
  await refused('permissions/link')
  rmSync(models)
  makeModels()
  symlinkSync(join(root, 'outside', 'b'), join(models, 'linked'))
  await refused('permissions/link')
  rmSync(join(models, 'linked'))
  linkSync(join(root, 'outside', 'b'), join(models, 'second'))
  await refused('permissions/names')
  rmSync(join(models, 'second'))
  chmodSync(root, 0o777)
  await refused('permissions/parent')
  chmodSync(root, 0o700)
  await open().enforce()
})

test.runIf(process.geteuid?.() === 0)('what another user owns stops the opening and keeps its mode', async () => {
  const { models, open, makeModels, modeOf } = setUp()
  makeModels()
  chownSync(join(models, 'inner', 'a.onnx'), 65534, 65534)
  await expect(open().enforce()).rejects.toMatchObject({ details: { findings: [{ rule: 'permissions/owner' }] } })
  expect(modeOf('models/inner/a.onnx')).toBe('644')
})

test('paths are those of the installation, of a variable, or beside the manifest; one inside another is refused', () => {
  const files = '[{ path: ~/.nootropic, mode: 600 }, { path: "$' + '{env:DATA}", mode: 640 }, { path: own, mode: 400 }]'
  const { root, permissions } = setUp(files.replace('~/.nootropic,', '~/.nootropic/config,'))
  expect(permissions().map(({ path, mode }) => [path.slice(root.length), mode])).toEqual([
    ['/config', 0o600],
    ['/data', 0o640],
    ['/settings/own', 0o400],
  ])
  expect(setUp(files).permissions).toThrow(/expected paths of ModelPermissions that lie apart/)
})

test('without a record nothing is left open in silence', async () => {
  const { makeModels, permissions } = setUp()
  makeModels()
  const opened = openModelPermissions(permissions(), { append: () => Promise.reject(new Error('full')) })
  await expect(opened.enforce()).rejects.toThrow('full')
})
