import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { defaultPolicy, manifestKinds, manifestLimits, readManifests } from '../../src/manifest/index.ts'
import { manifestText, templateDirectory } from './templates.ts'

let directory = ''

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'manifests-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true })
})

const policy = manifestText('ModelSecurityPolicy', { recovery: { rollback: { dataRecovery: false } } })
const write = (name: string, content: string | Uint8Array): void => writeFileSync(join(directory, name), content)

test('the templates are one of each kind, with their places', async () => {
  const { manifests, sources } = await readManifests(templateDirectory)
  expect(manifests.map(({ kind }) => kind).sort()).toEqual([...manifestKinds].sort())
  for (const [index, source] of sources.entries()) {
    expect(source.file.startsWith(templateDirectory)).toBe(true)
    expect(source.settings.length, manifests[index]?.kind).toBeGreaterThan(0)
  }
})

test('a file may be named itself, and a directory may hold several documents in a file', async () => {
  write('a.yml', `${policy}\n---\n${manifestText('ModelPermissions', { files: [{ path: 'x', mode: 600 }] })}`)
  expect((await readManifests(join(directory, 'a.yml'))).manifests).toHaveLength(2)
  const set = await readManifests(directory)
  expect(set.policy.spec.recovery.rollback).toEqual({
    previousVersion: true,
    dataRecovery: false,
    configurationRestore: true,
  })
  expect(set.manifests).toContain(set.policy)
})

test('without a policy the default one holds, with everything on', async () => {
  write('a.yaml', manifestText('ModelPermissions', { files: [{ path: 'x', mode: 600 }] }))
  const set = await readManifests(directory)
  expect(set.policy).toBe(defaultPolicy)
  expect(set.policy.spec.validation.thresholds).toEqual({
    securityScore: 0.8,
    privacyScore: 0.85,
    performanceScore: 0.75,
  })
  expect(set.policy.spec.performanceMonitoring.thresholds).toEqual({
    maxLatency: 500,
    errorRate: 0.001,
    resourceUsage: 0.8,
  })
})

test('hidden files, other files and directories are left out', async () => {
  write('a.yaml', policy)
  write('.hidden.yaml', 'nonsense: [')
  write('notes.txt', 'nonsense: [')
  mkdirSync(join(directory, 'more'))
  writeFileSync(join(directory, 'more', 'b.yaml'), 'nonsense: [')
  expect((await readManifests(directory)).manifests).toHaveLength(1)
})

test('links are refused, and the problems of all files are told at once', async () => {
  write('a.yaml', policy)
  symlinkSync(join(directory, 'a.yaml'), join(directory, 'link.yaml'))
  mkdirSync(join(directory, 'directory.yaml'))
  write('binary.yaml', Uint8Array.of(0x6b, 0x3a, 0x0a, 0x20, 0xff, 0xfe))
  write('long.yaml', `#${' '.repeat(manifestLimits.fileBytes)}`)
  write('wrong.yaml', 'kind: Nothing')
  const error = await readManifests(directory).catch((reason) => reason)
  expect(error).toMatchObject({ code: 'MANIFEST_INVALID' })
  const files = (error.details.problems as { file: string; message: string }[]).map(
    ({ file, message }) => `${file.slice(directory.length + 1)}: ${message}`,
  )
  expect(files).toContain('link.yaml: a symbolic link, which is not followed: put the file itself here')
  expect(files).toContain('directory.yaml: not a regular file')
  expect(files).toContain('binary.yaml: not UTF-8 text')
  expect(error.message).toContain('binary.yaml:2:2: not UTF-8 text')
  expect(files).toContain(`long.yaml: longer than the limit of ${manifestLimits.fileBytes} bytes`)
  expect(files.filter((line) => line.startsWith('wrong.yaml')).length).toBeGreaterThan(1)
})

test('a path that is not there, and a directory without manifests, say so', async () => {
  await expect(readManifests(join(directory, 'nowhere'))).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
    message: expect.stringContaining('ENOENT'),
  })
  await expect(readManifests(directory)).rejects.toThrow(
    `${directory}:1:1: no manifests here: expected *.yaml or *.yml files`,
  )
})

test('more files than the limit are refused before any is read', async () => {
  for (let index = 0; index <= manifestLimits.files; index += 1) write(`${index}.yaml`, 'nonsense: [')
  await expect(readManifests(directory)).rejects.toThrow('more files than the limit of 256')
})

test.runIf(process.getuid?.() !== 0)(
  'a file that may not be read is a problem and not a gap (nothing to see as root, who reads everything)',
  async () => {
    write('a.yaml', policy)
    write('secret.yaml', policy)
    chmodSync(join(directory, 'secret.yaml'), 0)
    await expect(readManifests(directory)).rejects.toThrow(/secret\.yaml:1:1: cannot be read: EACCES/)
  },
)
