import { test } from 'vitest'
import { longestPageMilliseconds, verifyPage } from './support/run-page.ts'

// With jq as Debian has it.
test(
  'the commands of the page print what it says they print',
  () =>
    verifyPage('keep-a-record.md', {
      // Each run has another key, at another time and place.
      withoutRun: (text, directory) =>
        text
          .replaceAll(directory, '/home/ada')
          .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
          .replaceAll(/(?<=audit\.replaced-)\w+/g, '<time>')
          .replaceAll(/audit\+[0-9a-f]{8}\+\S+/g, '<key>')
          .replaceAll(/(?<=— \S+ )\S+/g, '<signature>')
          .replaceAll(/(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=/g, '<root>')
          .replaceAll(/sha256:[0-9a-f]{64}/g, '<digest>'),
    }),
  longestPageMilliseconds,
)
