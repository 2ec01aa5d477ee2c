import { test } from 'vitest'
import { longestPageMilliseconds, verifyPage } from './support/run-page.ts'

// With bubblewrap as Debian has it, on a machine and not in a container.
test(
  'the commands of the page print what it says they print',
  () =>
    verifyPage('check-your-host.md', {
      // Who is root starts its workers as nobody.
      withoutRun: (text, directory) =>
        text.replaceAll(directory, '/home/ada').replaceAll('bubblewrap as nobody', 'bubblewrap'),
    }),
  longestPageMilliseconds,
)
