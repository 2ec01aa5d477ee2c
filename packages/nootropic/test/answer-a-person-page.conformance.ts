import { test } from 'vitest'
import { longestPageMilliseconds, verifyPage } from './support/run-page.ts'

// With jq as Debian has it.
test(
  'the commands of the page print what it says they print',
  () => verifyPage('answer-a-person.md', { withoutRun: (text) => text }),
  longestPageMilliseconds,
)
