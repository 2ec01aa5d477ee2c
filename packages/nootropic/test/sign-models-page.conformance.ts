import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

// The commands of the page, one after the other as a reader types them, with openssl and jq as Debian has them.
const root = fileURLToPath(new URL('../../../', import.meta.url))
const page = readFileSync(join(root, 'docs/how-to/sign-models.md'), 'utf8')

const stepPattern = /^```sh\n(?<script>[\s\S]*?)^```\n(?:\n```\n(?<output>[\s\S]*?)^```$)?/gm

// Each run has other keys; the digests of the model and of its files are the same.
const withoutKeys = (text: string): string => text.replaceAll(/(signed by the key) sha256:[0-9a-f]{64}/g, '$1 <key>')

test('the commands of the page print what it says they print', () => {
  const directory = mkdtempSync(join(tmpdir(), 'nootropic-sign-page-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  cpSync(join(root, 'examples/guard-a-model/models/digits'), join(directory, 'digits'), { recursive: true })
  const tsx = join(root, 'node_modules/tsx/dist/loader.mjs')
  const command = [process.execPath, '--import', tsx, '--conditions=@nootropic/source']
  const words = [...command, join(root, 'packages/nootropic/src/main.ts')].map((word) => `'${word}'`).join(' ')
  writeFileSync(join(directory, 'npx.sh'), `npx() { shift; ${words} "$@"; }\n`)

  const steps = [...page.matchAll(stepPattern)].map(({ groups }) => groups ?? {})
  expect(steps.length).toBeGreaterThan(5)
  for (const { script = '', output = '' } of steps) {
    const { stdout, stderr, status } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', `. ./npx.sh\n${script}`], {
      cwd: directory,
      encoding: 'utf8',
      timeout: 120_000,
    })
    expect([script, withoutKeys(stdout), stderr, status]).toEqual([script, withoutKeys(output), '', 0])
  }
})
