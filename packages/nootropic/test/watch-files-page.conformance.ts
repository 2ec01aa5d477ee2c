import { test } from 'vitest'
import { longestPageMilliseconds, verifyPage } from './support/run-page.ts'

test(
  'the commands of the page print what it says they print',
  () => verifyPage('watch-files.md', { withoutRun: (text, directory) => text.replaceAll(directory, '/home/ada') }),
  longestPageMilliseconds,
)
