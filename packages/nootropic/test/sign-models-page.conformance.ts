import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'vitest'
import { longestPageMilliseconds, verifyPage } from './support/run-page.ts'

const digits = fileURLToPath(new URL('../../../examples/guard-a-model/models/digits', import.meta.url))

// With openssl and jq as Debian has them.
test(
  'the commands of the page print what it says they print',
  () =>
    verifyPage('sign-models.md', {
      prepare: (directory) => cpSync(digits, join(directory, 'digits'), { recursive: true }),
      // Each run has other keys; the digests of the model and of its files are the same.
      withoutRun: (text) => text.replaceAll(/(signed by the key) sha256:[0-9a-f]{64}/g, '$1 <key>'),
    }),
  longestPageMilliseconds,
)
