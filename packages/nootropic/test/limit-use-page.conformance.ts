import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'vitest'
import { longestPageMilliseconds, verifyPage } from './support/run-page.ts'

const digits = fileURLToPath(new URL('../../../examples/guard-a-model/models/digits', import.meta.url))

// With bubblewrap as Debian has it.
test(
  'the commands of the page print what it says they print',
  () =>
    verifyPage('limit-use.md', {
      prepare: (directory) => cpSync(digits, join(directory, 'digits'), { recursive: true }),
      withoutRun: (text, directory) =>
        text.replaceAll(directory, '/home/ada').replaceAll(/again in \d+ s/g, 'again in 43195 s'),
    }),
  longestPageMilliseconds,
)
