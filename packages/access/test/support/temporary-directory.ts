import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A directory that is removed when the test ends. */
export const temporaryDirectory = (): string => {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), 'nootropic-access-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}
