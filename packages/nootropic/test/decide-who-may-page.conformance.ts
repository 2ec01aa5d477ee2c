import { userInfo } from 'node:os'
import { test } from 'vitest'
import { longestPageMilliseconds, verifyPage } from './support/run-page.ts'

// With jq as Debian has it.
test(
  'the commands of the page print what it says they print',
  () =>
    verifyPage('decide-who-may.md', {
      // Each run has another time, and another user.
      withoutRun: (text) =>
        text
          .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z {2}user:/g, '<time>  user:')
          .replaceAll(`user:${userInfo().username}`, 'user:ada'),
    }),
  longestPageMilliseconds,
)
