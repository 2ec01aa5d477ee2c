import { test } from 'vitest'
import { longestPageMilliseconds, verifyPage } from './support/run-page.ts'

// With age, jq and openssl as Debian has them.
test(
  'the commands of the page print what it says they print',
  () =>
    verifyPage('keep-keys.md', {
      // Each run has other keys at another time and place.
      withoutRun: (text, directory) =>
        text
          .replaceAll(directory, '/home/ada')
          .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<id>')
          .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>'),
    }),
  longestPageMilliseconds,
)
