import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runPage } from './support/run-page.ts'

// The commands of the page as a reader types them, with age, jq and openssl as Debian has them.
const page = readFileSync(new URL('../../../docs/how-to/keep-keys.md', import.meta.url), 'utf8')

test('the commands of the page print what it says they print', () => {
  const directory = mkdtempSync(join(tmpdir(), 'nootropic-keys-page-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  // Each run has other keys at another time and place.
  const withoutRun = (text: string): string =>
    text
      .replaceAll(directory, '/home/ada')
      .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<id>')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
  const steps = runPage(page, directory)
  expect(steps.length).toBeGreaterThan(5)
  for (const { script, promised, printed, diagnostics, exit } of steps) {
    expect([script, withoutRun(printed), diagnostics, exit]).toEqual([script, withoutRun(promised), '', 0])
  }
})
