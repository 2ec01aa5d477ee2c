import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '@nootropic/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkDependencies, type DependencyOptions } from '../src/dependencies/check-dependencies.ts'
import { advisories, record, writeTree, zipOf } from './support/osv.ts'

let root = ''
let database = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'nootropic-dependencies-'))
  database = writeTree(join(root, 'osv'), advisories)
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const clockAt = (time: string): Clock => ({ now: () => new Date(time), monotonicMs: () => 0 }) as Clock
const clock = clockAt('2026-11-10T00:00:00Z')

const check = (files: Readonly<Record<string, unknown>>, options: DependencyOptions = {}) =>
  checkDependencies(writeTree(mkdtempSync(join(root, 'project-')), files), { database, clock, ...options })

const lock = (packages: Readonly<Record<string, unknown>>): Record<string, unknown> => ({
  lockfileVersion: 3,
  packages,
})

test('a vulnerable transitive package fails the check and tells how it got in and what mends it', () => {
  const outcome = check({
    'package-lock.json': lock({
      '': { dependencies: { express: '^4' } },
      'node_modules/express': { version: '4.17.1', dependencies: { lodash: '^4' } },
      'node_modules/lodash': { version: '4.17.15' },
    }),
  })
  expect(outcome.verdict).toBe('fail')
  expect(outcome.findings).toHaveLength(1)
  expect(outcome.findings[0]).toMatchObject({
    rule: 'dependencies/vulnerable',
    severity: 'high',
    location: { path: 'package-lock.json', inside: 'express > lodash' },
    evidence: {
      package: 'lodash',
      version: '4.17.15',
      direct: false,
      chain: ['express', 'lodash'],
      fixedIn: ['4.17.19'],
    },
  })
  expect(outcome.findings[0]?.tags).toEqual(expect.arrayContaining(['GHSA-p6mc-m468-83gw', 'CVE-2020-8203']))
  expect(outcome.database).toMatchObject({ records: 8, ageDays: 9 })
})

test('mended versions pass, and a withdrawn advisory is none', () => {
  const outcome = check({
    'package-lock.json': lock({
      '': { dependencies: { lodash: '^4', ms: '2' } },
      'node_modules/lodash': { version: '4.17.21' },
      'node_modules/ms': { version: '2.0.0' },
    }),
  })
  expect([outcome.verdict, outcome.findings, outcome.incomplete]).toEqual(['pass', [], []])
})

test('the scope leaves out what it does not name', () => {
  const files = {
    'package-lock.json': lock({
      '': { dependencies: { lodash: '^4' } },
      'node_modules/lodash': { version: '4.17.15', dependencies: { minimist: '^1' } },
      'node_modules/minimist': { version: '1.2.0' },
    }),
  }
  const names = (scope: DependencyOptions['scope']) =>
    check(files, { ...(scope === undefined ? {} : { scope }) }).findings.map(({ evidence }) => evidence?.package)
  expect(names(undefined).toSorted()).toEqual(['lodash', 'minimist'])
  expect(names({ direct: true, transitive: false })).toEqual(['lodash'])
  expect(names({ direct: false, transitive: true })).toEqual(['minimist'])
})

test('two databases that tell of one fault make one finding', () => {
  const { findings } = check({ 'requirements.txt': 'Requests==2.20.0 --hash=sha256:00\n' })
  expect(findings).toHaveLength(1)
  expect(findings[0]).toMatchObject({ severity: 'high', evidence: { fixedIn: ['2.31.0'] } })
  expect(findings[0]?.tags).toEqual(expect.arrayContaining(['CVE-2023-32681', 'GHSA-j8r2-6x86-q33q']))
})

test('malware is critical whatever its version', () => {
  const { verdict, findings } = check({ 'package.json': { dependencies: { lodahs: '1.0.0' } } })
  expect([verdict, findings[0]?.rule, findings[0]?.severity]).toEqual(['fail', 'dependencies/malicious', 'critical'])
})

test('without a database nothing passes', () => {
  const outcome = check({ 'requirements.txt': 'numpy==1.26.4\n' }, { database: undefined })
  expect(outcome.verdict).toBe('incomplete')
  expect(outcome.incomplete).toContain('no database of advisories was given')
})

test('a database that is too old leaves the check incomplete and says how old it is', () => {
  const files = { 'requirements.txt': 'numpy==1.26.4\n' }
  expect(check(files).verdict).toBe('pass')
  const outcome = check(files, { clock: clockAt('2026-12-31T00:00:00Z') })
  expect(outcome).toMatchObject({ verdict: 'incomplete', database: { ageDays: 60 } })
  expect(outcome.incomplete.join()).toMatch(/60 days old/)
  expect(check(files, { clock: clockAt('2026-12-31T00:00:00Z'), maximumAgeDays: 90 }).verdict).toBe('pass')
})

test('the zip that OSV publishes reads as the folder does, with 64-bit records too', () => {
  const project = writeTree(mkdtempSync(join(root, 'project-')), {
    'package.json': { dependencies: { lodash: '4.17.15' } },
  })
  for (const isWide of [false, true]) {
    const zip = join(root, `all-${isWide}.zip`)
    writeFileSync(zip, zipOf(advisories, isWide))
    const outcome = checkDependencies(project, { database: zip, clock })
    expect([outcome.verdict, outcome.database?.records]).toEqual(['fail', 8])
  }
  writeFileSync(join(root, 'broken.zip'), 'no archive')
  expect(() => checkDependencies(project, { database: join(root, 'broken.zip'), clock })).toThrow(
    expect.objectContaining({ code: 'FILE_UNREADABLE' }),
  )
})

test('what is not pinned, not from the registry or of conda leaves the check incomplete', () => {
  const cases: Readonly<Record<string, readonly [Record<string, unknown>, string]>> = {
    unpinned: [{ 'requirements.txt': 'numpy>=1.0\n' }, 'dependencies/unpinned'],
    range: [{ 'package.json': { dependencies: { lodash: '^4.17.0' } } }, 'dependencies/unpinned'],
    repository: [{ 'requirements.txt': 'tool @ git+https://example.org/tool.git@abc\n' }, 'dependencies/remote-source'],
    version: [{ 'requirements.txt': 'requests==2.20.x1\n' }, 'dependencies/unknown-version'],
  }
  for (const [name, [files, rule]] of Object.entries(cases)) {
    const { verdict, findings } = check(files)
    expect([name, verdict, findings.map((finding) => finding.rule)]).toEqual([name, 'incomplete', [rule]])
  }
  const conda = check({ 'environment.yml': 'dependencies:\n  - numpy=1.21.0=py39\n' })
  expect([conda.verdict, conda.findings]).toEqual(['incomplete', []])
})

test('a source or index without encryption fails the check', () => {
  for (const text of [
    'numpy @ http://example.org/numpy.whl\n',
    '--index-url http://example.org/simple\nnumpy==1.0\n',
  ]) {
    const { verdict, findings } = check({ 'requirements.txt': text })
    expect([text, verdict, findings[0]?.rule]).toEqual([text, 'fail', 'dependencies/insecure-source'])
  }
  const extra = check({ 'requirements.txt': '--extra-index-url https://pypi.example.org/simple\nnumpy==1.0\n' })
  expect(extra.findings.map(({ rule }) => rule)).toEqual(['dependencies/extra-index'])
})

test('CVE-2025-1550 is found in a pip section of conda, not in a package of conda by the same name', () => {
  const { findings } = check({ 'environment.yml': 'dependencies:\n  - keras=2.0\n  - pip:\n    - keras==3.8.0\n' })
  expect(findings.map(({ evidence }) => [evidence?.ecosystem, evidence?.version])).toEqual([['PyPI', '3.8.0']])
  expect(findings[0]?.tags).toContain('CVE-2025-1550')
})

test('names of PyPI are compared without case and marks, those of npm by every letter', () => {
  expect(check({ 'requirements.txt': 'pillow==9.0\n' }).verdict).toBe('fail')
  expect(check({ 'package.json': { dependencies: { Lodash: '4.17.15' } } }).verdict).toBe('pass')
})

test('an include does not leave the directory, nor does a link', () => {
  const outside = writeTree(join(root, 'outside'), { 'secret.txt': 'requests==2.20.0\n' })
  const project = writeTree(mkdtempSync(join(root, 'project-')), {
    'requirements.txt': '-r ../outside/secret.txt\n-r link.txt\n',
  })
  symlinkSync(join(outside, 'secret.txt'), join(project, 'link.txt'))
  const outcome = checkDependencies(project, { database, clock })
  expect([outcome.verdict, outcome.findings]).toEqual(['incomplete', []])
  expect(outcome.incomplete).toHaveLength(2)
})

test('files that do not parse and folders without files are incomplete, a path that is not there is refused', () => {
  expect(check({ 'package-lock.json': '{' }).verdict).toBe('incomplete')
  expect(check({ 'pnpm-lock.yaml': 'a: [' }).verdict).toBe('incomplete')
  expect(check({ 'README.md': '' }).verdict).toBe('incomplete')
  expect(() => checkDependencies(join(root, 'nowhere'))).toThrow(expect.objectContaining({ code: 'FILE_UNREADABLE' }))
})

test('a database whose records are broken leaves the check incomplete', () => {
  const broken = writeTree(mkdtempSync(join(root, 'osv-')), {
    'a.json': record('A', ['npm', 'other'], [{ introduced: '0' }]),
    'b.json': '{"modified": "2026-11-01T00:00:00Z", "name": "lodash", ',
  })
  const outcome = check({ 'package.json': { dependencies: { lodash: '1.0.0' } } }, { database: broken })
  expect(outcome.verdict).toBe('incomplete')
})
