import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createManualClock } from '@nootropic/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createProgressBar } from '../src/progress-bar.ts'
import { runIn } from './support/run-command.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nootropic-scan-command-'))
  // It names a command and is never loaded.
  writeFileSync(join(directory, 'bad.pkl'), "cposix\nsystem\n(S'echo'\ntR.")
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const nootropic = (...words: string[]) => runIn(directory, words)

test('a dangerous file fails, and the text says where, what and why', async () => {
  const { exit, output } = await nootropic('scan', 'bad.pkl')
  expect(exit).toBe(1)
  expect(output).toMatch(/^bad\.pkl: fail, pickle \(1 critical/)
  expect(output).toContain('posix.system("echo")')
  expect(output.trimEnd().split('\n').at(-1)).toBe('fail')
})

test('SARIF and HTML go to stdout or into a file, and the exit code stays that of the verdict', async () => {
  const sarif = await nootropic('scan', '.', '--format', 'sarif')
  expect(sarif.exit).toBe(1)
  expect(JSON.parse(sarif.output).runs[0].artifacts[0].location.uri).toBe('bad.pkl')
  const html = await nootropic('scan', '.', '--format', 'html', '-o', 'scan.html')
  expect([html.exit, html.output]).toEqual([1, 'fail: 1 files, written to scan.html\n'])
  expect(readFileSync(join(directory, 'scan.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*pickle\/dangerous-call/)
})

test('--fail-on says what is bad enough', async () => {
  writeFileSync(join(directory, 'run.sh'), '#!/bin/sh\necho hello\n')
  expect((await nootropic('scan', 'run.sh')).exit).toBe(0)
  expect((await nootropic('scan', 'run.sh', '--fail-on', 'low')).exit).toBe(1)
  const { exit, diagnostics } = await nootropic('scan', 'run.sh', '--fail-on', 'bad')
  expect([exit, diagnostics]).toEqual([2, expect.stringContaining('expected --fail-on to be one of critical, high')])
})

test('a reviewed finding is left out of the file that was reviewed, and told', async () => {
  const before = JSON.parse((await nootropic('scan', 'bad.pkl', '--json')).output)
  const rules = new Set<string>(before.reports[0].findings.map((finding: { rule: string }) => finding.rule))
  const entries = [...rules].map(
    (rule) =>
      `  - { rule: ${rule}, digest: '${before.reports[0].subject.digest}', reason: Ada looked, expires: 2999-01-01 }`,
  )
  writeFileSync(join(directory, 'ignore.yaml'), `ignore:\n${entries.join('\n')}\n`)
  const { exit, output } = await nootropic('scan', 'bad.pkl', '--ignore', 'ignore.yaml')
  expect(exit).toBe(0)
  expect(output).toContain('left out until 2999-01-01: Ada looked')
})

test('the manifest decides what follows from a severity, and where the report is written', async () => {
  mkdirSync(join(directory, 'security'))
  const manifest = (severity: string, format: string): string => `apiVersion: security.nootropic.ai/v1
kind: ModelVulnerabilityScanning
metadata: { name: x }
spec: { scanner: local, schedule: daily, severity: { critical: ${severity}, high: ${severity} }, reports: { format: ${format}, location: ./reports } }
`
  const reports = () =>
    readdirSync(join(directory, 'security', 'reports')).map((name) => join(directory, 'security', 'reports', name))
  for (const [severity, format, code] of [
    ['block', 'json', 1],
    ['review', 'sarif', 4],
    ['warn', 'json', 0],
  ] as const) {
    writeFileSync(join(directory, 'security', 'scanning.yaml'), manifest(severity, format))
    const { exit } = await nootropic('scan', 'bad.pkl', '--manifests', 'security')
    expect([severity, exit]).toEqual([severity, code])
  }
  expect(reports()).toHaveLength(3)
  const sarif = reports().find((path) => path.endsWith('.sarif')) ?? ''
  expect(JSON.parse(readFileSync(sarif, 'utf8')).version).toBe('2.1.0')
  expect((await nootropic('scan', 'bad.pkl', '--manifests', '.')).exit).toBe(2)
})

test('rules are listed and explained, and a mistyped one is guessed', async () => {
  expect((await nootropic('rules')).output).toMatch(/^pickle\/dangerous-call\s+critical/m)
  expect((await nootropic('rules', 'dependencies/vulnerable')).output).toContain('What to do: ')
  expect((await nootropic('rules', 'pickle/dangerus-call')).diagnostics).toContain(
    'did you mean "pickle/dangerous-call"?',
  )
})

test('dependencies are matched against a local database, and without one the answer is incomplete', async () => {
  writeFileSync(join(directory, 'requirements.txt'), 'jinja2==2.4.0\n')
  mkdirSync(join(directory, 'osv'))
  const advisory = {
    id: 'GHSA-462w-v97r-4m45',
    modified: new Date().toISOString(),
    summary: 'sandbox escape',
    affected: [
      {
        package: { ecosystem: 'PyPI', name: 'jinja2' },
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.10.1' }] }],
      },
    ],
  }
  writeFileSync(join(directory, 'osv', 'advisory.json'), JSON.stringify(advisory))
  const without = await nootropic('deps', 'requirements.txt')
  expect([without.exit, without.output]).toEqual([4, expect.stringContaining('no database of advisories was given')])
  const { exit, output } = await nootropic('deps', 'requirements.txt', '--database', 'osv')
  expect([exit, output]).toEqual([1, expect.stringContaining('GHSA-462w-v97r-4m45')])
})

test('a bar shows itself when work takes long, seldom, and goes away', () => {
  const clock = createManualClock('2026-11-22T00:00:00Z')
  const written: string[] = []
  const bar = createProgressBar((text) => written.push(text), clock)
  bar.show(1, 10, 'early')
  clock.advance(1500)
  bar.show(5, 10, 'a\u001b[31mb')
  bar.show(6, 10, 'too soon')
  clock.advance(200)
  bar.show(7, 10, 'later')
  bar.clear()
  expect(written).toEqual([
    `\r\x1b[K[${'#'.repeat(12)}${' '.repeat(12)}] 5/10 a\uFFFD[31mb`,
    `\r\x1b[K[${'#'.repeat(17)}${' '.repeat(7)}] 7/10 later`,
    '\r\x1b[K',
  ])
})
